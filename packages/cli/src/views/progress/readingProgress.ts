import { wholeText } from "../../shell/figures.ts";
import type { Output } from "../../shell/terminal.ts";

/**
 * Shows on a terminal how many rows or pictures have been read, until `stop` is called; does
 * nothing elsewhere.
 */
export function readingProgress({ terminal }: Output): {
  readonly update: (done: number, what?: "rows" | "pictures") => void;
  readonly stop: () => void;
} {
  let shown = false;
  return {
    update: (done, what = "rows") => {
      shown = true;
      terminal?.write(`\rread ${wholeText(done)} ${what}`);
    },
    // Clears the line.
    stop: () => {
      if (shown) terminal?.write("\r\x1b[2K");
    },
  };
}
