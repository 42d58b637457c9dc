import { relative } from "node:path";
import picocolors from "picocolors";
import { exitCodes } from "./exitCodes.ts";
import { reasonOf } from "./files/writeAtomic.ts";
import { showsUnicode } from "./unicode.ts";

/** Colours, which do nothing if the output has none (NO_COLOR, a pipe, `--no-color`). */
export type Colors = ReturnType<typeof picocolors.createColors>;

/** The output of a command: standard output, or a test's buffer. */
export interface Output {
  readonly write: (text: string) => void;
  /**
   * Resolves once there is room for more; await it before writing a lot. Absent if there always is
   * room.
   */
  readonly room?: () => Promise<void>;
  /** Whether its reader has left (`| head`): what is written is dropped. Absent if that never is. */
  readonly closed?: () => boolean;
  /** Writes to standard error. */
  readonly writeError: (text: string) => void;
  readonly colors: Colors;
  /** The stream of a terminal, on which progress bars may redraw; absent if piped. */
  readonly terminal?: NodeJS.WritableStream;
  /** Whether only ASCII can be relied on; absent where all of Unicode can. */
  readonly ascii?: true;
}

/** Standard output, and the reader's leave of it as no error. */
export function standardOutput(): Output {
  const { stdout, stderr } = process;
  const [out, error] = [openStream(stdout), openStream(stderr)];
  return {
    write: out.write,
    room: out.room,
    closed: out.closed,
    writeError: error.write,
    colors: picocolors,
    // Editors that run a shell in a window without a cursor say that it is dumb.
    ...(stdout.isTTY && process.env.TERM !== "dumb" && { terminal: stdout }),
    ...(!showsUnicode(process.env, process.platform) && { ascii: true }),
  };
}

/** A stream that drops what is written once nobody reads it. */
function openStream(stream: NodeJS.WriteStream) {
  let isClosed = false;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && !isClosed) {
      if (stream === process.stdout)
        process.stderr.write(`error: cannot write to standard output: ${reasonOf(error)}\n`);
      // What is written into files goes on, as for a closed pipe: a training is not lost.
      process.on("exit", () => {
        process.exitCode = exitCodes.failed;
      });
    }
    isClosed = true;
  });
  return {
    closed: () => isClosed,
    write: (text: string) => {
      if (!isClosed) stream.write(text);
    },
    room: () =>
      new Promise<void>((resolve) => {
        if (isClosed || !stream.writableNeedDrain) return resolve();
        const goOn = () => {
          stream.off("drain", goOn).off("close", goOn);
          resolve();
        };
        stream.on("drain", goOn).on("close", goOn);
      }),
  };
}

/** For commands whose standard output is JSON: everything else goes to standard error. */
export function quiet(output: Output): Output {
  const { terminal: _, ...piped } = output;
  return { ...piped, write: output.writeError };
}

/** The width to write in: the terminal's, within readable limits; 80 elsewhere. */
export function widthOf({ terminal }: Output): number {
  const { columns = 80 } = (terminal ?? {}) as { readonly columns?: number };
  return Math.max(40, Math.min(columns, 120));
}

/** Breaks a text at spaces into lines of at most this width; further lines are indented. */
export function wrap(text: string, width: number, indent = ""): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent + word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join("\n");
}

/** "runs/2026-11-25_mpg_3f2a/report.html": the shortest path that can be typed. */
export function shortPath(cwd: string, path: string): string {
  const short = relative(cwd, path);
  return short === "" || short.startsWith("..") ? path : short;
}
