import {
  defineOp,
  mismatch,
  type NdArray,
  type Shape,
  type Spec,
  sizeOf,
  unfused,
  type Value,
} from "../../core/index.ts";
import { relu } from "../elementwise/activation.ts";
import { le } from "../elementwise/compare.ts";
import { add, div, mul, rsqrt, sub, where } from "../elementwise/elementwise.ts";
import { reshape } from "../movement/movement.ts";
import { mean as meanOf, sum, variance as varianceOf } from "../reduce/reduce.ts";
import { requireFloat, requireSameDtype, requireShape } from "../shapes.ts";
import { channelStatistics, normalizeBackward, normalizeForward } from "./normalize.loops.ts";

/**
 * Batch normalization over all dimensions but the second: [N, C] or [N, C, ...]. Mean and (biased)
 * variance are float64 outputs and sums are double, so that columns with a large mean keep their
 * digits, where float32 statistics lose them. Ioffe and Szegedy 2015,
 * https://arxiv.org/abs/1502.03167; semantics of
 * https://pytorch.org/docs/stable/generated/torch.nn.BatchNorm1d.html
 */

export interface BatchNormAttrs {
  /** Added to the variance before the square root. */
  readonly eps: number;
}

function checkChannels(op: string, x: Spec, perChannelInputs: Record<string, Spec>): number {
  requireFloat(op, "input", x);
  if (x.shape.length < 2) {
    throw mismatch("wrong-shape", op, `input has shape [${x.shape}]`, "[N, C] or [N, C, ...]");
  }
  const channels = x.shape[1];
  for (const [name, spec] of Object.entries(perChannelInputs)) requireShape(op, name, spec, [channels]);
  return channels;
}

/**
 * Normalizes by the statistics of the batch; outputs y, mean [C] and variance [C] (biased, divided
 * by the count).
 */
export const batchNorm = defineOp({
  name: "batchNorm",
  inputs: ["input", "weight", "bias"],
  outputs: ["output", "mean", "variance"],
  shape: ([x, weight, bias], _: BatchNormAttrs) => {
    const channels = checkChannels("batchNorm", x, { weight, bias });
    requireSameDtype("batchNorm", x, "the input", weight, "the weight");
    const statistic: Spec = { shape: [channels], dtype: "float64" };
    return [{ shape: x.shape, dtype: x.dtype }, statistic, statistic];
  },
  reference: ([x, weight, bias], [y, mean, variance], { eps }) => {
    channelStatistics(x, mean.data, variance.data);
    normalizeForward(x, mean, variance, weight, bias, eps, y);
  },
  saves: ["input", "weight", "mean", "variance"],
  grad: (dy, { input, weight, mean, variance }, { attrs }) =>
    batchNormBackward(dy, input, weight, mean, variance, attrs),
});

/**
 * dx = (weight * invstd) * (dy - mean(dy) - xhat * mean(dy * xhat)); dweight = sum(dy * xhat);
 * dbias = sum(dy).
 */
export const batchNormBackward = defineOp({
  name: "batchNormBackward",
  inputs: ["dy", "input", "weight", "mean", "variance"],
  outputs: ["dinput", "dweight", "dbias"],
  shape: ([dy, x, weight, mean, variance], _: BatchNormAttrs) => {
    requireShape("batchNormBackward", "dy", dy, x.shape);
    checkChannels("batchNormBackward", x, { weight, mean, variance });
    const parameter: Spec = { shape: weight.shape, dtype: weight.dtype };
    return [{ shape: x.shape, dtype: x.dtype }, parameter, parameter];
  },
  reference: (inputs, outputs, { eps }) => normalizeBackward(inputs, outputs, eps),
  grad: unfused(([dy, input, weight], { eps }: BatchNormAttrs) => {
    const { shape } = input;
    const dims = shape.flatMap((_, i) => (i === 1 ? [] : [i]));
    const count = sizeOf(shape) / shape[1];
    const centred = sub(input, meanOf(input, { dims, keepdim: true }));
    const invstd = rsqrt(add(varianceOf(input, { dims, keepdim: true, correction: 0 }), eps));
    const xhat = mul(centred, invstd);
    const dbias = sum(dy, { dims, keepdim: true });
    const dweight = sum(mul(dy, xhat), { dims, keepdim: true });
    const inner = sub(sub(dy, div(dbias, count)), mul(xhat, div(dweight, count)));
    const dinput = mul(mul(channelwise(weight, shape), invstd), inner);
    return [dinput, reshape(dweight, { shape: weight.shape }), reshape(dbias, { shape: weight.shape })];
  }),
});

