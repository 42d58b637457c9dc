import { check, checkValue, finiteNumber, flag, mismatch } from "../../../core/index.ts";
import * as ops from "../../../ops/index.ts";
import type { Tensor } from "../../../tensor/index.ts";
import { requireTensor } from "../../checks.ts";
import type { Sizes } from "../sizes.ts";
import { type StrideOr, windowOf, withStride } from "./arguments.ts";

export interface LPPoolOptions {
  /** How far a window is from the next. Default null: the kernel's size. */
  readonly stride?: Sizes | null | undefined;
  /** Whether a last window may reach over the edge. Default false. */
  readonly ceilMode?: boolean | undefined;
}

export const lpPoolNames = ["stride", "ceilMode"];

export function checkNormType(owner: string, normType: number): void {
  checkValue(owner, "normType", normType, finiteNumber());
  if (normType === 0) throw mismatch("wrong-value", owner, "normType is 0", "another number, such as 2");
}

/** The windows, from what users write. */
export function lpPoolAttrs(owner: string, rank: number, kernelSize: Sizes, options: LPPoolOptions): ops.WindowAttrs {
  const { stride, ceilMode = false } = options;
  check(owner, "ceilMode", ceilMode, flag());
  return { ...windowOf(owner, rank, kernelSize, stride, 0), ceilMode };
}

function lpPool(
  rank: number,
  input: Tensor,
  normType: number,
  kernelSize: Sizes,
  stride: StrideOr<LPPoolOptions> | undefined,
  options: Omit<LPPoolOptions, "stride"> | undefined,
): Tensor {
  const owner = `lpPool${rank}d`;
  checkNormType(owner, normType);
  const attrs = lpPoolAttrs(owner, rank, kernelSize, withStride(owner, lpPoolNames, stride, options));
  requireTensor(owner, "input", input);
  return ops.lpPool(input, { ...attrs, p: normType });
}

/**
 * The p-norm of each window of an input [N, C, L] or [C, L], without absolute values: (sum of
 * x^p)^(1/p). At 1 it is the sum, at 2 the root of the squares' sum. Where the sum of a window is
 * 0, so is its gradient; where the root is none, NaN. A last window of `ceilMode` counts as if it
 * were full. https://pytorch.org/docs/stable/generated/torch.nn.LPPool1d.html
 * @throws TypeError if the input is not of floats, or an option is unknown
 * @throws RangeError if the input has another number of dimensions, is smaller than a window, or a
 *   number is out of range
 */
export function lpPool1d(
  input: Tensor,
  normType: number,
  kernelSize: Sizes,
  stride?: StrideOr<LPPoolOptions>,
  options?: Omit<LPPoolOptions, "stride">,
): Tensor {
  return lpPool(1, input, normType, kernelSize, stride, options);
}

/** {@link lpPool1d} of an input [N, C, H, W] or [C, H, W]. */
export function lpPool2d(
  input: Tensor,
  normType: number,
  kernelSize: Sizes,
  stride?: StrideOr<LPPoolOptions>,
  options?: Omit<LPPoolOptions, "stride">,
): Tensor {
  return lpPool(2, input, normType, kernelSize, stride, options);
}
