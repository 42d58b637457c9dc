import { inspect } from "node:util";
import { type ProblemCode, problemOf } from "evenkeel/problem";
import { said } from "./dialect.ts";
import { exitCodes } from "./exitCodes.ts";
import { faultOf } from "./files/fault.ts";
import { printable } from "./printed.ts";
import type { Colors } from "./terminal.ts";

/** How a command ends that threw. */
interface Failure {
  readonly exitCode: number;
  /** The text for standard error. */
  readonly text: string;
}

/** Commander writes this below its own messages, and we below ours. */
export const helpHint = "(--help lists the options)";

/** Problems that are not mistakes of the user: the command was correct, and failed. */
const unsuccessful: readonly ProblemCode[] = ["not-finite", "wrong-state"];

/**
 * The one place that turns an error into text. A problem is spelled for the command line, with a
 * hint at the help if the command was wrong; an interrupt is no error; a fault of the surroundings
 * is one sentence; anything else is a bug of the program, and shows its stack.
 */
export function failureOf(error: unknown, colors: Colors, signal?: AbortSignal): Failure {
  if (signal?.aborted && isAbort(error, signal)) return { exitCode: exitCodes.interrupted, text: "Interrupted.\n" };
  const problem = problemOf(error);
  const fault = faultOf(error);
  if (problem === undefined && fault !== undefined)
    return { exitCode: exitCodes.failed, text: `${colors.red("error:")} ${printable(fault)}\n` };
  if (problem === undefined || problem.code === "internal") {
    return { exitCode: exitCodes.failed, text: `${error instanceof Error ? inspect(error) : String(error)}\n` };
  }
  const lines = shortened(said(problem)).split("\n");
  const message = lines.map((line) => printable(line.replaceAll("\t", "  "))).join("\n");
  const text = `${colors.red("error:")} ${message}\n`;
  if (unsuccessful.includes(problem.code)) return { exitCode: exitCodes.failed, text };
  return { exitCode: exitCodes.misuse, text: `${text}${helpHint}\n` };
}

/** Names and values of a stranger's file may be of any length. */
const longest = 4000;

function shortened(message: string): string {
  return message.length > longest ? `${message.slice(0, longest)}…` : message;
}

function isAbort(error: unknown, signal: AbortSignal): boolean {
  return error === signal.reason || (error instanceof Error && error.name === "AbortError");
}
