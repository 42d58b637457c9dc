import { type DType, defineOp, type Gradients } from "../../core/index.ts";
import { erf as erfOf } from "../../core/math/erf.ts";
import { binaryLoop, unaryLoop } from "../loops.ts";
import { broadcastFloat, floatOfInput, sameAsInput } from "../shapes.ts";
import { add, div, exp, mul, neg, sub } from "./elementwise.ts";

/** Functions beyond arithmetic. Integers give float32. */

/** exp(x) - 1, exact to rounding near 0 too. */
export const expm1 = defineOp({
  name: "expm1",
  inputs: ["input"],
  shape: floatOfInput,
  reference: unaryLoop(Math.expm1),
  saves: ["output"],
  grad: (dy, { output }) => [mul(dy, add(output, 1))],
});

/** log(1 + x), exact to rounding near 0 too. */
export const log1p = defineOp({
  name: "log1p",
  inputs: ["input"],
  shape: floatOfInput,
  reference: unaryLoop(Math.log1p),
  saves: ["input"],
  grad: (dy, { input }) => [div(dy, add(input, 1))],
});

/** The logarithm to base 2. */
export const log2 = defineOp({
  name: "log2",
  inputs: ["input"],
  shape: floatOfInput,
  reference: unaryLoop(Math.log2),
  saves: ["input"],
  grad: (dy, { input }) => [div(dy, mul(input, Math.LN2))],
});

/** log(exp(input) + exp(other)), without overflow. Integers give float32. */
export const logaddexp = defineOp({
  name: "logaddexp",
  inputs: ["input", "other"],
  shape: broadcastFloat,
  reference: binaryLoop((a, b) => (a === b ? a + Math.LN2 : Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b))))),
  saves: ["input", "other"],
  grad: (dy, { input, other }, { needs }) => [
    needs[0] ? div(dy, add(exp(sub(other, input)), 1)) : null,
    needs[1] ? div(dy, add(exp(sub(input, other)), 1)) : null,
  ],
});

/** The sine of an angle in radians. */
export const sin = defineOp({
  name: "sin",
  inputs: ["input"],
  shape: floatOfInput,
  reference: unaryLoop(Math.sin),
  saves: ["input"],
  grad: (dy, { input }): Gradients => [mul(dy, cos(input))],
});

/** The cosine of an angle in radians. */
export const cos = defineOp({
  name: "cos",
  inputs: ["input"],
  shape: floatOfInput,
  reference: unaryLoop(Math.cos),
  saves: ["input"],
  grad: (dy, { input }): Gradients => [neg(mul(dy, sin(input)))],
});

/** The hyperbolic tangent, between -1 and 1. */
export const tanh = defineOp({
  name: "tanh",
  inputs: ["input"],
  shape: floatOfInput,
  reference: unaryLoop(Math.tanh),
  saves: ["output"],
  // (1 - y)(1 + y), not 1 - y^2: the difference is exact where y is close to 1.
  grad: (dy, { output }) => [mul(dy, mul(sub(1, output), add(1, output)))],
});

/** The error function, to double precision. */
export const erf = defineOp({
  name: "erf",
  inputs: ["input"],
  shape: floatOfInput,
  reference: unaryLoop(erfOf),
  saves: ["input"],
  grad: (dy, { input }) => [mul(dy, mul(exp(neg(mul(input, input))), 2 / Math.sqrt(Math.PI)))],
});

/** A copy with storage of its own; the gradient passes through. */
export const clone = defineOp({
  name: "clone",
  inputs: ["input"],
  shape: sameAsInput,
  reference: ([x], [y]) => y.data.set(x.data),
  grad: (dy) => [dy],
});

/**
 * Converts to another dtype: floats are cut toward zero, any value but 0 is true. The gradient is
 * cast back, so it flows between float dtypes only.
 */
export const cast = defineOp({
  name: "cast",
  inputs: ["input"],
  shape: ([x], { dtype }: { readonly dtype: DType }) => [{ shape: x.shape, dtype }],
  reference: ([x], [y]) => {
    if (y.dtype === "bool") unaryLoop((v) => (v !== 0 ? 1 : 0))([x], [y]);
    else y.data.set(x.data);
  },
  grad: (dy) => [dy],
});
