import { columnOf, inferSchema, type Table, takeRows } from "evenkeel/tabular";
import type { ActionContext } from "../../shell/context.ts";
import { misuse } from "../../shell/errors.ts";
import { wholeText } from "../../shell/figures.ts";
import type { GivenTable } from "../../tables/page/givenTable.ts";
import { cutSentence, maxColumns, mostRows, rowsOf } from "../../tables/page/limits.ts";
import { unreadable } from "../../tables/readError.ts";
import { readTableOf, type TableFlags } from "../../tables/tableFlags.ts";
import { type ColumnFlags, meaningOptions, textColumns } from "../columns.ts";

/** What the lab is told of a table. */
export interface LabFlags extends TableFlags, Omit<ColumnFlags, "features" | "ignore" | "task"> {}

/**
 * Reads the table of a command line for the page. It takes as much of it as of a file that is
 * dropped there: of more rows the first, and no more than 500 columns.
 *
 * @throws TableReadError if it cannot be read, or has more columns than the page takes
 * @throws CommandError if nothing could be learnt from it, or the sample is larger than the page takes
 * @throws RangeError if a flag about columns names one that is not there, or does not fit what it holds
 */
export async function labTable(
  source: string | undefined,
  { target, ...flags }: LabFlags,
  context: ActionContext,
): Promise<GivenTable> {
  const { sample } = flags;
  // One row more than it takes says that there are more.
  const limit = sample === undefined ? Math.min(flags.limit ?? Number.POSITIVE_INFINITY, mostRows + 1) : flags.limit;
  const meaning = meaningOptions(flags);
  const read = await readTableOf(source, { ...flags, limit }, context, { carry: textColumns(meaning) });
  const { source: name } = read;
  checkUsable(read, name);
  if (target !== undefined) columnOf(read, target);
  const most = rowsOf(read.columns.length);
  const isCut = read.rows > most;
  if (isCut && sample !== undefined) {
    const takes = `the page takes ${wholeText(most)} rows of a table of ${wholeText(read.columns.length)} columns`;
    throw misuse("too-large", `--sample is ${wholeText(sample)}, but ${takes}`, `give --sample ${most}`);
  }
  const { rows, columns } = isCut
    ? takeRows(
        read,
        Int32Array.from({ length: most }, (_, row) => row),
      )
    : read;
  const noticed = read.notes.map(({ message, statement = message }) => statement);
  const predicted = target ?? read.target;
  const isTold = Object.keys(meaning).length > 0;
  // The page would refuse it too, but whoever wrote the flag is here.
  if (isTold) inferSchema(read, { target: predicted ?? read.columns[read.columns.length - 1].name, ...meaning });
  return {
    ...{ name, table: { rows, columns } },
    noticed: isCut ? [cutSentence(name, rows), ...noticed] : noticed,
    ...(predicted !== undefined && { target: predicted }),
    ...(isTold && { meaning }),
  };
}

function checkUsable({ rows, columns }: Table, name: string): void {
  if (columns.length > maxColumns) {
    const statement = `${name} has ${wholeText(columns.length)} columns, and the page takes ${maxColumns}`;
    throw unreadable("too-large", statement, "choose some with --columns");
  }
  if (rows === 0) throw unreadable("wrong-value", `${name} has the names of columns, but no rows`);
  if (columns.length > 1) return;
  const needs = "the page needs one to predict, and at least one to predict it from";
  throw unreadable("wrong-value", `${name} has one column`, needs);
}
