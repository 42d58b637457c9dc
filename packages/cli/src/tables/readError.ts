import type { ProblemCode, Text } from "evenkeel";
import { CommandError, type ProblemDetails, problemFrom } from "../shell/errors.ts";

/**
 * A table that could not be read: the message says which file, what is wrong with it where, and
 * what to do.
 */
export class TableReadError extends CommandError {
  override readonly name = "TableReadError";
}

/** The error of a table that cannot be read: "statement; cure". */
export function unreadable(
  code: ProblemCode,
  statement: Text,
  cure?: Text,
  details: ProblemDetails = {},
): TableReadError {
  return new TableReadError(problemFrom(code, statement, cure, details), details.cause);
}

/** Something a reader of the table should know. */
export interface ReadNote {
  readonly severity: "warning" | "note";
  readonly code: string;
  readonly column?: string;
  readonly row?: number;
  readonly message: string;
  /** The message without the flag that would have it otherwise, for readers that have no flags. */
  readonly statement?: string;
}

/** A note that names a flag: "statement; cure". */
export function noteWithFlag(note: Omit<ReadNote, "message">, statement: string, cure: string): ReadNote {
  // What commands print as JSON has the message alone.
  return Object.defineProperty({ ...note, message: `${statement}; ${cure}` }, "statement", { value: statement });
}