/** relu(batchNorm(...)) in one row: compiled steps fuse the two. */
export const batchNormRelu = defineOp({
  name: "batchNormRelu",
  inputs: ["input", "weight", "bias"],
  outputs: ["output", "mean", "variance"],
  shape: (inputs, attrs: BatchNormAttrs) => batchNorm.shape(inputs, attrs),
  reference: (inputs, outputs, attrs) => {
    batchNorm.reference(inputs, outputs, attrs);
    relu.reference([outputs[0]], [outputs[0]], {});
  },
  grad: unfused(([input, weight, bias], attrs: BatchNormAttrs) => {
    const [output, mean, variance] = batchNorm(input, weight, bias, attrs);
    return [relu(output), mean, variance];
  }),
});

/**
 * batchNormBackward of dy where output, that of {@link batchNormRelu}, is not at or below 0: NaN
 * lets dy pass.
 */
export const batchNormReluBackward = defineOp({
  name: "batchNormReluBackward",
  inputs: ["dy", "output", "input", "weight", "mean", "variance"],
  outputs: ["dinput", "dweight", "dbias"],
  shape: ([dy, output, ...rest], attrs: BatchNormAttrs) => {
    requireShape("batchNormReluBackward", "output", output, dy.shape);
    return batchNormBackward.shape([dy, ...rest], attrs);
  },
  reference: ([dy, output, ...rest], outputs, attrs) => {
    const masked = { ...dy, data: dy.data.slice() };
    for (let i = 0; i < masked.data.length; i++) if (output.data[i] <= 0) masked.data[i] = 0;
    batchNormBackward.reference([masked, ...rest], outputs, attrs);
  },
  grad: unfused(([dy, output, ...rest], attrs: BatchNormAttrs) => {
    const [input, weight, mean, variance] = rest;
    return batchNormBackward(where(le(output, 0), 0, dy), input, weight, mean, variance, attrs);
  }),
});

/** Normalizes by given statistics, as evaluation does. Mean and variance get no gradient. */
export const batchNormEval = defineOp({
  name: "batchNormEval",
  inputs: ["input", "mean", "variance", "weight", "bias"],
  shape: ([x, mean, variance, weight, bias], _: BatchNormAttrs) => {
    checkChannels("batchNormEval", x, { mean, variance, weight, bias });
    return [{ shape: x.shape, dtype: x.dtype }];
  },
  reference: ([x, mean, variance, weight, bias], [y], { eps }) =>
    normalizeForward(x, mean, variance, weight, bias, eps, y),
  saves: ["input", "mean", "variance", "weight"],
  grad: (dy, { input, mean, variance, weight }, { attrs: { eps }, needs }) => {
    const { shape } = input;
    const invstd = channelwise(rsqrt(add(variance, eps)), shape);
    const xhat = () => mul(sub(input, channelwise(mean, shape)), invstd);
    const perChannelSum = (value: Value) =>
      sum(value, { dims: shape.flatMap((_, i) => (i === 1 ? [] : [i])), keepdim: false });
    return [
      needs[0] ? mul(dy, mul(invstd, channelwise(weight, shape))) : null,
      null,
      null,
      needs[3] ? perChannelSum(mul(dy, xhat())) : null,
      needs[4] ? perChannelSum(dy) : null,
    ];
  },
});

/** [C] as [1, C, 1, ...], to broadcast over a batch. */
function channelwise(value: Value, shape: Shape): Value {
  return reshape(value, { shape: shape.map((n, i) => (i === 1 ? n : 1)) });
}

/**
 * Moves running statistics toward those of a batch: new = (1 - factor) * old + factor * batch.
 * `variance` is the biased one; the running variance gets the unbiased one, variance * count /
 * (count - 1).
 */
export const updateRunningStats = defineOp({
  name: "updateRunningStats",
  inputs: ["runningMean", "runningVar", "mean", "variance", "factor"],
  outputs: [],
  shape: ([runningMean, runningVar, mean, variance], _: { readonly count: number }) => {
    requireShape("updateRunningStats", "runningMean", runningMean, mean.shape);
    requireShape("updateRunningStats", "runningVar", runningVar, variance.shape);
    return [];
  },
  reference: ([runningMean, runningVar, mean, variance, factor], _, { count }) => {
    const [f] = factor.data;
    const unbias = count / (count - 1);
    const move = (running: NdArray, batch: NdArray, scale: number) => {
      for (let c = 0; c < running.data.length; c++) {
        running.data[c] = (1 - f) * running.data[c] + f * (batch.data[c] * scale);
      }
    };
    move(runningMean, mean, 1);
    move(runningVar, variance, unbias);
  },
  writes: [0, 1],
  grad: { kind: "notDifferentiable", why: "gradients never flow into running statistics" },
});
