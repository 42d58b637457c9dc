import {
  broadcastShapes,
  defineOp,
  type Gradients,
  type GradRule,
  isFloat,
  mismatch,
  promote,
  refuse,
  type Spec,
  type Value,
} from "../../core/index.ts";
import { binaryLoop, ternaryLoop, unaryLoop } from "../loops.ts";
import { fill } from "../movement/creation.ts";
import { detach } from "../movement/movement.ts";
import { broadcastFloat, broadcastPromoted, floatOfInput, requireDtype, sameAsInput } from "../shapes.ts";
import { eq, ge, gt, logicalAnd, lt } from "./compare.ts";

/**
 * Arithmetic of one and two operands. Two operands broadcast; dtypes are promoted as in PyTorch,
 * and as there int32 wraps around at 32 bits.
 */

/**
 * The gradient of a step function: zero, as in PyTorch, so that earlier tensors get zeros rather
 * than no gradient.
 */
const flat: GradRule<object, never> = (_, __, { outputs: [output] }) => [fill({ ...output, value: 0 })];

/** input + other. Two bools give their logical or, as in PyTorch. */
export const add = defineOp({
  name: "add",
  inputs: ["input", "other"],
  shape: broadcastPromoted,
  reference: (inputs, outputs) => (outputs[0].dtype === "bool" ? either : sum)(inputs, outputs),
  grad: (dy) => [dy, dy],
});
const sum = binaryLoop((a, b) => a + b);
/** Bools add up to a bool, as in PyTorch. */
const either = binaryLoop((a, b) => a | b);

/** input - other, for numbers only. */
export const sub = defineOp({
  name: "sub",
  inputs: ["input", "other"],
  shape: (inputs) => {
    if (inputs.some((x) => x.dtype === "bool")) {
      throw refuse("wrong-dtype", "sub", "bool tensors cannot be subtracted", "use logicalXor, or convert with .int()");
    }
    return broadcastPromoted(inputs);
  },
  reference: binaryLoop((a, b) => a - b),
  grad: (dy) => [dy, neg(dy)],
});

/** input * other. */
export const mul = defineOp({
  name: "mul",
  inputs: ["input", "other"],
  shape: broadcastPromoted,
  reference: ([a, b], outputs) =>
    outputs[0].dtype === "int32" ? multiplyIntegers([a, b], outputs) : multiply([a, b], outputs),
  saves: ["input", "other"],
  savedFor: { input: [1], other: [0] },
  grad: (dy, { input, other }, { needs }): Gradients => [
    needs[0] ? mul(dy, other) : null,
    needs[1] ? mul(dy, input) : null,
  ],
});
const multiply = binaryLoop((a, b) => a * b);
const multiplyIntegers = binaryLoop(Math.imul);

/** input / other. Integers give float32. */
export const div = defineOp({
  name: "div",
  inputs: ["input", "other"],
  shape: broadcastFloat,
  reference: binaryLoop((a, b) => a / b),
  saves: ["input", "other"],
  savedFor: { input: [1] },
  grad: (dy, { input, other }, { needs }): Gradients => [
    needs[0] ? div(dy, other) : null,
    // Not via the square, which may overflow although the quotients do not.
    needs[1] ? neg(mul(dy, div(div(input, other), other))) : null,
  ],
});

/**
 * JavaScript gives NaN for 1 to the power of NaN, and for 1 and -1 to the power of an infinity;
 * IEEE 754 and PyTorch give 1.
 */
function power(a: number, b: number): number {
  return a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b;
}

/**
 * A power of integers by squaring, in 32 bits like the product; a negative exponent gives the
 * integer part of the inverse.
 */
function integerPower(base: number, exponent: number): number {
  if (exponent < 0) return Math.trunc(power(base, exponent));
  let result = 1;
  for (let square = base, rest = exponent; rest > 0; rest >>= 1) {
    if (rest & 1) result = Math.imul(result, square);
    square = Math.imul(square, square);
  }
  return result;
}
const powers = binaryLoop(power);
const integerPowers = binaryLoop(integerPower);

/**
 * Where the base is 0 and the exponent positive, the gradient of the exponent is 0, not 0 * log 0.
 */
export const pow = defineOp({
  name: "pow",
  inputs: ["input", "exponent"],
  shape: (inputs) => numbersPromoted("pow", inputs),
  reference: (inputs, outputs) => (outputs[0].dtype === "int32" ? integerPowers : powers)(inputs, outputs),
  saves: ["input", "exponent", "output"],
  grad: (dy, { input, exponent, output }, { needs }) => [
    needs[0] ? powerGradient(dy, input, exponent) : null,
    needs[1] ? exponentGradient(dy, input, exponent, output) : null,
  ],
});

