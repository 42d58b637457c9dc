/** Something about a table that its owner should know before a network is trained on it. */
export interface Finding {
  /** An error stops training; a warning is probably a mistake; a note says what was decided. */
  readonly severity: "error" | "warning" | "note";
  readonly code: FindingCode;
  readonly column?: string;
  /** The first row that it is about. */
  readonly row?: number;
  /** What was found, and what can be done. */
  readonly message: string;
}

export type FindingCode =
  | "all-missing"
  | "constant"
  | "date-order"
  | "few-rows"
  | "free-text"
  | "identifier"
  | "infinite"
  | "leak"
  | "no-features"
  | "rare-class"
  | "strings-among-dates"
  | "strings-among-numbers"
  | "target-text"
  | "target-whole-numbers"
  | "too-large"
  | "unclear-dates"
  | "without-target"
  | "wrong-kind";

/** A table that no network can be trained on; `findings` are all that was found, errors and others. */
export class TableError extends Error {
  override readonly name = "TableError";
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    const errors = findings.filter(({ severity }) => severity === "error").map(({ message }) => message);
    super(errors.length === 1 ? errors[0] : `the table has ${errors.length} errors:\n\t${errors.join("\n\t")}`);
    this.findings = findings;
  }
}
