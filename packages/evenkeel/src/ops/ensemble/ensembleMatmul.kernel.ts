import { type Spec, sizeOf } from "../../core/index.ts";
import { widthOf } from "../../wasm/convert.ts";
import type { FunctionBuilder, Kernel, KernelCall, Local } from "../../wasm/index.ts";
import { emitDoubleGemm } from "../matmul/gemm.doubles.ts";
import { advance, floatBytes, type Operand, pointer, transposed } from "../matmul/gemm.problem.ts";
import { emitGemm, type GemmSize, gemmScratch } from "../matmul/gemm.ts";
import type { EnsembleMatmulAttrs } from "./ensembleMatmul.ts";

/**
 * The product of each member read in place, with the other members of a row as a gap between its
 * rows: one function, called for every member with its addresses.
 */

const empty = (specs: readonly Spec[]): string | undefined =>
  specs.some(({ shape }) => sizeOf(shape) === 0) ? "an empty array is not worth code" : undefined;

/** [N, k, width] as the rows of one member. */
const rowsOfMember = (at: Local<"i32">, { shape: [, k, width] }: Spec): Operand => ({
  address: at,
  rowStride: k * width * floatBytes,
  columnStride: floatBytes,
});

type Places = readonly [a: Local<"i32">, b: Local<"i32">, c: Local<"i32">];

/** What the code needs of a call. */
type Call<A> = Pick<KernelCall<A>, "f" | "module" | "inputs" | "outputs" | "attrs" | "scratch" | "fast">;

/** Calls the product once for each member; `steps` are the values from one to the next. */
function forEachMember(
  { f, module, inputs, outputs }: Call<object>,
  members: number,
  steps: readonly [a: number, b: number, c: number],
  emit: (body: FunctionBuilder, places: Places) => void,
): void {
  const one = module.function("ensembleMember", ["i32", "i32", "i32"], (body, a, b, c) => emit(body, [a, b, c]));
  const places = [...inputs, ...outputs].map(({ address }) => pointer(f, address));
  const bytes = widthOf(inputs[0].dtype);
  f.times(members, () => {
    const [a, b, c] = places;
    f.call(one, a, b, c);
    for (const [i, at] of places.entries()) advance(f, at, steps[i] * bytes);
  });
}

function forwardSize([x, weight]: readonly Spec[], { transposeB = false }: EnsembleMatmulAttrs): GemmSize {
  const [m, , k] = x.shape;
  return { m, n: weight.shape[transposeB ? 1 : 2], k };
}

export const ensembleMatmulKernel = {
  kind: "kernel",
  declines: (inputs: readonly Spec[]) => empty(inputs),
  scratch: (inputs: readonly Spec[], _: readonly Spec[], attrs: EnsembleMatmulAttrs) =>
    inputs[0].dtype === "float64" ? 0 : gemmScratch(forwardSize(inputs, attrs)),
  emit: (call: Call<EnsembleMatmulAttrs>) => {
    const { module, inputs, outputs, attrs, scratch, fast } = call;
    const { transposeB = false } = attrs;
    const [[x, weight], [y]] = [inputs, outputs];
    const { m, n, k } = forwardSize(inputs, attrs);
    const members = weight.shape[0];
    forEachMember(call, members, [k, n * k, n], (body, [a, b, c]) => {
      if (x.dtype === "float64") {
        const strides = { a: members * k, c: members * n };
        emitDoubleGemm(body, { m, n, k, a, b, c, transposeA: false, transposeB, strides });
        return;
      }
      const matrix = { address: b, rowStride: weight.shape[2] * floatBytes, columnStride: floatBytes };
      const { rowStride: cStride } = rowsOfMember(c, y);
      emitGemm(body, module, {
        ...{ m, n, k, a: rowsOfMember(a, x), b: transposeB ? transposed(matrix) : matrix, c, cStride, scratch, fast },
      });
    });
  },
} satisfies Kernel<EnsembleMatmulAttrs>;

const weightSize = ([x, dy]: readonly Spec[]): GemmSize => {
  return { m: x.shape[2], n: dy.shape[2], k: x.shape[0], transposeA: true };
};

export const ensembleMatmulWeightKernel: Kernel<object> = {
  kind: "kernel",
  declines: (inputs) => empty(inputs),
  scratch: (inputs) => (inputs[0].dtype === "float64" ? 0 : gemmScratch(weightSize(inputs))),
  emit: (call) => {
    const { module, inputs, scratch, fast } = call;
    const [x, dy] = inputs;
    const { m, n, k } = weightSize(inputs);
    const members = x.shape[1];
    forEachMember(call, members, [m, n, m * n], (body, [a, b, c]) => {
      if (x.dtype === "float64") {
        const strides = { a: members * m, b: members * n };
        emitDoubleGemm(body, { m, n, k, a, b, c, transposeA: true, transposeB: false, strides });
        return;
      }
      const [rows, right] = [transposed(rowsOfMember(a, x)), rowsOfMember(b, dy)];
      emitGemm(body, module, { m, n, k, a: rows, b: right, c, cStride: n * floatBytes, scratch, fast });
    });
  },
};
