import { type Problem, type ProblemCode, problemOf, type Text } from "evenkeel";
import { said } from "./dialect.ts";

/**
 * What ends a command in one message, without a stack. As data it is `problem`, as an error of the
 * library is.
 */
export class CommandError extends Error {
  override readonly name: string = "CommandError";
  declare readonly problem: Problem;

  constructor(problem: Problem, cause?: unknown) {
    super(said(problem), cause === undefined ? undefined : { cause });
    Object.defineProperty(this, "problem", { value: problem });
  }
}

/** More of what is known of a problem. */
export interface ProblemDetails {
  /** The option of the command that it is about. */
  readonly option?: string;
  readonly column?: string;
  readonly expected?: Text;
  /** The error that led to it. */
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

/** An error for somebody who typed something that cannot be: "statement; cure". */
export function misuse(code: ProblemCode, statement: Text, cure?: Text, details: ProblemDetails = {}): CommandError {
  return new CommandError(problemFrom(code, statement, cure, details), details.cause);
}

/** What an error says, in the words of the command where it has a problem. */
export function sentence(error: unknown): string {
  const problem = problemOf(error);
  if (problem !== undefined) return said(problem);
  return error instanceof Error ? error.message : String(error);
}
