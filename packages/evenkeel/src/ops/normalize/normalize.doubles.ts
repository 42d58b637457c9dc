import type { Spec } from "../../core/index.ts";
import {
  type Expr,
  type FunctionBuilder,
  f64x2,
  i32,
  type Kernel,
  type KernelCall,
  type Local,
  type Placed,
  type V128,
  v128,
} from "../../wasm/index.ts";
import { type Channels, channelsOf } from "./normalize.channels.ts";
import { inverseStd } from "./normalize.scale.ts";
import type { BatchNormAttrs } from "./normalize.ts";

/**
 * Batch norm of float64 over [N, C, ...]: the loops of the reference, in its order, for bit-equal
 * results. For [N, C] the lanes of a vector hold two channels.
 */

type Call = KernelCall<BatchNormAttrs>;

function declines(inputs: readonly Spec[]): string | undefined {
  const other = inputs.find(({ dtype }) => dtype !== "float64");
  if (other !== undefined) return `${other.dtype} is mixed with float64`;
  return inputs[0].shape.includes(0) ? "an empty batch is not worth code" : undefined;
}

/** One channel, or two neighbours, while they are visited. */
interface Lane {
  readonly f: FunctionBuilder;
  readonly layout: Channels;
  readonly channels: 1 | 2;
  /** Bytes to the first element of the channel, and to its value in an array [C]. */
  readonly start: Local<"i32">;
  readonly at: Local<"i32">;
}

function forEachLane(f: FunctionBuilder, layout: Channels, visit: (lane: Lane) => void): void {
  const [start, at] = f.locals("i32", 2);
  f.set(start, 0);
  f.set(at, 0);
  const step = (channels: 1 | 2) => {
    visit({ f, layout, channels, start, at });
    f.set(start, i32.add(start, 8 * channels * layout.inner));
    f.set(at, i32.add(at, 8 * channels));
  };
  const pairs = layout.inner === 1 ? Math.floor(layout.channels / 2) : 0;
  f.times(pairs, () => step(2));
  f.times(layout.channels - 2 * pairs, () => step(1));
}

/** The offsets of a channel's elements, sample by sample. */
function forEachElement({ f, layout, start }: Lane, visit: (at: Local<"i32">) => void): void {
  const { samples, channels, inner } = layout;
  const at = f.let(start);
  f.times(samples, () => {
    f.times(inner, () => {
      visit(at);
      f.set(at, i32.add(at, 8));
    });
    if (channels > 1) f.set(at, i32.add(at, 8 * (channels - 1) * inner));
  });
}

const load = ({ channels }: Lane, { address }: Placed, at: Expr<"i32">): V128 =>
  channels === 2 ? v128.load(at, address) : v128.load64Zero(at, address);

function store({ f, channels }: Lane, { address }: Placed, at: Expr<"i32">, value: V128): void {
  if (channels === 2) f.storeV128(at, value, address);
  else f.storeLane64(at, value, 0, address);
}

const channelValue = (lane: Lane, array: Placed): Local<"v128"> => lane.f.let(load(lane, array, lane.at));

/** y = (x - mean) * invstd * weight + bias, and relu(y) with `rectify`. */
function normalize(call: Call, lane: Lane, mean: V128, variance: V128, [weight, bias]: Placed[], rectify: boolean) {
  const { f, inputs, outputs, attrs } = call;
  const scale = f.let(f64x2.mul(inverseStd(variance, attrs.eps), load(lane, weight, lane.at)));
  const shift = channelValue(lane, bias);
  forEachElement(lane, (at) => {
    const value = f64x2.add(f64x2.mul(f64x2.sub(load(lane, inputs[0], at), mean), scale), shift);
    store(lane, outputs[0], at, rectify ? f64x2.max(value, f64x2.const(0)) : value);
  });
}

const countOf = ({ samples, inner }: Channels): number => samples * inner;

