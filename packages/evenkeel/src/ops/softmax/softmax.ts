import {
  defineOp,
  isFloat,
  type NdArray,
  type Spec,
  sizeOf,
  type TypedArray,
  unfused,
  type Value,
} from "../../core/index.ts";
import { mul, sub } from "../elementwise/elementwise.ts";
import { sum } from "../reduce/reduce.ts";
import { requireFloat } from "../shapes.ts";

/**
 * Softmax along one dimension. The largest value is subtracted first, so nothing overflows; sums
 * are double.
 */

export interface SoftmaxAttrs {
  /** Counted from the front: see normalizeDim. */
  readonly dim: number;
}

function shape(name: string) {
  return ([x]: readonly Spec[], _: SoftmaxAttrs) => {
    requireFloat(name, "input", x);
    return [{ shape: x.shape, dtype: isFloat(x.dtype) ? x.dtype : ("float32" as const) }];
  };
}

type Line = (data: TypedArray, start: number, end: number, step: number) => void;

/** Calls `line` for every line of elements along the dimension. */
function forEachLine(x: NdArray, dim: number, line: Line): void {
  const n = x.shape[dim] ?? 1;
  const step = sizeOf(x.shape.slice(dim + 1));
  if (x.data.length === 0) return;
  for (let i = 0; i < x.data.length / n; i++) {
    const start = Math.floor(i / step) * n * step + (i % step);
    line(x.data, start, start + n * step, step);
  }
}

/** The maximum of a line and the sum of exp(x - maximum) over it. */
export function scaleOf(data: TypedArray, start: number, end: number, step: number): [max: number, total: number] {
  let max = -Infinity;
  for (let at = start; at < end; at += step) max = Math.max(max, data[at]);
  let total = 0;
  for (let at = start; at < end; at += step) total += Math.exp(data[at] - max);
  return [max, total];
}

/** exp(x) over its sum along a dimension, without overflow: positive values that sum to 1. */
export const softmax = defineOp({
  name: "softmax",
  inputs: ["input"],
  shape: shape("softmax"),
  reference: ([x], [y], { dim }) =>
    forEachLine(x, dim, (data, start, end, step) => {
      const [max, total] = scaleOf(data, start, end, step);
      for (let at = start; at < end; at += step) y.data[at] = Math.exp(data[at] - max) / total;
    }),
  saves: ["output"],
  grad: (dy, { output }, { attrs: { dim } }) => [
    mul(sub(dy, sum(mul(dy, output), { dims: lineDims(dy, dim), keepdim: true })), output),
  ],
});

/** The logarithm of {@link softmax}, computed directly: x - log(sum(exp(x))). */
export const logSoftmax = defineOp({
  name: "logSoftmax",
  inputs: ["input"],
  shape: shape("logSoftmax"),
  reference: ([x], [y], { dim }) =>
    forEachLine(x, dim, (data, start, end, step) => {
      const [max, total] = scaleOf(data, start, end, step);
      const log = Math.log(total);
      for (let at = start; at < end; at += step) y.data[at] = data[at] - max - log;
    }),
  saves: ["input"],
  grad: (dy, { input }, { attrs }) => [logSoftmaxBackward(dy, input, attrs)],
});

/**
 * dy - softmax(input) * sum(dy); in one row and from the input, so that nothing is rounded on the
 * way.
 */
export const logSoftmaxBackward = defineOp({
  name: "logSoftmaxBackward",
  inputs: ["dy", "input"],
  shape: ([dy], _: SoftmaxAttrs) => [{ shape: dy.shape, dtype: dy.dtype }],
  reference: ([dy, input], [dx], { dim }) =>
    forEachLine(dy, dim, (data, start, end, step) => {
      const [max, scale] = scaleOf(input.data, start, end, step);
      let total = 0;
      for (let at = start; at < end; at += step) total += data[at];
      for (let at = start; at < end; at += step) {
        dx.data[at] = data[at] - (Math.exp(input.data[at] - max) / scale) * total;
      }
    }),
  grad: unfused(([dy, input], { dim }: SoftmaxAttrs) => [
    sub(dy, mul(softmax(input, { dim }), sum(dy, { dims: lineDims(dy, dim), keepdim: true }))),
  ]),
});

/** A 0-d value is a line of one. */
const lineDims = (x: Value, dim: number) => (x.shape.length === 0 ? [] : [dim]);
