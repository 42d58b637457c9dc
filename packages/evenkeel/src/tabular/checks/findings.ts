import { type Cell, formatProblem, type Problem, type Text, text, withProblem } from "../../core/index.ts";

/** Something about a table that its owner should know before a network is trained on it. */
export interface Finding {
  /** An error stops training; a warning is probably a mistake; a note says what was decided. */
  readonly severity: "error" | "warning" | "note";
  readonly code: FindingCode;
  readonly column?: string;
  /** The first row that it is about. */
  readonly row?: number;
  /** What was found, and what can be done: the text of `problem`. */
  readonly message: string;
  /** The same as data; the options that it names are references. */
  readonly problem: Problem;
}

export type FindingCode =
  | "alike"
  | "all-missing"
  | "batches"
  | "codes"
  | "constant"
  | "copies"
  | "date-format"
  | "date-numbers"
  | "date-order"
  | "far-outside"
  | "few-rows"
  | "few-steps"
  | "free-text"
  | "groups"
  | "identifier"
  | "infinite"
  | "leak"
  | "missing-as-value"
  | "mixed-numbers"
  | "near-constant"
  | "no-features"
  | "number-format"
  | "one-day"
  | "rare-category"
  | "rare-class"
  | "sentinel"
  | "strings-among-dates"
  | "strings-among-numbers"
  | "target-text"
  | "target-whole-numbers"
  | "too-large"
  | "total-row"
  | "unclear-dates"
  | "unclear-numbers"
  | "without-target"
  | "wrong-kind";

/** "statement; cure", about a column, or one of its rows. */
export function finding(
  severity: Finding["severity"],
  code: FindingCode,
  statement: Text,
  cure?: Text,
  cell: Cell = {},
): Finding {
  const where = { caller: "", ...cell };
  return findingOf(severity, code, { code: "wrong-value", where, statement, ...(cure && { cure }) });
}

export function findingOf(severity: Finding["severity"], code: FindingCode, problem: Problem): Finding {
  const { column, row } = problem.where;
  const cell = { ...(column !== undefined && { column }), ...(row !== undefined && { row }) };
  return { severity, code, ...cell, message: formatProblem(problem), problem };
}

/**
 * A table that no network can be trained on; `findings` are all that was found, errors and others.
 */
export class TableError extends Error {
  override readonly name = "TableError";
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    const problem = problemOfAll(findings.filter(({ severity }) => severity === "error").map((one) => one.problem));
    super(formatProblem(problem));
    withProblem(this, problem);
    this.findings = findings;
  }
}

/** One is itself; of several, each has a line. */
function problemOfAll(problems: readonly Problem[]): Problem {
  if (problems.length === 1) return problems[0];
  const lines = problems.map(({ statement = "", expected, cure }) => {
    const line = expected === undefined ? statement : text`${statement}, expected ${expected}`;
    return cure === undefined ? line : text`${line}; ${cure}`;
  });
  const statement = lines.reduce<Text>(
    (all, line) => text`${all}\n\t${line}`,
    `the table has ${problems.length} errors:`,
  );
  return { code: "wrong-value", where: { caller: "" }, statement };
}
