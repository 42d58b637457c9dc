import { type Tensor, tensor } from "evenkeel";
import type * as groupNorms from "../../packages/evenkeel/src/ops/groupNorm/groupNorm.ts";
import { type GroupNormAttrs, groupNorm, type RmsNormAttrs, rmsNorm } from "../../packages/evenkeel/src/ops/index.ts";
import type * as layerNorms from "../../packages/evenkeel/src/ops/layerNorm/layerNorm.ts";
import type * as rmsNorms from "../../packages/evenkeel/src/ops/layerNorm/rmsNorm.ts";
import type * as localResponseNorms from "../../packages/evenkeel/src/ops/localResponseNorm/localResponseNorm.ts";
import type * as moments from "../../packages/evenkeel/src/ops/normalize/moments.ts";
import type * as normalize from "../../packages/evenkeel/src/ops/normalize/normalize.ts";
import { fixed, type GradCase, type GradCases, positiveOf, valuesFrom } from "./inputs.ts";

/** Cases of ops/normalize, ops/layerNorm, ops/groupNorm and ops/localResponseNorm. */

const values = valuesFrom(7);
const positive = positiveOf(values);

const batchNormCases = (): GradCase[] =>
  [
    [4, 3],
    [2, 1],
    [5, 2, 3],
    [2, 2, 1],
  ].map((shape) => ({
    name: `[${shape}]`,
    inputs: [values(shape), values([shape[1]]), values([shape[1]])],
    attrs: { eps: 1e-3 },
  }));

const statistics = (x: Tensor): [Tensor, Tensor] => {
  const dims = x.shape.map((_, i) => i).filter((i) => i !== 1);
  const flat = x.detach();
  return [flat.mean(dims), flat.var(dims, { correction: 0 })];
};

const layerNormCases = (): GradCase[] =>
  [
    { shape: [3, 4], over: 1 },
    { shape: [4], over: 1 },
    { shape: [2, 2, 3], over: 1 },
    { shape: [2, 2, 3], over: 2 },
    { shape: [0, 3], over: 1 },
  ].map(({ shape, over }) => ({
    name: `[${shape}] over the last ${over}`,
    inputs: [values(shape), values(shape.slice(-over)), values(shape.slice(-over))],
    attrs: { eps: 1e-3 },
  }));

const exampleStatistics = (x: Tensor, weight: Tensor): [Tensor, Tensor] => {
  const dims = x.shape.map((_, i) => i).slice(-weight.ndim);
  const flat = x.detach();
  return [flat.mean(dims), flat.var(dims, { correction: 0 })];
};

const groupNormCases = (): GradCase[] =>
  [
    { shape: [3, 4], numGroups: 2 },
    { shape: [1, 2, 3], numGroups: 2 },
    { shape: [2, 6, 2, 2], numGroups: 3 },
    { shape: [2, 3, 2], numGroups: 1 },
    { shape: [0, 4, 2], numGroups: 2 },
  ].map(({ shape, numGroups }) => ({
    name: `[${shape}] in ${numGroups} groups`,
    inputs: [values(shape), values([shape[1]]), values([shape[1]])],
    attrs: { numGroups, eps: 1e-3 },
  }));

const localResponseNormCases = (): GradCase[] =>
  [
    { shape: [2, 4, 3], size: 2 },
    { shape: [1, 5, 1, 2], size: 3 },
    { shape: [2, 2, 2], size: 7 },
    { shape: [1, 3, 0], size: 1 },
  ].map(({ shape, size }) => ({
    name: `[${shape}], ${size} channels`,
    inputs: [values(shape)],
    attrs: { size, alpha: 0.6, beta: 0.75, k: 1.5 },
  }));

export const normCases: GradCases<
  typeof groupNorms &
    typeof layerNorms &
    typeof localResponseNorms &
    typeof moments &
    typeof normalize &
    typeof rmsNorms
> = {
  batchNorm: batchNormCases(),
  batchNormBackward: batchNormCases().map(({ name, inputs: [x, weight], attrs }) => ({
    name,
    inputs: [values(x.shape), x, weight, ...statistics(x)],
    attrs,
  })),
  batchNormRelu: batchNormCases(),
  batchNormReluBackward: batchNormCases().map(({ name, inputs: [x, weight], attrs }) => ({
    name,
    inputs: [values(x.shape), fixed(values(x.shape)), x, weight, ...statistics(x)],
    attrs,
  })),
  batchNormEval: batchNormCases().map(({ name, inputs: [x, weight, bias], attrs }) => ({
    name,
    inputs: [x, fixed(values(bias.shape)), fixed(positive(bias.shape)), weight, bias],
    attrs,
  })),
  updateRunningStats: null,
  combineMoments: [
    {
      name: "unequal parts, one of them empty",
      inputs: [fixed(tensor([3, 0, 1, 8], { dtype: "float64" })), values([4, 2]), positive([4, 2])],
    },
    { name: "one part", inputs: [fixed(tensor([5], { dtype: "float64" })), values([1, 3]), positive([1, 3])] },
  ],
  layerNorm: layerNormCases(),
  layerNormBackward: layerNormCases().map(({ name, inputs: [x, weight], attrs }) => ({
    name,
    inputs: [values(x.shape), x, weight, ...exampleStatistics(x, weight)],
    attrs,
  })),
  groupNorm: groupNormCases(),
  groupNormBackward: groupNormCases().map(({ name, inputs: [x, weight, bias], attrs }) => {
    const [, mean, variance] = groupNorm<Tensor>(x.detach(), weight, bias, attrs as GroupNormAttrs);
    return { name, inputs: [values(x.shape), x, weight, fixed(mean), fixed(variance)], attrs };
  }),
  rmsNorm: layerNormCases().map(({ name, inputs: [x, weight], attrs }) => ({ name, inputs: [x, weight], attrs })),
  rmsNormBackward: layerNormCases().map(({ name, inputs: [x, weight], attrs }) => {
    const [, meanSquare] = rmsNorm<Tensor>(x.detach(), weight, attrs as RmsNormAttrs);
    return { name, inputs: [values(x.shape), x, weight, fixed(meanSquare)], attrs };
  }),
  localResponseNorm: localResponseNormCases(),
  localResponseNormBackward: localResponseNormCases().map(({ name, inputs: [x], attrs }) => ({
    name,
    inputs: [values(x.shape), x],
    attrs,
  })),
};
