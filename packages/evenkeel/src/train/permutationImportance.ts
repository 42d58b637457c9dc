import { checkOptions, describe } from "../core/index.ts";
import { Generator, randperm, type Seed } from "../random/index.ts";
import { type Column, type Schema, scoresOf, type Table, type TableModel, takeRows } from "../tabular/index.ts";

export interface ColumnImportance {
  readonly column: string;
  /** How much worse the score became in each repetition: positive where the column helps, in the metric's unit. */
  readonly drops: readonly number[];
  readonly mean: number;
}

export interface PermutationImportanceOptions {
  /** Positions of the rows to score; best such that were not trained on. Default: all. */
  readonly rows?: Int32Array;
  /** A name of `scoresOf`. Default "mae" for numbers, "accuracy" for classes. */
  readonly metric?: string;
  /** How often each column is shuffled. Default 5. */
  readonly repeats?: number;
  /** Orders are drawn from a generator of this seed. Default 0. */
  readonly seed?: Seed;
}

const higherIsBetter: readonly string[] = ["r2", "accuracy", "balancedAccuracy"];

/**
 * How much a model relies on each column: how much worse its score becomes when that column's values are shuffled among
 * the rows, the most important first. Columns that say the same share their importance between them.
 * Breiman, Random Forests, 2001; https://scikit-learn.org/stable/modules/permutation_importance.html
 *
 * @throws TypeError or RangeError for an option that does not fit, or a table that lacks a column or the target
 */
export function permutationImportance(
  model: TableModel,
  table: Table,
  options: PermutationImportanceOptions = {},
): ColumnImportance[] {
  checkOptions("permutationImportance", options, ["rows", "metric", "repeats", "seed"]);
  const { rows, repeats = 5, seed = 0 } = options;
  if (!(Number.isSafeInteger(repeats) && repeats >= 1)) {
    throw new RangeError(`permutationImportance: repeats is ${describe(repeats)}, expected a whole number from 1`);
  }
  const scored = rows === undefined ? table : takeRows(table, rows);
  const { metric = defaultMetric(model.schema) } = options;
  const truth = model.preprocessing.truth(scored);
  const score = (of: Table) => {
    const value = scoresOf(model.schema.task, model.predict(of), truth)[metric];
    if (value !== undefined) return value;
    throw new RangeError(
      `permutationImportance: metric is ${describe(metric)}, which ${model.schema.task} does not have`,
    );
  };
  const whole = score(scored);
  const generator = new Generator(seed);
  const features = model.schema.columns.filter(({ use }) => use === "feature").map(({ name }) => name);
  const importances = features.map((column): ColumnImportance => {
    const drops = Array.from({ length: repeats }, () => {
      const shuffled = score(withShuffled(scored, column, randperm(scored.rows, generator)));
      return higherIsBetter.includes(metric) ? whole - shuffled : shuffled - whole;
    });
    return { column, drops, mean: drops.reduce((sum, drop) => sum + drop, 0) / repeats };
  });
  return importances.sort((a, b) => b.mean - a.mean);
}

function defaultMetric({ task }: Schema): string {
  return task === "regression" ? "mae" : "accuracy";
}

/** The table with the values of one column in another order; all else is shared. */
function withShuffled(table: Table, name: string, order: ArrayLike<number>): Table {
  const columns = table.columns.map((column): Column => {
    if (column.name !== name) return column;
    const [shuffled] = takeRows({ rows: table.rows, columns: [column] }, Int32Array.from(order)).columns;
    return shuffled;
  });
  return { rows: table.rows, columns };
}
