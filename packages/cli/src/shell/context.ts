import type { Readable } from "node:stream";
import type { Output } from "./terminal.ts";

/** The surroundings of an action; tests pass their own. */
export interface ActionContext {
  /** Aborted by Ctrl-C. */
  readonly signal?: AbortSignal | undefined;
  /** The folder that relative paths start from. */
  readonly cwd: string;
  /** The stream that `-` reads. Default: the process's standard input. */
  readonly stdin?: Readable | undefined;
}

/** The context of a command, which also writes. */
export interface CommandContext extends ActionContext {
  readonly output: Output;
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** Sets the exit code of a command that ends without an error, whatever came of its signal. */
  readonly exit?: ((code: number) => void) | undefined;
}
