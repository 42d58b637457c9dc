import { checkOptions, wrongType, wrongValue } from "../../core/index.ts";
import { Generator, randperm } from "../../random/index.ts";
import { columnOf, type Table, takeRows } from "../../tabular/index.ts";

export interface PermutationImportanceOptions {
  /** The columns to shuffle, usually the features. */
  readonly columns: readonly string[];
  /**
   * Scores a table with the same columns, for example by the mean absolute error of a model's
   * predictions.
   */
  readonly score: (table: Table) => number | Promise<number>;
  /** The direction of the score: "lower" for errors, "higher" for accuracies. */
  readonly better: "lower" | "higher";
  /** How many times each column is shuffled. Default 5. */
  readonly repeats?: number | undefined;
  /** The seed of the shuffles. Default 0. */
  readonly seed?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ColumnImportance {
  readonly column: string;
  /** The loss of score in each shuffle; about 0 for a column that the score does not depend on. */
  readonly drops: readonly number[];
}

const optionNames = ["columns", "score", "better", "repeats", "seed", "signal"];

/**
 * How much a score depends on each column: how much worse it becomes if the column's values are
 * shuffled among the rows, while everything else stays the same. Use rows that were not trained on.
 * Columns with the same information stand in for each other, and look less important than they are.
 *
 * Breiman 2001, "Random Forests", section 10; scikit-learn's `permutation_importance`.
 *
 * @returns the columns in the order given
 * @throws RangeError for a column that the table does not have, TypeError or RangeError for invalid
 *   options; the signal's reason if it is aborted
 */
export async function permutationImportance(
  table: Table,
  options: PermutationImportanceOptions,
): Promise<ColumnImportance[]> {
  checkOptions("permutationImportance", options, optionNames);
  const { columns, score, better, repeats = 5, seed = 0, signal } = options;
  if (!Array.isArray(columns)) {
    throw wrongType("permutationImportance", { option: "columns" }, columns, "an array of names");
  }
  if (typeof score !== "function") {
    throw wrongType("permutationImportance", { option: "score" }, score, "a function of a table");
  }
  if (better !== "lower" && better !== "higher") {
    throw wrongValue("permutationImportance", { option: "better" }, better, '"lower" or "higher"');
  }
  if (!Number.isInteger(repeats) || repeats < 1) {
    throw wrongValue("permutationImportance", { option: "repeats" }, repeats, "a whole number from 1");
  }
  for (const name of columns) columnOf(table, name);

  const generator = new Generator(seed);
  const sign = better === "lower" ? 1 : -1;
  const whole = await score(table);
  const importances: ColumnImportance[] = [];
  for (const column of columns) {
    const drops: number[] = [];
    for (let repeat = 0; repeat < repeats; repeat++) {
      signal?.throwIfAborted();
      const order = Int32Array.from(randperm(table.rows, generator));
      drops.push(sign * ((await score(shuffled(table, column, order))) - whole));
    }
    importances.push({ column, drops });
  }
  return importances;
}

/** The same table with the values of one column in another order. */
function shuffled(table: Table, name: string, order: Int32Array): Table {
  const columns = table.columns.map((column) => {
    return column.name === name ? takeRows({ rows: table.rows, columns: [column] }, order).columns[0] : column;
  });
  return { rows: table.rows, columns };
}
