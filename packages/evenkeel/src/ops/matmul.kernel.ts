import { formatShape, type Shape, type Spec, sizeOf } from "../core/index.ts";
import type { Kernel, KernelCall, Placed } from "../wasm/index.ts";
import { advance, emitGemm, floatBytes, type Gemm, gemmScratch, type Operand, pointer } from "./gemm.ts";
import type { MatmulAttrs } from "./matmul.ts";

/** The product of two batches of matrices, as a number of equal products. */
interface Batches {
  readonly count: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/**
 * Matrices of equal batch shapes; where B is a single matrix and A is not transposed, the rows of all matrices of A are
 * rows of one product. Undefined for other ways to broadcast.
 */
function batchesOf(a: Spec, b: Spec, { transposeA = false, transposeB = false }: MatmulAttrs): Batches | undefined {
  const [rows, inner] = matrixOf(a.shape, transposeA);
  const [, n] = matrixOf(b.shape, transposeB);
  const batchA = a.shape.slice(0, -2);
  const batchB = b.shape.slice(0, -2);
  const count = sizeOf(batchA);
  if (batchA.join() === batchB.join()) return { count, m: rows, n, k: inner };
  if (sizeOf(batchB) === 1 && (!transposeA || count === 1)) return { count: 1, m: rows * count, n, k: inner };
  return undefined;
}

const matrixOf = (shape: Shape, transposed: boolean): [rows: number, columns: number] => {
  const [rows, columns] = shape.slice(-2);
  return transposed ? [columns, rows] : [rows, columns];
};

/** A matrix [rows, columns], or one that lies as [columns, rows]. */
const operand = (address: Operand["address"], rows: number, columns: number, transposed: boolean): Operand => ({
  address,
  rowStride: transposed ? floatBytes : columns * floatBytes,
  columnStride: transposed ? rows * floatBytes : floatBytes,
});

function declinesDtype({ dtype }: Spec): string | undefined {
  return dtype === "float32" ? undefined : `${dtype}: only float32 products are compiled`;
}

export const matmulKernel: Kernel<MatmulAttrs> = {
  kind: "kernel",
  declines: ([a, b], _, attrs) =>
    declinesDtype(a) ??
    (batchesOf(a, b, attrs) === undefined
      ? `the batches of ${formatShape(a.shape)} and ${formatShape(b.shape)} differ`
      : undefined),
  scratch: ([a, b], _, attrs) => gemmScratch({ ...known(batchesOf(a, b, attrs)), transposeA: attrs.transposeA }),
  emit: (call) => {
    const [a, b] = call.inputs;
    const batches = known(batchesOf(a, b, call.attrs));
    if (batches.count === 1) emitGemm(call.f, call.module, matmulGemm(call, batches, a, b));
    else emitBatches(call, batches, a, b);
  },
};

function known(batches: Batches | undefined): Batches {
  if (batches === undefined) throw new Error("matmul: the kernel declined these shapes and was called all the same");
  return batches;
}

/** The product of the matrices at the given places. */
function matmulGemm(
  { attrs: { transposeA = false, transposeB = false }, outputs, scratch, fast }: KernelCall<MatmulAttrs>,
  { m, n, k }: Batches,
  a: { readonly address: Operand["address"] },
  b: { readonly address: Operand["address"] },
  c: { readonly address: Operand["address"] } = outputs[0],
): Gemm {
  return {
    m,
    n,
    k,
    a: operand(a.address, m, k, transposeA),
    b: operand(b.address, k, n, transposeB),
    c: c.address,
    cStride: n * floatBytes,
    scratch,
    fast,
  };
}

/** The products one after the other, through a function of the three addresses. */
function emitBatches(call: KernelCall<MatmulAttrs>, batches: Batches, a: Placed, b: Placed): void {
  const { f, module, outputs } = call;
  const { count, m, n, k } = batches;
  if (count === 0) return;
  const one = module.function("matmulOne", ["i32", "i32", "i32"], (body, at, bt, ct) => {
    emitGemm(body, module, matmulGemm(call, batches, { address: at }, { address: bt }, { address: ct }));
  });
  const pointers = [a, b, outputs[0]].map(({ address }) => pointer(f, address));
  f.times(count, () => {
    f.call(one, pointers[0], pointers[1], pointers[2]);
    for (const [i, size] of [m * k, k * n, m * n].entries()) advance(f, pointers[i], size * floatBytes);
  });
}

export const linearKernel: Kernel<object> = {
  kind: "kernel",
  declines: ([x]) => declinesDtype(x),
  scratch: ([x, weight]) => gemmScratch({ m: x.shape[0], n: weight.shape[0], k: x.shape[1] }),
  emit: ({ inputs: [x, weight, bias], outputs: [y], f, module, scratch, fast }) => {
    const [m, k] = x.shape;
    const n = weight.shape[0];
    emitGemm(f, module, {
      m,
      n,
      k,
      a: operand(x.address, m, k, false),
      b: operand(weight.address, k, n, true),
      c: y.address,
      cStride: n * floatBytes,
      bias: bias.address,
      scratch,
      fast,
    });
  },
};
