import { defineOp, formatShape, mismatch, type NdArray, type Spec, unfused, wrongShape } from "../../core/index.ts";
import { ne } from "../elementwise/compare.ts";
import { mul, sub, where } from "../elementwise/elementwise.ts";
import { cast } from "../elementwise/functions.ts";
import { reshape, scatterAdd } from "../movement/movement.ts";
import { requireDtype, requireFloat, requireSameDtype, requireShape } from "../shapes.ts";
import { scaleOf, softmax } from "../softmax/softmax.ts";

/**
 * The head of a classifier in one row, from logits to the loss, and its gradient in another:
 * computed in double and rounded once. Semantics of
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.cross_entropy.html
 */

export interface CrossEntropyAttrs {
  /** Rows with this target are ignored. */
  readonly ignoreIndex: number;
  /** "mean" divides by the sum of the weights of the targets. */
  readonly reduction: "mean" | "sum" | "none";
}

/** The error of a target that is neither a class nor ignored. */
export function classOutOfRange(op: string, target: number, position: readonly number[], classes: number): Error {
  return mismatch(
    "wrong-value",
    op,
    `target ${target} at ${formatShape(position)} is out of range for ${classes} classes`,
    `0 to ${classes - 1} or ignoreIndex`,
  );
}

function checkRows(op: string, x: Spec, perRow: Record<string, Spec>): void {
  requireFloat(op, "input", x);
  if (x.shape.length !== 2) {
    throw wrongShape(op, "input", x.shape, "logits [N, C]");
  }
  for (const [name, spec] of Object.entries(perRow)) requireShape(op, name, spec, [x.shape[0]]);
  requireDtype(op, "target", perRow.target, ["int32"], "convert class indices with .int()");
}

/** The element at a position of an array, or the only one of a 0-d array. */
const pick = ({ data, shape }: NdArray, position: number): number => data[shape.length === 0 ? 0 : position];

/**
 * weight[target] * (log(sum(exp(input))) - input[target]) of each row of logits [N, C], reduced. A
 * 0-d weight applies to every class; the weights get no gradient. Other outputs, by row and 0 where
 * the target is ignored: the largest logit, the sum of the exponentials of the distances from it,
 * and the factor of the row's loss in the output.
 */
export const crossEntropy = defineOp({
  name: "crossEntropy",
  inputs: ["input", "target", "weight"],
  outputs: ["output", "maximum", "total", "share"],
  shape: ([x, target, weight], { reduction }: CrossEntropyAttrs) => {
    checkRows("crossEntropy", x, { target });
    requireSameDtype("crossEntropy", x, "the input", weight, "the weight");
    if (weight.shape.length > 0) requireShape("crossEntropy", "weight", weight, [x.shape[1]]);
    const perRow: Spec = { shape: target.shape, dtype: "float64" };
    return [{ shape: reduction === "none" ? target.shape : [], dtype: x.dtype }, perRow, perRow, perRow];
  },
  reference: ([x, target, weight], [y, maximum, total, share], { ignoreIndex, reduction }) => {
    const [rows, classes] = x.shape;
    let weights = 0;
    for (let i = 0; i < rows; i++) {
      const own = target.data[i];
      if (own === ignoreIndex) continue;
      if (own < 0 || own >= classes) throw classOutOfRange("crossEntropy", own, [i], classes);
      weights += pick(weight, own);
    }
    const divisor = reduction === "mean" ? weights : 1;
    let sum = 0;
    for (let i = 0; i < rows; i++) {
      const own = target.data[i];
      if (own === ignoreIndex) continue;
      const [start, factor] = [i * classes, pick(weight, own)];
      [maximum.data[i], total.data[i]] = scaleOf(x.data, start, start + classes, 1);
      share.data[i] = factor / divisor;
      const loss = factor * (Math.log(total.data[i]) - (x.data[start + own] - maximum.data[i]));
      if (reduction === "none") y.data[i] = loss;
      else sum += loss;
    }
    if (reduction !== "none") y.data[0] = sum / divisor;
  },
  saves: ["input", "target", "maximum", "total", "share"],
  grad: (dy, { input, target, maximum, total, share }) => [
    crossEntropyBackward(dy, input, target, maximum, total, share),
    null,
    null,
  ],
});

/**
 * (softmax(input) - onehot(target)) * share * dy, from the statistics of {@link crossEntropy}; dy
 * has the shape of its output, [] or [N].
 */
export const crossEntropyBackward = defineOp({
  name: "crossEntropyBackward",
  inputs: ["dy", "input", "target", "maximum", "total", "share"],
  shape: ([dy, x, target, maximum, total, share]) => {
    checkRows("crossEntropyBackward", x, { target, maximum, total, share });
    if (dy.shape.length > 0) requireShape("crossEntropyBackward", "dy", dy, target.shape);
    return [{ shape: x.shape, dtype: x.dtype }];
  },
  reference: ([dy, x, target, maximum, total, share], [dx]) => {
    const [rows, classes] = x.shape;
    for (let i = 0; i < rows; i++) {
      if (total.data[i] === 0) continue;
      const flow = pick(dy, i) * share.data[i];
      for (let c = 0; c < classes; c++) {
        const at = i * classes + c;
        const power = Math.exp(x.data[at] - maximum.data[i]);
        dx.data[at] = power * (flow / total.data[i]) - (c === target.data[i] ? flow : 0);
      }
    }
  },
  grad: unfused(([dy, input, target, _, total, share]) => {
    const column = [...target.shape, 1];
    const flow = reshape(mul(dy, cast(share, { dtype: input.dtype })), { shape: column });
    // An ignored row has share 0, so that any class will do.
    const own = reshape(where(ne(total, 0), target, 0), { shape: column });
    return [sub(mul(softmax(input, { dim: 1 }), flow), scatterAdd(flow, own, { dim: 1, shape: input.shape }))];
  }),
});
