import type { TypedArray } from "../../core/index.ts";

/** The sizes of [N, channels, ...]: what lies behind a channel is `inner` values. */
export type ChannelLayout = readonly [channels: number, inner: number];

/**
 * What batch normalization does with every element, written out: it is most of an eager step.
 * Elements are visited row by row and summed in double, so that sums have a fixed order. Statistics
 * have a value per channel.
 */
export interface ChannelPasses {
  /** sums += x. */
  addValues(x: TypedArray, layout: ChannelLayout, sums: TypedArray): void;
  /** sums += (x - mean)^2. */
  addSquares(x: TypedArray, layout: ChannelLayout, mean: TypedArray, sums: TypedArray): void;
  /** y = (x - mean) * scale + shift. */
  normalize(
    x: TypedArray,
    layout: ChannelLayout,
    mean: TypedArray,
    scale: Float64Array,
    shift: TypedArray,
    y: TypedArray,
  ): void;
  /** sums += dy; products += dy * (x - mean). */
  addGradients(
    dy: TypedArray,
    x: TypedArray,
    layout: ChannelLayout,
    mean: TypedArray,
    sums: Float64Array,
    products: Float64Array,
  ): void;
  /** dx = scale * (dy - sums - (x - mean) * products). */
  propagate(
    dy: TypedArray,
    x: TypedArray,
    layout: ChannelLayout,
    mean: TypedArray,
    scale: Float64Array,
    sums: Float64Array,
    products: Float64Array,
    dx: TypedArray,
  ): void;
}

export const addValues: ChannelPasses["addValues"] = (x, [channels, inner], sums) => {
  for (let at = 0; at < x.length; ) {
    for (let c = 0; c < channels; c++) for (let i = 0; i < inner; i++) sums[c] += x[at++];
  }
};

export const addSquares: ChannelPasses["addSquares"] = (x, [channels, inner], mean, sums) => {
  for (let at = 0; at < x.length; ) {
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < inner; i++) {
        const centred = x[at++] - mean[c];
        sums[c] += centred * centred;
      }
    }
  }
};

export const normalize: ChannelPasses["normalize"] = (x, [channels, inner], mean, scale, shift, y) => {
  for (let at = 0; at < x.length; ) {
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < inner; i++, at++) y[at] = (x[at] - mean[c]) * scale[c] + shift[c];
    }
  }
};

export const addGradients: ChannelPasses["addGradients"] = (dy, x, [channels, inner], mean, sums, products) => {
  for (let at = 0; at < x.length; ) {
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < inner; i++, at++) {
        sums[c] += dy[at];
        products[c] += dy[at] * (x[at] - mean[c]);
      }
    }
  }
};

export const propagate: ChannelPasses["propagate"] = (dy, x, layout, mean, scale, sums, products, dx) => {
  const [channels, inner] = layout;
  for (let at = 0; at < x.length; ) {
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < inner; i++, at++) {
        dx[at] = scale[c] * (dy[at] - sums[c] - (x[at] - mean[c]) * products[c]);
      }
    }
  }
};

/**
 * The passes of rows that have no faster reference of their own: `compile` replaces them by code that
 * computes the same bits.
 */
export const channelPasses: { current: ChannelPasses } = {
  current: { addValues, addSquares, normalize, addGradients, propagate },
};
