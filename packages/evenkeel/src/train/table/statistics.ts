import { cloneState } from "../../tensor/index.ts";
import type { Rows, TableTrainer } from "./trainer.ts";

/** Whose running statistics batch normalization keeps for evaluation. */
export type StatisticsKind = "asTrained" | "recomputed";

export interface StatisticsChoice<S> {
  /** The kind that the model has now. */
  readonly kept: StatisticsKind;
  /** What was scored with each kind. */
  readonly asTrained: S;
  readonly recomputed: S;
}

/**
 * Scores a network as it was trained, and with its running statistics recomputed over the training
 * rows, and leaves it with the kind that was asked for or, with "better", the one whose loss is
 * lower. Gives undefined for a network without running statistics, and changes nothing then.
 *
 * @param lossOf what to choose by: a loss over rows that were not trained on
 */
export function chooseStatistics<S>(
  trainer: TableTrainer,
  train: Rows,
  wanted: StatisticsKind | "better",
  score: () => S,
  lossOf: (scored: S) => number,
): StatisticsChoice<S> | undefined {
  if (!trainer.hasStatistics) return undefined;
  const trained = cloneState(trainer.network.stateDict());
  const asTrained = score();
  trainer.recompute(train);
  const recomputed = score();
  const [before, after] = [lossOf(asTrained), lossOf(recomputed)];
  // A loss that is no number is never better.
  const better = after < before || Number.isNaN(before) ? "recomputed" : "asTrained";
  const kept = wanted === "better" ? better : wanted;
  if (kept === "asTrained") trainer.network.loadStateDict(trained);
  return { kept, asTrained, recomputed };
}
