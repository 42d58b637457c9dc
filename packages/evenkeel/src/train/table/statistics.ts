import { cloneState } from "../../tensor/index.ts";
import type { Rows, TableTrainer } from "./trainer.ts";

/** The running statistics that BatchNorm keeps for evaluation. */
export type StatisticsKind = "asTrained" | "recomputed";

export interface StatisticsChoice<S> {
  /** The kind that the model now has. */
  readonly kept: StatisticsKind;
  /** The scores with each kind. */
  readonly asTrained: S;
  readonly recomputed: S;
}

/**
 * Scores a network as trained, and with its running statistics recomputed over the training rows.
 * Leaves it with the kind that was asked for or, for "better", the one with the lower loss. Returns
 * undefined for a network without running statistics, and then changes nothing.
 *
 * @param lossOf the loss to choose by, over rows that were not trained on
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
  // A loss of NaN is never better.
  const better = after < before || Number.isNaN(before) ? "recomputed" : "asTrained";
  const kept = wanted === "better" ? better : wanted;
  if (kept === "asTrained") trainer.network.loadStateDict(trained);
  return { kept, asTrained, recomputed };
}
