import { inspect } from "node:util";
import { type ProblemCode, problemOf } from "evenkeel";
import { said } from "./dialect.ts";
import { exitCodes } from "./exitCodes.ts";
import { type Colors, printable } from "./terminal.ts";

/** How a command that threw ends. */
interface Failure {
  readonly exitCode: number;
  /** What is written to standard error. */
  readonly text: string;
}

/** What commander writes below its own complaints, and we below ours. */
export const helpHint = "(--help lists the options)";

/** Problems that nobody has typed: the command was right, and did not succeed. */
const unsuccessful: readonly ProblemCode[] = ["not-finite", "wrong-state"];

/**
 * The one place where an error becomes what a person reads. A problem is said in the command's
 * words, with a hint at the help where something was typed that cannot be; an interrupt is no
 * error; anything else is a fault of the program, with its stack.
 */
export function failureOf(error: unknown, colors: Colors, signal?: AbortSignal): Failure {
  if (signal?.aborted && isAbort(error, signal)) return { exitCode: exitCodes.interrupted, text: "Interrupted.\n" };
  const problem = problemOf(error);
  if (problem === undefined || problem.code === "internal") {
    return { exitCode: exitCodes.failed, text: `${error instanceof Error ? inspect(error) : String(error)}\n` };
  }
  const lines = said(problem).split("\n");
  const message = lines.map((line) => printable(line.replaceAll("\t", "  "))).join("\n");
  const text = `${colors.red("error:")} ${message}\n`;
  if (unsuccessful.includes(problem.code)) return { exitCode: exitCodes.failed, text };
  return { exitCode: exitCodes.misuse, text: `${text}${helpHint}\n` };
}

function isAbort(error: unknown, signal: AbortSignal): boolean {
  return error === signal.reason || (error instanceof Error && error.name === "AbortError");
}
