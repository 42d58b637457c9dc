import {
  defineOp,
  mismatch,
  type NdArray,
  refuse,
  type Shape,
  type Spec,
  sizeOf,
  unfused,
  type Value,
} from "../../core/index.ts";
import { add, div, mul, rsqrt, sub } from "../elementwise/elementwise.ts";
import { reshape } from "../movement/movement.ts";
import { mean as meanOf, sum, variance as varianceOf } from "../reduce/reduce.ts";
import { requireFloat, requireSameDtype, requireShape } from "../shapes.ts";

/**
 * Group normalization of [N, C, ...]: each of G groups of neighbouring channels of each example by
 * its own mean and (biased) variance; scale and shift are per channel. Statistics are float64
 * outputs and sums are double, as in batch normalization. Wu and He 2018,
 * https://arxiv.org/abs/1803.08494; semantics of
 * https://pytorch.org/docs/stable/generated/torch.nn.GroupNorm.html
 */

export interface GroupNormAttrs {
  readonly numGroups: number;
  /** Added to the variance before the square root. */
  readonly eps: number;
}

/** A group is `channels` consecutive runs of `inner` values. */
export interface Groups {
  readonly samples: number;
  readonly groups: number;
  /** Channels of a group. */
  readonly channels: number;
  readonly inner: number;
}

export function groupsOf({ shape }: Spec, numGroups: number): Groups {
  return {
    samples: shape[0],
    groups: numGroups,
    channels: shape[1] / numGroups,
    inner: sizeOf(shape.slice(2)),
  };
}

function checkGroups(op: string, x: Spec, weight: Spec, { numGroups }: GroupNormAttrs): void {
  requireFloat(op, "input", x);
  requireSameDtype(op, x, "the input", weight, "the weight");
  if (x.shape.length < 2) throw mismatch("wrong-shape", op, `input has shape [${x.shape}]`, "[N, C] or [N, C, ...]");
  if (x.shape[1] % numGroups !== 0) {
    throw refuse("conflict", op, `input has ${x.shape[1]} channels, which is no multiple of ${numGroups} groups`);
  }
  requireShape(op, "weight", weight, [x.shape[1]]);
}

const statisticOf = (x: Spec, { numGroups }: GroupNormAttrs): Spec => ({
  shape: [x.shape[0], numGroups],
  dtype: "float64",
});

/** Calls `group` with the index of each group and its offset. */
function forEachGroup({ samples, groups, channels, inner }: Groups, group: (i: number, start: number) => void): void {
  for (let i = 0; i < samples * groups; i++) group(i, i * channels * inner);
}

/**
 * Normalizes by the statistics of each group; outputs y, and mean and variance (biased), [N, G]
 * each.
 */
export const groupNorm = defineOp({
  name: "groupNorm",
  inputs: ["input", "weight", "bias"],
  outputs: ["output", "mean", "variance"],
  shape: ([x, weight, bias], attrs: GroupNormAttrs) => {
    checkGroups("groupNorm", x, weight, attrs);
    requireShape("groupNorm", "bias", bias, weight.shape);
    const statistic = statisticOf(x, attrs);
    return [{ shape: x.shape, dtype: x.dtype }, statistic, statistic];
  },
  reference: ([x, weight, bias], [y, mean, variance], { numGroups, eps }) => {
    const layout = groupsOf(x, numGroups);
    const { channels, inner } = layout;
    const count = channels * inner;
    forEachGroup(layout, (group, start) => {
      let [total, squares] = [0, 0];
      for (let i = start; i < start + count; i++) total += x.data[i];
      const centre = total / count;
      for (let i = start; i < start + count; i++) squares += (x.data[i] - centre) ** 2;
      mean.data[group] = centre;
      variance.data[group] = squares / count;
      const invstd = 1 / Math.sqrt(squares / count + eps);
      const first = (group % numGroups) * channels;
      for (let c = 0, i = start; c < channels; c++) {
        const scale = invstd * weight.data[first + c];
        const shift = bias.data[first + c];
        for (let place = 0; place < inner; place++, i++) y.data[i] = (x.data[i] - centre) * scale + shift;
      }
    });
  },
  saves: ["input", "weight", "mean", "variance"],
  grad: (dy, { input, weight, mean, variance }, { attrs }) =>
    groupNormBackward(dy, input, weight, mean, variance, attrs),
});

