import { defineOp, formatShape, mismatch, positionOf, type Spec, unfused } from "../../core/index.ts";
import { logSigmoid, sigmoid } from "../elementwise/activation.ts";
import { ge, le } from "../elementwise/compare.ts";
import { abs, add, clamp, div, log, mul, neg, sign, sub, where } from "../elementwise/elementwise.ts";
import { log1p } from "../elementwise/functions.ts";
import { binaryLoop, ternaryLoop } from "../loops.ts";
import { broadcastPromoted, requireFloat } from "../shapes.ts";

/** Elementwise parts of losses; reductions and class weights are composed around them. */

const floats = (name: string, inputs: readonly Spec[]) => {
  requireFloat(name, "input", inputs[0]);
  return broadcastPromoted(inputs);
};

/** 0.5 d^2 / beta where |d| < beta, |d| - 0.5 beta elsewhere, d = input - target. */
export const smoothL1 = defineOp({
  name: "smoothL1",
  inputs: ["input", "target"],
  shape: (inputs, _: { readonly beta: number }) => floats("smoothL1", inputs),
  reference: (inputs, outputs, { beta }) =>
    binaryLoop((a, b) => {
      const d = Math.abs(a - b);
      return d < beta ? (0.5 * d * d) / beta : d - 0.5 * beta;
    })(inputs, outputs),
  saves: ["input", "target"],
  grad: (dy, { input, target }, { attrs: { beta } }) => {
    const d = sub(input, target);
    // A NaN takes the branch that propagates it.
    const slope = mul(dy, beta === 0 ? sign(d) : where(ge(abs(d), beta), sign(d), div(d, beta)));
    return [slope, neg(slope)];
  },
});

/** 0.5 d^2 where |d| <= delta, delta (|d| - 0.5 delta) elsewhere, d = input - target. */
export const huber = defineOp({
  name: "huber",
  inputs: ["input", "target"],
  shape: (inputs, _: { readonly delta: number }) => floats("huber", inputs),
  reference: (inputs, outputs, { delta }) =>
    binaryLoop((a, b) => {
      const d = Math.abs(a - b);
      return d <= delta ? 0.5 * d * d : delta * (d - 0.5 * delta);
    })(inputs, outputs),
  saves: ["input", "target"],
  grad: (dy, { input, target }, { attrs: { delta } }) => {
    const d = sub(input, target);
    const slope = mul(dy, where(le(abs(d), delta), d, clamp(d, { min: -delta, max: delta })));
    return [slope, neg(slope)];
  },
});

/**
 * Binary cross entropy of a probability: -(target * log(input) + (1 - target) * log(1 - input)),
 * the logarithms no less than -100. Refuses an input that is not from 0 to 1.
 */
export const bce = defineOp({
  name: "bce",
  inputs: ["input", "target"],
  shape: (inputs) => floats("bce", inputs),
  reference: (inputs, outputs) => {
    const [{ data, shape }] = inputs;
    const outside = data.findIndex((p) => !(p >= 0 && p <= 1));
    if (outside >= 0) {
      throw mismatch(
        "wrong-value",
        "binaryCrossEntropy",
        `input ${data[outside]} at ${formatShape(positionOf(outside, shape))} is no probability`,
        "0 to 1",
        "put a sigmoid before it, or use binaryCrossEntropyWithLogits without one",
      );
    }
    const bounded = (log: number) => Math.max(log, -100);
    binaryLoop((p, t) => (t - 1) * bounded(Math.log1p(-p)) - t * bounded(Math.log(p)))(inputs, outputs);
  },
  saves: ["input", "target"],
  grad: (dy, { input, target }, { needs }) => [
    // Where the logarithm is bounded the slope stays finite, as in PyTorch.
    mul(dy, div(sub(input, target), clamp(mul(sub(1, input), input), { min: 1e-12 }))),
    needs[1] ? mul(dy, sub(log1p(neg(input)), log(input))) : null,
  ],
});

const softplusOf = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/**
 * Binary cross entropy of a logit, where a positive weighs `posWeight` times as much as a negative:
 * posWeight * target * softplus(-input) + (1 - target) * softplus(input). Both terms have one sign:
 * nothing cancels.
 */
export const bceWithLogits = defineOp({
  name: "bceWithLogits",
  inputs: ["input", "target", "posWeight"],
  shape: threeFloats("bceWithLogits"),
  reference: ternaryLoop((x, t, w) => w * t * softplusOf(-x) + (1 - t) * softplusOf(x)),
  saves: ["input", "target", "posWeight"],
  grad: (dy, { input, target, posWeight }, { needs }) => [
    mul(dy, bceWithLogitsSlope(input, target, posWeight)),
    needs[1] ? mul(dy, sub(logSigmoid(neg(input)), mul(posWeight, logSigmoid(input)))) : null,
    needs[2] ? neg(mul(dy, mul(target, logSigmoid(input)))) : null,
  ],
});

/** The derivative of {@link bceWithLogits} by its input, in one row, so that it is rounded once. */
export const bceWithLogitsSlope = defineOp({
  name: "bceWithLogitsSlope",
  inputs: ["input", "target", "posWeight"],
  shape: threeFloats("bceWithLogitsSlope"),
  reference: ternaryLoop((x, t, w) => (1 + (w - 1) * t) / (1 + Math.exp(-x)) - w * t),
  grad: unfused(([x, t, w]) => [sub(mul(add(1, mul(sub(w, 1), t)), sigmoid(x)), mul(w, t))]),
});

function threeFloats(name: string) {
  return ([x, target, posWeight]: readonly Spec[]) => broadcastPromoted([floats(name, [x, target])[0], posWeight]);
}
