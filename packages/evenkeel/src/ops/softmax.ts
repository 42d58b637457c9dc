import { defineOp, isFloat, type NdArray, type Spec, sizeOf, type TypedArray } from "../core/index.ts";
import { exp, mul, sub } from "./elementwise.ts";
import { sum } from "./reduce.ts";
import { requireFloat } from "./shapes.ts";

/** Softmax along one dimension. The largest value is subtracted first, so nothing overflows; sums are double. */

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

/** Calls `line` with the maximum and the sum of exp(x - maximum) of every line along the dimension. */
function forEachLine(
  x: NdArray,
  dim: number,
  line: (data: TypedArray, start: number, end: number, step: number, max: number, total: number) => void,
): void {
  const n = x.shape[dim] ?? 1;
  const step = sizeOf(x.shape.slice(dim + 1));
  if (sizeOf(x.shape) === 0) return;
  for (let i = 0; i < x.data.length / n; i++) {
    const start = Math.floor(i / step) * n * step + (i % step);
    const end = start + n * step;
    let max = -Infinity;
    for (let at = start; at < end; at += step) max = Math.max(max, x.data[at]);
    let total = 0;
    for (let at = start; at < end; at += step) total += Math.exp(x.data[at] - max);
    line(x.data, start, end, step, max, total);
  }
}

export const softmax = defineOp({
  name: "softmax",
  inputs: ["input"],
  shape: shape("softmax"),
  reference: ([x], [y], { dim }) =>
    forEachLine(x, dim, (data, start, end, step, max, total) => {
      for (let at = start; at < end; at += step) y.data[at] = Math.exp(data[at] - max) / total;
    }),
  saves: ["output"],
  grad: (dy, { output }, { attrs: { dim }, inputs }) => {
    const dims = inputs[0].shape.length === 0 ? [] : [dim];
    return [mul(sub(dy, sum(mul(dy, output), { dims, keepdim: true })), output)];
  },
});

export const logSoftmax = defineOp({
  name: "logSoftmax",
  inputs: ["input"],
  shape: shape("logSoftmax"),
  reference: ([x], [y], { dim }) =>
    forEachLine(x, dim, (data, start, end, step, max, total) => {
      const log = Math.log(total);
      for (let at = start; at < end; at += step) y.data[at] = data[at] - max - log;
    }),
  saves: ["output"],
  grad: (dy, { output }, { attrs: { dim }, inputs }) => {
    const dims = inputs[0].shape.length === 0 ? [] : [dim];
    return [sub(dy, mul(exp(output), sum(dy, { dims, keepdim: true })))];
  },
});
