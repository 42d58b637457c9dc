import { UsageError } from "./usageError.ts";

/**
 * What the library says of values that it was given, in the words of a command: without the function's name before them.
 * Errors of other kinds are handed back: they are faults of the program.
 */
export function asUsageError(error: unknown, before = ""): unknown {
  if (!(error instanceof RangeError)) return error;
  return new UsageError(`${before}${plainMessage(error)}`, { cause: error });
}

/** A message of the library without the name of the function that complains. */
export function plainMessage({ message }: Error): string {
  return message.replace(/^(?:[A-Za-z]+\.)?[a-z][A-Za-z]+: /, "");
}
