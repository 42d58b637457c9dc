import { f32x4, f64x2, v128 } from "../instructions.ts";
import { vectorFunction } from "./define.ts";
import { inDoubles } from "./doubles.ts";
import { expF64x2 } from "./exp.ts";
import { logF64x2 } from "./log.ts";

const farthest = 160;

/**
 * |a|^b = exp(b log |a|) and the sign and the limits of IEEE 754. https://en.cppreference.com/w/c/numeric/math/pow
 */
export const powF32x4 = vectorFunction(
  "pow",
  (f, a, b) => {
    const zero = f32x4.const(0);
    const one = f32x4.const(1);
    const infinity = f32x4.const(Infinity);
    const size = f.let(f32x4.abs(a));
    const magnitude = f.let(
      inDoubles(f, [size, b], (body, base, exponent) => {
        const inside = body.let(logF64x2(body, base));
        const atZero = f64x2.eq(base, f64x2.const(0));
        const atInfinity = f64x2.eq(base, f64x2.const(Infinity));
        const finite = v128.bitselect(f64x2.const(Infinity), inside, atInfinity);
        const log = v128.bitselect(f64x2.const(-Infinity), finite, atZero);
        // The logarithm lost a NaN base in its bits: the sum restores it.
        const product = f64x2.mul(exponent, f64x2.add(log, f64x2.sub(base, base)));
        const power = v128.bitselect(f64x2.mul(exponent, log), product, v128.or(atZero, atInfinity));
        const least = f64x2.pmax(f64x2.pmin(power, f64x2.const(farthest)), f64x2.const(-farthest));
        return expF64x2(body, body.let(least));
      }),
    );
    const whole = f32x4.eq(f32x4.nearest(b), b);
    const half = f.let(f32x4.mul(b, f32x4.const(0.5)));
    const odd = v128.andNot(whole, f32x4.eq(f32x4.nearest(half), half));
    const signed = f.let(v128.or(magnitude, v128.and(v128.and(a, odd), f32x4.const(-0))));
    // A finite negative number has no fractional powers.
    const finiteNegative = v128.and(f32x4.lt(a, zero), f32x4.lt(size, infinity));
    const undefinedPower = v128.andNot(finiteNegative, f32x4.eq(f32x4.nearest(b), b));
    const defined = f.let(v128.or(signed, undefinedPower));
    const toInfinity = v128.and(f32x4.eq(size, one), f32x4.eq(f32x4.abs(b), infinity));
    const isOne = v128.or(v128.or(f32x4.eq(b, zero), f32x4.eq(a, one)), toInfinity);
    return v128.bitselect(one, defined, isOne);
  },
  ["v128", "v128"],
);
