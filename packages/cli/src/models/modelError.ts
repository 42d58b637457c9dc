import { exitCodes } from "../exitCodes.ts";

/** A model that could not be found or read, or rows that it cannot take: the message says what to do. */
export class ModelError extends Error {
  override readonly name = "ModelError";
  /** The exit code of a command that ends with it. */
  readonly exitCode = exitCodes.misuse;
}

/**
 * What the library says of values that it was given, in the words of a command: without the function's name before them.
 * Errors of other kinds are handed back: they are faults of the program.
 */
export function asModelError(error: unknown, before = ""): unknown {
  if (!(error instanceof RangeError)) return error;
  return new ModelError(`${before}${plainMessage(error)}`, { cause: error });
}

/** A message of the library without the name of the function that complains. */
export function plainMessage({ message }: Error): string {
  return message.replace(/^(?:[A-Za-z]+\.)?[a-z][A-Za-z]+: /, "");
}
