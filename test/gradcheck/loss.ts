import type { Tensor } from "evenkeel";
import { type CrossEntropyAttrs, crossEntropy } from "../../packages/evenkeel/src/ops/index.ts";
import type * as crossEntropies from "../../packages/evenkeel/src/ops/loss/crossEntropy.ts";
import type * as loss from "../../packages/evenkeel/src/ops/loss/loss.ts";
import { binary, fixed, type GradCase, type GradCases, indices, positiveOf, valuesFrom } from "./inputs.ts";

/** Cases of ops/loss. */

const values = valuesFrom(4);
const positive = positiveOf(values);
/** From 0.1 to 0.9. */
const probability = (shape: readonly number[]) => values(shape, (x) => 0.1 + (Math.abs(x) % 1) * 0.8);

const crossEntropyCases = (): GradCase[] =>
  [
    { name: "mean", reduction: "mean", weight: [3] },
    { name: "mean, one weight for all", reduction: "mean", weight: [] },
    { name: "sum, a class ignored", reduction: "sum", weight: [3], ignoreIndex: 1 },
    { name: "none, rows ignored", reduction: "none", weight: [3], targets: [0, -100, 1, -100] },
    { name: "no rows", reduction: "sum", weight: [], targets: [] },
  ].map(({ name, reduction, weight, ignoreIndex = -100, targets = [0, 2, 1, 2] }) => ({
    name,
    inputs: [values([targets.length, 3]), indices(targets), fixed(positive(weight))],
    attrs: { ignoreIndex, reduction },
  }));

const logitCases = (): GradCase[] =>
  binary(values, (shape) => values(shape, (x) => (Math.abs(x) % 1) * 0.9)).map(({ name, inputs }) => ({
    name,
    inputs: [...inputs, positive(inputs[0].shape.slice(-1))],
  }));

export const lossCases: GradCases<typeof crossEntropies & typeof loss> = {
  smoothL1: [
    ...binary(values, values, { beta: 1 }),
    ...binary(values, values, { beta: 0.3 }),
    ...binary(values, values, { beta: 0 }),
  ],
  huber: [...binary(values, values, { delta: 1 }), ...binary(values, values, { delta: 0.4 })],
  bce: binary(probability, probability),
  bceWithLogits: logitCases(),
  bceWithLogitsSlope: logitCases(),
  crossEntropy: crossEntropyCases(),
  crossEntropyBackward: crossEntropyCases().map(({ name, inputs: [x, target, weight], attrs }) => {
    const [loss, ...perRow] = crossEntropy<Tensor>(x.detach(), target, weight, attrs as CrossEntropyAttrs);
    return { name, inputs: [values(loss.shape), x, target, ...perRow] };
  }),
};