const trainingKernel = (rectify: boolean): Kernel<BatchNormAttrs> => ({
  kind: "kernel",
  declines,
  emit: (call) => {
    const { f, inputs, outputs } = call;
    const [x, weight, bias] = inputs;
    const layout = channelsOf(x);
    const count = f64x2.const(countOf(layout));
    forEachLane(f, layout, (lane) => {
      const [mean, variance, centred] = f.locals("v128", 3);
      f.set(mean, f64x2.const(0));
      forEachElement(lane, (at) => f.set(mean, f64x2.add(mean, load(lane, x, at))));
      f.set(mean, f64x2.div(mean, count));
      f.set(variance, f64x2.const(0));
      forEachElement(lane, (at) => {
        f.set(centred, f64x2.sub(load(lane, x, at), mean));
        f.set(variance, f64x2.add(variance, f64x2.mul(centred, centred)));
      });
      f.set(variance, f64x2.div(variance, count));
      store(lane, outputs[1], lane.at, mean);
      store(lane, outputs[2], lane.at, variance);
      normalize(call, lane, mean, variance, [weight, bias], rectify);
    });
  },
});

const evalKernel: Kernel<BatchNormAttrs> = {
  kind: "kernel",
  declines,
  emit: (call) => {
    const [x, means, variances, weight, bias] = call.inputs;
    forEachLane(call.f, channelsOf(x), (lane) => {
      const mean = channelValue(lane, means);
      normalize(call, lane, mean, load(lane, variances, lane.at), [weight, bias], false);
    });
  },
};

/** `output`: that of the following relu; where it is at or below 0, dy counts as 0. */
function emitBackward(call: Call, dy: Placed, output: Placed | undefined, rest: readonly Placed[]): void {
  const { f, attrs, outputs } = call;
  const [x, weight, means, variances] = rest;
  const [dx, dweight, dbias] = outputs;
  const layout = channelsOf(x);
  const count = f64x2.const(countOf(layout));
  forEachLane(f, layout, (lane) => {
    const mean = channelValue(lane, means);
    const invstd = f.let(inverseStd(load(lane, variances, lane.at), attrs.eps));
    const [sums, products, flow] = f.locals("v128", 3);
    const setFlow = (at: Local<"i32">) => {
      const given = load(lane, dy, at);
      const passes = output && f64x2.le(load(lane, output, at), f64x2.const(0));
      f.set(flow, passes === undefined ? given : v128.andNot(given, passes));
    };
    const centred = (at: Local<"i32">) => f64x2.sub(load(lane, x, at), mean);
    f.set(sums, f64x2.const(0));
    f.set(products, f64x2.const(0));
    forEachElement(lane, (at) => {
      setFlow(at);
      f.set(sums, f64x2.add(sums, flow));
      f.set(products, f64x2.add(products, f64x2.mul(flow, centred(at))));
    });
    store(lane, dbias, lane.at, sums);
    store(lane, dweight, lane.at, f64x2.mul(products, invstd));
    const scale = f.let(f64x2.mul(invstd, load(lane, weight, lane.at)));
    f.set(sums, f64x2.div(sums, count));
    f.set(products, f64x2.mul(products, f64x2.div(f64x2.mul(invstd, invstd), count)));
    forEachElement(lane, (at) => {
      setFlow(at);
      const rest = f64x2.sub(f64x2.sub(flow, sums), f64x2.mul(centred(at), products));
      store(lane, dx, at, f64x2.mul(scale, rest));
    });
  });
}

/** By row. */
export const doubleKernels = {
  batchNorm: trainingKernel(false),
  batchNormBackward: {
    kind: "kernel",
    declines,
    emit: (call) => emitBackward(call, call.inputs[0], undefined, call.inputs.slice(1)),
  } as Kernel<BatchNormAttrs>,
  batchNormEval: evalKernel,
  batchNormRelu: trainingKernel(true),
  batchNormReluBackward: {
    kind: "kernel",
    declines,
    emit: (call) => emitBackward(call, call.inputs[0], call.inputs[1], call.inputs.slice(2)),
  } as Kernel<BatchNormAttrs>,
} as const;
