import type { Readable } from "node:stream";
import type { Output } from "./terminal.ts";

/** What a command meets outside of itself; tests give it their own. */
export interface CommandContext {
  readonly output: Output;
  /** Aborted by Ctrl-C. */
  readonly signal?: AbortSignal;
  /** Where relative names start. */
  readonly cwd: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** What `-` reads; the process's own unless given. */
  readonly stdin?: Readable;
}
