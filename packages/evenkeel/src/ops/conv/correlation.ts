import { type Shape, type Spec, sizeOf } from "../../core/index.ts";
import { roundUp } from "../matmul/gemm.problem.ts";
import type { ConvolutionAttrs } from "./convolution.ts";

/** The shapes and addresses of the kernels of convolution. */

/** A correlation by windows over images in scratch. All lists are by spatial dimension. */
export interface Correlation {
  readonly examples: number;
  readonly groups: number;
  /** Channels of one group in the source and in the result. */
  readonly channels: number;
  readonly outputs: number;
  /** The plane of the input, and the position of its first value in the image. */
  readonly source: Shape;
  readonly offset: readonly number[];
  readonly image: Shape;
  readonly kernel: Shape;
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  /** The number of windows. */
  readonly counts: Shape;
}

/**
 * The image is the input with its padding, as far as windows reach. The gradients use the same
 * windows.
 */
export function forwardOf(input: Spec, weight: Shape, output: Shape, attrs: ConvolutionAttrs): Correlation {
  const { groups, stride, dilation, padding } = attrs;
  const [outputs, channels, ...kernel] = weight;
  const [examples, , ...source] = input.shape;
  const counts = output.slice(2);
  return {
    ...{ examples, groups, channels, source, kernel, stride, dilation, counts },
    outputs: outputs / groups,
    offset: padding.map(([before]) => before),
    image: counts.map((count, i) => (count - 1) * stride[i] + dilation[i] * (kernel[i] - 1) + 1),
  };
}

export const doubleBytes = 8;
/** Bytes of `count` doubles, also used for singles. */
const doubles = (count: number) => roundUp(count * doubleBytes, 16);
export const rowsOf = ({ channels, kernel }: Correlation) => channels * sizeOf(kernel);

/** Addresses in scratch. */
export interface Places {
  /**
   * [groups * outputs, values of a window and the bias]; for the weight's gradient, the sums over
   * the examples.
   */
  readonly weights: number;
  /** The image of one group of an example, in the dtype of the arrays and in double. */
  readonly narrow: number;
  readonly image: number;
  readonly columns: number;
  /** The product of one group of an example. */
  readonly product: number;
  /** The other factor of the columns in double: dy, for the weight's gradient. */
  readonly flow: number;
  readonly end: number;
}

/**
 * Lays out scratch from an address on. `extra` is the rows of the columns beyond the values of a
 * window.
 */
export function placesFrom(start: number, correlation: Correlation, extra: number): Places {
  const { groups, channels, outputs, image, counts } = correlation;
  const rows = rowsOf(correlation) + extra;
  const windows = sizeOf(counts);
  const places: number[] = [];
  let end = start;
  for (const count of [
    groups * outputs * rows,
    channels * sizeOf(image),
    channels * sizeOf(image),
    rows * windows,
    outputs * Math.max(windows, rows),
    Math.max(outputs * windows, groups * outputs * rows),
  ]) {
    places.push(end);
    end += doubles(count);
  }
  const [weights, narrow, wide, columns, product, flow] = places;
  return { weights, narrow, image: wide, columns, product, flow, end };
}
