import type { V128 } from "../expression.ts";
import type { FunctionBuilder } from "../functionBuilder.ts";
import { f32x4, f64x2, v128 } from "../instructions.ts";
import { type Code, type VectorFunction, vectorFunction } from "./define.ts";
import { inDoubles, limit } from "./doubles.ts";
import { normalF64x2 } from "./erf.ts";
import { expF64x2, sigmoidF64x2 } from "./exp.ts";
import { log1pF64x2 } from "./log.ts";

/**
 * Activations and losses made of exp, log and erf: four floats in, computed in doubles, rounded
 * once. Arguments are clamped to the range in which the functions change; infinities give the
 * results of the references.
 */

/** Beyond it, the logistic function is 0 or 1 in float, even multiplied by any float. */
const logisticEnd = 300;
/** The same for the normal distribution function. */
const normalEnd = 16;

type Compute = (f: FunctionBuilder, x: V128) => V128;

/**
 * x * share(x), where the share rises from 0 to 1 within ±end. At -Infinity it is NaN: infinity
 * times 0.
 */
/* @__NO_SIDE_EFFECTS__ */
function gated(name: string, end: number, share: Compute) {
  return vectorFunction(name, (f, x) => {
    const known = f.let(v128.or(x, f32x4.eq(x, f32x4.const(-Infinity))));
    const factor = f.let(f32x4.pmax(known, f32x4.const(-end)));
    const limited = f.let(f32x4.pmin(factor, f32x4.const(end)));
    return inDoubles(f, [factor, limited], (body, a, b) => f64x2.mul(a, share(body, b)));
  });
}

/** dy, x -> dy * slope(x); at both infinities of x NaN. */
/* @__NO_SIDE_EFFECTS__ */
function sloped(name: string, end: number, slope: Compute) {
  const code: Code = (f, dy, x) => {
    const known = f.let(v128.or(x, f32x4.eq(f32x4.abs(x), f32x4.const(Infinity))));
    return inDoubles(f, [dy, limit(known, end)], (body, d, half) => f64x2.mul(d, slope(body, half)));
  };
  return vectorFunction(name, code, ["v128", "v128"]);
}

const one = () => f64x2.const(1);

/** c0 + c1 x. */
const line = (x: V128, c0: number, c1: number) => f64x2.add(f64x2.const(c0), f64x2.mul(x, f64x2.const(c1)));

export const siluF32x4 = gated("silu", logisticEnd, sigmoidF64x2);

export const siluSlopeF32x4 = sloped("siluSlope", logisticEnd, (f, x) => {
  const s = f.let(sigmoidF64x2(f, x));
  return f64x2.mul(s, f64x2.add(one(), f64x2.mul(x, f64x2.sub(one(), s))));
});

export const geluF32x4 = gated("gelu", normalEnd, (f, x) => normalF64x2(f, x).distribution);

const densityScale = 1 / Math.sqrt(2 * Math.PI);

export const geluSlopeF32x4 = sloped("geluSlope", normalEnd, (f, x) => {
  const { distribution, gauss } = normalF64x2(f, x);
  return f64x2.add(distribution, f64x2.mul(f64x2.mul(x, f64x2.const(densityScale)), gauss));
});

// 0.5 (1 + tanh(u)) is sigmoid(2u); 2u is written out, as in the row's reference.
const [tanhSlope, tanhCubic] = [Math.sqrt(8 / Math.PI), 0.044715 * Math.sqrt(8 / Math.PI)];

function tanhGate(f: FunctionBuilder, x: V128): V128 {
  const square = f64x2.mul(x, x);
  return sigmoidF64x2(f, f.let(f64x2.mul(x, line(square, tanhSlope, tanhCubic))));
}

export const geluTanhF32x4 = gated("geluTanh", normalEnd, tanhGate);

export const geluTanhSlopeF32x4 = sloped("geluTanhSlope", normalEnd, (f, x) => {
  const s = f.let(tanhGate(f, x));
  const inner = line(f64x2.mul(x, x), tanhSlope, 3 * tanhCubic);
  return f64x2.mul(s, f64x2.add(one(), f64x2.mul(f64x2.mul(x, f64x2.sub(one(), s)), inner)));
});

