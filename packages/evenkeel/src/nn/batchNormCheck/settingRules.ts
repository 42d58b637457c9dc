import { plural } from "../../core/index.ts";
import type { BatchNormLayer } from "../layers/norm/batchNorm.ts";
import { batchesAveraged, batchInflation, stepsToForget } from "./figures.ts";
import { type BatchNormFinding, figure, percent } from "./finding.ts";

/** Findings about the settings of a BatchNorm and about its training. */
export function settingFindings(module: string, norm: BatchNormLayer, steps: number | undefined): BatchNormFinding[] {
  return [...momentum(module, norm, steps), ...frozenButTraining(module, norm)];
}

function momentum(module: string, norm: BatchNormLayer, steps: number | undefined): BatchNormFinding[] {
  const { momentum: m, running_mean, frozen } = norm;
  if (m === null || running_mean === null || frozen) return [];
  if (m > 0.5) {
    const number = batchesAveraged(m);
    const reason = `a momentum of ${figure(m)} is the weight of the new batch here, where Keras gives that of the old value: the running statistics are those of the last ${figure(number)} batches`;
    const cure = `Keras' ${figure(m)} is { momentum: ${figure(1 - m)} } here; the default is 0.1`;
    return [{ rule: "momentum-fast", severity: "warning", module, number, reason, cure }];
  }
  if (steps === undefined) return [];
  const needed = m <= 0 ? Number.POSITIVE_INFINITY : stepsToForget(m);
  if (steps >= 5 * needed) return [];
  const left = (1 - m) ** steps;
  const reason =
    `with a momentum of ${figure(m)} it takes ${figure(needed)} steps to forget 99% of what the running statistics were, and this training has ` +
    `${plural(steps, "step")}: ${percent(left)} of the start (mean 0, variance 1) ${steps < needed ? "is left in them" : "is left, and they lag behind the weights"}`;
  const cure =
    "recompute them when it is over: train.updateBatchNorm(net, loader); or take momentum null, the average of all batches";
  return [
    { rule: "momentum-slow", severity: steps < needed ? "warning" : "note", module, number: needed, reason, cure },
  ];
}

function frozenButTraining(module: string, norm: BatchNormLayer): BatchNormFinding[] {
  const { weight, bias, momentum: m, running_mean, training } = norm;
  const learns = [weight, bias].filter((parameter) => parameter !== null);
  if (!training || running_mean === null || learns.length === 0) return [];
  if (learns.some((parameter) => parameter.requiresGrad)) return [];
  const number = m ?? 0;
  const moves = m === null ? "are averaged on" : `move by ${percent(m)} of the difference`;
  const reason = `its scale and shift are frozen (requiresGrad false), but it is in training mode: it normalizes by each batch, and its running statistics ${moves} at every step`;
  const cure = "train.freezeBatchNorm(net) keeps them, also through train()";
  return [{ rule: "frozen-but-training", severity: "warning", module, number, reason, cure }];
}

/**
 * Values of a channel in a batch below which normalized values differ between training and
 * evaluation by more than a tenth.
 */
const fewValues = 16;

/**
 * Findings about the size of the batches in training. `perRow` is the number of values of a channel
 * in a row.
 */
export function batchFindings(
  module: string,
  norm: BatchNormLayer,
  batchSize: number,
  perRow: number,
): BatchNormFinding[] {
  const values = batchSize * perRow;
  if (norm.running_mean === null || norm.frozen || values >= fewValues || values < 2) return [];
  const number = batchInflation(values, norm.eps);
  const places = perRow === 1 ? "" : ` of ${plural(perRow, "place")}`;
  const reason =
    `with batches of ${plural(batchSize, "row")}${places} its outputs are ${figure(number)} times as large in training as in evaluation, on ` +
    "average (normal values; the variance of few is often small by chance)";
  const cure =
    "batches of 32 rows make it 1.04; where they cannot be larger, LayerNorm or GroupNorm, or train.freezeBatchNorm for the last epochs";
  return [{ rule: "small-batch", severity: "warning", module, number, reason, cure }];
}

export function loneRowFinding(module: string, rows: number, batchSize: number): BatchNormFinding {
  const number = 1;
  const reason = `${plural(rows, "row")} in batches of ${batchSize} end with a batch of 1 row, which has no variance: training on it throws`;
  const cure = "DataLoader({ dropLast: true }), or another batch size; train.fit joins such a row to the batch before";
  return { rule: "lone-row", severity: "error", module, number, reason, cure };
}
