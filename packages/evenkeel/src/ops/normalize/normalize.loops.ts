import { type NdArray, sizeOf, type TypedArray } from "../../core/index.ts";

/**
 * The loops of batch normalization over [N, C, ...], written out: they are most of an eager step.
 * Values are visited row by row and summed in double, so that sums have a fixed order.
 */

/** Mean and biased variance of each channel, in two passes. */
export function channelStatistics(x: NdArray, mean: TypedArray, variance: TypedArray): void {
  const { data } = x;
  const [channels, inner] = layoutOf(x);
  const count = data.length / channels;
  mean.fill(0);
  variance.fill(0);
  for (let at = 0; at < data.length; ) {
    for (let c = 0; c < channels; c++) for (let i = 0; i < inner; i++) mean[c] += data[at++];
  }
  for (let c = 0; c < channels; c++) mean[c] /= count;
  for (let at = 0; at < data.length; ) {
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < inner; i++) {
        const centred = data[at++] - mean[c];
        variance[c] += centred * centred;
      }
    }
  }
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
): void {
  const [channels, inner] = layoutOf(x);
  const scale = inverseStd(variance, eps);
  for (let c = 0; c < channels; c++) scale[c] *= weight.data[c];
  const [from, to, centre, shift] = [x.data, y.data, mean.data, bias.data];
  for (let at = 0; at < from.length; ) {
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < inner; i++, at++) to[at] = (from[at] - centre[c]) * scale[c] + shift[c];
    }
  }
}

/** dx, dweight and dbias from dy, x, weight, mean and variance; the row has the formulas. */
export function normalizeBackward(inputs: readonly NdArray[], outputs: readonly NdArray[], eps: number): void {
  const [dy, x, weight, mean, variance] = inputs;
  const [dx, dweight, dbias] = outputs;
  const [channels, inner] = layoutOf(x);
  const count = x.data.length / channels;
  const invstd = inverseStd(variance, eps);
  const sums = new Float64Array(channels);
  const products = new Float64Array(channels);
  const [from, flow, to, centre] = [x.data, dy.data, dx.data, mean.data];
  for (let at = 0; at < from.length; ) {
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < inner; i++, at++) {
        sums[c] += flow[at];
        products[c] += flow[at] * (from[at] - centre[c]);
      }
    }
  }
  const scale = invstd.map((s, c) => s * weight.data[c]);
  for (let c = 0; c < channels; c++) {
    dbias.data[c] = sums[c];
    dweight.data[c] = products[c] * invstd[c];
    sums[c] /= count;
    products[c] *= (invstd[c] * invstd[c]) / count;
  }
  for (let at = 0; at < from.length; ) {
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < inner; i++, at++) {
        to[at] = scale[c] * (flow[at] - sums[c] - (from[at] - centre[c]) * products[c]);
      }
    }
  }
}

function layoutOf(x: NdArray): [channels: number, inner: number] {
  return [x.shape[1], sizeOf(x.shape.slice(2))];
}

function inverseStd(variance: NdArray, eps: number): Float64Array {
  return Float64Array.from(variance.data as Float64Array, (v) => 1 / Math.sqrt(v + eps));
}
