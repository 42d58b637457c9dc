import { isFloat, type Spec, sizeOf } from "../../core/index.ts";
import { widthOf } from "../../wasm/convert.ts";
import {
  type Expr,
  type F64,
  type FunctionBuilder,
  f32,
  f32x4,
  f64,
  f64x2,
  i32,
  type Kernel,
  type KernelCall,
  type Lanes,
  type Local,
  type Placed,
  type V128,
  v128,
} from "../../wasm/index.ts";
import { roundUp } from "../matmul/gemm.problem.ts";

/**
 * Optimizer steps over arrays of floats, a vector at a time. Rates and corrections are computed in
 * double from the hyperparameters in memory, before the loop, and rounded once, to the arrays'
 * precision.
 *
 * Moving averages are written as old + (1 - beta) * (new - old): rounding beta itself to float32
 * would bias them by up to 1e-5 at beta = 0.999. The drawback: a second moment that overflowed
 * becomes NaN at the next step rather than infinity.
 */

interface StepAttrs {
  readonly maximize?: boolean;
  readonly nesterov?: boolean;
  readonly decoupled?: boolean;
}

const declines = ([param]: readonly Spec[]): string | undefined =>
  isFloat(param.dtype) ? undefined : `parameters are ${param.dtype}; there is code for floats`;

const scalar = ({ address }: Placed): Expr<"f64"> => f64.load(0, address);

const isDouble = ({ inputs: [param] }: KernelCall<StepAttrs>): boolean => param.dtype === "float64";

const lanesOf = (call: KernelCall<StepAttrs>): Lanes => (isDouble(call) ? f64x2 : f32x4);

/** The double in the arrays' dtype, in all lanes of a local. */
const hoist = (call: KernelCall<StepAttrs>, value: Expr<"f64">): Local<"v128"> =>
  call.f.let(isDouble(call) ? f64x2.splat(value) : f32x4.splat(f32.demote(value)));

/** The elements at the loop's offset: of the n-th input, read and written. */
type Lane = { readonly load: (n: number) => V128; readonly store: (n: number, value: V128) => void };

/** Runs `body` for every vector of the arrays. */
function forEachVector({ f, inputs }: KernelCall<StepAttrs>, body: (lane: Lane) => void): void {
  const bytes = roundUp(sizeOf(inputs[0].shape) * widthOf(inputs[0].dtype), 16);
  if (bytes === 0) return;
  const at = f.let(i32.const(0));
  const lane: Lane = {
    load: (n) => v128.load(at, inputs[n].address),
    store: (n, value) => f.storeV128(at, value, inputs[n].address),
  };
  f.loop(at, bytes, 16, () => body(lane));
}

/**
 * The loop twice, with and without decay, chosen at run time: without decay the parameter must not
 * enter the gradient (0 * Infinity is NaN).
 */
function withAndWithoutDecay(
  call: KernelCall<StepAttrs>,
  weightDecay: Expr<"f64">,
  body: (lane: Lane, decay: boolean) => void,
): void {
  const loop = (decay: boolean) => () => forEachVector(call, (lane) => body(lane, decay));
  call.f.if(f64.eq(weightDecay, 0), loop(false), loop(true));
}

/** The gradient, negated for ascent, plus `decay` times the parameter. */
function direction({ load }: Lane, call: KernelCall<StepAttrs>, decay: V128 | undefined): V128 {
  const lanes = lanesOf(call);
  const { maximize } = call.attrs;
  if (decay === undefined) return maximize ? lanes.neg(load(1)) : load(1);
  const decayed = lanes.mul(decay, load(0));
  return maximize ? lanes.sub(decayed, load(1)) : lanes.add(load(1), decayed);
}

export const sgdStepKernel: Kernel<StepAttrs> = {
  kind: "kernel",
  joins: () => ({ arrays: 2 }),
  declines,
  emit: (call) => {
    const lanes = lanesOf(call);
    const [rate, decay] = call.inputs.slice(2).map(scalar);
    const [lr, weightDecay] = [hoist(call, rate), hoist(call, decay)];
    withAndWithoutDecay(call, decay, (lane, decays) => {
      const step = lanes.mul(lr, direction(lane, call, decays ? weightDecay : undefined));
      lane.store(0, lanes.sub(lane.load(0), step));
    });
  },
};

