import { check, flag, wrongValue } from "../../../core/index.ts";
import * as ops from "../../../ops/index.ts";
import type { Tensor } from "../../../tensor/index.ts";
import { requireTensor } from "../../checks.ts";
import type { Sizes } from "../sizes.ts";
import { type StrideOr, windowOf, withStride } from "./arguments.ts";

export interface AvgPool1dOptions {
  /** How far a window is from the next. Default null: the kernel's size. */
  readonly stride?: Sizes | null | undefined;
  /** Zeros on both sides of each dimension, at most half the kernel. Default 0. */
  readonly padding?: Sizes | undefined;
  /**
   * Whether a last window may reach over the edge; it must begin inside, or in the padding before.
   * Default false.
   */
  readonly ceilMode?: boolean | undefined;
  /** Whether zeros of the padding are counted. Default true. */
  readonly countIncludePad?: boolean | undefined;
}

export interface AvgPoolOptions extends AvgPool1dOptions {
  /** The divisor of sums, in place of the count: a whole number, not 0. Default null. */
  readonly divisorOverride?: number | null | undefined;
}

const names = ["stride", "padding", "ceilMode", "countIncludePad"];
export const avgPoolNames = (rank: number) => (rank === 1 ? names : [...names, "divisorOverride"]);

/** The attributes of the row, from what users write. */
export function avgPoolAttrs(
  owner: string,
  rank: number,
  kernelSize: Sizes,
  options: AvgPoolOptions,
): ops.AvgPoolAttrs {
  const { stride, padding = 0, ceilMode = false, countIncludePad = true, divisorOverride } = options;
  const window = windowOf(owner, rank, kernelSize, stride, padding);
  check(owner, "ceilMode", ceilMode, flag());
  check(owner, "countIncludePad", countIncludePad, flag());
  const attrs = { ...window, ceilMode, countIncludePad };
  if (divisorOverride === undefined || divisorOverride === null) return attrs;
  if (!Number.isInteger(divisorOverride) || divisorOverride === 0) {
    throw wrongValue(owner, "divisorOverride", divisorOverride, "a whole number other than 0, or null for the count");
  }
  return { ...attrs, divisorOverride };
}

function avgPool(
  rank: number,
  input: Tensor,
  kernelSize: Sizes,
  stride: StrideOr<AvgPoolOptions> | undefined,
  options: Omit<AvgPoolOptions, "stride"> | undefined,
): Tensor {
  const owner = `avgPool${rank}d`;
  const attrs = avgPoolAttrs(owner, rank, kernelSize, withStride(owner, avgPoolNames(rank), stride, options));
  requireTensor(owner, "input", input);
  return ops.avgPool(input, attrs);
}

/**
 * The average of each window of an input [N, C, L] or [C, L]; of integers without the remainder, as
 * in PyTorch. The stride is an option, or the third argument.
 * https://pytorch.org/docs/stable/generated/torch.nn.AvgPool1d.html
 * @throws TypeError if the input is of bools, or an option is unknown
 * @throws RangeError if the input has another number of dimensions, is smaller than a window, or a
 *   number is out of range
 */
export function avgPool1d(
  input: Tensor,
  kernelSize: Sizes,
  stride?: StrideOr<AvgPool1dOptions>,
  options?: Omit<AvgPool1dOptions, "stride">,
): Tensor {
  return avgPool(1, input, kernelSize, stride, options);
}

/**
 * The average of each window of an input [N, C, H, W] or [C, H, W]. Throws as {@link avgPool1d}.
 * https://pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html
 */
export function avgPool2d(
  input: Tensor,
  kernelSize: Sizes,
  stride?: StrideOr<AvgPoolOptions>,
  options?: Omit<AvgPoolOptions, "stride">,
): Tensor {
  return avgPool(2, input, kernelSize, stride, options);
}

/** {@link avgPool2d} of an input [N, C, D, H, W] or [C, D, H, W]. */
export function avgPool3d(
  input: Tensor,
  kernelSize: Sizes,
  stride?: StrideOr<AvgPoolOptions>,
  options?: Omit<AvgPoolOptions, "stride">,
): Tensor {
  return avgPool(3, input, kernelSize, stride, options);
}
