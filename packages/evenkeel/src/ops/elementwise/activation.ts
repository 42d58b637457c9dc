import { defineOp, unfused, type Value } from "../../core/index.ts";
import { normalDistribution } from "../../core/math/erf.ts";
import { binaryLoop, unaryLoop } from "../loops.ts";
import { broadcastPromoted, floatOnly, sameAsInput } from "../shapes.ts";
import {
  type EluAttrs,
  eluOf,
  geluOf,
  type LeakyReluAttrs,
  leakyReluOf,
  reluOf,
  siluOf,
} from "./activation.functions.ts";
import { gt, le, lt } from "./compare.ts";
import { add, exp, mul, neg, sub, where } from "./elementwise.ts";
import { erf, tanh } from "./functions.ts";

/**
 * The nonlinearities between layers. Formulas:
 * https://pytorch.org/docs/stable/nn.html#non-linear-activations
 */

/**
 * A backward pass in one row, dy * slope(x), rounded once, where the ops of `compose` would round
 * at each step. Second derivatives use `compose`.
 */
function fusedBackward(name: string, slope: (x: number) => number, compose: (x: Value) => Value) {
  return defineOp({
    name,
    inputs: ["dy", "input"],
    shape: broadcastPromoted,
    reference: binaryLoop((dy, x) => dy * slope(x)),
    grad: unfused(([dy, input]) => [mul(dy, compose(input))]),
  });
}

const logistic = (x: number) => 1 / (1 + Math.exp(-x));

/** max(x, 0). The gradient at 0 is 0. NaN stays NaN. */
export const relu = defineOp({
  name: "relu",
  inputs: ["input"],
  shape: sameAsInput,
  reference: unaryLoop(reluOf),
  saves: ["output"],
  grad: (dy, { output }) => [where(le(output, 0), 0, dy)],
});

/** x where positive, negativeSlope * x elsewhere. The gradient at 0 is negativeSlope. */
export const leakyRelu = defineOp({
  name: "leakyRelu",
  inputs: ["input"],
  shape: (inputs, _: LeakyReluAttrs) => floatOnly("leakyRelu")(inputs),
  reference: (inputs, outputs, attrs) => unaryLoop(leakyReluOf(attrs))(inputs, outputs),
  saves: ["input"],
  grad: (dy, { input }, { attrs }) => [where(gt(input, 0), dy, mul(dy, attrs.negativeSlope))],
});

/**
 * scale * x where positive, scale * alpha * (exp(inputScale * x) - 1) elsewhere: ELU, and with
 * other scales SELU and CELU.
 */
export const elu = defineOp({
  name: "elu",
  inputs: ["input"],
  shape: (inputs, _: EluAttrs) => floatOnly("elu")(inputs),
  reference: (inputs, outputs, attrs) => unaryLoop(eluOf(attrs))(inputs, outputs),
  saves: ["input"],
  grad: (dy, { input }, { attrs: { alpha, scale, inputScale } }) => {
    // The exponent is set to 0 where it is not used: 0 * Infinity would be NaN. A NaN has the slope
    // of positive values.
    const exponent = mul(where(lt(input, 0), input, 0), inputScale);
    const slope = mul(exp(exponent), alpha * scale * inputScale);
    return [where(le(input, 0), mul(dy, slope), scale === 1 ? dy : mul(dy, scale))];
  },
});

/** 1 / (1 + exp(-x)). Integers give float32. */
export const sigmoid = defineOp({
  name: "sigmoid",
  inputs: ["input"],
  shape: (inputs) => [{ shape: inputs[0].shape, dtype: inputs[0].dtype === "float64" ? "float64" : "float32" }],
  reference: unaryLoop(logistic),
  saves: ["output"],
  grad: (dy, { output }) => [mul(dy, mul(output, sub(1, output)))],
});

/** x * sigmoid(x), also called swish. */
export const silu = defineOp({
  name: "silu",
  inputs: ["input"],
  shape: floatOnly("silu"),
  reference: unaryLoop(siluOf),
  saves: ["input"],
  grad: (dy, { input }) => [siluBackward(dy, input)],
});

/**
 * dy * s * (1 + x * (1 - s)) with s = sigmoid(x): the gradient of {@link silu} in one row, so that
 * it is rounded once.
 */
export const siluBackward = fusedBackward(
  "siluBackward",
  (x) => {
    const s = logistic(x);
    return s * (1 + x * (1 - s));
  },
  (x) => {
    const s = sigmoid(x);
    return mul(s, add(1, mul(x, sub(1, s))));
  },
);

