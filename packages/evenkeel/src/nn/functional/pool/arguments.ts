import { checkOptions, describe } from "../../../core/index.ts";

/** A size for all dimensions of a window, or one per dimension. */
export type Size = number | readonly number[];

const show = (value: unknown) => (Array.isArray(value) ? `[${value.map(describe).join(", ")}]` : describe(value));

/**
 * One number per dimension.
 * @throws TypeError if it is neither a number nor a list
 * @throws RangeError for a list of another length, or numbers that are not whole or below `least`
 */
export function perDimension(owner: string, name: string, value: Size, rank: number, least: number): number[] {
  const expected = `expected a whole number of at least ${least}, or a list of ${rank}`;
  if (typeof value !== "number" && !Array.isArray(value)) {
    throw new TypeError(`${owner}: ${name} is ${describe(value)}, ${expected}`);
  }
  const list = typeof value === "number" ? new Array<number>(rank).fill(value) : value;
  if (list.length !== rank || list.some((n) => !Number.isInteger(n) || n < least)) {
    throw new RangeError(`${owner}: ${name} is ${show(value)}, ${expected}`);
  }
  return [...list];
}

/** @throws RangeError if a window could lie in the padding alone */
export function checkPadding(owner: string, kernel: readonly number[], padding: readonly number[]): void {
  const beyond = padding.findIndex((n, d) => n > kernel[d] / 2);
  if (beyond < 0) return;
  throw new RangeError(
    `${owner}: padding is ${padding[beyond]} and kernelSize ${kernel[beyond]}, expected at most half the kernel; make the padding smaller`,
  );
}

/** What may stand where PyTorch has the stride: the stride, null for that of the kernel, or the options. */
export type StrideOr<O> = Size | null | O;

/**
 * `(2, 1, { padding: 1 })` and `(2, { stride: 1, padding: 1 })` say the same. `names` are the options, stride first.
 * @throws TypeError for options that are none, or unknown
 */
export function withStride<O extends { readonly stride?: Size | null }>(
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

/** What a window is. */
export interface Window {
  readonly kernel: number[];
  readonly stride: number[];
  readonly padding: number[];
}

/** @throws TypeError, RangeError as {@link perDimension}, naming the argument */
export function windowOf(
  owner: string,
  rank: number,
  kernelSize: Size,
  stride: Size | null | undefined,
  padding: Size,
): Window {
  const kernel = perDimension(owner, "kernelSize", kernelSize, rank, 1);
  const steps = perDimension(owner, "stride", stride ?? kernel, rank, 1);
  const around = perDimension(owner, "padding", padding, rank, 0);
  checkPadding(owner, kernel, around);
  return { kernel, stride: steps, padding: around };
}
