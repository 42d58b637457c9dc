import type { Readable } from "node:stream";
import type { Output } from "./terminal.ts";

/** What an action meets outside of itself; tests give it their own. */
export interface ActionContext {
  /** Aborted by Ctrl-C. */
  readonly signal?: AbortSignal | undefined;
  /** Where relative names start. */
  readonly cwd: string;
  /** What `-` reads; the process's own unless given. */
  readonly stdin?: Readable | undefined;
}

/** The same for a command, which writes too. */
export interface CommandContext extends ActionContext {
  readonly output: Output;
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
}
