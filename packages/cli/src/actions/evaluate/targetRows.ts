import {
  type AnyTableModel,
  columnOf,
  readingOf,
  rowsWithTarget,
  type Split,
  splitRows,
  type Table,
} from "evenkeel/tabular";
import type { Origin } from "../../records/models/origin.ts";
import { misuse } from "../../shell/errors.ts";
import { summaryOf } from "../../tables/summary.ts";
import { fingerprint } from "../training/fingerprint.ts";

export const parts = ["train", "validation", "test"] as const;
export type PartName = keyof Split;
/** Rows of the training's table: a part, or all of them with the scores of each part. */
export type PartChoice = PartName | "all";

/** Whether the record says how to draw the test rows again. */
export function hasTestRows({ seed, split }: Origin): boolean {
  return seed !== undefined && split !== undefined && split.test !== 0;
}

/**
 * The rows to compare predictions with: those that have a target.
 * @throws CommandError if there are none, or one has a class that the model does not know
 */
export function comparableRows({ schema }: AnyTableModel, table: Table): Int32Array {
  if (summaryOf(columnOf(table, schema.target), readingOf(schema, schema.target)).missing === table.rows) {
    throw misuse("wrong-value", `no row has a value of "${schema.target}" to compare with`);
  }
  return rowsWithTarget(table, schema);
}

/**
 * The rows of each part, from the split of the training, drawn again.
 * @param given the table as it was read, with the classes that the training left out
 * @throws CommandError if the record does not describe the split, or the table is not the one that
 *   was trained on
 */
export function rowsOfParts({ schema }: AnyTableModel, table: Table, origin: Origin, given = table): Split {
  const { seed, split } = origin;
  if (seed === undefined || split === undefined) {
    throw misuse("conflict", "--part: the model's record does not say how its rows were split", "leave --part out");
  }
  checkUnchanged(given, origin);
  return splitRows(table, schema, { seed, ...split });
}

/** The rows of one part. @throws CommandError as {@link rowsOfParts}, and if there are none */
export function rowsOfPart(
  model: AnyTableModel,
  table: Table,
  part: PartName,
  origin: Origin,
  given?: Table,
): Int32Array {
  const taken = rowsOfParts(model, table, origin, given)[part];
  if (taken.length > 0) return taken;
  throw misuse("wrong-value", `--part: the training had no ${part} rows`);
}

function checkUnchanged(table: Table, { fingerprint: trainedOn, rows }: Origin): void {
  const changed = trainedOn !== undefined && trainedOn !== fingerprint(table);
  if (!changed && (rows === undefined || rows === table.rows)) return;
  const had = rows === undefined || rows === table.rows ? "" : `: it had ${rows} rows and now has ${table.rows}`;
  throw misuse(
    "wrong-value",
    `--part: the table is not as it was when the model was trained${had}, so its parts cannot be told`,
    "name the table to score all its rows",
  );
}
