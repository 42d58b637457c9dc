import type { V128 } from "../expression.ts";
import type { FunctionBuilder } from "../functionBuilder.ts";
import { f32x4, f64x2, v128 } from "../instructions.ts";
import { vectorFunction } from "./define.ts";
import { bits64, i64x2, inDoubles, polynomial } from "./doubles.ts";

/**
 * log(x) = k ln 2 + log(m), m in [sqrt(1/2), sqrt(2)), and log(m) = 2 artanh(s) with s = (m - 1) /
 * (m + 1), |s| < 0.172.
 */

/**
 * (2 artanh(s) / s - 2) / z where z = s^2: relative error of the logarithm 2^-35.8. Interpolated at
 * Chebyshev nodes.
 */
const artanhSeries = [0.6666666655404201, 0.4000012221181068, 0.2855077863318998, 0.23331614471881984];

/**
 * log(m) and -k of positive doubles, not infinite. `less` is x - 1, if the caller has it more
 * precisely.
 */
function split(f: FunctionBuilder, x: V128, less?: V128): { log: V128; minusK: V128 } {
  // The bits of x minus those of sqrt(1/2): the exponent field is k, with a bias that keeps it
  // positive.
  const offset = f.let(i64x2.sub(x, bits64(0x3fe6a09e)));
  const kBits = v128.and(offset, bits64(0xfff00000));
  const m = f.let(i64x2.sub(x, kBits));
  const biased = i64x2.shrU(i64x2.add(offset, bits64(0x3ff00000)), 52);
  const minusK = f.let(f64x2.sub(f64x2.const(2 ** 52 + 0x3ff), v128.or(biased, f64x2.const(2 ** 52))));
  const exact = f64x2.sub(m, f64x2.const(1));
  const rest = f.let(less === undefined ? exact : v128.bitselect(less, exact, f64x2.eq(minusK, f64x2.const(0))));
  const s = f.let(f64x2.div(rest, f64x2.add(rest, f64x2.const(2))));
  const z = f.let(f64x2.mul(s, s));
  const log = f64x2.mul(s, f64x2.add(f64x2.mul(z, polynomial(z, artanhSeries)), f64x2.const(2)));
  return { log, minusK };
}

/** log of two doubles, to 2^-35; they must be positive and finite. */
export function logF64x2(f: FunctionBuilder, x: V128): V128 {
  const { log, minusK } = split(f, x);
  return f64x2.sub(log, f64x2.mul(minusK, f64x2.const(Math.LN2)));
}

/** log(1 + x) of two doubles, also where x is small; 1 + x must be positive and finite. */
export function log1pF64x2(f: FunctionBuilder, x: V128): V128 {
  const { log, minusK } = split(f, f.let(f64x2.add(x, f64x2.const(1))), x);
  return f64x2.sub(log, f64x2.mul(minusK, f64x2.const(Math.LN2)));
}

function log2F64x2(f: FunctionBuilder, x: V128): V128 {
  const { log, minusK } = split(f, x);
  return f64x2.sub(f64x2.mul(log, f64x2.const(Math.LOG2E)), minusK);
}

/**
 * `computed` where x is positive and finite; -Infinity at 0, NaN below it, Infinity and NaN as they
 * are.
 */
function withLimits(computed: V128, x: V128): V128 {
  const zero = f32x4.const(0);
  const infinity = f32x4.const(Infinity);
  const regular = v128.and(f32x4.gt(x, zero), f32x4.lt(x, infinity));
  const special = v128.bitselect(f32x4.const(-Infinity), f32x4.sqrt(x), f32x4.eq(x, zero));
  return v128.bitselect(computed, special, regular);
}

/** The natural logarithm of four floats, subnormal ones included. */
export const logF32x4 = vectorFunction("log", (f, x) => withLimits(inDoubles(f, [x], logF64x2), x));

/** The logarithm to base 2: exact at powers of 2. */
export const log2F32x4 = vectorFunction("log2", (f, x) => withLimits(inDoubles(f, [x], log2F64x2), x));

/** log(1 + x), also where x is small. */
export const log1pF32x4 = vectorFunction("log1p", (f, x) => {
  // Rounding keeps the sign of 1 + x, and only x = -1 gives 0.
  const sum = f.let(f32x4.add(x, f32x4.const(1)));
  return withLimits(inDoubles(f, [x], log1pF64x2), sum);
});
