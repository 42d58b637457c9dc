import type { Finding } from "evenkeel/tabular";
import { saidFindings } from "../shell/dialect.ts";
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
