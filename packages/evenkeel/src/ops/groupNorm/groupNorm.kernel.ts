import { type Spec, sizeOf } from "../../core/index.ts";
import { fillArray } from "../../wasm/copy.ts";
import {
  type FunctionBuilder,
  f32x4,
  f64x2,
  i32,
  type Kernel,
  type Local,
  type Placed,
  type V128,
  v128,
} from "../../wasm/index.ts";
import { both, demotePair, promotePair } from "../normalize/doublePair.ts";
import {
  type Channel,
  type Channels,
  forEachVector,
  loadChannel,
  loadRun,
  storeChannel,
  storeRun,
  sumChannel,
} from "../normalize/normalize.channels.ts";
import { inverseStd } from "../normalize/normalize.scale.ts";
import { type GroupNormAttrs, type Groups, groupsOf } from "./groupNorm.ts";

/**
 * Group norm of float32 computed in double, group by group. As in batch norm a first pass sums x -
 * x0 and its square, x0 being the group's first value, so that squares do not cancel where the mean
 * is large.
 */

function declines(inputs: readonly Spec[], float32: readonly number[]): string | undefined {
  if (float32.some((i) => inputs[i].dtype !== "float32")) return "group norm has code for float32 only";
  return sizeOf(inputs[0].shape) === 0 ? "an empty batch is not worth code" : undefined;
}

interface Group extends Channel {
  /** 8 times the index of its first channel, the offset of its value in a float64 array [C]. */
  readonly first: Local<"i32">;
}

function forEachGroup(f: FunctionBuilder, layout: Groups, visit: (group: Group) => void): void {
  const [start, at, first] = [f.let(i32.const(0)), f.let(i32.const(0)), f.let(i32.const(0))];
  f.times(layout.samples, () => {
    f.set(first, 0);
    f.times(layout.groups, () => {
      visit({ start, at, first });
      f.set(start, i32.add(start, 4 * layout.channels * layout.inner));
      f.set(at, i32.add(at, 8));
      f.set(first, i32.add(first, 8 * layout.channels));
    });
  });
}

/** The channels of a group, each a run of neighbouring values. */
function forEachRun(f: FunctionBuilder, layout: Groups, group: Group, visit: (run: Channel) => void): void {
  const run = { start: f.let(group.start), at: f.let(group.first) };
  f.times(layout.channels, () => {
    visit(run);
    f.set(run.start, i32.add(run.start, 4 * layout.inner));
    f.set(run.at, i32.add(run.at, 8));
  });
}

/** The traversal of `length` contiguous values, as in normalize.channels.ts. */
const line = (inner: number): Channels => ({ samples: 1, channels: 1, inner });

/** Mean and biased variance of a group, in both lanes. */
function statistics(f: FunctionBuilder, x: Placed, layout: Groups, group: Group): [mean: V128, variance: V128] {
  const count = layout.channels * layout.inner;
  // An infinite first value would make all differences NaN; then 0 is used.
  const value = f.let(v128.load32Splat(group.start, x.address));
  const origin = f.let(v128.and(value, f32x4.eq(f32x4.sub(value, value), f32x4.const(0))));
  const from = f.let(f64x2.promoteLow(origin));
  const [deviations, squares] = sumChannel(f, line(count), group, 2, (at, some) => {
    const wide = promotePair(f.let(loadRun(x, at, some, origin)));
    const deviation = both((half) => f.let(f64x2.sub(wide[half], from)));
    return [deviation, both((half) => f64x2.mul(deviation[half], deviation[half]))];
  });
  const share = f64x2.const(1 / count);
  const offset = f.let(f64x2.mul(deviations, share));
  const raw = f64x2.sub(f64x2.mul(squares, share), f64x2.mul(offset, offset));
  return [f.let(f64x2.add(from, offset)), f.let(f64x2.pmax(raw, f64x2.const(0)))];
}

