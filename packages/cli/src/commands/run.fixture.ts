import { PassThrough, Readable } from "node:stream";
import picocolors from "picocolors";
import { runProgram } from "../program.ts";
import type { CommandContext, ProgramContext } from "../shell/context.ts";
import { guarded } from "../shell/printed.ts";

export interface RunOptions {
  readonly cwd: string;
  readonly stdin?: string | Uint8Array | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly launched?: ProgramContext["launched"];
  readonly room?: (() => Promise<void>) | undefined;
  /** Told what is written to standard output, and what stands there so far. */
  readonly onWrite?: ((text: string, out: string) => void) | undefined;
  readonly colors?: boolean | undefined;
  /** Whether standard output is a terminal. */
  readonly terminal?: boolean | undefined;
}

/** What a command line wrote, and how it ended. */
interface RunResult {
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

/** Runs a command line as the program does: complaints and faults too are what was written. */
export async function runLine(args: readonly string[], options: RunOptions): Promise<RunResult> {
  const { written, given } = world(options);
  const code = await runProgram(args, given);
  return { ...written, code };
}

/** What the program meets, and a command, and what it has written so far. */
export function world({ cwd, stdin = "", signal, launched, room, onWrite, ...shown }: RunOptions) {
  const { colors = false, terminal = false } = shown;
  const written = { out: "", err: "" };
  const output = {
    write: (text: string) => {
      written.out += text;
      onWrite?.(text, written.out);
    },
    writeError: (text: string) => {
      written.err += text;
    },
    colors: picocolors.createColors(colors),
    ...(room && { room }),
    ...(terminal && { terminal: new PassThrough().resume() }),
  };
  const given: ProgramContext = {
    ...{ output, cwd, signal, launched },
    stdin: Readable.from([Buffer.from(stdin as string)]),
  };
  const context: CommandContext = { ...given, output: guarded(output) };
  return { written, given, context };
}
