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
  type TypedArray,
} from "../../core/index.ts";
import { storeWhole } from "../loops.ts";
import { sum } from "../reduce/reduce.ts";
import { requireSameDtype, requireShape } from "../shapes.ts";

/** Matrix products. Dot products accumulate in double, in the order of the inner dimension; those of int32 must fit it. */

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
  reference: ([a, b], [y], { transposeA = false, transposeB = false }) => {
    const [m, k] = matrixOf(a.shape, transposeA);
    const n = y.shape[y.shape.length - 1];
    forEachMatrix(a.shape, b.shape, y.shape, (i, j, o) => {
      const left = matrix(a, i, m * k);
      const right = matrix(b, j, k * n);
      product("matmul", left, transposeA, right, transposeB, matrix(y, o, m * n), m, n, k);
    });
  },
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
  reference: ([x, weight, bias], [y]) => {
    const [n, outputs] = y.shape;
    product("linear", x.data, false, weight.data, true, y.data, n, outputs, x.shape[1], bias.data);
  },
  saves: ["input", "weight"],
  savedFor: { input: [1], weight: [0] },
  grad: (dy, { input, weight }, { needs }) => [
    needs[0] ? matmul(dy, weight) : null,
    needs[1] ? matmul(dy, input, { transposeA: true }) : null,
    needs[2] ? sum(dy, { dims: [0], keepdim: false }) : null,
  ],
});

const matrix = (x: NdArray, index: number, size: number) => x.data.subarray(index * size, (index + 1) * size);

/** Pairs the matrices of two batches whose leading dimensions broadcast: indices into a, b and the output. */
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

/** One M x N product; `a` is read at any two strides, `b` along its rows. */
function product(
  op: string,
  a: TypedArray,
  transposeA: boolean,
  b: TypedArray,
  transposeB: boolean,
  y: TypedArray,
  m: number,
  n: number,
  k: number,
  bias?: TypedArray,
): void {
  if (y instanceof Int32Array) requireExact(op, a, b, k);
  const [rowStep, innerStep] = transposeA ? [1, m] : [k, 1];
  const totals = new Float64Array(n);
  for (let i = 0; i < m; i++) {
    if (bias === undefined) totals.fill(0);
    else totals.set(bias);
    if (transposeB) dotRows(a, i * rowStep, innerStep, b, totals, k);
    else addRows(a, i * rowStep, innerStep, b, totals, k);
    storeWhole(op, y, totals, i * n);
  }
}

/** @throws RangeError for integers whose sums of products a double may not hold on the way */
function requireExact(op: string, a: TypedArray, b: TypedArray, k: number): void {
  const [left, right] = [largest(a), largest(b)];
  if (left * right * k <= Number.MAX_SAFE_INTEGER) return;
  throw refuse(
    "wrong-value",
    op,
    `sums of ${k} products of int32 up to ${left} and ${right} may exceed 2^53, beyond which they are not exact`,
    "scale the values down, or convert with .double() to have them rounded",
  );
}

function largest(values: TypedArray): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}

// Both loops below take four at a time to spare loads and stores; each sum still adds its terms one by one, in order. They
// take no arrays apart: until they are compiled, that costs more than the sums.

/** totals[j] += dot(a, row j of b). */
function dotRows(a: TypedArray, start: number, step: number, b: TypedArray, totals: Float64Array, k: number): void {
  const n = totals.length;
  let j = 0;
  for (; j + 3 < n; j += 4) {
    let t0 = totals[j];
    let t1 = totals[j + 1];
    let t2 = totals[j + 2];
    let t3 = totals[j + 3];
    for (let p = 0, at = start, row = j * k; p < k; p++, at += step, row++) {
      const factor = a[at];
      t0 += factor * b[row];
      t1 += factor * b[row + k];
      t2 += factor * b[row + 2 * k];
      t3 += factor * b[row + 3 * k];
    }
    totals[j] = t0;
    totals[j + 1] = t1;
    totals[j + 2] = t2;
    totals[j + 3] = t3;
  }
  for (; j < n; j++) {
    let total = totals[j];
    for (let p = 0, at = start, row = j * k; p < k; p++, at += step) total += a[at] * b[row + p];
    totals[j] = total;
  }
}

/** totals += sum over p of a[p] * row p of b. */
function addRows(a: TypedArray, start: number, step: number, b: TypedArray, totals: Float64Array, k: number): void {
  const n = totals.length;
  let p = 0;
  let at = start;
  for (; p + 3 < k; p += 4, at += 4 * step) {
    const f0 = a[at];
    const f1 = a[at + step];
    const f2 = a[at + 2 * step];
    const f3 = a[at + 3 * step];
    for (let j = 0, row = p * n; j < n; j++, row++) {
      totals[j] = totals[j] + f0 * b[row] + f1 * b[row + n] + f2 * b[row + 2 * n] + f3 * b[row + 3 * n];
    }
  }
  for (; p < k; p++, at += step) {
    const factor = a[at];
    for (let j = 0, row = p * n; j < n; j++, row++) totals[j] += factor * b[row];
  }
}
