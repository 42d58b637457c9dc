import { check, flag } from "../../../core/index.ts";
import * as ops from "../../../ops/index.ts";
import type { Tensor } from "../../../tensor/index.ts";
import { requireTensor } from "../../checks.ts";
import { type Sizes, sizesOf } from "../sizes.ts";
import { type StrideOr, windowOf, withStride } from "./arguments.ts";

/**
 * Max pooling. A NaN is above all numbers; of equal values the first is taken, and gets the whole
 * gradient. Indices are int32, and count within the plane of one channel, row by row.
 */

export interface MaxPoolOptions<Indices extends boolean = boolean> {
  /** How far a window is from the next. Default null: the kernel's size. */
  readonly stride?: Sizes | null | undefined;
  /**
   * Places of minus infinity on both sides of each dimension, at most half the kernel. Default 0.
   */
  readonly padding?: Sizes | undefined;
  /** How far the places of a window are from each other. Default 1. */
  readonly dilation?: Sizes | undefined;
  /**
   * Whether a last window may reach over the edge; it must begin inside, or in the padding before.
   * Default false.
   */
  readonly ceilMode?: boolean | undefined;
  /** Give the places too: `[output, indices]`. Default false. */
  readonly returnIndices?: Indices | undefined;
}

/** The output; with `returnIndices` the places too. */
export type Pooled<Indices extends boolean> = Indices extends true ? [output: Tensor, indices: Tensor] : Tensor;

export const maxPoolNames = ["stride", "padding", "dilation", "ceilMode", "returnIndices"];

/** The attributes of the row, from what users write. */
export function maxPoolAttrs(
  owner: string,
  rank: number,
  kernelSize: Sizes,
  options: MaxPoolOptions,
): ops.MaxPoolAttrs {
  const { stride, padding = 0, dilation = 1, ceilMode = false, returnIndices = false } = options;
  const window = windowOf(owner, rank, kernelSize, stride, padding);
  check(owner, "ceilMode", ceilMode, flag());
  check(owner, "returnIndices", returnIndices, flag());
  return { ...window, dilation: sizesOf(owner, "dilation", dilation, rank, 1), ceilMode };
}

function maxPool<Indices extends boolean>(
  rank: number,
  input: Tensor,
  kernelSize: Sizes,
  stride: StrideOr<MaxPoolOptions<Indices>> | undefined,
  more: Omit<MaxPoolOptions<Indices>, "stride"> | undefined,
): Pooled<Indices> {
  const owner = `maxPool${rank}d`;
  const options = withStride(owner, maxPoolNames, stride, more);
  const attrs = maxPoolAttrs(owner, rank, kernelSize, options);
  requireTensor(owner, "input", input);
  const [output, indices] = ops.maxPool(input, attrs);
  return (options.returnIndices ? [output, indices] : output) as Pooled<Indices>;
}

/**
 * The largest value of each window of an input [N, C, L] or [C, L]. The stride is an option, or the
 * third argument. https://pytorch.org/docs/stable/generated/torch.nn.MaxPool1d.html
 * @throws TypeError if the input is not of floats, or an option is unknown
 * @throws RangeError if the input has another number of dimensions, is smaller than a window, or a
 *   number is out of range
 */
export function maxPool1d<Indices extends boolean = false>(
  input: Tensor,
  kernelSize: Sizes,
  stride?: StrideOr<MaxPoolOptions<Indices>>,
  options?: Omit<MaxPoolOptions<Indices>, "stride">,
): Pooled<Indices> {
  return maxPool(1, input, kernelSize, stride, options);
}

/**
 * The largest value of each window of an input [N, C, H, W] or [C, H, W]. A kernel of 2 takes 2 x
 * 2; a list says height and width. The stride is an option, or the third argument. Throws as
 * {@link maxPool1d}. https://pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html
 */
export function maxPool2d<Indices extends boolean = false>(
  input: Tensor,
  kernelSize: Sizes,
  stride?: StrideOr<MaxPoolOptions<Indices>>,
  options?: Omit<MaxPoolOptions<Indices>, "stride">,
): Pooled<Indices> {
  return maxPool(2, input, kernelSize, stride, options);
}

/** {@link maxPool2d} of an input [N, C, D, H, W] or [C, D, H, W]. */
export function maxPool3d<Indices extends boolean = false>(
  input: Tensor,
  kernelSize: Sizes,
  stride?: StrideOr<MaxPoolOptions<Indices>>,
  options?: Omit<MaxPoolOptions<Indices>, "stride">,
): Pooled<Indices> {
  return maxPool(3, input, kernelSize, stride, options);
}