export const groupNormKernel: Kernel<GroupNormAttrs> = {
  kind: "kernel",
  declines: (inputs) => declines(inputs, [0, 1, 2]),
  emit: ({ f, inputs, outputs, attrs }) => {
    const [x, weight, bias] = inputs;
    const [y, means, variances] = outputs;
    const layout = groupsOf(x, attrs.numGroups);
    forEachGroup(f, layout, (group) => {
      const [mean, variance] = statistics(f, x, layout, group);
      storeChannel(f, means, group, mean);
      storeChannel(f, variances, group, variance);
      const invstd = f.let(inverseStd(variance, attrs.eps));
      forEachRun(f, layout, group, (run) => {
        const scale = f.let(f64x2.mul(invstd, loadChannel(weight, run)));
        const shift = f.let(f64x2.sub(loadChannel(bias, run), f64x2.mul(mean, scale)));
        forEachVector(f, line(layout.inner), run, (at, some) => {
          const wide = promotePair(f.let(loadRun(x, at, some)));
          const values = both((half) => f64x2.add(f64x2.mul(wide[half], scale), shift));
          storeRun(f, y, at, demotePair(values), some);
        });
      });
    });
  },
};

/** Bytes of one double per channel, in whole vectors. */
const perChannelBytes = ({ shape }: Spec): number => 16 * Math.ceil(sizeOf(shape) / 2);

export const groupNormBackwardKernel: Kernel<GroupNormAttrs> = {
  kind: "kernel",
  declines: (inputs) => declines(inputs, [0, 1, 2]),
  scratch: ([, , weight]) => 2 * perChannelBytes(weight),
  emit: ({ f, inputs, outputs, attrs, scratch }) => {
    const [dy, x, weight, means, variances] = inputs;
    const [dx, dweight, dbias] = outputs;
    const layout = groupsOf(x, attrs.numGroups);
    const share = f64x2.const(1 / (layout.channels * layout.inner));
    // Sums over all examples, in double.
    const bytes = perChannelBytes(weight);
    const [products, sums]: [Placed, Placed] = [
      { ...weight, dtype: "float64", address: scratch },
      { ...weight, dtype: "float64", address: scratch + bytes },
    ];
    fillArray(f, scratch, 2 * bytes, f64x2.const(0));
    const add = (to: Placed, run: Channel, value: V128) =>
      storeChannel(f, to, run, f64x2.add(loadChannel(to, run), value));
    forEachGroup(f, layout, (group) => {
      const mean = f.let(loadChannel(means, group));
      const invstd = f.let(inverseStd(loadChannel(variances, group), attrs.eps));
      const wide = (array: Placed, at: Local<"i32">, some: number) =>
        promotePair(f.let(loadRun(array, at, some))).map((half) => f.let(half));
      const [flow, along] = [f.let(f64x2.const(0)), f.let(f64x2.const(0))];
      forEachRun(f, layout, group, (run) => {
        const [sum, product] = sumChannel(f, line(layout.inner), run, 2, (at, some) => {
          const [dys, xs] = [wide(dy, at, some), wide(x, at, some)];
          return [both((half) => dys[half]), both((half) => f64x2.mul(dys[half], f64x2.sub(xs[half], mean)))];
        });
        add(sums, run, sum);
        add(products, run, f64x2.mul(product, invstd));
        const scale = f.let(loadChannel(weight, run));
        f.set(flow, f64x2.add(flow, f64x2.mul(sum, scale)));
        f.set(along, f64x2.add(along, f64x2.mul(product, scale)));
      });
      // dx = scale * dy - constant - (x - mean) * slope
      const constant = f.let(f64x2.mul(invstd, f64x2.mul(flow, share)));
      const cube = f64x2.mul(invstd, f64x2.mul(invstd, invstd));
      const slope = f.let(f64x2.mul(cube, f64x2.mul(along, share)));
      forEachRun(f, layout, group, (run) => {
        const scale = f.let(f64x2.mul(invstd, loadChannel(weight, run)));
        forEachVector(f, line(layout.inner), run, (at, some) => {
          const [dys, xs] = [wide(dy, at, some), wide(x, at, some)];
          const values = both((half) => {
            const straight = f64x2.sub(f64x2.mul(dys[half], scale), constant);
            return f64x2.sub(straight, f64x2.mul(f64x2.sub(xs[half], mean), slope));
          });
          storeRun(f, dx, at, demotePair(values), some);
        });
      });
    });
    const channel = { start: f.let(i32.const(0)), at: f.let(i32.const(0)) };
    f.loop(channel.at, 8 * sizeOf(weight.shape), 8, () => {
      storeChannel(f, dweight, channel, loadChannel(products, channel));
      storeChannel(f, dbias, channel, loadChannel(sums, channel));
    });
  },
};
