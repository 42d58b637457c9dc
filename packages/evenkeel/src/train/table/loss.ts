import { refuse, text, wrongType, wrongValue } from "../../core/index.ts";
import {
  binaryCrossEntropyWithLogits,
  crossEntropy,
  huberLoss,
  l1Loss,
  mseLoss,
  relu,
} from "../../nn/functional/index.ts";
import type { Schema } from "../../tabular/index.ts";
import { type Tensor, tensor } from "../../tensor/index.ts";
import type { Loss } from "../evaluate/evaluate.ts";
import { quantileOf } from "./decisionOptions.ts";
import type { TablePlan } from "./plan.ts";

export type ClassWeights = "none" | "balanced" | Readonly<Record<string, number>>;

/** The classes of rows: of each its index, or how many rows there are of each class. */
export type Labels = ArrayLike<number> | { readonly counts: readonly number[] };

/**
 * The loss of a task: the planned one for numbers, cross entropy for classes, with class weights if
 * wanted. It is the mean over the rows of a batch: weights scale the losses of rows, and the mean
 * is not divided by them, so that a batch of rare classes counts more.
 *
 * @param labels of the training rows, for balanced weights
 * @throws TypeError or RangeError naming a class or a weight that is invalid
 */
export function lossOf(schema: Schema, plan: Pick<TablePlan, "loss">, weights: ClassWeights, labels: Labels): Loss {
  return ofMembers(lossOfOne(schema, plan, weights, labels));
}

/**
 * The mean loss of the members of an ensemble, for an output [N, members, outputs]; never the loss of
 * their mean, by which they would correct one another instead of learning each. Others are left as
 * they are.
 */
function ofMembers(loss: Loss): Loss {
  return (output: Tensor, target: Tensor) => {
    if (output.ndim < 3) return loss(output, target);
    const [rows, members] = output.shape;
    const [, ...rest] = target.shape;
    const repeated = target.unsqueeze(1).expand([rows, members, ...rest]);
    return loss(output.flatten(0, 1), repeated.reshape([rows * members, ...rest]));
  };
}

function lossOfOne(schema: Schema, plan: Pick<TablePlan, "loss">, weights: ClassWeights, labels: Labels): Loss {
  const { task, classes = [] } = schema;
  if (task === "regression") {
    if (weights !== "none") {
      throw refuse(
        "wrong-type",
        "trainTable",
        text`${{ option: "classWeights" }} are given, but "${schema.target}" is a number, not a class`,
        text`leave them out, or say ${{ option: "task", value: "multiclass" }}`,
      );
    }
    const quantile = quantileOf(plan.loss);
    return quantile === undefined ? namedLosses[plan.loss as keyof typeof namedLosses] : quantileLoss(quantile);
  }
  const factors = classFactors(classes, weights, labels);
  if (task === "multiclass") {
    const weight = factors === undefined ? null : tensor(Float32Array.from(factors), { shape: [factors.length] });
    if (weight === null) return crossEntropy;
    return (output, target) => crossEntropy(output, target, { weight, reduction: "sum" }).div(target.numel());
  }
  if (factors === undefined) return binaryCrossEntropyWithLogits;
  const [negative, positive] = factors;
  return (output, target) =>
    binaryCrossEntropyWithLogits(output, target, { weight: target.mul(positive - negative).add(negative) });
}

const namedLosses = { mse: mseLoss, mae: l1Loss, huber: huberLoss };

/**
 * The pinball loss: an error weighs `quantile` where the output is too low, 1 - `quantile` where it is
 * too high, so that it is least where this share of the targets is below the output (Koenker &
 * Bassett 1978, "Regression Quantiles").
 */
function quantileLoss(quantile: number): Loss {
  return (output, target) => {
    const below = target.sub(output);
    return relu(below)
      .mul(quantile)
      .add(relu(below.neg()).mul(1 - quantile))
      .mean();
  };
}

/**
 * One weight per class, scaled so that the mean over the training rows is 1; undefined for none.
 */
export function classFactors(classes: readonly string[], weights: ClassWeights, labels: Labels): number[] | undefined {
  if (weights === "none") return undefined;
  const counts = "counts" in labels ? labels.counts : countsOf(classes, labels);
  const rows = "counts" in labels ? counts.reduce((sum, count) => sum + count, 0) : labels.length;
  const factors = weights === "balanced" ? balanced(counts) : named(classes, weights);
  const mean = factors.reduce((sum, factor, c) => sum + factor * counts[c], 0) / rows;
  return factors.map((factor) => factor / mean);
}

function countsOf({ length }: readonly string[], labels: ArrayLike<number>): number[] {
  const counts = new Array<number>(length).fill(0);
  for (let i = 0; i < labels.length; i++) counts[labels[i]]++;
  return counts;
}

function balanced(counts: readonly number[]): number[] {
  return counts.map((count) => (count === 0 ? 0 : 1 / count));
}

function named(classes: readonly string[], weights: Readonly<Record<string, number>>): number[] {
  if (typeof weights !== "object" || weights === null) {
    throw wrongType(
      "trainTable",
      { option: "classWeights" },
      weights,
      `"none", "balanced" or a factor per class: { ${JSON.stringify(classes[0])}: 2 }`,
    );
  }
  for (const [name, weight] of Object.entries(weights)) {
    if (!classes.includes(name)) {
      throw refuse(
        "wrong-value",
        "trainTable",
        text`${{ option: "classWeights" }} names the class "${name}"`,
        `there are ${classes.join(", ")}`,
      );
    }
    if (!(typeof weight === "number" && Number.isFinite(weight) && weight > 0)) {
      throw wrongValue("trainTable", `the weight of class "${name}"`, weight, "a number above 0");
    }
  }
  return classes.map((name) => (Object.hasOwn(weights, name) ? weights[name] : 1));
}
