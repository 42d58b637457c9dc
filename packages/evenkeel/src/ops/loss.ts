import { defineOp, type Spec, unfused } from "../core/index.ts";
import { logSigmoid, sigmoid } from "./activation.ts";
import { ge, le } from "./compare.ts";
import { abs, add, clamp, div, mul, neg, sign, sub, where } from "./elementwise.ts";
import { binaryLoop, ternaryLoop } from "./loops.ts";
import { broadcastPromoted, requireFloat } from "./shapes.ts";

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
    // A NaN takes the branch that lets it through.
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

const softplusOf = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/**
 * Binary cross entropy of a logit, where a positive weighs `posWeight` times as much as a negative:
 * posWeight * target * softplus(-input) + (1 - target) * softplus(input). Both terms have one sign: nothing cancels.
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
