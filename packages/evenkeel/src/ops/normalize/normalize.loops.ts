import { type NdArray, sizeOf, type TypedArray } from "../../core/index.ts";
import {
  addGradients,
  addSquares,
  addValues,
  type ChannelLayout,
  type ChannelPasses,
  normalize,
  propagate,
} from "./normalize.passes.ts";

/** Batch normalization over [N, C, ...]: passes over the elements, and sums per channel between them. */

/** Mean and biased variance of each channel, in two passes. */
export function channelStatistics(
  x: NdArray,
  mean: TypedArray,
  variance: TypedArray,
  passes: Pick<ChannelPasses, "addValues" | "addSquares"> = { addValues, addSquares },
): void {
  const layout = layoutOf(x);
  const [channels] = layout;
  const count = x.data.length / channels;
  mean.fill(0);
  variance.fill(0);
  passes.addValues(x.data, layout, mean);
  for (let c = 0; c < channels; c++) mean[c] /= count;
  passes.addSquares(x.data, layout, mean, variance);
  for (let c = 0; c < channels; c++) variance[c] /= count;
}

/** y = (x - mean) * invstd * weight + bias. */
export function normalizeForward(
  x: NdArray,
  mean: NdArray,
  variance: NdArray,
  weight: NdArray,
  bias: NdArray,
  eps: number,
  y: NdArray,
  passes: Pick<ChannelPasses, "normalize"> = { normalize },
): void {
  const scale = inverseStd(variance, eps);
  for (let c = 0; c < scale.length; c++) scale[c] *= weight.data[c];
  passes.normalize(x.data, layoutOf(x), mean.data, scale, bias.data, y.data);
}

/**
 * dx, dweight and dbias from dy, x, weight, mean and variance; the row has the formulas.
 * @param total adds the sums of all parts of a divided batch, and gives the values per channel
 */
export function normalizeBackward(
  [dy, x, weight, mean, variance]: readonly NdArray[],
  [dx, dweight, dbias]: readonly NdArray[],
  eps: number,
  passes: Pick<ChannelPasses, "addGradients" | "propagate"> = { addGradients, propagate },
  total?: (sums: Float64Array, products: Float64Array) => number,
): void {
  const layout = layoutOf(x);
  const [channels] = layout;
  const invstd = inverseStd(variance, eps);
  const sums = new Float64Array(channels);
  const products = new Float64Array(channels);
  passes.addGradients(dy.data, x.data, layout, mean.data, sums, products);
  const scale = invstd.map((s, c) => s * weight.data[c]);
  for (let c = 0; c < channels; c++) {
    dbias.data[c] = sums[c];
    dweight.data[c] = products[c] * invstd[c];
  }
  const count = total?.(sums, products) ?? x.data.length / channels;
  for (let c = 0; c < channels; c++) {
    sums[c] /= count;
    products[c] *= (invstd[c] * invstd[c]) / count;
  }
  passes.propagate(dy.data, x.data, layout, mean.data, scale, sums, products, dx.data);
}

function layoutOf(x: NdArray): ChannelLayout {
  return [x.shape[1], sizeOf(x.shape.slice(2))];
}

function inverseStd(variance: NdArray, eps: number): Float64Array {
  return Float64Array.from(variance.data as Float64Array, (v) => 1 / Math.sqrt(v + eps));
}
