import { type Spec, sizeOf } from "../core/index.ts";
import {
  type Expr,
  type F64,
  type FunctionBuilder,
  f32,
  f32x4,
  f64,
  i32,
  type Kernel,
  type KernelCall,
  type Local,
  type Placed,
  type V128,
  v128,
} from "../wasm/index.ts";

/**
 * Optimizer steps over float32 arrays, four elements at a time. Rates, corrections and the like are computed in double
 * from the hyperparameters as they stand in memory, before the loop, and rounded once.
 *
 * Moving averages are written as old + (1 - beta) * (new - old): rounding beta itself to float32 would bias them by up to
 * 1e-5 at beta = 0.999. The price: a second moment that overflowed becomes NaN at the next step, not infinity.
 */

interface StepAttrs {
  readonly maximize?: boolean;
  readonly nesterov?: boolean;
  readonly decoupled?: boolean;
}

const declines = ([param]: readonly Spec[]): string | undefined =>
  param.dtype === "float32" ? undefined : `parameters are ${param.dtype}; there is code for float32`;

const scalar = ({ address }: Placed): Expr<"f64"> => f64.load(0, address);

/** The double as float32, in all lanes of a local. */
const hoist = (f: FunctionBuilder, value: Expr<"f64">): Local<"v128"> => f.let(f32x4.splat(f32.demote(value)));

/** Four elements at the loop's offset: of the n-th input, read and written. */
type Lane = { readonly load: (n: number) => V128; readonly store: (n: number, value: V128) => void };

/** Runs `body` for every vector of the arrays. */
function forEachVector({ f, inputs }: KernelCall<StepAttrs>, body: (lane: Lane) => void): void {
  const bytes = 16 * Math.ceil(sizeOf(inputs[0].shape) / 4);
  if (bytes === 0) return;
  const at = f.let(i32.const(0));
  const lane: Lane = {
    load: (n) => v128.load(at, inputs[n].address),
    store: (n, value) => f.storeV128(at, value, inputs[n].address),
  };
  f.loop(at, bytes, 16, () => body(lane));
}

/**
 * The loop twice, with and without decay, chosen at run time: without decay the parameter must not enter the gradient
 * (0 * Infinity is NaN).
 */
function withAndWithoutDecay(
  call: KernelCall<StepAttrs>,
  weightDecay: Expr<"f64">,
  body: (lane: Lane, decay: boolean) => void,
): void {
  const loop = (decay: boolean) => () => forEachVector(call, (lane) => body(lane, decay));
  call.f.if(f64.eq(weightDecay, 0), loop(false), loop(true));
}

/** The gradient, negated to climb, with `decay` times the parameter joined to it. */
function direction({ load }: Lane, { maximize }: StepAttrs, decay: V128 | undefined): V128 {
  if (decay === undefined) return maximize ? f32x4.neg(load(1)) : load(1);
  const decayed = f32x4.mul(decay, load(0));
  return maximize ? f32x4.sub(decayed, load(1)) : f32x4.add(load(1), decayed);
}

export const sgdStepKernel: Kernel<StepAttrs> = {
  kind: "kernel",
  joins: () => ({ arrays: 2 }),
  declines,
  emit: (call) => {
    const { f, attrs } = call;
    const [rate, decay] = call.inputs.slice(2).map(scalar);
    const [lr, weightDecay] = [hoist(f, rate), hoist(f, decay)];
    withAndWithoutDecay(call, decay, (lane, decays) => {
      const step = f32x4.mul(lr, direction(lane, attrs, decays ? weightDecay : undefined));
      lane.store(0, f32x4.sub(lane.load(0), step));
    });
  },
};

