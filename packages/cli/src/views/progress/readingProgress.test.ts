import picocolors from "picocolors";
import { expect, test } from "vitest";
import { readingProgress } from "./readingProgress.ts";

function shown(use: (progress: ReturnType<typeof readingProgress>) => void): string[] {
  const written: string[] = [];
  const terminal = { write: (text: string) => written.push(text) } as unknown as NodeJS.WritableStream;
  const output = { write: () => {}, writeError: () => {}, colors: picocolors, terminal };
  use(readingProgress(output));
  return written;
}

const clear = "\r\x1b[2K";

test("one line shows what goes on, and is cleared once", () => {
  const written = shown(({ doing, read, stop }) => {
    doing("reading");
    read(12_345, "rows", 0.256);
    read(3, "pictures");
    stop();
    stop();
  });
  expect(written).toEqual(["reading …", clear, "read 12,345 rows (25%)", clear, "read 3 pictures", clear]);
});

test("nothing is written where there is no terminal", () => {
  const output = { write: () => expect.fail(), writeError: () => expect.fail(), colors: picocolors };
  const { doing, read, stop } = readingProgress(output);
  doing("reading");
  read(1, "rows", 1);
  stop();
});
