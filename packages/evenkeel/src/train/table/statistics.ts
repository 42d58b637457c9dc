import { DataLoader, TensorDataset } from "../../data/index.ts";
import { Generator } from "../../random/index.ts";
import { cloneState, type Tensor } from "../../tensor/index.ts";
import { batchNormLayers } from "../batchNorm/layers.ts";
import { updateBatchNorm } from "../batchNorm/update.ts";
import type { Model } from "../modelState.ts";

/** Whose running statistics batch normalization keeps for evaluation. */
export type StatisticsKind = "asTrained" | "recomputed";

/** Rows as tensors, inputs before the target. */
export type Rows = readonly [Tensor, ...Tensor[]];

export interface StatisticsChoice<S> {
  /** The kind that the model has now. */
  readonly kept: StatisticsKind;
  /** What was scored with each kind. */
  readonly asTrained: S;
  readonly recomputed: S;
}

/** Rows that go through the network at once while statistics are recomputed. */
const largestBatch = 8192;

/**
 * Scores a network as it was trained, and with its running statistics recomputed over the training rows, and leaves it with
 * the kind that was asked for or, with "better", the one whose loss is lower. Gives undefined for a network without running
 * statistics, and changes nothing then.
 *
 * @param lossOf what to choose by: a loss over rows that were not trained on
 */
export function chooseStatistics<S>(
  model: Model,
  train: Rows,
  wanted: StatisticsKind | "better",
  score: () => S,
  lossOf: (scored: S) => number,
): StatisticsChoice<S> | undefined {
  if (!batchNormLayers(model).some((layer) => layer.running_mean !== null)) return undefined;
  const trained = cloneState(model.stateDict());
  const asTrained = score();
  recomputeStatistics(model, train);
  const recomputed = score();
  const [before, after] = [lossOf(asTrained), lossOf(recomputed)];
  // A loss that is no number is never better.
  const better = after < before || Number.isNaN(before) ? "recomputed" : "asTrained";
  const kept = wanted === "better" ? better : wanted;
  if (kept === "asTrained") model.loadStateDict(trained);
  return { kept, asTrained, recomputed };
}

function recomputeStatistics(model: Model, train: Rows): void {
  const rows = train[0].shape[0];
  // Batches of equal size, since each weighs the same, and at random: the rows of a sorted table differ from batch to batch,
  // and what they differ by between batches would be left out.
  const batchSize = Math.ceil(rows / Math.ceil(rows / largestBatch));
  const order = { batchSize, shuffle: true, generator: new Generator(0) };
  const loader = new DataLoader(new TensorDataset(...train), order);
  updateBatchNorm(model, loader, { compile: rows > largestBatch });
}
