import { i32Const, instruction, Local, type V128 } from "../expression.ts";
import type { FunctionBuilder } from "../functionBuilder.ts";
import { f32x4, f64x2 } from "../instructions.ts";

/**
 * The functions of this folder map four floats to four floats and compute in doubles, two at a
 * time. A result with an error of 2^-30 is rounded to float once: it is correctly rounded except in
 * rare cases near a tie, and formulas that would cancel in float (gelu, expm1) are safe. Only IEEE
 * basic operations: the same bits in every engine.
 */

const shift = (code: number) => (a: V128, bits: number) => instruction("v128", [0xfd, code], [a, i32Const(bits)]);
const binary = (code: number) => (a: V128, b: V128) => instruction("v128", [0xfd, code], [a, b]);

/** For the bits of doubles. */
export const i64x2 = { shl: shift(0xcb), shrU: shift(0xcd), add: binary(0xce), sub: binary(0xd1) };

/** Both lanes with the given bits (not of a NaN). */
export function bits64(high: number, low = 0): V128 {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, high);
  view.setUint32(4, low);
  return f64x2.const(view.getFloat64(0));
}

/** Applies a function to the two halves of four floats, as doubles, and joins the results. */
export function inDoubles(
  f: FunctionBuilder,
  inputs: readonly V128[],
  compute: (f: FunctionBuilder, ...inputs: V128[]) => V128,
): V128 {
  const kept = inputs.map((x) => (x instanceof Local ? x : f.let(x)));
  const lows = kept.map((x) => f.let(f64x2.promoteLow(x)));
  const highs = kept.map((x) => f.let(f64x2.promoteLow(f32x4.shuffle(x, x, [2, 3, 2, 3]))));
  const low = f.let(compute(f, ...lows));
  const high = f.let(compute(f, ...highs));
  return f32x4.shuffle(f32x4.demoteZero(low), f32x4.demoteZero(high), [0, 1, 4, 5]);
}

/** c0 + c1 x + c2 x^2 + ..., in Horner's order. */
export function polynomial(x: V128, coefficients: readonly number[]): V128 {
  const last = coefficients.length - 1;
  let sum = f64x2.const(coefficients[last]);
  for (let i = last - 1; i >= 0; i--) sum = f64x2.add(f64x2.mul(sum, x), f64x2.const(coefficients[i]));
  return sum;
}

/** Floats limited to [-bound, bound]; NaN passes. */
export function limit(x: V128, bound: number): V128 {
  return f32x4.pmax(f32x4.pmin(x, f32x4.const(bound)), f32x4.const(-bound));
}
