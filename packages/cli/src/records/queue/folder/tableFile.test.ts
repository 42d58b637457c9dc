import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StudyData } from "evenkeel/study";
import { inferSchema, tableFromRows } from "evenkeel/tabular";
import { afterEach, beforeEach, expect, test } from "vitest";
import { digestOf } from "../../studies/dataDigest.ts";
import { readTable, tableBytes, tableOf, writeTable } from "./tableFile.ts";

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), "evenkeel-table-"));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const rows = Array.from({ length: 61 }, (_, i) => ({
  x: i % 5 === 0 ? Number.NaN : Math.sin(i),
  __proto__x: i % 3 === 0,
  constructor: ["a", "ß", "", "日本"][i % 4],
  day: new Date(Date.UTC(2026, 0, i + 1)),
  y: i % 7,
}));
const table = tableFromRows(rows as unknown as Record<string, string | number>[]);
const single = {
  rows: 61,
  columns: [...table.columns, { name: "__proto__", type: "number" as const, values: new Float32Array(61).fill(0.1) }],
};
const data: StudyData = { table: single, schema: inferSchema(single, { target: "y" }) };

test("a table comes back with every type of column, whatever they are called", () => {
  const path = join(folder, "table.bin");
  writeTable(path, data);
  expect(new Set(single.columns.map(({ type }) => type))).toEqual(new Set(["number", "boolean", "date", "text"]));
  const back = readTable(path, digestOf(data));
  expect(back).toEqual(data);
  expect(fs.readdirSync(folder)).toEqual(["table.bin"]);
});

test("so do pictures", () => {
  const pictures: StudyData = { ...data, picture: [1, 2, 3] };
  expect(tableOf(Buffer.concat(tableBytes(pictures)), digestOf(pictures), "it").picture).toEqual([1, 2, 3]);
});

test("what is damaged or of another study is refused", () => {
  const bytes = Buffer.concat(tableBytes(data));
  const flipped = Buffer.from(bytes);
  flipped[bytes.length - 9] ^= 1;
  expect(() => tableOf(flipped, digestOf(data), "it")).toThrow(/it is damaged: it does not hold the table/);
  for (const length of [0, 7, 100, bytes.length - 200]) {
    expect(() => tableOf(bytes.subarray(0, length), digestOf(data), "it"), String(length)).toThrow(/it is damaged/);
  }
});
