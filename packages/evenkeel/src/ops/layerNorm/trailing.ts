import type { NdArray, Shape, Spec } from "../../core/index.ts";
import { requireFloat, requireSameDtype, requireShape } from "../shapes.ts";

/**
 * The common part of normalizations over the last dimensions, those of the weight: an example is a
 * line of values.
 */

/** The dimensions before those that are normalized. */
export const leading = (x: Spec, weight: Spec): Shape => x.shape.slice(0, x.shape.length - weight.shape.length);

export function checkTrailing(op: string, x: Spec, weight: Spec): void {
  requireFloat(op, "input", x);
  requireSameDtype(op, x, "the input", weight, "the weight");
  requireShape(op, "weight", weight, x.shape.slice(leading(x, weight).length));
}

/** Calls `line` for every example, with the place of its first value. */
export function forEachLine(x: NdArray, length: number, line: (i: number, start: number) => void): void {
  for (let i = 0; i * length < x.data.length; i++) line(i, i * length);
}

/** The dimensions before the normalized ones, and the normalized ones. */
export function dimsOf(x: Spec, weight: Spec): [examples: number[], within: number[]] {
  const dims = x.shape.map((_, i) => i);
  const first = leading(x, weight).length;
  return [dims.slice(0, first), dims.slice(first)];
}
