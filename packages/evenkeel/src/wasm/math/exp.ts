import type { V128 } from "../expression.ts";
import type { FunctionBuilder } from "../functionBuilder.ts";
import { f64x2 } from "../instructions.ts";
import { vectorFunction } from "./define.ts";
import { i64x2, inDoubles, limit, polynomial } from "./doubles.ts";

/**
 * exp(x) = 2^n exp(r) with n the integer nearest to x / ln 2, so that |r| <= ln(2) / 2.
 */

/** At this bound exp has under- or overflowed in float, but is far from doing so in double. */
const farthest = 160;

/** Adding it to a small number leaves the nearest integer in the lowest bits. */
const roundingShift = 1.5 * 2 ** 52;

/**
 * (exp(r) - 1 - r) / r^2 where |r| <= ln(2) / 2: relative error of exp(r) - 1 below 2^-30.8.
 * Interpolated at Chebyshev nodes.
 */
const expSeries = [
  0.500000001346581, 0.16666666681623232, 0.041666464925285904, 0.0083333109254809, 0.0013933649996309251,
  0.00019890990824673654,
];

/** n in the low bits of each lane, exp(r) - 1. */
function reduce(f: FunctionBuilder, x: V128): { shifted: V128; rest: V128 } {
  const shifted = f.let(f64x2.add(f64x2.mul(x, f64x2.const(Math.LOG2E)), f64x2.const(roundingShift)));
  const n = f64x2.sub(shifted, f64x2.const(roundingShift));
  const r = f.let(f64x2.sub(x, f64x2.mul(n, f64x2.const(Math.LN2))));
  const rest = f64x2.mul(r, f64x2.add(f64x2.mul(r, polynomial(r, expSeries)), f64x2.const(1)));
  return { shifted, rest };
}

/**
 * exp of two doubles, to 2^-30. They must lie within ±700. NaN stays NaN: the bits that are shifted
 * are 0 in it.
 */
export function expF64x2(f: FunctionBuilder, x: V128): V128 {
  const { shifted, rest } = reduce(f, x);
  return i64x2.add(f64x2.add(rest, f64x2.const(1)), i64x2.shl(shifted, 52));
}

/** exp(x) - 1 of two doubles, also where it is small. They must lie within ±700. */
export function expm1F64x2(f: FunctionBuilder, x: V128): V128 {
  const { shifted, rest } = reduce(f, x);
  const power = f.let(i64x2.add(f64x2.const(1), i64x2.shl(shifted, 52)));
  // 2^n rest + (2^n - 1), which keeps the sign of -0.
  return f64x2.sub(f64x2.mul(power, rest), f64x2.sub(f64x2.const(1), power));
}

/** The logistic function of two doubles within ±700. */
export function sigmoidF64x2(f: FunctionBuilder, x: V128): V128 {
  const one = f64x2.const(1);
  return f64x2.div(one, f64x2.add(one, expF64x2(f, f.let(f64x2.neg(x)))));
}

/** exp(x) of four floats; subnormal results, overflow to infinity and NaN as they should be. */
export const expF32x4 = vectorFunction("exp", (f, x) => inDoubles(f, [limit(x, farthest)], expF64x2));

/** exp(x) - 1. */
export const expm1F32x4 = vectorFunction("expm1", (f, x) => inDoubles(f, [limit(x, farthest)], expm1F64x2));

/** 1 / (1 + exp(-x)). */
export const sigmoidF32x4 = vectorFunction("sigmoid", (f, x) => inDoubles(f, [limit(x, farthest)], sigmoidF64x2));
