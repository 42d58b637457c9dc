import type { V128 } from "../expression.ts";
import type { FunctionBuilder } from "../functionBuilder.ts";
import { f64x2, v128 } from "../instructions.ts";
import { vectorFunction } from "./define.ts";
import { bits64, i64x2, polynomial } from "./doubles.ts";

/**
 * Functions of two doubles, for float64. Methods and series are those of core/portableMath.ts, with
 * masks for branches: only IEEE basic operations, the same bits in every engine. The largest
 * errors, in units of the last place against 80-bit floats, and in brackets those of V8's functions
 * on the same 2^18 arguments: exp 0.83 (0.86), expm1 1.40 (0.78), log 0.79 (0.80), log1p 1.16
 * (0.79), tanh 2.21 (2.11), sigmoid 2.27 (2.27), silu 2.08 (2.08), logSigmoid 1.76 (1.43).
 */

// ln 2 in parts of 32 bits and the rest, so that products with small whole numbers are exact.
const [ln2High, ln2Low] = [0.6931471803691238, 1.9082149292705877e-10];

/** Adding it to a small number leaves the nearest integer in the lowest bits. */
const roundingShift = 1.5 * 2 ** 52;

const one = (): V128 => f64x2.const(1);

/** 2^n for whole n from -1022 to 1023, as doubles. */
const powerOfTwo = (n: V128): V128 => i64x2.add(one(), i64x2.shl(f64x2.add(n, f64x2.const(roundingShift)), 52));

/** (exp(r) - 1 - r) / r^2: 1 / 2!, 1 / 3!, ... */
const expSeries = [
  ...[1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720, 1 / 5040, 1 / 40320, 1 / 362880, 1 / 3628800, 1 / 39916800],
  ...[1 / 479001600, 1 / 6227020800, 1 / 87178291200],
];

/**
 * x = n ln 2 + r: exp(r) - 1, and 2^n as two factors, because n alone may exceed the exponent
 * range.
 */
function reduce(f: FunctionBuilder, x: V128): { rest: V128; half: V128; other: V128 } {
  const n = f.let(
    f64x2.sub(f64x2.add(f64x2.mul(x, f64x2.const(Math.LOG2E)), f64x2.const(roundingShift)), f64x2.const(roundingShift)),
  );
  const high = f.let(f64x2.sub(x, f64x2.mul(n, f64x2.const(ln2High))));
  const low = f.let(f64x2.mul(n, f64x2.const(ln2Low)));
  const r = f.let(f64x2.sub(high, low));
  const series = f64x2.mul(f64x2.mul(r, r), polynomial(r, expSeries));
  const half = f.let(f64x2.floor(f64x2.mul(n, f64x2.const(0.5))));
  return { rest: f64x2.sub(high, f64x2.sub(low, series)), half, other: f.let(f64x2.sub(n, half)) };
}

/** Clamped to the range that changes the result; NaN passes. */
const within = (x: V128, least: number, most: number): V128 =>
  f64x2.pmax(f64x2.pmin(x, f64x2.const(most)), f64x2.const(least));

/** exp(x), subnormal results and overflow to infinity included. */
export const expF64x2 = vectorFunction("expF64x2", (f, x) => {
  const { rest, half, other } = reduce(f, f.let(within(x, -746, 710)));
  return f64x2.mul(f64x2.mul(f64x2.add(one(), rest), powerOfTwo(half)), powerOfTwo(other));
});

/** exp(r) - 1 with its power of 2: (2^a (exp(r) - 1) + (2^a - 2^-b)) 2^b with a + b = n. */
function expm1Of(f: FunctionBuilder, { rest, half, other }: ReturnType<typeof reduce>): V128 {
  const power = f.let(powerOfTwo(half));
  const gap = f64x2.sub(powerOfTwo(f64x2.neg(other)), power);
  return f64x2.mul(f64x2.sub(f64x2.mul(rest, power), gap), powerOfTwo(other));
}

/** exp(x) - 1, also where it is small. */
export const expm1F64x2 = vectorFunction("expm1F64x2", (f, x) => expm1Of(f, reduce(f, f.let(within(x, -60, 710)))));

/** (2 artanh(s) - 2s) / (s s^2), in s^2: 2 / 3, 2 / 5, ... */
const artanhSeries = [2 / 3, 2 / 5, 2 / 7, 2 / 9, 2 / 11, 2 / 13, 2 / 15, 2 / 17, 2 / 19, 2 / 21, 2 / 23, 2 / 25];

/**
 * ln x of any x: x = 2^n (1 + r), 1 + r from sqrt(1/2) to sqrt(2); -Infinity at 0, NaN below it.
 */
