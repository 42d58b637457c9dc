import type { Spec } from "../../core/index.ts";
import {
  f32x4,
  f64x2,
  type Kernel,
  type KernelCall,
  type Local,
  type Placed,
  type V128,
  v128,
} from "../../wasm/index.ts";
import { both, demotePair, promotePair } from "./doublePair.ts";
import {
  type Channel,
  channelsOf,
  forEachChannel,
  forEachVector,
  loadChannel,
  loadRun,
  storeChannel,
  storeRun,
  sumChannel,
} from "./normalize.channels.ts";
import { inverseStd } from "./normalize.scale.ts";
import type { BatchNormAttrs } from "./normalize.ts";

/**
 * Batch norm over [N, C, ...], channel by channel: the formulas of normalize.matrix.ts and
 * normalizeBackward.matrix.ts, with one channel's numbers in registers from the first pass to the
 * second.
 */

type Call = KernelCall<BatchNormAttrs>;

/** Inputs named by position must be float32; the others, statistics, float32 or float64. */
const declinesUnless =
  (float32: readonly number[], statistics: readonly string[]) =>
  (inputs: readonly Spec[]): string | undefined => {
    const [{ shape }] = inputs;
    if (float32.some((i) => inputs[i].dtype !== "float32")) return "batch norm has code for float32 only";
    if (inputs.some(({ dtype }, i) => !float32.includes(i) && !statistics.includes(dtype))) {
      return `statistics are not ${statistics.join(" or ")}`;
    }
    return shape.includes(0) ? "an empty batch is not worth code" : undefined;
  };

interface Line {
  readonly scale: Local<"v128">;
  readonly shift: Local<"v128">;
}

/** y = x * scale + shift, and relu(y) with `rectify`. */
function writeLine({ f, inputs: [x], outputs: [y] }: Call, channel: Channel, { scale, shift }: Line, rectify: boolean) {
  forEachVector(f, channelsOf(x), channel, (at, count) => {
    const wide = promotePair(f.let(loadRun(x, at, count)));
    const value = demotePair(both((half) => f64x2.add(f64x2.mul(wide[half], scale), shift)));
    storeRun(f, y, at, rectify ? f32x4.pmax(value, f32x4.const(0)) : value, count);
  });
}

function lineOf({ f, attrs: { eps } }: Call, mean: V128, variance: V128, weight: V128, bias: V128): Line {
  const scale = f.let(f64x2.mul(inverseStd(variance, eps), weight));
  return { scale, shift: f.let(f64x2.sub(bias, f64x2.mul(mean, scale))) };
}

const trainingKernel = (rectify: boolean): Kernel<BatchNormAttrs> => ({
  kind: "kernel",
  declines: declinesUnless([0, 1, 2], []),
  emit: (call) => {
    const { f, inputs, outputs } = call;
    const [x, weight, bias] = inputs;
    const [, means, variances] = outputs;
    const layout = channelsOf(x);
    const share = f64x2.const(1 / (layout.samples * layout.inner));
    forEachChannel(f, layout, (channel) => {
      // Squares of differences from the first element do not cancel; one that is infinite would
      // make them all NaN.
      const first = f.let(v128.load32Splat(channel.start, x.address));
      const origin = f.let(v128.and(first, f32x4.eq(f32x4.sub(first, first), f32x4.const(0))));
      const from = f.let(f64x2.promoteLow(origin));
      const [deviations, squares] = sumChannel(f, layout, channel, 2, (at, count) => {
        const wide = promotePair(f.let(loadRun(x, at, count, origin)));
        const deviation = both((half) => f.let(f64x2.sub(wide[half], from)));
        return [deviation, both((half) => f64x2.mul(deviation[half], deviation[half]))];
      });
      const offset = f.let(f64x2.mul(deviations, share));
      const mean = f.let(f64x2.add(from, offset));
      const raw = f64x2.sub(f64x2.mul(squares, share), f64x2.mul(offset, offset));
      const variance = f.let(f64x2.pmax(raw, f64x2.const(0)));
      storeChannel(f, means, channel, mean);
      storeChannel(f, variances, channel, variance);
      const line = lineOf(call, mean, variance, loadChannel(weight, channel), loadChannel(bias, channel));
      writeLine(call, channel, line, rectify);
    });
  },
});

