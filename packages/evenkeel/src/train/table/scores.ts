import {
  type Predictions,
  type Schema,
  type Split,
  scoresOf,
  type Table,
  TableModel,
  type TableScores,
} from "../../tabular/index.ts";
import { trainingRowsToScore } from "../../tabular/scores/trainingRows.ts";
import { largeRows } from "./recipe.ts";
import type { TableStage } from "./stage.ts";
import { chooseStatistics, type StatisticsChoice, type StatisticsKind } from "./statistics.ts";
import type { Rows } from "./trainer.ts";

/**
 * Scores of the parts that have rows, in the target's own unit. Of more than 262,144 training rows so
 * many are scored, the same by all models: one of each of as many equal stretches, at random.
 */
export type PartScores = { readonly [P in keyof Split]?: TableScores };

/** A trained network in eval mode, with its final statistics. */
export interface ScoredStage {
  readonly model: TableModel;
  readonly scores: PartScores;
  /**
   * Undefined without BatchNorm. Of a large table the kind that was not kept has scores of the
   * validation rows alone.
   */
  readonly statistics?: StatisticsChoice<PartScores>;
  /** What the model says of the test rows, if there are any. */
  readonly tested?: Predictions;
}

const allParts = ["train", "validation", "test"] as const;

/**
 * Scores a network on the parts of a split that have rows, and sets the statistics that were asked
 * for.
 */
export function scoreStage(
  table: Table,
  schema: Schema,
  split: Split,
  { places, preprocessing, trainer, train, validation }: TableStage,
  wanted: StatisticsKind | "better",
): ScoredStage {
  const { network } = trainer;
  network.eval();
  const parts: Split = { ...split, train: trainingRowsToScore(split) };
  // What the network was given is encoded already; a refit was given other rows than these.
  const predicted = (model: TableModel, rows: Int32Array): Predictions => {
    if (rows === places.train) return predictEncoded(model, train);
    if (validation && rows === places.validation) return predictEncoded(model, validation);
    return model.predict(table, rows);
  };
  // A model is a copy of the current network, so each kind of statistics has its own model. Parts that
  // were scored before are not scored again.
  const score = (names: readonly (keyof Split)[], before?: ScoredStage): ScoredStage => {
    const model = before?.model ?? new TableModel({ schema, preprocessing, network });
    let tested: Predictions | undefined;
    const scored = names.flatMap((part) => {
      const rows = parts[part];
      const known = before?.scores[part];
      if (known !== undefined) return [[part, known] as const];
      if (rows.length === 0) return [];
      const predictions = predicted(model, rows);
      if (part === "test") tested = predictions;
      return [[part, scoresOf(schema.task, predictions, preprocessing.truth(table, rows))] as const];
    });
    return { model, scores: Object.fromEntries(scored), ...(tested && { tested }) };
  };
  // Of a large table, all of its rows are scored once.
  const isLarge = split.train.length + split.validation.length > largeRows;
  const compared = isLarge ? (["validation"] as const) : allParts;
  const statistics = chooseStatistics(trainer, train, wanted, () => score(compared), errorOf);
  network.eval();
  if (statistics === undefined) return score(allParts);
  const { kept, asTrained, recomputed } = statistics;
  const final = isLarge ? score(allParts, statistics[kept]) : statistics[kept];
  const both = { asTrained: asTrained.scores, recomputed: recomputed.scores, [kept]: final.scores };
  return { ...final, statistics: { kept, ...both } };
}

/** What a model says of rows of a training. */
function predictEncoded({ network, preprocessing }: TableModel, rows: Rows): Predictions {
  const [x, codes] = rows.length > 2 ? rows : [rows[0]];
  const count = x.shape[0];
  const inputs = { x: x.data as Float32Array, ...(codes && { codes: codes.data as Int32Array }) };
  const data = network.output(inputs, count);
  return preprocessing.decode({ shape: [count, preprocessing.outputs], dtype: "float32", data });
}

/** The error on the validation rows by which running statistics are chosen. */
function errorOf({ scores: { validation } }: ScoredStage): number {
  return validation?.rmse ?? validation?.logLoss ?? Number.NaN;
}
