import type { V128 } from "../expression.ts";
import type { FunctionBuilder } from "../functionBuilder.ts";
import { f64x2, v128 } from "../instructions.ts";
import { vectorFunction } from "./define.ts";
import { inDoubles, limit, polynomial } from "./doubles.ts";
import { expF64x2 } from "./exp.ts";

/**
 * erfc(a) = exp(-a^2) P(u) / (1 + 2a) with u = (a - 3.5) / (a + 3.5), after Shepherd and
 * Laframboise (1981): P is smooth on all of a >= 0. Relative error 2^-34 where a <= 11.5;
 * interpolated at Chebyshev nodes.
 */
const tailSeries = [
  1.2423492448754723, -0.14000918002528687, -0.010555596290487499, 0.0975190838806389, -0.11508962307236623,
  0.08798339356359838, -0.04882272456393587, 0.01909756947425268, -0.004220290182378026, -0.0002985206176513633,
  0.000583816317155919, -0.00011518296468742686, -6.766182901827009e-5,
];
const middle = 3.5;

/** erf(x) / x as a polynomial of x^2, where |x| <= 0.5: relative error 2^-36. */
const centralSeries = [
  1.1283791670823784, -0.3761263852490886, 0.1128377398554103, -0.02686313950011452, 0.0052003955821997355,
  -0.0007694212093517435,
];

/** erfc(a) of two doubles, given exp(-a^2) too, where 0 <= a <= 11.5. */
function erfcF64x2(f: FunctionBuilder, a: V128, gauss: V128): V128 {
  const one = f64x2.const(1);
  const sum = f.let(f64x2.add(a, f64x2.const(middle)));
  const scale = f.let(f64x2.add(one, f64x2.add(a, a)));
  // One division for both quotients.
  const inverse = f.let(f64x2.div(one, f64x2.mul(sum, scale)));
  const u = f.let(f64x2.mul(f64x2.mul(f64x2.sub(a, f64x2.const(middle)), scale), inverse));
  return f64x2.mul(f64x2.mul(gauss, polynomial(u, tailSeries)), f64x2.mul(sum, inverse));
}

function erfF64x2(f: FunctionBuilder, x: V128): V128 {
  const a = f.let(f64x2.abs(x));
  const square = f.let(f64x2.mul(x, x));
  const gauss = f.let(expF64x2(f, f.let(f64x2.neg(square))));
  const outer = f.let(f64x2.sub(f64x2.const(1), erfcF64x2(f, a, gauss)));
  const signed = v128.or(outer, v128.and(x, f64x2.const(-0)));
  const central = f64x2.mul(x, polynomial(square, centralSeries));
  return v128.bitselect(signed, central, f64x2.gt(a, f64x2.const(0.5)));
}

/** The error function. Beyond ±4 it is ±1 in float. */
export const erfF32x4 = vectorFunction("erf", (f, x) => inDoubles(f, [limit(x, 4)], erfF64x2));

/**
 * The normal distribution function Phi(x) and exp(-x^2 / 2) of two doubles within ±16; also where
 * Phi is small.
 */
export function normalF64x2(f: FunctionBuilder, x: V128): { distribution: V128; gauss: V128 } {
  const a = f.let(f64x2.mul(f64x2.abs(x), f64x2.const(Math.SQRT1_2)));
  const gauss = f.let(expF64x2(f, f.let(f64x2.mul(f64x2.mul(x, x), f64x2.const(-0.5)))));
  const tail = f.let(f64x2.mul(erfcF64x2(f, a, gauss), f64x2.const(0.5)));
  const distribution = f.let(v128.bitselect(tail, f64x2.sub(f64x2.const(1), tail), f64x2.lt(x, f64x2.const(0))));
  return { distribution, gauss };
}