const evalKernel: Kernel<BatchNormAttrs> = {
  kind: "kernel",
  declines: declinesUnless([0, 3, 4], ["float32", "float64"]),
  emit: (call) => {
    const { f, inputs } = call;
    forEachChannel(f, channelsOf(inputs[0]), (channel) => {
      const [mean, variance, weight, bias] = inputs.slice(1).map((of) => f.let(loadChannel(of, channel)));
      writeLine(call, channel, lineOf(call, mean, variance, weight, bias), false);
    });
  },
};

/** `output`: that of the following relu; where it is at or below 0, dy counts as 0. */
function emitBackward(call: Call, dy: Placed, output: Placed | undefined, rest: readonly Placed[]): void {
  const { f, attrs, outputs } = call;
  const [x, weight, means, variances] = rest;
  const [dx, dweight, dbias] = outputs;
  const layout = channelsOf(x);
  const flow = (at: Local<"i32">, count: number) => {
    const given = loadRun(dy, at, count);
    if (output === undefined) return promotePair(f.let(given));
    return promotePair(f.let(v128.andNot(given, f32x4.le(loadRun(output, at, count), f32x4.const(0)))));
  };
  forEachChannel(f, layout, (channel) => {
    const mean = f.let(loadChannel(means, channel));
    const invstd = f.let(inverseStd(loadChannel(variances, channel), attrs.eps));
    const centred = (at: Local<"i32">, count: number) => {
      const wide = promotePair(f.let(loadRun(x, at, count)));
      return both((half) => f64x2.sub(wide[half], mean));
    };
    const [flows, products] = sumChannel(f, layout, channel, 2, (at, count) => {
      const dys = flow(at, count).map((half) => f.let(half));
      const xs = centred(at, count);
      return [both((half) => dys[half]), both((half) => f64x2.mul(dys[half], xs[half]))];
    });
    const slopes = f.let(f64x2.mul(products, invstd));
    storeChannel(f, dbias, channel, flows);
    storeChannel(f, dweight, channel, slopes);
    // dx = scale * dy - share * (sum(dy) + (x - mean) * invstd * dweight)
    const scale = f.let(f64x2.mul(invstd, loadChannel(weight, channel)));
    const share = f.let(f64x2.mul(scale, f64x2.const(1 / (layout.samples * layout.inner))));
    const slope = f.let(f64x2.mul(share, f64x2.mul(invstd, slopes)));
    const constant = f.let(f64x2.mul(share, flows));
    forEachVector(f, layout, channel, (at, count) => {
      const dys = flow(at, count);
      const xs = centred(at, count);
      const values = both((half) =>
        f64x2.sub(f64x2.sub(f64x2.mul(dys[half], scale), constant), f64x2.mul(xs[half], slope)),
      );
      storeRun(f, dx, at, demotePair(values), count);
    });
  });
}

const backwardKernel: Kernel<BatchNormAttrs> = {
  kind: "kernel",
  declines: declinesUnless([0, 1, 2], ["float64"]),
  emit: (call) => emitBackward(call, call.inputs[0], undefined, call.inputs.slice(1)),
};

const reluBackwardKernel: Kernel<BatchNormAttrs> = {
  kind: "kernel",
  declines: declinesUnless([0, 1, 2, 3], ["float64"]),
  emit: (call) => emitBackward(call, call.inputs[0], call.inputs[1], call.inputs.slice(2)),
};

/** By row, for inputs of more than two dimensions. */
export const channelKernels = {
  batchNorm: trainingKernel(false),
  batchNormBackward: backwardKernel,
  batchNormEval: evalKernel,
  batchNormRelu: trainingKernel(true),
  batchNormReluBackward: reluBackwardKernel,
} as const;
