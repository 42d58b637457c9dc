import { type Shape, stridesOf } from "../../core/index.ts";

/** The index, dimension by dimension, of the `flat`-th value in row-major order. */
export function positionOf(flat: number, shape: Shape): number[] {
  return stridesOf(shape).map((stride, d) => Math.floor(flat / stride) % shape[d]);
}
