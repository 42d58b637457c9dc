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
  /** The columns to try, usually the features. */
  columns: required(listOf(string("the name of a column"), "an array of names")),
  /**
   * Scores a table of the same columns, such as by the mean absolute error of a model's
   * predictions.
   */
  score: required(fn<(table: Table) => number | Promise<number>>("a function of a table")),
  /** Whether less or more of the score is better: "lower" for errors, "higher" for accuracies. */
  better: required(oneOf(["lower", "higher"])),
  /** How often each column is shuffled (5). */
  repeats: optional(wholeNumber(1), 5),
  /** The seed of the shuffles (0). */
  seed: optional(wholeNumber(), 0),
  /** Ends it between two shuffles. */
  signal: optional(abortSignal),
};

export interface PermutationImportanceOptions extends GivenOptions<typeof importanceOptions> {}

export interface ColumnImportance {
  readonly column: string;
  /**
   * By how much the score became worse, one number for each shuffle; about 0 for a column that the
   * score does not need.
   */
  readonly drops: readonly number[];
}

/**
 * How much a score needs each column: by how much it becomes worse when the column's values are
 * shuffled among the rows, which leaves everything as it was but what the column says of its row.
 * The table is to be of rows that were not trained on. Columns that say the same stand in for each
 * other, and look less important than they are.
 *
 * Breiman 2001, "Random Forests", section 10; scikit-learn's `permutation_importance`.
 *
 * @returns the columns in the order given
 * @throws RangeError for a column that the table does not have, TypeError or RangeError for options
 *   that do not fit; the signal's reason when it is aborted
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
