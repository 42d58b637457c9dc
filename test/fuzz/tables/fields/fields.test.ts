import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, it } from "vitest";
import { huntFields } from "./compare.ts";
import type { Read } from "./definition.ts";
import { byRecords } from "./readers.ts";

it("fields and records are those of the rules, wherever parts of a file end", async () => {
  const { findings, counts, compared } = await huntFields(1, 400, { borders: 12 });
  expect(findings.map(({ seed, why }) => `${seed}: ${why}`)).toEqual([]);
  expect(Math.min(...Object.values(counts))).toBeGreaterThan(5);
  expect(compared.papaparse).toBeGreaterThan(100);
});

it("DuckDB finds the same fields", async () => {
  const folder = mkdtempSync(join(tmpdir(), "evenkeel-fields-"));
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  try {
    const duck = { connection, path: join(folder, "x.csv") };
    const { findings, compared } = await huntFields(1001, 100, { borders: 0, duck });
    expect(findings.map(({ seed, why }) => `${seed}: ${why}`)).toEqual([]);
    expect(compared.duckdb).toBeGreaterThan(30);
  } finally {
    connection.closeSync();
    instance.closeSync();
    rmSync(folder, { recursive: true, force: true });
  }
});

const plain = { delimiter: ",", skip: 0, head: 0, foot: 0 };

it("20,000 columns, and quotes and line ends across parts of any size", () => {
  const fields = Array.from({ length: 20_000 }, (_, i) => (i % 3 === 0 ? `"a""${i}\r\n"` : `${i}`));
  const bytes = Buffer.from(`${fields.join(",")}\r\n${fields.join(",")}`);
  const wanted = fields.map((field) => (field[0] === '"' ? field.slice(1, -1).replace('""', '"') : field));
  for (const size of [1 << 20, 4093]) {
    const borders = Array.from({ length: Math.floor(bytes.length / size) }, (_, i) => (i + 1) * size);
    const read = byRecords({ ...plain, bytes, columns: 20_000 }, borders);
    expect(read).toEqual({ rows: [wanted, wanted], lines: [1, 6669], blankLines: 0 });
  }
});

it("a field of 3 MB is read, and one of 10 MB refused by its line, in parts or not", () => {
  const of = (size: number) => Buffer.from(`a,b\n1,2\n3,"${"x".repeat(size)}"\n4,5\n`);
  const borders = Array.from({ length: 10 }, (_, i) => (i + 1) << 20);
  const [short, long] = [of(3 << 20), of(10 << 20)];
  for (const parts of [[], borders]) {
    const { rows } = byRecords({ ...plain, bytes: short, columns: 2 }, parts) as Read;
    expect(rows.map(([, field]) => field.length)).toEqual([1, 1, 3 << 20, 1]);
    expect(() => byRecords({ ...plain, bytes: long, columns: 2 }, parts)).toThrow("a line longer than 4 MB, line 3");
  }
});
