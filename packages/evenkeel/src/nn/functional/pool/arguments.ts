import { checkOptions, mismatch } from "../../../core/index.ts";
import { type Sizes, sizesOf } from "../sizes.ts";

/** @throws RangeError if a window could lie in the padding alone */
function checkPadding(owner: string, kernel: readonly number[], padding: readonly number[]): void {
  const beyond = padding.findIndex((n, d) => n > kernel[d] / 2);
  if (beyond < 0) return;
  throw mismatch(
    "conflict",
    owner,
    `padding is ${padding[beyond]} and kernelSize ${kernel[beyond]}`,
    "at most half the kernel",
    "make the padding smaller",
  );
}

/**
 * The argument in PyTorch's position of the stride: the stride, null for the size of the kernel, or
 * the options.
 */
export type StrideOr<O> = Sizes | null | O;

/**
 * `(2, 1, { padding: 1 })` and `(2, { stride: 1, padding: 1 })` say the same. `names` are the
 * options, stride first.
 * @throws TypeError for options that are none, or unknown
 */
export function withStride<O extends { readonly stride?: Sizes | null | undefined }>(
  owner: string,
  names: readonly string[],
  stride: StrideOr<O> | undefined,
  options: Omit<O, "stride"> | undefined,
): O {
  if (options === undefined && typeof stride === "object" && stride !== null && !Array.isArray(stride)) {
    checkOptions(owner, stride, names);
    return stride as O;
  }
  if (options !== undefined) checkOptions(owner, options, names.slice(1));
  return { ...options, stride } as unknown as O;
}

/** The settings of a window. */
export interface Window {
  readonly kernel: number[];
  readonly stride: number[];
  readonly padding: number[];
}

/** @throws TypeError, RangeError as {@link sizesOf}, naming the argument */
export function windowOf(
  owner: string,
  rank: number,
  kernelSize: Sizes,
  stride: Sizes | null | undefined,
  padding: Sizes,
): Window {
  const kernel = sizesOf(owner, "kernelSize", kernelSize, rank, 1);
  const steps = sizesOf(owner, "stride", stride ?? kernel, rank, 1);
  const around = sizesOf(owner, "padding", padding, rank, 0);
  checkPadding(owner, kernel, around);
  return { kernel, stride: steps, padding: around };
}
