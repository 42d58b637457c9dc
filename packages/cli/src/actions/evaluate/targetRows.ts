import { type Split, splitRows, type Table, type TableModel } from "evenkeel/tabular";
import type { Origin } from "../../records/models/origin.ts";
import { asUsageError } from "../../shell/libraryErrors.ts";
import { UsageError } from "../../shell/usageError.ts";
import { fingerprint } from "../training/fingerprint.ts";

export const parts = ["train", "validation", "test"] as const;
export type PartName = keyof Split;

/**
 * The rows that have a target.
 * @throws UsageError if there are none, or one has a class that the model does not know
 */
export function rowsWithTarget({ schema }: TableModel, table: Table): Int32Array {
  try {
    return splitRows(table, schema, { validation: 0, test: 0, stratify: false }).train;
  } catch (error) {
    if (error instanceof RangeError && /^splitRows: 0 rows/.test(error.message)) {
      throw new UsageError(`no row has a value of "${schema.target}" to compare with`, { cause: error });
    }
    throw asUsageError(error);
  }
}

/**
 * The rows of a part, drawn again as the training drew them.
 * @throws UsageError if the record does not say how, or the table is not the one that was trained on
 */
export function rowsOfPart({ schema }: TableModel, table: Table, part: PartName, origin: Origin): Int32Array {
  const { seed, split, rows } = origin;
  if (seed === undefined || split === undefined) {
    throw new UsageError(`--part: the model's record does not say how its rows were split: leave --part away`);
  }
  const changed = origin.fingerprint !== undefined && origin.fingerprint !== fingerprint(table);
  if (changed || (rows !== undefined && rows !== table.rows)) {
    const had = rows === undefined || rows === table.rows ? "" : `: it had ${rows} rows and now has ${table.rows}`;
    throw new UsageError(
      `--part: the table is not as it was when the model was trained${had}, so its parts cannot be told`,
    );
  }
  try {
    const taken = splitRows(table, schema, { seed, ...split })[part];
    if (taken.length > 0) return taken;
  } catch (error) {
    throw asUsageError(error, "--part: ");
  }
  throw new UsageError(`--part: the training had no ${part} rows`);
}
