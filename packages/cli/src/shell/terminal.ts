import { once } from "node:events";
import { relative } from "node:path";
import picocolors from "picocolors";

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
  /** Writes to standard error. */
  readonly writeError: (text: string) => void;
  readonly colors: Colors;
  /** The stream of a terminal, on which progress bars may redraw; absent if piped. */
  readonly terminal?: NodeJS.WritableStream;
}

/** Standard output without changes. */
export function standardOutput(): Output {
  return {
    write: (text) => void process.stdout.write(text),
    room: async () => {
      if (process.stdout.writableNeedDrain) await once(process.stdout, "drain");
    },
    writeError: (text) => void process.stderr.write(text),
    colors: picocolors,
    ...(process.stdout.isTTY && { terminal: process.stdout }),
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
  return Math.max(60, Math.min(columns, 120));
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
