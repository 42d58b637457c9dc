import type { DType } from "../../core/index.ts";

/**
 * The positions of a dimension that resizing reads, and their weights. The arithmetic is PyTorch's,
 * which computes positions in the dtype of the input: in float32 the rounding of a product decides
 * which of two neighbours is nearest.
 * https://github.com/pytorch/pytorch/blob/v1.13.0/aten/src/ATen/native/UpSample.h
 */

export type ResizeMode = "nearest" | "nearestExact" | "linear" | "cubic";

export interface ResizeAttrs {
  readonly mode: ResizeMode;
  /**
   * Whether the first and last places of input and output coincide, rather than their outer edges.
   */
  readonly alignCorners: boolean;
  /** Sizes of the resized plane. */
  readonly outputSize: readonly number[];
  /** The user's scale factor per dimension; null: from the sizes. */
  readonly scales: readonly (number | null)[];
}

/**
 * Output i is the sum of `width` products: weight[i * width + k] times the place at[i * width + k].
 */
export interface Taps {
  readonly size: number;
  readonly count: number;
  readonly width: number;
  readonly at: Int32Array;
  readonly weight: Float64Array;
}

type Round = (x: number) => number;

/** The distance in the input of neighbouring outputs. */
function stepOf(size: number, count: number, scale: number | null, alignCorners: boolean, round: Round): number {
  if (alignCorners) return count > 1 ? round(round(size - 1) / round(count - 1)) : 0;
  return scale !== null ? round(1 / scale) : round(round(size) / round(count));
}

const widths: Readonly<Record<ResizeMode, number>> = { nearest: 1, nearestExact: 1, linear: 2, cubic: 4 };

/** The taps of dimension `d` of a plane, from `size` places. */
export function tapsOf(
  size: number,
  { mode, alignCorners, outputSize, scales }: ResizeAttrs,
  d: number,
  dtype: DType,
): Taps {
  const [count, width] = [outputSize[d], widths[mode]];
  const round: Round = dtype === "float32" ? Math.fround : (x) => x;
  const taps = { size, count, width, at: new Int32Array(count * width), weight: new Float64Array(count * width) };
  const step = stepOf(size, count, scales[d], alignCorners, round);
  /** The middle of output i, in places of the input, whose first one has its own middle at 0. */
  const middle = (i: number) => (alignCorners ? round(step * i) : round(round(step * round(i + 0.5)) - 0.5));
  const set = (i: number, k: number, at: number, weight: number) => {
    taps.at[i * width + k] = Math.min(Math.max(at, 0), size - 1);
    taps.weight[i * width + k] = weight;
  };
  for (let i = 0; i < count; i++) {
    if (mode === "nearest") set(i, 0, Math.floor(Math.fround(round(step * i))), 1);
    else if (mode === "nearestExact") set(i, 0, Math.floor(Math.fround(round(step * round(i + 0.5)))), 1);
    else if (mode === "linear") {
      const source = size === count ? i : Math.max(0, middle(i));
      const below = Math.min(Math.floor(source), size - 1);
      const share = Math.min(round(source - below), 1);
      set(i, 0, below, round(1 - share));
      set(i, 1, below + 1, share);
    } else {
      const source = middle(i);
      const below = Math.floor(source);
      cubicWeights(round(source - below)).forEach((weight, k) => {
        set(i, k, below - 1 + k, weight);
      });
    }
  }
  return taps;
}

/** Keys' cubic convolution with a = -0.75, at a distance t from the second of four places. */
function cubicWeights(t: number): number[] {
  const a = -0.75;
  const near = (x: number) => ((a + 2) * x - (a + 3)) * x * x + 1;
  const far = (x: number) => ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return [far(t + 1), near(t), near(1 - t), far(2 - t)];
}