export const sgdMomentumStepKernel: Kernel<StepAttrs> = {
  kind: "kernel",
  joins: () => ({ arrays: 3, count: 3 }),
  declines,
  emit: (call) => {
    const { f, attrs } = call;
    const lanes = lanesOf(call);
    const count = call.inputs[3].address;
    const [rate, momentum, dampening, decay] = call.inputs.slice(4).map(scalar);
    const share = f.let(f64.sub(1, dampening));
    f.if(f64.eq(f64.load(0, count), 0), () => f.set(share, 1));
    const [lr, weightDecay, added] = [hoist(call, rate), hoist(call, decay), hoist(call, share)];
    const [kept, lost] = [hoist(call, momentum), hoist(call, f64.sub(1, momentum))];
    const [d, buffer] = f.locals("v128", 2);
    withAndWithoutDecay(call, decay, (lane, decays) => {
      f.set(d, direction(lane, call, decays ? weightDecay : undefined));
      f.set(buffer, lane.load(2));
      f.set(buffer, lanes.add(lanes.sub(buffer, lanes.mul(lost, buffer)), lanes.mul(added, d)));
      lane.store(2, buffer);
      const along = attrs.nesterov ? lanes.add(d, lanes.mul(kept, buffer)) : buffer;
      lane.store(0, lanes.sub(lane.load(0), lanes.mul(lr, along)));
    });
    f.storeF64(0, f64.add(f64.load(0, count), 1), count);
  },
};

/**
 * `base ** exponent` for a whole exponent of at least 1, by the same multiplications as the
 * reference.
 */
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

/**
 * Adam with its tensors param, grad, expAvg, expAvgSq and, for AMSGrad, maxExpAvgSq; the scalars
 * follow.
 */
function adam(tensors: 4 | 5): Kernel<StepAttrs> {
  return {
    kind: "kernel",
    joins: () => ({ arrays: tensors, count: tensors }),
    declines,
    emit: (call) => {
      const { f, attrs } = call;
      const lanes = lanesOf(call);
      const steps = call.inputs[tensors].address;
      const [rate, beta1, beta2, eps, decay] = call.inputs.slice(tensors + 1).map(scalar);
      const count = f.let(f64.add(f64.load(0, steps), 1));
      const stepSize = f64.div(rate, f64.sub(1, wholePower(f, beta1, count)));
      const correction = f.let(f64.sqrt(f64.sub(1, wholePower(f, beta2, count))));
      // (stepSize * m) / (sqrt(v) / correction + eps), multiplied out by the correction: one
      // rounding less.
      const scale = hoist(call, f64.mul(stepSize, correction));
      const epsilon = hoist(call, f64.mul(eps, correction));
      const [new1, new2] = [hoist(call, f64.sub(1, beta1)), hoist(call, f64.sub(1, beta2))];
      const weightDecay = hoist(call, attrs.decoupled ? f64.mul(rate, decay) : decay);
      const [p, d, m, v] = f.locals("v128", 4);
      withAndWithoutDecay(call, decay, (lane, decays) => {
        f.set(p, lane.load(0));
        f.set(d, direction(lane, call, decays && !attrs.decoupled ? weightDecay : undefined));
        f.set(m, lane.load(2));
        f.set(m, lanes.add(m, lanes.mul(new1, lanes.sub(d, m))));
        lane.store(2, m);
        f.set(v, lane.load(3));
        f.set(v, lanes.add(v, lanes.mul(new2, lanes.sub(lanes.mul(d, d), v))));
        lane.store(3, v);
        if (tensors === 5) {
          f.set(v, lanes.max(lane.load(4), v));
          lane.store(4, v);
        }
        const move = lanes.div(lanes.mul(scale, m), lanes.add(lanes.sqrt(v), epsilon));
        const step = decays && attrs.decoupled ? lanes.add(lanes.mul(weightDecay, p), move) : move;
        lane.store(0, lanes.sub(p, step));
      });
      f.storeF64(0, count, steps);
    },
  };
}

export const adamStepKernel = adam(4);
export const amsgradStepKernel = adam(5);