/**
 * With g = dy * weight, and means over a group: dx = invstd * (g - mean(g) - xhat * mean(g *
 * xhat)); of each channel, over all examples, dweight = sum(dy * xhat) and dbias = sum(dy).
 */
export const groupNormBackward = defineOp({
  name: "groupNormBackward",
  inputs: ["dy", "input", "weight", "mean", "variance"],
  outputs: ["dinput", "dweight", "dbias"],
  shape: ([dy, x, weight, mean, variance], attrs: GroupNormAttrs) => {
    checkGroups("groupNormBackward", x, weight, attrs);
    requireShape("groupNormBackward", "dy", dy, x.shape);
    const { shape } = statisticOf(x, attrs);
    for (const [name, spec] of Object.entries({ mean, variance })) requireShape("groupNormBackward", name, spec, shape);
    const parameter: Spec = { shape: weight.shape, dtype: weight.dtype };
    return [{ shape: x.shape, dtype: x.dtype }, parameter, parameter];
  },
  reference: (inputs, [dx, dweight, dbias], { numGroups, eps }) => {
    const [dy, x, weight, mean, variance] = inputs;
    const layout = groupsOf(x, numGroups);
    const { channels, inner } = layout;
    const count = channels * inner;
    const [products, sums] = [new Float64Array(weight.data.length), new Float64Array(weight.data.length)];
    forEachGroup(layout, (group, start) => {
      const centre = mean.data[group];
      const invstd = 1 / Math.sqrt(variance.data[group] + eps);
      const first = (group % numGroups) * channels;
      let [flow, along] = [0, 0];
      for (let c = first, i = start; c < first + channels; c++) {
        const [sum, product] = channelSums(dy, x, centre, i, inner);
        i += inner;
        sums[c] += sum;
        products[c] += product * invstd;
        flow += sum * weight.data[c];
        along += product * weight.data[c];
      }
      const [meanFlow, slope] = [flow / count, (along / count) * invstd * invstd];
      for (let c = first, i = start; c < first + channels; c++) {
        for (let place = 0; place < inner; place++, i++) {
          dx.data[i] = invstd * (dy.data[i] * weight.data[c] - meanFlow - (x.data[i] - centre) * slope);
        }
      }
    });
    dweight.data.set(products);
    dbias.data.set(sums);
  },
  grad: unfused(([dy, input, weight], { numGroups, eps }: GroupNormAttrs) => {
    const { shape } = input;
    const split = splitShape(shape, numGroups);
    const within = split.flatMap((_, i) => (i < 2 ? [] : [i]));
    const group = { dims: within, keepdim: true };
    const x = reshape(input, { shape: split });
    const centred = sub(x, meanOf(x, group));
    const invstd = rsqrt(add(varianceOf(x, { ...group, correction: 0 }), eps));
    const xhat = mul(centred, invstd);
    const flow = reshape(mul(dy, perChannel(weight, shape)), { shape: split });
    const count = sizeOf(split.slice(2));
    const constantPart = div(sum(flow, group), count);
    const alongPart = mul(xhat, div(sum(mul(flow, xhat), group), count));
    const dinput = mul(invstd, sub(sub(flow, constantPart), alongPart));
    const over = { dims: shape.flatMap((_, i) => (i === 1 ? [] : [i])), keepdim: false };
    return [reshape(dinput, { shape }), sum(mul(dy, reshape(xhat, { shape })), over), sum(dy, over)];
  }),
});

/** Sums of dy and of dy * (x - mean) over a run. */
function channelSums(dy: NdArray, x: NdArray, mean: number, start: number, length: number): [number, number] {
  let [sum, product] = [0, 0];
  for (let i = start; i < start + length; i++) {
    sum += dy.data[i];
    product += dy.data[i] * (x.data[i] - mean);
  }
  return [sum, product];
}

/** [N, C, ...] as [N, G, C / G, ...]. */
const splitShape = ([samples, channels, ...places]: Shape, groups: number): number[] => [
  samples,
  groups,
  channels / groups,
  ...places,
];

/** [C] as [1, C, 1, ...], to broadcast over a batch. */
function perChannel(value: Value, shape: Shape): Value {
  return reshape(value, { shape: shape.map((n, i) => (i === 1 ? n : 1)) });
}
