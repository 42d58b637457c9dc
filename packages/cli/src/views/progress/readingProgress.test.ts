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

test("rows that are counted say after a second how long the others take", () => {
  let time = 0;
  const written: string[] = [];
  const terminal = { write: (text: string) => written.push(text) } as unknown as NodeJS.WritableStream;
  const output = { write: () => {}, writeError: () => {}, colors: picocolors, terminal };
  const { rows, stop } = readingProgress(output, () => time);
  for (const [at, done] of [
    [0, 0],
    [50, 100],
    [500, 1000],
    [2000, 4000],
  ]) {
    time = at;
    rows(done, 10_000, "predicted");
  }
  stop();
  time = 9000;
  rows(10, 20, "scored"); // another work, whose time begins here
  expect(written).toEqual([
    "predicted 1,000 of 10,000 rows",
    clear,
    "predicted 4,000 of 10,000 rows, 0:03 left",
    clear,
  ]);
});

test("nothing is written where there is no terminal", () => {
  const output = { write: () => expect.fail(), writeError: () => expect.fail(), colors: picocolors };
  const { doing, read, stop } = readingProgress(output);
  doing("reading");
  read(1, "rows", 1);
  stop();
});
