import type { Problem, ProblemCode, Text } from "evenkeel/problem";
import { said } from "./dialect.ts";

/**
 * An error that ends a command with one message and no stack. Like the library's errors it has its
 * data in `problem`.
 */
export class CommandError extends Error {
  override readonly name: string = "CommandError";
  declare readonly problem: Problem;

  constructor(problem: Problem, cause?: unknown) {
    super(said(problem), cause === undefined ? undefined : { cause });
    Object.defineProperty(this, "problem", { value: problem, configurable: true });
  }
}

/** Further data of a problem. */
export interface ProblemDetails {
  /** The command's option that the problem is about. */
  readonly option?: string;
  readonly column?: string;
  readonly expected?: Text;
  /** The error that caused it. */
  readonly cause?: unknown;
}

/** "statement, expected …; cure", as data. */
export function problemFrom(
  code: ProblemCode,
  statement: Text,
  cure: Text | undefined,
  { option, column, expected }: ProblemDetails,
): Problem {
  return {
    code,
    where: { caller: "", ...(option !== undefined && { option }), ...(column !== undefined && { column }) },
    statement,
    ...(expected !== undefined && { expected }),
    ...(cure !== undefined && { cure }),
  };
}

/** The error for invalid input: "statement; cure". */
export function misuse(code: ProblemCode, statement: Text, cure?: Text, details: ProblemDetails = {}): CommandError {
  return new CommandError(problemFrom(code, statement, cure, details), details.cause);
}