/** n = e (e + 2) with e = exp(x): tanh(log(1 + e)) is n / (n + 2), which does not cancel. */
function mishParts(f: FunctionBuilder, x: V128): { e: V128; n: V128; sum: V128 } {
  const e = f.let(expF64x2(f, x));
  const n = f.let(f64x2.mul(e, f64x2.add(e, f64x2.const(2))));
  return { e, n, sum: f.let(f64x2.add(n, f64x2.const(2))) };
}

export const mishF32x4 = gated("mish", logisticEnd, (f, x) => {
  const { n, sum } = mishParts(f, x);
  return f64x2.div(n, sum);
});

/** n / (n + 2) + 4 x e (1 + e) / (n + 2)^2. */
export const mishSlopeF32x4 = sloped("mishSlope", logisticEnd, (f, x) => {
  const { e, n, sum } = mishParts(f, x);
  const inverse = f.let(f64x2.div(one(), sum));
  const bend = f64x2.mul(f64x2.mul(f64x2.mul(x, f64x2.const(4)), f64x2.mul(e, f64x2.add(e, one()))), inverse);
  return f64x2.mul(f64x2.add(n, bend), inverse);
});

/** log(1 + exp(x)) of two doubles where x <= 700. */
function softplusOf(f: FunctionBuilder, x: V128): V128 {
  const power = f.let(expF64x2(f, f.let(f64x2.pmax(x, f64x2.const(-700)))));
  // The logarithm loses a NaN; the difference is 0 or NaN.
  return f64x2.add(log1pF64x2(f, power), f64x2.sub(power, power));
}

/** log(1 + exp(-|x|)). */
function softTail(f: FunctionBuilder, x: V128): V128 {
  return softplusOf(f, f64x2.neg(f64x2.abs(x)));
}

/** log(sigmoid(x)). */
export const logSigmoidF32x4 = vectorFunction("logSigmoid", (f, x) =>
  inDoubles(f, [x], (body, half) => f64x2.sub(f64x2.pmin(half, f64x2.const(0)), softTail(body, half))),
);

/**
 * log(1 + exp(beta x)) / beta; x where beta x exceeds the threshold. One function per pair of them.
 */
export function softplusF32x4(beta: number, threshold: number): VectorFunction {
  return vectorFunction(`softplus ${beta} ${threshold}`, (f, x) =>
    inDoubles(f, [x], (body, half) => {
      const scaled = body.let(f64x2.mul(half, f64x2.const(beta)));
      const soft = softplusOf(body, f64x2.pmin(scaled, f64x2.const(700)));
      const linear = f64x2.gt(scaled, f64x2.const(threshold));
      return v128.bitselect(half, f64x2.div(soft, f64x2.const(beta)), linear);
    }),
  );
}

/* @__NO_SIDE_EFFECTS__ */
function loss(name: string, compute: (f: FunctionBuilder, ...inputs: V128[]) => V128) {
  return vectorFunction(name, (f, ...inputs) => inDoubles(f, inputs, compute), ["v128", "v128", "v128"]);
}

/**
 * logit, target, weight of positives -> weight * target * softplus(-logit) + (1 - target) *
 * softplus(logit).
 */
export const bceWithLogitsF32x4 = loss("bceWithLogits", (f, x, t, w) => {
  const tail = f.let(softTail(f, x));
  const zero = f64x2.const(0);
  const positive = f64x2.mul(f64x2.mul(w, t), f64x2.add(f64x2.pmax(f64x2.neg(x), zero), tail));
  return f64x2.add(positive, f64x2.mul(f64x2.sub(one(), t), f64x2.add(f64x2.pmax(x, zero), tail)));
});

/** logit, target, weight -> (1 + (weight - 1) * target) * sigmoid(logit) - weight * target. */
export const bceSlopeF32x4 = loss("bceSlope", (f, x, t, w) => {
  const limited = f64x2.pmax(f64x2.pmin(x, f64x2.const(700)), f64x2.const(-700));
  const s = sigmoidF64x2(f, f.let(limited));
  const factor = f64x2.add(one(), f64x2.mul(f64x2.sub(w, one()), t));
  return f64x2.sub(f64x2.mul(factor, s), f64x2.mul(w, t));
});
