import { formatProblem, formatText, problemOf } from "evenkeel/problem";
import type { Column } from "evenkeel/tabular";
import { formatOf } from "../../../cli/src/tables/formats/format.ts";
import { cutSentence } from "../../../cli/src/tables/page/limits.ts";
import type { ReadNote } from "../../../cli/src/tables/readError.ts";
import type { OwnTable } from "./ownTable.ts";
import { type GivenFile, headOf } from "./source.ts";

export type { GivenFile };

/** What a reader makes of a file. */
export interface ReadRows {
  readonly rows: number;
  readonly columns: readonly Column[];
  readonly notes: readonly ReadNote[];
  /** Whether the file has more rows than were read. */
  readonly more: boolean;
}

/**
 * Reads a CSV or Parquet file as a table, by the rules of the command. Nothing leaves the browser.
 *
 * @throws Error with one sentence about what is wrong with the file
 */
export async function readFile(file: GivenFile): Promise<OwnTable> {
  const { name } = file;
  const { rows, columns, notes, more } = await rowsIn(file).catch((error: unknown) => {
    throw new Error(sentenceOf(error, name), { cause: error });
  });
  checkUsable(name, rows, columns);
  const said = notes.map(({ message, statement = message }) => statement);
  return { name, table: { rows, columns }, noticed: more ? [cutSentence(name, rows), ...said] : said };
}

async function rowsIn(file: GivenFile): Promise<ReadRows> {
  const head = await headOf(file);
  const format = formatOf(file.name, head);
  if (format === "parquet") return (await import("./parquet.ts")).readParquetFile(file, head);
  if (format === "csv" || format === "tsv") return (await import("./csv.ts")).readCsvFile(file, head, format === "tsv");
  throw new Error(`${file.name} is JSON; this page reads CSV and Parquet`);
}

/** @throws Error for a table that nothing can be learnt from */
function checkUsable(name: string, rows: number, columns: readonly Column[]): void {
  if (rows === 0) throw new Error(`${name} has the names of columns, but no rows`);
  if (columns.length > 1) return;
  throw new Error(`${name} has one column: the page needs one to predict, and at least one to predict it from`);
}

/** An error as the page says it: without the flags of the command, which the page does not have. */
export function sentenceOf(error: unknown, name: string): string {
  const problem = problemOf(error);
  if (problem === undefined) return error instanceof Error ? error.message : `${name} cannot be read`;
  const isAboutFlags = problem.cure !== undefined && formatText(problem.cure).includes("--");
  return formatProblem(isAboutFlags ? { ...problem, cure: undefined } : problem);
}
