/** A table that could not be read: the message says which file, what is wrong with it where, and what to do. */
export class TableReadError extends Error {
  override readonly name = "TableReadError";
  /** The exit code of a command that ends with it. */
  readonly exitCode = 2;
}

/** Something a reader of the table should know. */
export interface ReadNote {
  readonly severity: "warning" | "note";
  readonly code: string;
  readonly column?: string;
  readonly message: string;
}
