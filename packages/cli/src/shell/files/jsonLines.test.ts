import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { appendLine, readJsonLines } from "./jsonLines.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), "evenkeel-lines-"));
  path = join(folder, "metrics.jsonl");
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

test("lines come back as they went in; what has no JSON is refused before the file is touched", () => {
  const values = [{ epoch: 1, note: "two\nlines", loss: 0.1 }, { epoch: 2 }];
  for (const value of values) appendLine(path, value);
  expect(readJsonLines(path)).toEqual(values);
  expect(() => appendLine(path, undefined)).toThrow(/has no JSON/);
  expect(readJsonLines(path)).toEqual(values);
  appendLine(path, { loss: Number.NaN });
  expect(readJsonLines(path).at(-1)).toEqual({ loss: null });
});

test("a file cut at any byte gives the lines before the cut, and goes on from there", () => {
  const values = [{ epoch: 1 }, { epoch: 2, text: "x".repeat(5000) }, { epoch: 3 }];
  for (const value of values) appendLine(path, value);
  const whole = fs.readFileSync(path);
  const ends = [...whole.entries()].filter(([, byte]) => byte === 10).map(([index]) => index + 1);
  const cuts = [0, 1, ends[0] - 1, ends[0], ends[0] + 1, ends[0] + 4096, ends[1] - 1, ends[1], ends[1] + 3];
  for (const cut of cuts) {
    fs.writeFileSync(path, whole.subarray(0, cut));
    const finished = values.slice(0, ends.filter((end) => end <= cut).length);
    expect(readJsonLines(path), `cut at ${cut}`).toEqual(finished);
    appendLine(path, { again: true });
    expect(readJsonLines(path), `cut at ${cut}`).toEqual([...finished, { again: true }]);
  }
});

test("a damaged line is named", () => {
  fs.writeFileSync(path, '{"epoch":1}\nnonsense\n{"epoch":3}\n');
  expect(() => readJsonLines(path)).toThrow(/^line 2 of .*metrics\.jsonl is no JSON: nonsense/);
});
