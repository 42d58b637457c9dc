import { type NdArray, sizeOf, type TypedArray } from "../core/index.ts";

/** The loops of batch normalization over [N, C, ...], row by row, so that sums have a fixed order. */

/** Folds the values of each channel into `totals` [C], which start at 0. */
export function perChannel(
  x: NdArray,
  totals: TypedArray,
  step: (total: number, value: number, channel: number, at: number) => number,
): void {
  const channels = x.shape[1];
  const inner = sizeOf(x.shape.slice(2));
  totals.fill(0);
  for (let at = 0; at < x.data.length; ) {
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < inner; i++, at++) totals[c] = step(totals[c], x.data[at], c, at);
    }
  }
}

/** Calls `visit` for every element, with its channel. */
function forEachElement(x: NdArray, visit: (at: number, channel: number) => void): void {
  const channels = x.shape[1];
  const inner = sizeOf(x.shape.slice(2));
  for (let at = 0; at < x.data.length; ) {
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < inner; i++) visit(at++, c);
    }
  }
}

const inverseStd = (variance: NdArray, eps: number) =>
  Float64Array.from(variance.data as Float64Array, (v) => 1 / Math.sqrt(v + eps));

export function normalizeForward(
  x: NdArray,
  mean: NdArray,
  variance: NdArray,
  weight: NdArray,
  bias: NdArray,
  eps: number,
  y: NdArray,
): void {
  const scale = inverseStd(variance, eps);
  for (let c = 0; c < scale.length; c++) scale[c] *= weight.data[c];
  forEachElement(x, (at, c) => {
    y.data[at] = (x.data[at] - mean.data[c]) * scale[c] + bias.data[c];
  });
}

export function normalizeBackward(inputs: readonly NdArray[], outputs: readonly NdArray[], eps: number): void {
  const [dy, x, weight, mean, variance] = inputs;
  const [dx, dweight, dbias] = outputs;
  const channels = x.shape[1];
  const count = x.data.length / channels;
  const invstd = inverseStd(variance, eps);
  const sums = new Float64Array(channels);
  const products = new Float64Array(channels);
  perChannel(dy, sums, (total, value) => total + value);
  perChannel(dy, products, (total, value, c, at) => total + value * (x.data[at] - mean.data[c]) * invstd[c]);
  dbias.data.set(sums);
  dweight.data.set(products);
  for (let c = 0; c < channels; c++) {
    sums[c] /= count;
    products[c] *= invstd[c] / count;
  }
  forEachElement(x, (at, c) => {
    const centred = x.data[at] - mean.data[c];
    dx.data[at] = weight.data[c] * invstd[c] * (dy.data[at] - sums[c] - centred * products[c]);
  });
}
