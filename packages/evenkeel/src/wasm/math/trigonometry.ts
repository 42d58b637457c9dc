import type { Local, V128 } from "../expression.ts";
import type { FunctionBuilder } from "../functionBuilder.ts";
import { f32x4, f64x2, v128 } from "../instructions.ts";
import { vectorFunction } from "./define.ts";
import { i64x2, inDoubles, polynomial } from "./doubles.ts";

/**
 * x = n pi/2 + r with |r| <= pi/4; sine and cosine of r by polynomials; n mod 4 says which of them,
 * and its sign.
 */

/** (sin(r) / r - 1) / r^2 and (cos(r) - 1) / r^2 as polynomials of r^2: errors 2^-35 and 2^-41. */
const sinSeries = [-0.16666666663853044, 0.008333331873837089, -0.00019840086263755438, 2.7249864655139085e-6];
const cosSeries = [
  -0.49999999999963857, 0.041666666637372694, -0.0013888885089126252, 2.4799861502506114e-5, -2.723707673132458e-7,
];

const roundingShift = 1.5 * 2 ** 52;

/** pi/2 in two parts; the first has 28 bits, so that its product with an n below 2^25 is exact. */
const halfPiHigh = Math.floor((Math.PI / 2) * 2 ** 27) / 2 ** 27;
const halfPiLow = 6.123233995736766e-17 + (Math.PI / 2 - halfPiHigh);

/** Beyond it, the reduction needs more digits of 2/pi than a double has. */
const farthest = 2 ** 20;

/** 2/pi in pieces of 24 bits: its product with a float is exact, piece by piece. */
const twoOverPi = [10680707, 7228996, 1387004, 2578385, 16069853, 12639074, 9804092, 4427841, 16666979];

interface Reduced {
  /** n in the low bits of each lane. */
  readonly n: V128;
  readonly r: V128;
}

function reduceNear(f: FunctionBuilder, x: V128): Reduced {
  const n = f.let(f64x2.add(f64x2.mul(x, f64x2.const(2 / Math.PI)), f64x2.const(roundingShift)));
  const count = f.let(f64x2.sub(n, f64x2.const(roundingShift)));
  const high = f64x2.sub(x, f64x2.mul(count, f64x2.const(halfPiHigh)));
  return { n, r: f.let(f64x2.sub(high, f64x2.mul(count, f64x2.const(halfPiLow)))) };
}

/** After Payne and Hanek (1983): the product with 2/pi, dropping multiples of 4 as they arise. */
function reduceFar(f: FunctionBuilder, x: V128): Reduced {
  const turns = f.let(f64x2.const(0));
  twoOverPi.forEach((piece, i) => {
    f.set(turns, f64x2.add(turns, modulo4(f, f64x2.mul(x, f64x2.const(piece * 2 ** (-24 * (i + 1)))))));
    f.set(turns, modulo4(f, turns));
  });
  const n = f.let(f64x2.add(turns, f64x2.const(roundingShift)));
  const fraction = f64x2.sub(turns, f64x2.sub(n, f64x2.const(roundingShift)));
  return { n, r: f.let(f64x2.mul(fraction, f64x2.const(Math.PI / 2))) };
}

/** In [-2, 2]. */
function modulo4(f: FunctionBuilder, x: V128): V128 {
  const value = f.let(x);
  return f64x2.sub(value, f64x2.mul(f64x2.nearest(f64x2.mul(value, f64x2.const(0.25))), f64x2.const(4)));
}

function finish(f: FunctionBuilder, { n, r }: Reduced, quarter: 0 | 1): V128 {
  const square = f.let(f64x2.mul(r, r));
  const sin = f64x2.mul(r, f64x2.add(f64x2.const(1), f64x2.mul(square, polynomial(square, sinSeries))));
  const cos = f64x2.add(f64x2.const(1), f64x2.mul(square, polynomial(square, cosSeries)));
  const turned = quarter === 0 ? n : f.let(f64x2.add(n, f64x2.const(1)));
  // The lowest bit of n selects sine or cosine; the next one becomes the sign.
  const one = f64x2.const(1);
  const isCos = f64x2.lt(v128.or(one, i64x2.shl(turned, 63)), f64x2.const(0));
  const sign = v128.and(i64x2.shl(turned, 62), f64x2.const(-0));
  return v128.xor(v128.bitselect(cos, sin, isCos), sign);
}

/* @__NO_SIDE_EFFECTS__ */
function circular(name: string, quarter: 0 | 1) {
  return vectorFunction(name, (f, input) => {
    // Infinity has no sine.
    const x = f.let(v128.or(input, f32x4.eq(f32x4.abs(input), f32x4.const(Infinity))));
    const isFar = f.let(f32x4.gt(f32x4.abs(x), f32x4.const(farthest)));
    const result = f.let(compute(f, x, reduceNear, quarter));
    f.if(v128.anyTrue(isFar), () => {
      f.set(result, v128.bitselect(compute(f, x, reduceFar, quarter), result, isFar));
    });
    return result;
  });
}

function compute(
  f: FunctionBuilder,
  x: Local<"v128">,
  reduce: (f: FunctionBuilder, x: V128) => Reduced,
  quarter: 0 | 1,
): V128 {
  return inDoubles(f, [x], (body, half) => finish(body, reduce(body, half), quarter));
}

/** The sine, of any float. */
export const sinF32x4 = circular("sin", 0);

/** The cosine, of any float. */
export const cosF32x4 = circular("cos", 1);
