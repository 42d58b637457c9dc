import { type Problem, problemError, problemOf } from "evenkeel";
import { TableError } from "evenkeel/tabular";

/** Where the row of a table stands in its file: "line 5". */
export type PlaceOf = (row: number) => string;

/** A problem that says where in a file a row stands, which is counted from 0 in the table. */
export function placed(problem: Problem, placeOf: PlaceOf | undefined): Problem {
  const { statement, where } = problem;
  if (placeOf === undefined || where.row === undefined || statement === undefined) return problem;
  // The first one outside of quotes: a column may be called "row 5".
  const row = new RegExp(`("(?:[^"\\\\]|\\\\.)*")|\\brow ${where.row}\\b`, "g");
  const place = placeOf(where.row);
  let isFound = false;
  const replace = (part: string) =>
    part.replace(row, (found, quoted?: string) => {
      if (quoted !== undefined || isFound) return found;
      isFound = true;
      return place;
    });
  const said =
    typeof statement === "string"
      ? replace(statement)
      : statement.map((part) => (typeof part === "string" ? replace(part) : part));
  return { ...problem, statement: said };
}

/** The same of an error, of which other errors than those about a table's rows are as they were. */
export function placedError(error: unknown, placeOf: PlaceOf | undefined): unknown {
  if (placeOf === undefined) return error;
  if (error instanceof TableError) {
    return new TableError(error.findings.map((one) => ({ ...one, problem: placed(one.problem, placeOf) })));
  }
  const problem = problemOf(error);
  return problem?.where.row === undefined ? error : problemError(placed(problem, placeOf));
}
