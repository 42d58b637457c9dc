import { plural } from "../../core/index.ts";
import type { BatchNormLayer } from "../layers/norm/batchNorm.ts";
import type { Step } from "./feeds.ts";
import { type BatchNormFinding, figure, percent } from "./finding.ts";
import type { Seen } from "./observe.ts";

/** Findings about the inputs of a BatchNorm. */
export function dataFindings(
  module: string,
  norm: BatchNormLayer,
  steps: readonly Step[],
  seen: Seen,
  batchSize: number,
): BatchNormFinding[] {
  // Columns of the table, rather than the outputs of a layer.
  const isInput = steps.at(-1)?.kind === "input" && !steps.some(({ kind }) => kind === "learned");
  const variance = seen.pool.biased();
  const constant = channelsWhere(seen.lowest, (low, c) => low === seen.highest[c]);
  return [
    ...constantChannels(module, norm, constant, seen, isInput),
    ...(isInput ? rareChannels(module, seen, variance, batchSize) : []),
    ...epsMatters(module, norm, variance),
    ...stale(module, norm, seen, variance),
  ];
}

function channelsWhere(values: Float64Array, holds: (value: number, channel: number) => boolean): number[] {
  return [...values.keys()].filter((c) => holds(values[c], c));
}

/** "channel 3", "channels 0, 4, 7 and 12 others" */
function list(channels: readonly number[]): string {
  const shown = channels.slice(0, 5).join(", ");
  const rest = channels.length > 5 ? ` and ${plural(channels.length - 5, "other")}` : "";
  return `channel${channels.length === 1 ? "" : "s"} ${shown}${rest}`;
}

function constantChannels(
  module: string,
  { eps }: BatchNormLayer,
  channels: readonly number[],
  seen: Seen,
  isInput: boolean,
): BatchNormFinding[] {
  if (channels.length === 0) return [];
  const number = 1 / Math.sqrt(eps);
  const [first] = channels;
  const reason =
    `${list(channels)} ${channels.length === 1 ? "is" : "are"} constant over ${plural(seen.pool.values, "value")} (${figure(seen.lowest[first])}${channels.length > 1 ? ` in channel ${first}` : ""}): ` +
    `with a variance of 0 only eps (${figure(eps)}) is left, and a value 1 away makes ${figure(number)}`;
  const cure = isInput
    ? "leave the column out"
    : "a unit that is constant is dead: a smaller learning rate, or another start; a larger eps bounds what it can make";
  return [{ rule: "constant-channel", severity: isInput ? "error" : "warning", module, number, reason, cure }];
}

/** The share of the batches in which a column may be constant. */
const fewBatches = 0.05;

function rareChannels(module: string, seen: Seen, variance: Float64Array, batchSize: number): BatchNormFinding[] {
  const share = (c: number) => seen.constant[c] / seen.batches;
  const rare = channelsWhere(seen.constant, (_, c) => share(c) > fewBatches && seen.lowest[c] !== seen.highest[c]);
  if (rare.length === 0 || seen.batches < 2) return [];
  const worst = rare.reduce((a, b) => (share(b) > share(a) ? b : a));
  const number = share(worst);
  const sd = Math.sqrt(variance[worst]);
  const away = Math.max(seen.highest[worst] - seen.pool.mean[worst], seen.pool.mean[worst] - seen.lowest[worst]) / sd;
  const reason =
    `${list(rare)} ${rare.length === 1 ? "is" : "are"} rarely anything but one value: in ${percent(number)} of the batches channel ${worst} is ` +
    `constant; a row that differs is at ${figure(Math.sqrt(Math.max(batchSize - 1, 1)))} standard deviations if it is alone in its batch, and at ${figure(away)} by the statistics of all rows`;
  const cure =
    "do not batch-normalize rare dummies: let them pass beside it, embed them, or gather rare categories in one";
  return [{ rule: "rare-channel", severity: "warning", module, number, reason, cure }];
}

/** Outputs have a standard deviation of sqrt(v / (v + eps)) instead of 1: of 0.953 at 10 eps. */
function epsMatters(module: string, { eps }: BatchNormLayer, variance: Float64Array): BatchNormFinding[] {
  const small = channelsWhere(variance, (v) => v > 0 && v < 10 * eps);
  if (small.length === 0) return [];
  const worst = small.reduce((a, b) => (variance[b] < variance[a] ? b : a));
  const number = Math.sqrt(variance[worst] / (variance[worst] + eps));
  const reason =
    `the variance of ${list(small)} is near eps (${figure(eps)}), in channel ${worst} it is ${figure(variance[worst])}: normalized it has a ` +
    `standard deviation of ${figure(number)} instead of 1`;
  const cure = "scale the input up (standardize the columns), or make the layer with a smaller eps";
  return [{ rule: "eps-matters", severity: "warning", module, number, reason, cure }];
}

/**
 * How far running statistics may be from the data: half a standard deviation, or a factor of 1.5 in
 * it.
 */
const [farMean, farScale] = [0.5, 1.5];

function stale(module: string, norm: BatchNormLayer, seen: Seen, variance: Float64Array): BatchNormFinding[] {
  const { running_mean, running_var, num_batches_tracked, eps } = norm;
  // A layer that has seen no batch has the initial ones.
  if (running_mean === null || running_var === null || num_batches_tracked?.item() === 0) return [];
  const sd = (v: number) => Math.sqrt(v + eps);
  const offset = (c: number) => Math.abs(Number(running_mean.data[c]) - seen.pool.mean[c]) / sd(variance[c]);
  const factor = (c: number) => sd(variance[c]) / sd(Number(running_var.data[c]));
  const isFar = (c: number) => !(offset(c) <= farMean && factor(c) <= farScale && factor(c) >= 1 / farScale);
  const far = channelsWhere(variance, (_, c) => isFar(c));
  if (far.length === 0) return [];
  const size = (c: number) => Math.max(offset(c), Math.abs(Math.log(factor(c))));
  const worst = far.reduce((a, b) => (size(b) > size(a) ? b : a));
  const reason =
    `the running statistics of ${far.length} of ${plural(variance.length, "channel")} are not those of the data: in channel ${worst} the mean is off by ` +
    `${figure(offset(worst))} standard deviations, and the standard deviation of the data is ${figure(factor(worst))} times the running one`;
  const cure = "train.updateBatchNorm(net, loader) recomputes them; train.batchNormGap shows what it is worth";
  return [{ rule: "stale-statistics", severity: "warning", module, number: offset(worst), reason, cure }];
}
