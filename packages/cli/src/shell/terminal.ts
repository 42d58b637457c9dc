import { once } from "node:events";
import { relative } from "node:path";
import picocolors from "picocolors";

/** Colours that do nothing where the output takes none (NO_COLOR, a pipe, `--no-color`). */
export type Colors = ReturnType<typeof picocolors.createColors>;

/** Where a command writes: standard output, or a test's buffer. */
export interface Output {
  readonly write: (text: string) => void;
  /**
   * Resolves once there is room for more; whoever writes a lot waits for it. Absent where there
   * always is.
   */
  readonly room?: () => Promise<void>;
  /** Complaints. */
  readonly writeError: (text: string) => void;
  readonly colors: Colors;
  /** The stream of a terminal that progress bars may redraw; absent when piped. */
  readonly terminal?: NodeJS.WritableStream;
}

/** Standard output as it is. */
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

/** Standard output is for the JSON alone: everything else goes to standard error. */
export function quiet(output: Output): Output {
  const { terminal: _, ...piped } = output;
  return { ...piped, write: output.writeError };
}

/** Columns to write into: those of the terminal, within what can be read well; 80 elsewhere. */
export function widthOf({ terminal }: Output): number {
  const { columns = 80 } = (terminal ?? {}) as { readonly columns?: number };
  return Math.max(60, Math.min(columns, 120));
}

/** Breaks a text at spaces so that lines keep to a width; further lines are indented. */
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

/** "runs/2026-11-25_mpg_3f2a/report.html", as short as it can be typed. */
export function shortPath(cwd: string, path: string): string {
  const short = relative(cwd, path);
  return short === "" || short.startsWith("..") ? path : short;
}

/**
 * A text from a file or a table as a terminal may show it: without control characters, which could
 * move the cursor or worse, ends of lines, and marks that turn the direction of what follows.
 */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu, "\u{fffd}");
}
