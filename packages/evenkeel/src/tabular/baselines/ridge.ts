import { wrongValue } from "../../core/index.ts";

/**
 * Linear models for comparison, in double. Inputs are a matrix of n rows and `width` columns, row
 * by row.
 */

/**
 * The weights that minimise mean((X w - y)^2) + lambda |w|^2, by Cholesky's decomposition of X'X /
 * n + lambda I. There is no intercept: center X and y.
 * @throws RangeError if lambda is not above 0
 */
export function ridge(x: Float64Array, y: Float64Array, width: number, lambda: number): Float64Array {
  return solveRidge(gramOf(x, y, width), lambda);
}

/** X'X / n and X'y / n: what ridge needs of the data, for any lambda. */
interface Gram {
  readonly xx: Float64Array;
  readonly xy: Float64Array;
}

export function gramOf(x: Float64Array, y: Float64Array, width: number): Gram {
  const n = y.length;
  const xx = new Float64Array(width * width);
  const xy = new Float64Array(width);
  for (let i = 0; i < n; i++) {
    const row = i * width;
    for (let j = 0; j < width; j++) {
      const value = x[row + j];
      if (value === 0) continue;
      xy[j] += value * y[i];
      for (let k = 0; k <= j; k++) xx[j * width + k] += value * x[row + k];
    }
  }
  for (let j = 0; j < width; j++) {
    xy[j] /= n;
    for (let k = 0; k <= j; k++) {
      xx[j * width + k] /= n;
      xx[k * width + j] = xx[j * width + k];
    }
  }
  return { xx, xy };
}

/** @throws RangeError if lambda is not above 0 */
export function solveRidge({ xx, xy }: Gram, lambda: number): Float64Array {
  if (!(lambda > 0)) throw wrongValue("ridge", "lambda", lambda, "a number above 0");
  const width = xy.length;
  const a = xx.slice();
  for (let j = 0; j < width; j++) a[j * width + j] += lambda;
  // A = L L', L written over the lower triangle of A.
  for (let j = 0; j < width; j++) {
    for (let i = j; i < width; i++) {
      let sum = a[i * width + j];
      for (let k = 0; k < j; k++) sum -= a[i * width + k] * a[j * width + k];
      a[i * width + j] = i === j ? Math.sqrt(sum) : sum / a[j * width + j];
    }
  }
  const w = xy.slice();
  for (let i = 0; i < width; i++) {
    for (let k = 0; k < i; k++) w[i] -= a[i * width + k] * w[k];
    w[i] /= a[i * width + i];
  }
  for (let i = width - 1; i >= 0; i--) {
    for (let k = i + 1; k < width; k++) w[i] -= a[k * width + i] * w[k];
    w[i] /= a[i * width + i];
  }
  return w;
}
