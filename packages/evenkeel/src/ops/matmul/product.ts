import type { TypedArray } from "../../core/index.ts";
import { refuse } from "../../core/index.ts";
import { storeWhole } from "../loops.ts";

/** Computes one product; see {@link product}. */
export type Multiply = typeof product;

/** One M x N product; `a` is read at any two strides, `b` along its rows. */
export function product(
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

// Both loops below take four at a time to save loads and stores; each sum still adds its terms one
// by one, in order. They avoid destructuring: until they are optimized, it costs more than the
// sums.

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
