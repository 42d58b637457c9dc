import {
  broadcastShapes,
  broadcastStrides,
  defineOp,
  formatShape,
  type Gradients,
  mismatch,
  type NdArray,
  refuse,
  type Shape,
  sizeOf,
} from "../../core/index.ts";
import { sum } from "../reduce/reduce.ts";
import { requireSameDtype, requireShape } from "../shapes.ts";
import { type Multiply, product } from "./product.ts";

/**
 * Matrix products. Dot products accumulate in double, in the order of the inner dimension; those of
 * int32 must fit it.
 */

export interface MatmulAttrs {
  /** Read the matrices of the first operand transposed. */
  readonly transposeA?: boolean;
  /** Read the matrices of the second operand transposed. */
  readonly transposeB?: boolean;
}

const matrixOf = (shape: Shape, transposed = false): [rows: number, columns: number] => {
  const [rows, columns] = shape.slice(-2);
  return transposed ? [columns, rows] : [rows, columns];
};

/** [..., M, K] x [..., K, N] -> [..., M, N]; the dimensions in front broadcast. */
export const matmul = defineOp({
  name: "matmul",
  inputs: ["input", "other"],
  shape: ([a, b], { transposeA, transposeB }: MatmulAttrs) => {
    requireSameDtype("matmul", a, "the first operand", b, "the second");
    if (a.dtype === "bool") {
      throw mismatch(
        "wrong-dtype",
        "matmul",
        "both operands are bool",
        "numbers",
        "convert them with .float() or .int()",
      );
    }
    const shapes = `${formatShape(a.shape)}${transposeA ? " (transposed)" : ""} x ${formatShape(b.shape)}${transposeB ? " (transposed)" : ""}`;
    if (a.shape.length < 2 || b.shape.length < 2)
      throw refuse("wrong-shape", "matmul", `${shapes}: both operands must be matrices`);
    const [m, k] = matrixOf(a.shape, transposeA);
    const [inner, n] = matrixOf(b.shape, transposeB);
    if (k !== inner) {
      throw refuse(
        "wrong-shape",
        "matmul",
        `${shapes} cannot be multiplied: the inner sizes ${k} and ${inner} must be equal`,
      );
    }
    return [{ shape: [...broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2)), m, n], dtype: a.dtype }];
  },
  reference: ([a, b], [y], attrs) => multiplyBatches(product, a, b, y, attrs),
  saves: ["input", "other"],
  savedFor: { input: [1], other: [0] },
  grad: (dy, { input, other }, { attrs: { transposeA = false, transposeB = false }, needs }): Gradients => [
    !needs[0]
      ? null
      : transposeA
        ? matmul(other, dy, { transposeA: transposeB, transposeB: true })
        : matmul(dy, other, { transposeB: !transposeB }),
    !needs[1]
      ? null
      : transposeB
        ? matmul(dy, input, { transposeA: true, transposeB: transposeA })
        : matmul(input, dy, { transposeA: !transposeA }),
  ],
});

/** input [N, in] times the transpose of weight [out, in], plus bias [out]. */
export const linear = defineOp({
  name: "linear",
  inputs: ["input", "weight", "bias"],
  shape: ([x, weight, bias]) => {
    requireSameDtype("linear", x, "the input", weight, "the weight");
    if (x.shape.length !== 2 || weight.shape.length !== 2 || x.shape[1] !== weight.shape[1]) {
      throw refuse(
        "wrong-shape",
        "linear",
        `input ${formatShape(x.shape)} does not fit weight ${formatShape(weight.shape)}: expected an ` +
          `input of ${weight.shape[1]} columns`,
      );
    }
    requireShape("linear", "bias", bias, [weight.shape[0]]);
    return [{ shape: [x.shape[0], weight.shape[0]], dtype: x.dtype }];
  },
  reference: (inputs, [y]) => multiplyLinear(product, inputs, y),
  saves: ["input", "weight"],
  savedFor: { input: [1], weight: [0] },
  grad: (dy, { input, weight }, { needs }) => [
    needs[0] ? matmul(dy, weight) : null,
    needs[1] ? matmul(dy, input, { transposeA: true }) : null,
    needs[2] ? sum(dy, { dims: [0], keepdim: false }) : null,
  ],
});

/** The products of {@link matmul}. */
export function multiplyBatches(
  multiply: Multiply,
  a: NdArray,
  b: NdArray,
  y: NdArray,
  { transposeA = false, transposeB = false }: MatmulAttrs,
): void {
  const [m, k] = matrixOf(a.shape, transposeA);
  const n = y.shape[y.shape.length - 1];
  forEachMatrix(a.shape, b.shape, y.shape, (i, j, o) => {
    const left = matrix(a, i, m * k);
    const right = matrix(b, j, k * n);
    multiply("matmul", left, transposeA, right, transposeB, matrix(y, o, m * n), m, n, k);
  });
}

/** The product of {@link linear}. */
export function multiplyLinear(multiply: Multiply, [x, weight, bias]: readonly NdArray[], y: NdArray): void {
  const [n, outputs] = y.shape;
  multiply("linear", x.data, false, weight.data, true, y.data, n, outputs, x.shape[1], bias.data);
}

const matrix = (x: NdArray, index: number, size: number) => x.data.subarray(index * size, (index + 1) * size);

/**
 * Pairs the matrices of two batches whose leading dimensions broadcast: indices into a, b and the
 * output.
 */
function forEachMatrix(a: Shape, b: Shape, y: Shape, visit: (a: number, b: number, y: number) => void): void {
  const batch = y.slice(0, -2);
  const strides = [a, b].map((shape) => broadcastStrides(shape.slice(0, -2), batch));
  for (let o = 0; o < sizeOf(batch); o++) {
    const at = [0, 0];
    for (let d = batch.length - 1, rest = o; d >= 0; d--) {
      at[0] += (rest % batch[d]) * strides[0][d];
      at[1] += (rest % batch[d]) * strides[1][d];
      rest = Math.floor(rest / batch[d]);
    }
    visit(at[0], at[1], o);
  }
}