// Both guard the branch that `where` does not pick: its infinities would turn into NaN in the
// second derivative.
function powerGradient(dy: Value, input: Value, exponent: Value): Value {
  const constant = eq(exponent, 0);
  return where(constant, 0, mul(dy, mul(exponent, pow(input, where(constant, 1, sub(exponent, 1))))));
}

function exponentGradient(dy: Value, input: Value, exponent: Value, output: Value): Value {
  const vanishes = logicalAnd(eq(input, 0), ge(exponent, 0));
  return where(vanishes, 0, mul(dy, mul(output, log(where(vanishes, 1, input)))));
}

/**
 * NaN wins over any number, as in PyTorch; the gradient of a tie is shared, beside a NaN both get
 * all of it.
 */
export const maximum = defineOp({
  name: "maximum",
  inputs: ["input", "other"],
  shape: broadcastPromoted,
  reference: binaryLoop(Math.max),
  saves: ["input", "other"],
  grad: (dy, { input, other }) => shareTies(dy, input, other, lt),
});

/**
 * NaN wins over any number, as in PyTorch; the gradient of a tie is shared, beside a NaN both get
 * all of it.
 */
export const minimum = defineOp({
  name: "minimum",
  inputs: ["input", "other"],
  shape: broadcastPromoted,
  reference: binaryLoop(Math.min),
  saves: ["input", "other"],
  grad: (dy, { input, other }) => shareTies(dy, input, other, gt),
});

/** The smaller or larger operand that is not selected gets no gradient. */
function shareTies(dy: Value, input: Value, other: Value, loses: (a: Value, b: Value) => Value): [Value, Value] {
  const shared = where(eq(input, other), mul(dy, 0.5), dy);
  return [where(loses(input, other), 0, shared), where(loses(other, input), 0, shared)];
}

/** The remainder with the sign of the divisor, as Python's `%`. */
export const remainder = defineOp({
  name: "remainder",
  inputs: ["input", "other"],
  shape: (inputs) => numbersPromoted("remainder", inputs),
  reference: (inputs, outputs) => (outputs[0].dtype === "int32" ? integerModulo : modulo)(inputs, outputs),
  saves: ["input", "other"],
  // The quotient is a step function: it is detached, because the slope of the division times its
  // gradient 0 may be NaN.
  grad: (dy, { input, other }) => [dy, neg(mul(dy, floor(div(detach(input), detach(other)))))],
});
const floored = (a: number, b: number) => {
  const r = a % b;
  return r !== 0 && r < 0 !== b < 0 ? r + b : r;
};
const modulo = binaryLoop(floored);
const integerModulo = binaryLoop((a, b) => {
  if (b === 0)
    throw refuse("wrong-value", "remainder", `${a} divided by 0 has none among integers`, "use .float() for NaN");
  return floored(a, b);
});

/** Promoted as usual, but two bools are refused. */
function numbersPromoted(name: string, inputs: readonly Spec[]): Spec[] {
  if (inputs.every((x) => x.dtype === "bool")) {
    throw mismatch("wrong-dtype", name, "both operands are bool", "at least one number", "convert one with .int()");
  }
  return broadcastPromoted(inputs);
}

/** Elements of `input` where the condition holds, of `other` elsewhere. */
export const where = defineOp({
  name: "where",
  inputs: ["condition", "input", "other"],
  shape: ([condition, a, b]: readonly Spec[]) => {
    requireDtype("where", "condition", condition, ["bool"], "make it with a comparison");
    return [{ shape: broadcastShapes(condition.shape, broadcastShapes(a.shape, b.shape)), dtype: promote(a, b) }];
  },
  reference: ternaryLoop((condition, a, b) => (condition ? a : b)),
  saves: ["condition"],
  grad: (dy, { condition }): Gradients => [null, where(condition, dy, 0), where(condition, 0, dy)],
});

/** Limits values to [min, max]; the gradient passes where the input is inside, bounds included. */
export const clamp = defineOp({
  name: "clamp",
  inputs: ["input"],
  shape: ([x], { min, max }: { readonly min?: number | undefined; readonly max?: number | undefined }) => {
    if (min === undefined && max === undefined) throw refuse("missing", "clamp", "give min, max or both");
    for (const [name, bound] of Object.entries({ min, max })) {
      if (bound === undefined || typeof bound === "number") continue;
      throw refuse("wrong-type", "clamp", `${name} is no number`, "use maximum and minimum to limit by another tensor");
    }
    requireDtype("clamp", "input", x, ["float32", "float64", "int32"], "bools have nothing to limit");
    const whole = [min, max].every(
      (bound) => bound === undefined || Number.isInteger(bound) || !Number.isFinite(bound),
    );
    return [{ shape: x.shape, dtype: isFloat(x.dtype) || whole ? x.dtype : "float32" }];
  },
  reference: ([x], outputs, { min = -Infinity, max = Infinity }) =>
    unaryLoop((v) => Math.min(Math.max(v, min), max))([x], outputs),
  saves: ["input", "output"],
  // If the bounds cross, no input is between them, although one may equal the result.
  grad: (dy, { input, output }, { attrs: { min = -Infinity, max = Infinity } }) => [
    min > max ? mul(dy, 0) : where(eq(input, output), dy, 0),
  ],
});

