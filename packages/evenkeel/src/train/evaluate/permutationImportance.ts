import {
  abortSignal,
  fn,
  type GivenOptions,
  listOf,
  oneOf,
  optional,
  required,
  resolveOptions,
  string,
  wholeNumber,
} from "../../core/index.ts";
import { Generator, randperm } from "../../random/index.ts";
import { columnOf, type Table, takeRows } from "../../tabular/index.ts";

const importanceOptions = {
  /** The columns to shuffle, usually the features. */
  columns: required(listOf(string("the name of a column"), "an array of names")),
  /**
   * Scores a table with the same columns, for example by the mean absolute error of a model's
   * predictions.
   */
  score: required(fn<(table: Table) => number | Promise<number>>("a function of a table")),
  /** The direction of the score: "lower" for errors, "higher" for accuracies. */
  better: required(oneOf(["lower", "higher"])),
  /** How many times each column is shuffled (5). */
  repeats: optional(wholeNumber(1), 5),
  /** The seed of the shuffles (0). */
  seed: optional(wholeNumber(), 0),
  /** Ends it between two shuffles. */
  signal: optional(abortSignal),
};

export interface PermutationImportanceOptions extends GivenOptions<typeof importanceOptions> {}

export interface ColumnImportance {
  readonly column: string;
  /** The loss of score in each shuffle; about 0 for a column that the score does not depend on. */
  readonly drops: readonly number[];
}

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
  const resolved = resolveOptions("permutationImportance", options, importanceOptions);
  const { columns, score, better, repeats, seed, signal } = resolved;
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
