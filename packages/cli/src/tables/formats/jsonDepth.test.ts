import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readTable } from "../readTable.ts";
import { Depth, mostDepth } from "./jsonDepth.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "evenkeel-depth-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const lists = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
const objects = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;

describe("a file that is nested deeper than a table is refused before a native parser sees it", () => {
  const files: readonly (readonly [name: string, content: string | Buffer])[] = [
    ["lists.json", lists(30_000)],
    ["objects.json", objects(30_000)],
    ["rows.json", `[{"x": 1}, {"x": ${lists(30_000)}}]`],
    ["lines.ndjson", `{"x": 1}\n{"x": ${objects(30_000)}}\n`],
    ["packed.json.gz", gzipSync(lists(30_000))],
    ["open.json", "[".repeat(30_000)],
    ["behind.json", `[{"x": "\\"[[["}]${"\n".repeat(10)}${lists(30_000)}`],
  ];
  test.each(files)("%s", async (name, content) => {
    writeFileSync(join(folder, name), content);
    const refusal = `is nested more than ${mostDepth} deep at its byte`;
    await expect(readTable(name, { cwd: folder })).rejects.toThrow(refusal);
  });
});

test("brackets in texts do not count, and what is open is closed again", async () => {
  const text = "[{".repeat(2 * mostDepth);
  const rows = Array.from({ length: 3 * mostDepth }, (_, i) => ({ x: i, y: `${text}"\\`, z: [[[i]]] }));
  writeFileSync(join(folder, "fine.json"), JSON.stringify(rows));
  expect((await readTable("fine.json", { cwd: folder })).rows).toBe(rows.length);
});

test("wherever the parts of a text end, it is as deep", () => {
  const text = Buffer.from(`{"a\\\\": ["\\"[", ${lists(mostDepth - 1)}, [`);
  for (let cut = 0; cut <= text.length; cut++) {
    const depth = new Depth();
    const first = depth.take(text.subarray(0, cut));
    const found = first >= 0 ? first : depth.take(text.subarray(cut));
    expect(first >= 0 ? found : found + (found >= 0 ? cut : 0)).toBe(text.indexOf("[[[") + mostDepth - 2);
  }
});