/** -x. */
export const neg = defineOp({
  name: "neg",
  inputs: ["input"],
  shape: (inputs) => {
    requireDtype("neg", "input", inputs[0], ["float32", "float64", "int32"], "use logicalNot for bool");
    return sameAsInput(inputs);
  },
  reference: unaryLoop((x) => -x),
  grad: (dy): Gradients => [neg(dy)],
});

/** |x|. The gradient at 0 is 0. */
export const abs = defineOp({
  name: "abs",
  inputs: ["input"],
  shape: sameAsInput,
  reference: unaryLoop(Math.abs),
  saves: ["input"],
  grad: (dy, { input }) => [mul(dy, sign(input))],
});

/** -1, 0 or 1; 0 for NaN, as in PyTorch. The gradient is 0. */
export const sign = defineOp({
  name: "sign",
  inputs: ["input"],
  shape: sameAsInput,
  reference: unaryLoop((x) => (x > 0 ? 1 : x < 0 ? -1 : 0)),
  grad: flat,
});

/** The next integer at or below. The gradient is 0. */
export const floor = defineOp({
  name: "floor",
  inputs: ["input"],
  shape: sameAsInput,
  reference: unaryLoop(Math.floor),
  grad: flat,
});

/** The next integer at or above. The gradient is 0. */
export const ceil = defineOp({
  name: "ceil",
  inputs: ["input"],
  shape: sameAsInput,
  reference: unaryLoop(Math.ceil),
  grad: flat,
});

/** The next integer toward 0. The gradient is 0. */
export const trunc = defineOp({
  name: "trunc",
  inputs: ["input"],
  shape: sameAsInput,
  reference: unaryLoop(Math.trunc),
  grad: flat,
});

/** Rounds to the nearest integer, halves to the even one, as PyTorch does. */
export const round = defineOp({
  name: "round",
  inputs: ["input"],
  shape: sameAsInput,
  reference: unaryLoop((x) => {
    const down = Math.floor(x);
    if (x - down !== 0.5) return Math.round(x);
    const even = down % 2 === 0 ? down : down + 1;
    return even === 0 && x < 0 ? -0 : even;
  }),
  grad: flat,
});

/** The square root, NaN below 0. Integers give float32. */
export const sqrt = defineOp({
  name: "sqrt",
  inputs: ["input"],
  shape: floatOfInput,
  reference: unaryLoop(Math.sqrt),
  saves: ["output"],
  grad: (dy, { output }) => [div(dy, mul(output, 2))],
});

/** 1 / sqrt(x). Integers give float32. */
export const rsqrt = defineOp({
  name: "rsqrt",
  inputs: ["input"],
  shape: floatOfInput,
  reference: unaryLoop((x) => 1 / Math.sqrt(x)),
  saves: ["output"],
  grad: (dy, { output }) => [mul(dy, mul(mul(output, mul(output, output)), -0.5))],
});

/** x * x. */
export const square = defineOp({
  name: "square",
  inputs: ["input"],
  shape: sameAsInput,
  reference: (inputs, outputs) =>
    (outputs[0].dtype === "int32" ? unaryLoop((x) => Math.imul(x, x)) : unaryLoop((x) => x * x))(inputs, outputs),
  saves: ["input"],
  grad: (dy, { input }) => [mul(dy, mul(input, 2))],
});

/** 1 / x. Integers give float32. */
export const reciprocal = defineOp({
  name: "reciprocal",
  inputs: ["input"],
  shape: floatOfInput,
  reference: unaryLoop((x) => 1 / x),
  saves: ["output"],
  grad: (dy, { output }) => [neg(mul(dy, mul(output, output)))],
});

/** e to the power of x. Integers give float32. */
export const exp = defineOp({
  name: "exp",
  inputs: ["input"],
  shape: floatOfInput,
  reference: unaryLoop(Math.exp),
  saves: ["output"],
  grad: (dy, { output }) => [mul(dy, output)],
});

/** The natural logarithm: -inf at 0, NaN below. Integers give float32. */
export const log = defineOp({
  name: "log",
  inputs: ["input"],
  shape: floatOfInput,
  reference: unaryLoop(Math.log),
  saves: ["input"],
  grad: (dy, { input }) => [div(dy, input)],
});
