import { exitCodes } from "../shell/exitCodes.ts";
import { printable } from "../shell/printed.ts";
import { sentence } from "../shell/sentence.ts";

interface Ended {
  readonly reportError?: unknown;
}

/**
 * The exit code of a training or a study that has written everything else: a signal that came when
 * it was finished changes nothing.
 */
export function exitCodeOf(interrupted: boolean, { reportError }: Ended): number {
  if (interrupted) return exitCodes.interrupted;
  return reportError === undefined ? exitCodes.finished : exitCodes.failed;
}

/**
 * A line that says why there is no report.
 * @param again the command that tries again
 */
export function reportFailure(error: unknown, again: string): string {
  const reason = printable(sentence(error).replaceAll("\n", " "));
  return `warning: the report could not be written: ${reason}; everything else is, and ${printable(again)} tries again\n`;
}

/** A line for those whose reader left before the end. */
export function closedNote(folder: string): string {
  return `note: standard output was closed; everything is in ${printable(folder)}\n`;
}
