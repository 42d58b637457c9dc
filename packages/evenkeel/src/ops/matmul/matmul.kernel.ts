import { broadcastShapes, broadcastStrides, isFloat, type Shape, type Spec, sizeOf } from "../../core/index.ts";
import { widthOf } from "../../wasm/convert.ts";
import type { Divide, FunctionBuilder, Kernel, KernelCall, Placed } from "../../wasm/index.ts";
import { emitDoubleGemm } from "./gemm.doubles.ts";
import { emitLinear, gemmOfLinear, type LinearProduct } from "./gemm.linear.ts";
import { emitGemmParts, gemmParts } from "./gemm.parts.ts";
import { advance, emitGemm, floatBytes, type Gemm, gemmScratch, type Operand, operand, pointer } from "./gemm.ts";
import type { MatmulAttrs } from "./matmul.ts";

/** The product of two batches of matrices, as a number of equal products. */
interface Batches {
  readonly dims: readonly BatchDim[];
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/**
 * A dimension of the batch, and the distance in matrices of each operand's next index: 0 if it
 * broadcasts.
 */
interface BatchDim {
  readonly size: number;
  readonly a: number;
  readonly b: number;
}

/**
 * If B is a single matrix and A is not transposed, the rows of all matrices of A are rows of one
 * product.
 */
function batchesOf(a: Spec, b: Spec, { transposeA = false, transposeB = false }: MatmulAttrs): Batches {
  const [rows, k] = matrixOf(a.shape, transposeA);
  const [, n] = matrixOf(b.shape, transposeB);
  const [batchA, batchB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  if (sizeOf(batchB) === 1 && !transposeA) return { dims: [], m: rows * sizeOf(batchA), n, k };
  const batch = broadcastShapes(batchA, batchB);
  const [stepsA, stepsB] = [broadcastStrides(batchA, batch), broadcastStrides(batchB, batch)];
  const dims: BatchDim[] = [];
  for (const [i, size] of batch.entries()) {
    if (size === 1) continue;
    const last = dims.at(-1);
    // Dimensions that are contiguous in both operands are merged.
    if (last !== undefined && last.a === size * stepsA[i] && last.b === size * stepsB[i]) {
      dims[dims.length - 1] = { size: last.size * size, a: stepsA[i], b: stepsB[i] };
    } else dims.push({ size, a: stepsA[i], b: stepsB[i] });
  }
  return { dims, m: rows, n, k };
}

const matrixOf = (shape: Shape, transposed: boolean): [rows: number, columns: number] => {
  const [rows, columns] = shape.slice(-2);
  return transposed ? [columns, rows] : [rows, columns];
};

function declinesDtype({ dtype }: Spec): string | undefined {
  return isFloat(dtype) ? undefined : `${dtype}: only products of floats are compiled`;
}

export const matmulKernel: Kernel<MatmulAttrs> = {
  kind: "kernel",
  declines: ([a]) => declinesDtype(a),
  scratch: ([a, b], _, attrs, divides) => {
    if (a.dtype === "float64") return 0;
    const batches = batchesOf(a, b, attrs);
    const size = { ...batches, transposeA: attrs.transposeA };
    const parts = divides && batches.dims.length === 0 ? gemmParts(size) : undefined;
    return parts?.scratch ?? gemmScratch(size);
  },
  emit: (call) => {
    const [a, b] = call.inputs;
    const batches = batchesOf(a, b, call.attrs);
    if (batches.dims.length === 0) emitProduct(call, call.f, batches, a, b, call.outputs[0], call.divide);
    else emitBatches(call, batches, a, b);
  },
};

interface At {
  readonly address: Operand["address"];
}

/** The product of the matrices at the given places. */
function emitProduct(
  call: KernelCall<MatmulAttrs>,
  f: FunctionBuilder,
  { m, n, k }: Batches,
  a: At,
  b: At,
  c: At = call.outputs[0],
  divide?: Divide,
): void {
  const { transposeA = false, transposeB = false } = call.attrs;
  if (call.inputs[0].dtype === "float64") {
    emitDoubleGemm(f, { m, n, k, a: a.address, b: b.address, c: c.address, transposeA, transposeB });
    return;
  }
  const gemm = gemmOf(call, { m, n, k }, a, b, c);
  if (!emitGemmParts(f, call.module, gemm, divide)) emitGemm(f, call.module, gemm);
}

function gemmOf(call: KernelCall<MatmulAttrs>, { m, n, k }: Omit<Batches, "dims">, a: At, b: At, c: At): Gemm {
  const { transposeA = false, transposeB = false } = call.attrs;
  return {
    ...{ m, n, k, a: operand(a.address, m, k, transposeA), b: operand(b.address, k, n, transposeB) },
    ...{ c: c.address, cStride: n * floatBytes, scratch: call.scratch, fast: call.fast },
  };
}

/** The products one after the other, through a function of the three addresses. */
function emitBatches(call: KernelCall<MatmulAttrs>, batches: Batches, a: Placed, b: Placed): void {
  const { f, module, outputs } = call;
  const { dims, m, n, k } = batches;
  const width = widthOf(a.dtype);
  if (dims.some(({ size }) => size === 0)) return;
  const one = module.function("matmulOne", ["i32", "i32", "i32"], (body, at, bt, ct) => {
    emitProduct(call, body, batches, { address: at }, { address: bt }, { address: ct });
  });
  const [at, bt, ct] = [a, b, outputs[0]].map(({ address }) => pointer(f, address));
  const loop = (depth: number) => {
    const { size, a: stepA, b: stepB } = dims[depth];
    const inner = dims[depth + 1] ?? { size: 0, a: 0, b: 0 };
    f.times(size, () => {
      if (depth + 1 < dims.length) loop(depth + 1);
      else {
        f.call(one, at, bt, ct);
        advance(f, ct, m * n * width);
      }
      // Continues after the inner dimension.
      advance(f, at, (stepA - inner.size * inner.a) * m * k * width);
      advance(f, bt, (stepB - inner.size * inner.b) * k * n * width);
    });
  };
  loop(0);
}

export const linearKernel: Kernel<object> = {
  kind: "kernel",
  declines: ([x]) => declinesDtype(x),
  scratch: ([x, weight], _outputs, _attrs, divides) => {
    if (x.dtype === "float64") return 0;
    const size = sizeOfLinear(x, weight);
    return (divides ? gemmParts(size)?.scratch : undefined) ?? gemmScratch(size);
  },
  emit: (call) => {
    const { inputs, outputs, f, module } = call;
    const [x, weight, bias] = inputs;
    if (x.dtype === "float64") {
      const [a, b, c] = [x.address, weight.address, outputs[0].address];
      emitDoubleGemm(f, {
        ...sizeOfLinear(x, weight),
        a,
        b,
        c,
        transposeA: false,
        transposeB: true,
        bias: bias.address,
      });
    } else {
      const linear = linearOf(call);
      if (!emitGemmParts(f, module, gemmOfLinear(linear), call.divide)) emitLinear(f, module, linear);
    }
  },
};

const sizeOfLinear = (x: Spec, weight: Spec) => ({ m: x.shape[0], n: weight.shape[0], k: x.shape[1] });

function linearOf({ inputs: [x, weight, bias], outputs: [y], scratch, fast }: KernelCall<object>): LinearProduct {
  const addresses = { x: x.address, weight: weight.address, bias: bias.address, y: y.address };
  return { ...sizeOfLinear(x, weight), ...addresses, scratch, fast };
}
