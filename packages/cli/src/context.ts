import type { Output } from "./terminal.ts";

/** What a command is given of the world; a test gives its own. */
export interface Context {
  readonly output: Output;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** The folder that relative paths start from. */
  readonly cwd: string;
  /** What is piped in, for the source `-`. */
  readonly input: NodeJS.ReadableStream;
}

/** How a command ended, as the exit code of the process. */
export const exitCodes = { finished: 0, failed: 1, misuse: 2, interrupted: 130 } as const;

/** A mistake of the person who typed: said in one message, without a stack. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly exitCode: number;

  constructor(message: string, exitCode: number = exitCodes.misuse) {
    super(message);
    this.exitCode = exitCode;
  }
}
