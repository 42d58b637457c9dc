import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { longestRecord, mostDatabaseColumns, mostDepth } from "../limits.ts";
import { readTable } from "../readTable.ts";
import { type Excess, JsonBounds } from "./jsonBounds.ts";

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

const objectOf = (keys: number) => `{${Array.from({ length: keys }, (_, i) => `"k${i}":1`).join(",")}}`;
const rowOf = (bytes: number) => `{"a":"${"x".repeat(bytes - 8)}"}`;

const excessOf = (text: string): Excess | undefined => new JsonBounds().take(Buffer.from(text));

describe("keys are counted", () => {
  test("by their path, once each, in any row", () => {
    const half = mostDatabaseColumns / 2;
    const within = [
      objectOf(mostDatabaseColumns),
      `[${objectOf(half)},${objectOf(mostDatabaseColumns)},${objectOf(half)}]`,
      `{"o":${objectOf(half)},"p":${objectOf(half - 2)}}`,
      `{"o":[${objectOf(half)},${objectOf(half)}],"p":[[${objectOf(half - 2)}]]}`,
      `[${Array.from({ length: mostDatabaseColumns + 9 }, (_, i) => `{"a":"k${i}"}`).join(",\n")}]`,
      JSON.stringify({ a: Array.from({ length: mostDatabaseColumns + 9 }, (_, i) => `k${i}`) }),
    ];
    for (const text of within) expect(excessOf(text), text.slice(0, 40)).toBe(undefined);
    const beyond = [
      objectOf(mostDatabaseColumns + 1),
      `[${Array.from({ length: mostDatabaseColumns + 1 }, (_, i) => `{"k${i}":1}`).join(",")}]`,
      Array.from({ length: mostDatabaseColumns + 1 }, (_, i) => `{"k${i}":1}`).join("\n"),
      `{"o":${objectOf(half)},"p":${objectOf(half - 1)}}`,
      `{"o":[${objectOf(half)},${objectOf(half)}],"p":[[${objectOf(half - 1)}]]}`,
    ];
    for (const text of beyond) expect(excessOf(text)?.of, text.slice(0, 40)).toBe("keys");
  });

  test("and the file is refused with their number", async () => {
    writeFileSync(join(folder, "keys.json"), `[${objectOf(mostDatabaseColumns + 1)}]`);
    const refusal = /^keys\.json has more than 5,000 different keys, the next at its byte \d+; a table is a list/;
    await expect(readTable("keys.json", { cwd: folder })).rejects.toThrow(refusal);
    writeFileSync(join(folder, "many.json"), `[${objectOf(2000)}]`);
    expect((await readTable("many.json", { cwd: folder })).columns).toHaveLength(2000);
  });
});

describe("a row may have 4 MB", () => {
  const longest = rowOf(longestRecord);
  const longer = rowOf(longestRecord + 1);
  test.each<[name: string, text: (row: string) => string]>([
    ["list.json", (row) => `[{"a":"y"}, ${row},\n{"a":"y"}]`],
    ["lines.ndjson", (row) => `{"a":"y"}\n${row}\n${row}\n`],
    ["open.json", (row) => `[${row.slice(0, -2)}`],
    ["alone.json", (row) => row],
  ])("%s", async (name, text) => {
    if (name !== "open.json") {
      writeFileSync(join(folder, name), text(longest));
      expect((await readTable(name, { cwd: folder })).rows).toBe(text("y").split("y").length - 1 || 1);
    }
    writeFileSync(join(folder, name), text(`${longer}  `));
    const begins = text(longer).indexOf(longer.slice(0, 20)) + 1;
    const refusal = `${name} has a row of more than 4 MB, which begins at its byte ${begins}`;
    await expect(readTable(name, { cwd: folder })).rejects.toThrow(refusal);
  });

  test("a text or a number that stands for a row as well", () => {
    expect(excessOf(`["${"x".repeat(longestRecord)}"]`)).toEqual({ of: "length", at: 1 });
    expect(excessOf(`[1,  ${"1".repeat(longestRecord + 1)}`)).toEqual({ of: "length", at: 5 });
    expect(excessOf(`[1,${" ".repeat(longestRecord + 1)}2]`)).toBe(undefined);
  });
});

test("wherever the parts of a text end, the same is found", () => {
  const texts = [
    `{"a\\\\": ["\\"[", ${lists(mostDepth - 1)}, [`,
    `[{"o":{"a\\"b": 1, "é": [{"x": "{"}]}, "p": "q"}, ${objectOf(mostDatabaseColumns - 5)}, {"z": 0}]`,
  ];
  const found = texts.map((text) => excessOf(text));
  expect(found.map((excess) => excess?.of)).toEqual(["depth", "keys"]);
  for (const [i, text] of texts.entries()) {
    const bytes = Buffer.from(text);
    const step = Math.ceil(bytes.length / 500);
    for (let cut = 0; cut <= bytes.length; cut += cut < 100 ? 1 : step) {
      const bounds = new JsonBounds();
      expect(bounds.take(bytes.subarray(0, cut)) ?? bounds.take(bytes.subarray(cut)), `cut at ${cut}`).toEqual(
        found[i],
      );
    }
  }
});
