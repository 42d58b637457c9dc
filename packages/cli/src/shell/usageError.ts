import { exitCodes } from "./exitCodes.ts";

/** A mistake of the person who typed: said in one message, without a stack. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly exitCode: number = exitCodes.misuse;
}
