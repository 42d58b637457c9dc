import { check, checkOptions, flag, unexpected } from "../../../core/index.ts";
import * as ops from "../../../ops/index.ts";
import type { Tensor } from "../../../tensor/index.ts";
import { requireTensor } from "../../checks.ts";
import type { Pooled } from "./maxPool.ts";

/**
 * Pooling to a given size: window i of n reads from floor(i * size / n) to ceil((i + 1) * size /
 * n), so neighbours overlap where n does not divide the size. To 1 it is global pooling, as
 * `x.mean([2, 3])` and `x.amax([2, 3])` are.
 */

/** A size for all dimensions, or one per dimension; null keeps the input's. */
export type OutputSize = number | null | readonly (number | null)[];

/** @throws TypeError, RangeError unless it is whole numbers of at least 0, or null */
export function checkOutputSize(owner: string, outputSize: OutputSize, rank: number): (number | null)[] {
  const list = Array.isArray(outputSize) ? outputSize : new Array<number | null>(rank).fill(outputSize as number);
  const fits = list.length === rank && list.every((n) => n === null || (Number.isInteger(n) && n >= 0));
  if (!fits) {
    const code = typeof outputSize === "number" || Array.isArray(outputSize) ? "wrong-value" : "wrong-type";
    const expected = `a whole number of at least 0, or a list of ${rank}, where null keeps a size`;
    throw unexpected(code, owner, "outputSize", outputSize, expected);
  }
  return list;
}

function planeOf(owner: string, input: Tensor, outputSize: OutputSize, rank: number): number[] {
  const sizes = checkOutputSize(owner, outputSize, rank);
  requireTensor(owner, "input", input);
  return sizes.map((size, d) => size ?? input.shape[input.ndim - rank + d] ?? 0);
}

function adaptiveAvgPool(rank: number, input: Tensor, outputSize: OutputSize): Tensor {
  return ops.adaptiveAvgPool(input, { outputSize: planeOf(`adaptiveAvgPool${rank}d`, input, outputSize, rank) });
}

/**
 * Averages over an input [N, C, L] or [C, L], to `outputSize` of them.
 * https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool1d.html
 * @throws TypeError if the input is not of floats
 * @throws RangeError if it has another number of dimensions, or `outputSize` is out of range
 */
export function adaptiveAvgPool1d(input: Tensor, outputSize: OutputSize): Tensor {
  return adaptiveAvgPool(1, input, outputSize);
}

/**
 * Averages over an input [N, C, H, W] or [C, H, W], to `outputSize`: a number is both sides, a list
 * may keep one by null. Throws as {@link adaptiveAvgPool1d}.
 * https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool2d.html
 */
export function adaptiveAvgPool2d(input: Tensor, outputSize: OutputSize): Tensor {
  return adaptiveAvgPool(2, input, outputSize);
}

/** {@link adaptiveAvgPool2d} of an input [N, C, D, H, W] or [C, D, H, W]. */
export function adaptiveAvgPool3d(input: Tensor, outputSize: OutputSize): Tensor {
  return adaptiveAvgPool(3, input, outputSize);
}

export interface AdaptiveMaxPoolOptions<Indices extends boolean = boolean> {
  /** Give the places too: `[output, indices]`. Default false. */
  readonly returnIndices?: Indices | undefined;
}

export function checkAdaptiveMaxOptions(owner: string, options: AdaptiveMaxPoolOptions): boolean {
  checkOptions(owner, options, ["returnIndices"]);
  const { returnIndices = false } = options;
  check(owner, "returnIndices", returnIndices, flag());
  return returnIndices;
}

function adaptiveMaxPool<Indices extends boolean>(
  rank: number,
  input: Tensor,
  outputSize: OutputSize,
  options: AdaptiveMaxPoolOptions<Indices>,
): Pooled<Indices> {
  const owner = `adaptiveMaxPool${rank}d`;
  const returnIndices = checkAdaptiveMaxOptions(owner, options);
  const [output, indices] = ops.adaptiveMaxPool(input, { outputSize: planeOf(owner, input, outputSize, rank) });
  return (returnIndices ? [output, indices] : output) as Pooled<Indices>;
}

/**
 * Largest values over an input [N, C, L] or [C, L], `outputSize` of them. Ties, NaN and indices are
 * as in {@link maxPool1d}.
 * https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool1d.html
 * @throws TypeError if the input is not of floats
 * @throws RangeError if it has another number of dimensions, or `outputSize` is out of range
 */
export function adaptiveMaxPool1d<Indices extends boolean = false>(
  input: Tensor,
  outputSize: OutputSize,
  options: AdaptiveMaxPoolOptions<Indices> = {},
): Pooled<Indices> {
  return adaptiveMaxPool(1, input, outputSize, options);
}

/** {@link adaptiveMaxPool1d} of an input [N, C, H, W] or [C, H, W]. */
export function adaptiveMaxPool2d<Indices extends boolean = false>(
  input: Tensor,
  outputSize: OutputSize,
  options: AdaptiveMaxPoolOptions<Indices> = {},
): Pooled<Indices> {
  return adaptiveMaxPool(2, input, outputSize, options);
}

/** {@link adaptiveMaxPool1d} of an input [N, C, D, H, W] or [C, D, H, W]. */
export function adaptiveMaxPool3d<Indices extends boolean = false>(
  input: Tensor,
  outputSize: OutputSize,
  options: AdaptiveMaxPoolOptions<Indices> = {},
): Pooled<Indices> {
  return adaptiveMaxPool(3, input, outputSize, options);
}