export const sgdMomentumStepKernel: Kernel<StepAttrs> = {
  kind: "kernel",
  joins: () => ({ arrays: 3, count: 3 }),
  declines,
  emit: (call) => {
    const { f, attrs } = call;
    const count = call.inputs[3].address;
    const [rate, momentum, dampening, decay] = call.inputs.slice(4).map(scalar);
    const share = f.let(f64.sub(1, dampening));
    f.if(f64.eq(f64.load(0, count), 0), () => f.set(share, 1));
    const [lr, weightDecay, added] = [hoist(f, rate), hoist(f, decay), hoist(f, share)];
    const [kept, lost] = [hoist(f, momentum), hoist(f, f64.sub(1, momentum))];
    const [d, buffer] = f.locals("v128", 2);
    withAndWithoutDecay(call, decay, (lane, decays) => {
      f.set(d, direction(lane, attrs, decays ? weightDecay : undefined));
      f.set(buffer, lane.load(2));
      f.set(buffer, f32x4.add(f32x4.sub(buffer, f32x4.mul(lost, buffer)), f32x4.mul(added, d)));
      lane.store(2, buffer);
      const along = attrs.nesterov ? f32x4.add(d, f32x4.mul(kept, buffer)) : buffer;
      lane.store(0, f32x4.sub(lane.load(0), f32x4.mul(lr, along)));
    });
    f.storeF64(0, f64.add(f64.load(0, count), 1), count);
  },
};

/** `base ** exponent` for a whole exponent of at least 1, by the same multiplications as the reference. */
function wholePower(f: FunctionBuilder, base: F64, exponent: Expr<"f64">): Local<"f64"> {
  const power = f.let(f64.const(1));
  const square = f.local("f64");
  f.set(square, base);
  const n = f.let(exponent);
  const half = f.local("f64");
  f.repeat(() => {
    f.set(half, f64.floor(f64.mul(n, 0.5)));
    f.if(f64.ne(f64.add(half, half), n), () => f.set(power, f64.mul(power, square)));
    f.set(square, f64.mul(square, square));
    f.set(n, half);
    return f64.gt(n, 0);
  });
  return power;
}

/** Adam with its tensors param, grad, expAvg, expAvgSq and, for AMSGrad, maxExpAvgSq; the scalars follow. */
function adam(tensors: 4 | 5): Kernel<StepAttrs> {
  return {
    kind: "kernel",
    joins: () => ({ arrays: tensors, count: tensors }),
    declines,
    emit: (call) => {
      const { f, attrs } = call;
      const steps = call.inputs[tensors].address;
      const [rate, beta1, beta2, eps, decay] = call.inputs.slice(tensors + 1).map(scalar);
      const count = f.let(f64.add(f64.load(0, steps), 1));
      const stepSize = f64.div(rate, f64.sub(1, wholePower(f, beta1, count)));
      const correction = f.let(f64.sqrt(f64.sub(1, wholePower(f, beta2, count))));
      // (stepSize * m) / (sqrt(v) / correction + eps), multiplied out by the correction: one rounding less.
      const scale = hoist(f, f64.mul(stepSize, correction));
      const epsilon = hoist(f, f64.mul(eps, correction));
      const [new1, new2] = [hoist(f, f64.sub(1, beta1)), hoist(f, f64.sub(1, beta2))];
      const weightDecay = hoist(f, attrs.decoupled ? f64.mul(rate, decay) : decay);
      const [p, d, m, v] = f.locals("v128", 4);
      withAndWithoutDecay(call, decay, (lane, decays) => {
        f.set(p, lane.load(0));
        f.set(d, direction(lane, attrs, decays && !attrs.decoupled ? weightDecay : undefined));
        f.set(m, lane.load(2));
        f.set(m, f32x4.add(m, f32x4.mul(new1, f32x4.sub(d, m))));
        lane.store(2, m);
        f.set(v, lane.load(3));
        f.set(v, f32x4.add(v, f32x4.mul(new2, f32x4.sub(f32x4.mul(d, d), v))));
        lane.store(3, v);
        if (tensors === 5) {
          f.set(v, f32x4.max(lane.load(4), v));
          lane.store(4, v);
        }
        const move = f32x4.div(f32x4.mul(scale, m), f32x4.add(f32x4.sqrt(v), epsilon));
        const step = decays && attrs.decoupled ? f32x4.add(f32x4.mul(weightDecay, p), move) : move;
        lane.store(0, f32x4.sub(p, step));
      });
      f.storeF64(0, count, steps);
    },
  };
}

export const adamStepKernel = adam(4);
export const amsgradStepKernel = adam(5);
