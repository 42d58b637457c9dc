import { DataLoader, TensorDataset } from "../data/index.ts";
import { cloneState, type Tensor } from "../tensor/index.ts";
import { batchNormLayers } from "./batchNormLayers.ts";
import { evaluate, type Loss } from "./evaluate.ts";
import type { Model } from "./modelState.ts";
import { updateBatchNorm } from "./updateBatchNorm.ts";

/** Whose running statistics batch normalization keeps for evaluation. */
export type StatisticsKind = "asTrained" | "recomputed";

/** Rows as tensors, inputs before the target. */
export type Rows = readonly [Tensor, ...Tensor[]];

export interface StatisticsChoice {
  readonly kept: StatisticsKind;
  /** Loss over the validation rows with each kind. */
  readonly validationLoss: Readonly<Record<StatisticsKind, number>>;
}

/** Rows that go through the network at once while statistics are recomputed. */
const largestBatch = 8192;

/**
 * Recomputes running statistics over the training rows and leaves the model with whichever kind was asked for, or scores
 * better on the validation rows. Gives undefined for a model without batch normalization.
 */
export function chooseStatistics(
  model: Model,
  { train, validation }: { readonly train: Rows; readonly validation: Rows },
  loss: Loss,
  wanted: StatisticsKind | "better",
): StatisticsChoice | undefined {
  if (!batchNormLayers(model).some((layer) => layer.running_mean !== null)) return undefined;
  const score = () => evaluate(model, [[...validation]], { loss }).loss;
  const trained = cloneState(model.stateDict());
  const asTrained = score();
  const rows = train[0].shape[0];
  // Batches of equal size, since each weighs the same.
  const batchSize = Math.ceil(rows / Math.ceil(rows / largestBatch));
  updateBatchNorm(model, new DataLoader(new TensorDataset(...train), { batchSize }));
  const recomputed = score();
  // A loss that is no number is never better.
  const better = recomputed < asTrained || Number.isNaN(asTrained) ? "recomputed" : "asTrained";
  const kept = wanted === "better" ? better : wanted;
  if (kept === "asTrained") model.loadStateDict(trained);
  return { kept, validationLoss: { asTrained, recomputed } };
}
