import type { Readable } from "node:stream";
import type { GuardedOutput } from "./printed.ts";
import type { Launched } from "./ranks/launched.ts";
import type { Output } from "./terminal.ts";

/** Shows what takes a while. */
export interface Progress {
  /** So much has been read, and which part of all that is, from 0 to 1, where it is known. */
  readonly read: (done: number, what: "rows" | "pictures", part?: number) => void;
  /**
   * So many of all rows have been through what is being done, such as "predicted". How long the rest
   * takes is said after the first second.
   */
  readonly rows: (done: number, all: number, what: string) => void;
  /** What is being done, where nobody knows how long it takes: "checking the table". */
  readonly doing: (what: string) => void;
  /** Nothing is shown from here on. */
  readonly stop: () => void;
}

/** The surroundings of an action; tests pass their own. */
export interface ActionContext {
  /** Aborted by Ctrl-C. */
  readonly signal?: AbortSignal | undefined;
  /** The folder that relative paths start from. */
  readonly cwd: string;
  /** The stream that `-` reads. Default: the process's standard input. */
  readonly stdin?: Readable | undefined;
  readonly progress?: Progress | undefined;
  /** Which of the processes this is that a launcher has started together; absent where it is alone. */
  readonly launched?: Launched | undefined;
}

/** What the program is given: an action's surroundings, and where to write. */
export interface ProgramContext extends ActionContext {
  readonly output: Output;
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** Sets the exit code of a command that ends without an error, whatever came of its signal. */
  readonly exit?: ((code: number) => void) | undefined;
}

/** The context of a command. */
export interface CommandContext extends ProgramContext {
  readonly output: GuardedOutput;
}
