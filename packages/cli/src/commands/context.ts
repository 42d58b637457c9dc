import type { Output } from "../terminal.ts";

/** What a command may use of the world. */
export interface CommandContext {
  readonly output: Output;
  /** Aborted by Ctrl-C. */
  readonly signal?: AbortSignal;
  /** Where relative paths begin. */
  readonly cwd: string;
}
