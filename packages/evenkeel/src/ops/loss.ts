import { defineOp, type Spec } from "../core/index.ts";
import { logSigmoid, sigmoid } from "./activation.ts";
import { le, lt } from "./compare.ts";
import { abs, clamp, div, mul, neg, sign, sub, where } from "./elementwise.ts";
import { binaryLoop } from "./loops.ts";
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
    const slope = mul(dy, beta === 0 ? sign(d) : where(lt(abs(d), beta), div(d, beta), sign(d)));
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
 * Binary cross entropy of a logit: -(target * log sigmoid(input) + (1 - target) * log sigmoid(-input)), computed as
 * max(input, 0) - input * target + log(1 + exp(-|input|)), which never overflows.
 */
export const bceWithLogits = defineOp({
  name: "bceWithLogits",
  inputs: ["input", "target"],
  shape: (inputs) => floats("bceWithLogits", inputs),
  reference: binaryLoop((x, t) => Math.max(x, 0) - x * t + Math.log1p(Math.exp(-Math.abs(x)))),
  saves: ["input", "target"],
  grad: (dy, { input, target }, { needs }) => [
    mul(dy, sub(sigmoid(input), target)),
    needs[1] ? mul(dy, sub(logSigmoid(neg(input)), logSigmoid(input))) : null,
  ],
});
