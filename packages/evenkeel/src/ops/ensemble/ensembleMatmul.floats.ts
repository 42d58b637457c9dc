import type { Spec } from "../../core/index.ts";
import type { Kernel, Local } from "../../wasm/index.ts";
import { floatBytes, type Operand, transposed } from "../matmul/gemm.problem.ts";
import { emitGemm, gemmScratch } from "../matmul/gemm.ts";
import type { EnsembleMatmulAttrs } from "./ensembleMatmul.ts";
import { declinesEmpty, forEachMember, type MemberCall, sizeOfProduct, sizeOfWeight } from "./members.ts";

/** The rows of one member of [N, k, width]. */
const rowsOfMember = (at: Local<"i32">, { shape: [, k, width] }: Spec): Operand => ({
  address: at,
  rowStride: k * width * floatBytes,
  columnStride: floatBytes,
});

export const ensembleMatmulFloats = {
  kind: "kernel",
  declines: (inputs: readonly Spec[]) => declinesEmpty(inputs),
  scratch: (inputs: readonly Spec[], _: readonly Spec[], attrs: EnsembleMatmulAttrs) =>
    gemmScratch(sizeOfProduct(inputs, attrs)),
  emit: (call: MemberCall<EnsembleMatmulAttrs>) => {
    const { module, inputs, outputs, attrs, scratch, fast } = call;
    const [[x, weight], [y]] = [inputs, outputs];
    const { m, n, k } = sizeOfProduct(inputs, attrs);
    forEachMember(call, weight.shape[0], [k, n * k, n], (body, [at, bt, c]) => {
      const [a, { rowStride: cStride }] = [rowsOfMember(at, x), rowsOfMember(c, y)];
      const matrix = { address: bt, rowStride: weight.shape[2] * floatBytes, columnStride: floatBytes };
      const b = attrs.transposeB ? transposed(matrix) : matrix;
      emitGemm(body, module, { m, n, k, a, b, c, cStride, scratch, fast });
    });
  },
} satisfies Kernel<EnsembleMatmulAttrs>;

export const ensembleMatmulWeightFloats: Kernel<object> = {
  kind: "kernel",
  declines: (inputs) => declinesEmpty(inputs),
  scratch: (inputs) => gemmScratch(sizeOfWeight(inputs)),
  emit: (call) => {
    const { module, inputs, scratch, fast } = call;
    const [x, dy] = inputs;
    const { m, n, k } = sizeOfWeight(inputs);
    forEachMember(call, x.shape[1], [m, n, m * n], (body, [at, bt, c]) => {
      const [a, b] = [transposed(rowsOfMember(at, x)), rowsOfMember(bt, dy)];
      emitGemm(body, module, { m, n, k, a, b, c, cStride: n * floatBytes, scratch, fast });
    });
  },
};