export const logF64x2 = vectorFunction("logF64x2", (f, x) => {
  const isTiny = f.let(f64x2.lt(x, f64x2.const(2 ** -1022)));
  const scaled = f.let(v128.bitselect(f64x2.mul(x, f64x2.const(2 ** 54)), x, isTiny));
  // The bits of x minus those of sqrt(1/2): the exponent field is n, with a bias that keeps it
  // positive.
  const offset = f.let(i64x2.sub(scaled, bits64(0x3fe6a09e)));
  const mantissa = i64x2.sub(scaled, v128.and(offset, bits64(0xfff00000)));
  const biased = i64x2.shrU(i64x2.add(offset, bits64(0x3ff00000)), 52);
  const count = f64x2.sub(v128.or(biased, f64x2.const(2 ** 52)), f64x2.const(2 ** 52 + 0x3ff));
  const n = f.let(f64x2.sub(count, v128.and(isTiny, f64x2.const(54))));
  const r = f.let(f64x2.sub(mantissa, one()));
  const s = f.let(f64x2.div(r, f64x2.add(f64x2.const(2), r)));
  const z = f.let(f64x2.mul(s, s));
  const half = f.let(f64x2.mul(f64x2.mul(f64x2.const(0.5), r), r));
  // 2s = r - s r, and s r = r^2 / 2 - s r^2 / 2: the large terms are exact, or nearly.
  const inner = f64x2.mul(s, f64x2.add(half, f64x2.mul(z, polynomial(z, artanhSeries))));
  const small = f64x2.sub(f64x2.sub(half, f64x2.add(inner, f64x2.mul(n, f64x2.const(ln2Low)))), r);
  const computed = f64x2.sub(f64x2.mul(n, f64x2.const(ln2High)), small);
  const regular = v128.and(f64x2.gt(x, f64x2.const(0)), f64x2.lt(x, f64x2.const(Infinity)));
  const special = v128.bitselect(f64x2.const(-Infinity), f64x2.sqrt(x), f64x2.eq(x, f64x2.const(0)));
  return v128.bitselect(computed, special, regular);
});

/** ln(1 + x): the slope of the logarithm restores the digits that the sum has lost. */
export const log1pF64x2 = vectorFunction("log1pF64x2", (f, x) => {
  const sum = f.let(f64x2.add(one(), x));
  const log = f.let(logF64x2.code(f, sum));
  const lost = f64x2.div(f64x2.sub(x, f64x2.sub(sum, one())), sum);
  const regular = v128.and(f64x2.gt(sum, f64x2.const(0)), f64x2.lt(sum, f64x2.const(Infinity)));
  const corrected = v128.bitselect(f64x2.add(log, lost), log, regular);
  // The sum loses a small x, -0 included.
  return v128.bitselect(x, corrected, f64x2.eq(sum, one()));
});

/**
 * tanh from a = |x| and e = exp(-2a): (1 - e) / (1 + e), computed as 1 - 2e / (1 + e) near 1, with
 * the sign of x.
 */
export const tanhF64x2 = vectorFunction("tanhF64x2", (f, x) => {
  const size = f.let(f64x2.pmin(f64x2.abs(x), f64x2.const(22)));
  const reduced = reduce(f, f.let(f64x2.mul(size, f64x2.const(-2))));
  const kept = { ...reduced, rest: f.let(reduced.rest) };
  const e = f.let(f64x2.mul(f64x2.mul(f64x2.add(one(), kept.rest), powerOfTwo(kept.half)), powerOfTwo(kept.other)));
  const t = f.let(expm1Of(f, kept));
  const near0 = f64x2.div(f64x2.neg(t), f64x2.add(t, f64x2.const(2)));
  const near1 = f64x2.sub(one(), f64x2.div(f64x2.add(e, e), f64x2.add(one(), e)));
  const positive = v128.bitselect(near0, near1, f64x2.lt(size, one()));
  return v128.or(positive, v128.and(x, f64x2.const(-0)));
});

/** 1 / (1 + exp(-x)) */
export const sigmoidF64x2 = vectorFunction("sigmoidF64x2", (f, x) =>
  f64x2.div(one(), f64x2.add(one(), expF64x2.code(f, f.let(f64x2.neg(x))))),
);

/** x / (1 + exp(-x)) */
export const siluF64x2 = vectorFunction("siluF64x2", (f, x) =>
  f64x2.div(x, f64x2.add(one(), expF64x2.code(f, f.let(f64x2.neg(x))))),
);

/** dy, x -> dy s (1 + x (1 - s)) with s = sigmoid(x). */
export const siluSlopeF64x2 = vectorFunction(
  "siluSlopeF64x2",
  (f, dy, x) => {
    const s = f.let(sigmoidF64x2.code(f, x));
    const rest = f64x2.mul(x, f64x2.sub(one(), s));
    return f64x2.mul(dy, f64x2.mul(s, f64x2.add(one(), rest)));
  },
  ["v128", "v128"],
);

/** min(x, 0) - log1p(exp(-|x|)) */
export const logSigmoidF64x2 = vectorFunction("logSigmoidF64x2", (f, x) => {
  const power = f.let(expF64x2.code(f, f.let(f64x2.neg(f64x2.abs(x)))));
  return f64x2.sub(f64x2.min(x, f64x2.const(0)), log1pF64x2.code(f, power));
});
