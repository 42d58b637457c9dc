import { problemOf } from "evenkeel";
import { type Finding, TableError } from "evenkeel/tabular";
import { inPlace, saidFindings } from "../shell/dialect.ts";
import { CommandError } from "../shell/errors.ts";
import type { ReadNote } from "./readError.ts";
import type { TableRead } from "./readTable.ts";

/**
 * What was noticed about a table by its reader and by the library, for the command line. A total
 * that the reader told of, with the flag that leaves it out, is not told again.
 */
export function noticed(
  { notes, placeOf }: Pick<TableRead, "notes" | "placeOf">,
  findings: readonly Finding[],
): readonly (Finding | ReadNote)[] {
  const told = notes.filter(({ code }) => code === "total").map(({ row }) => row);
  const others = findings.filter(({ code, row }) => code !== "total-row" || row === undefined || !told.includes(row));
  return [...notes, ...saidFindings(others, placeOf)];
}

/** An error about rows of a table, naming where they are in their files. */
export function placedError(error: unknown, { placeOf }: Pick<TableRead, "placeOf">): unknown {
  if (placeOf === undefined) return error;
  if (error instanceof TableError) {
    return new TableError(error.findings.map((one) => ({ ...one, problem: inPlace(one.problem, placeOf) })));
  }
  const problem = problemOf(error);
  return problem?.where.row === undefined ? error : new CommandError(inPlace(problem, placeOf), error);
}
