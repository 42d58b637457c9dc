import type { Output } from "../terminal.ts";

/** Shows on a terminal how many rows have been read, until it is told to stop; elsewhere nothing. */
export function readingProgress({ terminal }: Output): {
  readonly update: (rows: number) => void;
  readonly stop: () => void;
} {
  let shown = false;
  return {
    update: (rows) => {
      shown = true;
      terminal?.write(`\rread ${rows.toLocaleString("en-US")} rows`);
    },
    // Wipes its line.
    stop: () => {
      if (shown) terminal?.write("\r\x1b[2K");
    },
  };
}
