import { type Check, numberBetween, option, orElse } from "../../core/index.ts";
import type { ThresholdRule } from "../../tabular/scores/threshold.ts";

const costs = /^cost:(\d+(?:\.\d+)?),(\d+(?:\.\d+)?)$/;

/** "cost:1,5": what a false and what a missed row of the second class costs. */
type CostRule = `cost:${number},${number}`;

const costRule: Check<CostRule> = {
  expected: '"cost:FP,FN", the costs of a row that is taken for the second class and of one that is missed',
  isKind: (value) => typeof value === "string",
  fits: (value) => {
    const [, ...both] = costs.exec(value) ?? [];
    return both.length === 2 && both.every((cost) => Number(cost) > 0);
  },
  parse: (given) => given as CostRule,
  typed: "cost:1,5",
  noun: "rule",
};

const aThreshold = numberBetween(0, 1);
const byNumberOrCost: Check<number | CostRule> = {
  expected: `${aThreshold.expected}, or ${costRule.expected}`,
  isKind: (value) => aThreshold.isKind(value) || costRule.isKind(value),
  fits: (value) => (typeof value === "number" ? aThreshold.fits(value) : costRule.fits(value)),
  parse: (given) => aThreshold.parse?.(given) ?? costRule.parse?.(given),
  typed: "a number from 0 to 1, cost:1,5",
  noun: "threshold",
};

/** What a threshold is, or how it is chosen. */
export function parseThreshold(given: number | "f1" | CostRule): number | ThresholdRule {
  if (given === "f1" || typeof given === "number") return given;
  const [, falsePositive, falseNegative] = costs.exec(given)!;
  return { falsePositive: Number(falsePositive), falseNegative: Number(falseNegative) };
}

const quantile = /^quantile:(0?\.\d+)$/;

/** "quantile:0.9": the number below which 90% of the targets are. */
export type QuantileLoss = `quantile:${number}`;

/** The quantile that a loss predicts; undefined for another loss. */
export function quantileOf(loss: string): number | undefined {
  const [, share] = quantile.exec(loss) ?? [];
  return share !== undefined && Number(share) > 0 ? Number(share) : undefined;
}

const level: Check<number> = {
  ...numberBetween(0, 1, "share"),
  expected: "a share above 0 and below 1, such as 0.9",
  fits: (value) => value > 0 && value < 1,
  parse: (given) => {
    const [, percent] = /^(\d+(?:\.\d+)?)%$/.exec(given) ?? [];
    return percent === undefined ? numberBetween(0, 1).parse?.(given) : Number(percent) / 100;
  },
  typed: "a share such as 90% or 0.9",
  noun: "share",
};

/** Options of what a model decides beside its prediction. */
export const decisionOptions = {
  threshold: option({
    check: orElse(byNumberOrCost, "f1"),
    help:
      "Two classes: the probability of the second from which on a row is of it. With f1 the one of the best F1 on the validation rows, " +
      "with cost:FP,FN that of the least cost of false and missed ones.",
    defaultText: "the likelier class",
  }),
  interval: option({
    check: level,
    help:
      "A number: predictions come with an interval that has the truth inside in this share of new rows, by the errors on the " +
      "validation rows (split-conformal).",
    defaultText: "none",
  }),
};

/** The losses of a number. */
export const lossCheck: Check<"mse" | "mae" | "huber" | QuantileLoss> = {
  expected: '"mse", "mae", "huber" or "quantile:0.9"',
  isKind: (value) => typeof value === "string",
  fits: (value) => ["mse", "mae", "huber"].includes(value) || quantileOf(value) !== undefined,
  parse: (given) => given as QuantileLoss,
  typed: "mse, mae, huber or quantile:0.9",
  noun: "loss",
};