/** x * Phi(x), with the exact normal distribution function. */
export const gelu = defineOp({
  name: "gelu",
  inputs: ["input"],
  shape: floatOnly("gelu"),
  reference: unaryLoop(geluOf),
  saves: ["input"],
  grad: (dy, { input }) => [geluBackward(dy, input)],
});

const densityScale = 1 / Math.sqrt(2 * Math.PI);

/**
 * dy * (Phi(x) + x * phi(x)), with distribution and density of the normal: the gradient of
 * {@link gelu} in one row.
 */
export const geluBackward = fusedBackward(
  "geluBackward",
  (x) => normalDistribution(x) + x * densityScale * Math.exp(-0.5 * x * x),
  (x) => {
    const distribution = mul(add(1, erf(mul(x, Math.SQRT1_2))), 0.5);
    const density = mul(exp(mul(mul(x, x), -0.5)), densityScale);
    return add(distribution, mul(x, density));
  },
);

const [tanhSlope, tanhCubic] = [Math.sqrt(8 / Math.PI), 0.044715 * Math.sqrt(8 / Math.PI)];

/**
 * The tanh approximation of gelu. 0.5 (1 + tanh(u)) is written as sigmoid(2u), which does not
 * cancel where x < 0.
 */
export const geluTanh = defineOp({
  name: "geluTanh",
  inputs: ["input"],
  shape: floatOnly("geluTanh"),
  reference: unaryLoop((x) => x * logistic(x * (tanhSlope + tanhCubic * x * x))),
  saves: ["input"],
  grad: (dy, { input }) => [geluTanhBackward(dy, input)],
});

/** The gradient of {@link geluTanh} in one row. */
export const geluTanhBackward = fusedBackward(
  "geluTanhBackward",
  (x) => {
    const s = logistic(x * (tanhSlope + tanhCubic * x * x));
    return s * (1 + x * (1 - s) * (tanhSlope + 3 * tanhCubic * x * x));
  },
  (x) => {
    const square = mul(x, x);
    const s = sigmoid(mul(x, add(mul(square, tanhCubic), tanhSlope)));
    return mul(s, add(1, mul(mul(x, sub(1, s)), add(mul(square, 3 * tanhCubic), tanhSlope))));
  },
);

/** log(1 + exp(beta * x)) / beta; the identity where beta * x exceeds the threshold. */
export const softplus = defineOp({
  name: "softplus",
  inputs: ["input"],
  shape: (inputs, _: { readonly beta: number; readonly threshold: number }) => floatOnly("softplus")(inputs),
  reference: (inputs, outputs, { beta, threshold }) =>
    unaryLoop((x) => (x * beta > threshold ? x : Math.log1p(Math.exp(x * beta)) / beta))(inputs, outputs),
  saves: ["input"],
  grad: (dy, { input }, { attrs }) => {
    const scaled: Value = mul(input, attrs.beta);
    return [where(gt(scaled, attrs.threshold), dy, mul(dy, sigmoid(scaled)))];
  },
});

/** log(sigmoid(x)) without overflow: the building block of binary cross entropy. */
export const logSigmoid = defineOp({
  name: "logSigmoid",
  inputs: ["input"],
  shape: floatOnly("logSigmoid"),
  reference: unaryLoop((x) => Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x)))),
  saves: ["input"],
  grad: (dy, { input }) => [mul(dy, sigmoid(neg(input)))],
});

/** x * tanh(log(1 + exp(x))). */
export const mish = defineOp({
  name: "mish",
  inputs: ["input"],
  shape: floatOnly("mish"),
  reference: unaryLoop((x) => x * Math.tanh(Math.log1p(Math.exp(x)))),
  saves: ["input"],
  grad: (dy, { input }) => [mishBackward(dy, input)],
});

/**
 * dy * (t + x * sigmoid(x) * (1 - t^2)) with t = tanh(log(1 + exp(x))): the gradient of
 * {@link mish} in one row.
 */
export const mishBackward = fusedBackward(
  "mishBackward",
  (x) => {
    const t = Math.tanh(Math.log1p(Math.exp(x)));
    return t + x * logistic(x) * (1 - t) * (1 + t);
  },
  (x) => {
    const t = tanh(softplus(x, { beta: 1, threshold: 20 }));
    return add(t, mul(mul(x, sigmoid(x)), mul(sub(1, t), add(1, t))));
  },
);
