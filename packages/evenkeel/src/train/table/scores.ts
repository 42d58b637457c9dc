import { type Schema, type Split, scoresOf, type Table, TableModel, type TableScores } from "../../tabular/index.ts";
import type { TableStage } from "./stage.ts";
import { chooseStatistics, type StatisticsChoice, type StatisticsKind } from "./statistics.ts";

/** Scores of the parts that have rows, in the target's own unit. */
export type PartScores = { readonly [P in keyof Split]?: TableScores };

/** A trained network in eval mode, with its final statistics. */
export interface ScoredStage {
  readonly model: TableModel;
  readonly scores: PartScores;
  /** Undefined without BatchNorm. */
  readonly statistics?: StatisticsChoice<PartScores>;
}

/**
 * Scores a network on the parts of a split that have rows, and sets the statistics that were asked
 * for.
 */
export function scoreStage(
  table: Table,
  schema: Schema,
  split: Split,
  { preprocessing, trainer, train }: TableStage,
  wanted: StatisticsKind | "better",
): ScoredStage {
  const { network } = trainer;
  network.eval();
  // A model is a copy of the current network, so each kind of statistics has its own model.
  const modelNow = () => new TableModel({ schema, preprocessing, network });
  const score = (): PartScores => {
    const model = modelNow();
    const parts = (["train", "validation", "test"] as const).filter((part) => split[part].length > 0);
    const scores = parts.map((part) => {
      const rows = split[part];
      return [part, scoresOf(schema.task, model.predict(table, rows), preprocessing.truth(table, rows))];
    });
    return Object.fromEntries(scores);
  };
  const statistics = chooseStatistics(trainer, train, wanted, score, errorOf);
  network.eval();
  return { model: modelNow(), scores: statistics?.[statistics.kept] ?? score(), ...(statistics && { statistics }) };
}

/** The error on the validation rows by which running statistics are chosen. */
function errorOf({ validation }: PartScores): number {
  return validation?.rmse ?? validation?.logLoss ?? Number.NaN;
}
