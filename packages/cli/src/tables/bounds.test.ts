import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDatabase } from "./database.ts";
import { alwaysUnpacked, longestRecord, mostColumns, mostDatabaseColumns, mostDepth } from "./limits.ts";
import { type ReadTableOptions, readTable } from "./readTable.ts";

/** What a file may cost: at each limit it is read, beyond it refused with the limit in a sentence. */

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "evenkeel-bounds-"));
  const database = await openDatabase({
    memoryLimit: "512MB",
    threads: 1,
    temporary: join(folder, "tmp"),
    cwd: folder,
  });
  const write = (name: string, query: string) =>
    database.rows(`COPY (${query}) TO '${join(folder, name)}' (FORMAT parquet)`);
  const columns = (count: number) => `SELECT ${Array.from({ length: count }, (_, i) => `${i} AS k${i}`).join(", ")}`;
  await write("alike.parquet", `SELECT 1 AS a, 2 AS b FROM range(${(alwaysUnpacked * 2 ** 20) / 8})`);
  await write("text.parquet", `SELECT repeat('x', ${longestRecord + 1}) AS a, 1 AS b`);
  await write("longest.parquet", `SELECT repeat('x', ${longestRecord}) AS a`);
  await write("columns.parquet", columns(mostDatabaseColumns + 1));
  await database.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Buffer): string {
  writeFileSync(join(folder, name), content);
  return name;
}

const read = (source: Parameters<typeof readTable>[0], options: ReadTableOptions = {}) =>
  readTable(source, { cwd: folder, threads: 1, ...options });

/** Zeros in a gzip file's member take a thousandth; members stand one behind the other. */
function packed(unit: string, megabytes: number, before = "", behind = ""): Buffer {
  const block = gzipSync(unit.repeat(2 ** 20 / unit.length));
  return Buffer.concat([gzipSync(before), ...Array<Buffer>(megabytes).fill(block), gzipSync(behind)]);
}

const row = "a".repeat(2 ** 16 - 1);
const tooFar =
  /unpacks to more than 64 MB, far more than its size; if it is meant to, allow so many megabytes with --max-unpacked$/;

describe("a packed file", () => {
  test("is read up to its limit, and refused beyond it", async () => {
    const name = file("most.csv.gz", packed(`${row}\n`, alwaysUnpacked - 1, "x\n"));
    expect((await read(name)).rows).toBe(16 * (alwaysUnpacked - 1));
    await expect(read(file("more.csv.gz", packed(`${row}\n`, alwaysUnpacked, "x\n")))).rejects.toThrow(tooFar);
  });

  test("is read beyond it where that is allowed", async () => {
    const name = file("allowed.csv.gz", packed(`${row}\n`, alwaysUnpacked, "x\n"));
    expect((await read(name, { maxUnpacked: alwaysUnpacked + 1 })).rows).toBe(16 * alwaysUnpacked);
    await expect(read(name, { maxUnpacked: 1 })).rejects.toThrow(/more than 1 MB/);
  });

  test("may unpack to 100 times its size", async () => {
    const noise = Buffer.alloc(2 ** 20).map((_, i) => (Math.imul(i, 2654435761) >>> 24) & 0x3f) as Buffer;
    const text = `x\n${noise.toString("base64").replaceAll(/(.{1000})/g, "$1\n")}\n`;
    const random = gzipSync(text, { level: 0 });
    const content = Buffer.concat([random, packed(`${row}\n`, alwaysUnpacked)]);
    expect((await read(file("ratio.csv.gz", content))).rows).toBeGreaterThan(16 * alwaysUnpacked);
  });

  test.each([
    ["of empty lines", "lines.csv.gz", "\n", ""],
    ["of objects", "objects.json.gz", '{"a":1 },'.padEnd(2 ** 10), "["],
    ["of lines of objects", "objects.ndjson.gz", `${'{"a":1}'.padEnd(2 ** 10 - 1)}\n`, ""],
  ])("%s is refused too", async (_what, name, unit, before) => {
    await expect(read(file(name, packed(unit, alwaysUnpacked + 1, before)))).rejects.toThrow(tooFar);
  });

  test("in UTF-16 is refused too", async () => {
    const content = packed("a\0\n\0", alwaysUnpacked + 1, "\u{feff}");
    const mark = gzipSync(Buffer.from([0xff, 0xfe]));
    await expect(
      read(file("wide.csv.gz", Buffer.concat([mark, content.subarray(gzipSync("\u{feff}").length)]))),
    ).rejects.toThrow(tooFar);
  });

  test("is bounded where a query names it", async () => {
    const name = file("query.csv.gz", packed(`${row}\n`, alwaysUnpacked, "x\n"));
    await expect(read({ sql: `select * from '${name}' limit 1` })).rejects.toThrow(tooFar);
    const { rows } = await read({ sql: `select * from '${name}' limit 1`, maxUnpacked: alwaysUnpacked + 1 });
    expect(rows).toBe(1);
  });
});

describe("Parquet", () => {
  test("of values that are alike is bounded by what they take in memory", async () => {
    await expect(read("alike.parquet")).rejects.toThrow(tooFar);
    expect((await read("alike.parquet", { columns: ["a"] })).columns).toHaveLength(1);
    expect((await read("alike.parquet", { limit: 10 })).rows).toBe(10);
    expect((await read("alike.parquet", { maxUnpacked: 2 * alwaysUnpacked })).columns).toHaveLength(2);
    await expect(read({ sql: "select count(*) as n from 'alike.parquet'" })).rejects.toThrow(tooFar);
  });

  test("may have a text as long as a record of CSV", async () => {
    await expect(read("text.parquet")).rejects.toThrow(
      /^column "a" has a text of more than 4 MB; leave the column out/,
    );
    expect((await read("text.parquet", { columns: ["b"] })).rows).toBe(1);
    expect((await read("longest.parquet")).rows).toBe(1);
    await expect(read({ sql: `select repeat('x', ${longestRecord + 1}) as a` })).rejects.toThrow(/more than 4 MB/);
  });

  test("and queries may have so many columns", async () => {
    await expect(read("columns.parquet")).rejects.toThrow(/^columns\.parquet has 5,001 columns, more than 5,000/);
    const names = Array.from({ length: mostDatabaseColumns + 1 }, (_, i) => `${i} AS k${i}`);
    await expect(read({ sql: `select ${names.join(", ")}` })).rejects.toThrow(/the query has 5,001 columns/);
  });
});

test("a header of CSV may have so many names", async () => {
  const header = (count: number) => Array.from({ length: count }, (_, i) => `k${i}`).join(",");
  const name = file("header.csv", `${header(mostColumns)}\n${"1,".repeat(mostColumns - 1)}1\n`);
  expect((await read(name)).columns).toHaveLength(mostColumns);
  await expect(read(file("wider.csv", `${header(mostColumns + 1)}\n`))).rejects.toThrow(
    /has 20,001 columns, more than/,
  );
});

test("JSON may have a key in one row only, until the places for it take too much", async () => {
  const sparse = (rows: number) => `[${Array.from({ length: rows }, (_, i) => `{"k${i}":1}`).join(",")}]`;
  const name = file("sparse.json", sparse(3000));
  await expect(read(name)).rejects.toThrow(tooFar);
  expect((await read(name, { columns: ["k2999"] })).rows).toBe(3000);
  await expect(read({ sql: `select k1 from '${name}'` })).rejects.toThrow(tooFar);
  expect((await read(file("sparser.json", sparse(300)))).columns).toHaveLength(300);
});

describe("what a person allows", () => {
  const keys = (count: number) => Array.from({ length: count }, (_, i) => `k${i}`);
  const objectOf = (count: number) => JSON.stringify(Object.fromEntries(keys(count).map((key) => [key, 1])));
  const long = "x".repeat(longestRecord);

  test("takes the place of the limit of columns, in every format", async () => {
    const name = file("allowed.csv", `${keys(mostColumns + 1)}\n${"1,".repeat(mostColumns)}1\n`);
    expect((await read(name, { maxColumns: mostColumns + 1 })).columns).toHaveLength(mostColumns + 1);
    await expect(read(file("few.csv", "a,b,c\n1,2,3\n"), { maxColumns: 2 })).rejects.toThrow(
      "few.csv: the first line has 3 columns, more than 2; is it no CSV file, or is the delimiter another? else allow so many with --max-columns",
    );
    const json = file("three.json", `[${objectOf(3)}]`);
    expect((await read(json, { maxColumns: 3 })).columns).toHaveLength(3);
    await expect(read(json, { maxColumns: 2 })).rejects.toThrow(
      /more than 2 different keys.*allow so many with --max-columns$/,
    );
    const columns = "columns.parquet";
    await expect(read(columns, { maxColumns: 9 })).rejects.toThrow(
      "columns.parquet has 5,001 columns, more than 9; allow so many with --max-columns",
    );
    await expect(read({ sql: "select 1 as a, 2 as b", maxColumns: 1 })).rejects.toThrow(/the query has 2 columns/);
  });

  test("also where Parquet and queries have more than they may", { timeout: 60_000 }, async () => {
    const most = mostDatabaseColumns + 1;
    expect((await read("columns.parquet", { maxColumns: most })).columns).toHaveLength(most);
  });

  test("takes the place of the limit of a record, in every format", async () => {
    const csv = file("long.csv", `a,b\n${long},1\n`);
    await expect(read(csv)).rejects.toThrow(/longer than 4 MB, line 2; .*allow so many megabytes with --max-record$/);
    expect((await read(csv, { maxRecord: 5 })).rows).toBe(1);
    const json = file("long.json", `[{"a":"${long}"}]`);
    await expect(read(json)).rejects.toThrow(/a row of more than 4 MB.*with --max-record$/);
    expect((await read(json, { maxRecord: 5 })).rows).toBe(1);
    await expect(read("text.parquet")).rejects.toThrow(/with --max-record$/);
    expect((await read("text.parquet", { maxRecord: 5 })).rows).toBe(1);
    const sql = `select repeat('x', ${longestRecord + 1}) as a`;
    expect((await read({ sql, maxRecord: 5 }, { maxRecord: 5 })).rows).toBe(1);
    await expect(read(csv, { maxRecord: 65 })).rejects.toThrow(/from 1 to 64/);
  });

  test("lets the names of CSV take more than a megabyte", async () => {
    const wide = keys(5000).map((key) => key.padEnd(300, "_"));
    const name = file("names.csv", `${wide}\n${"1,".repeat(4999)}1\n`);
    await expect(read(name)).rejects.toThrow(/no end in the first MB; .*--max-record$/);
    expect((await read(name, { maxRecord: 2 })).columns).toHaveLength(5000);
  });
});

describe("a query that names a JSON file which is nested deep is refused before it runs", () => {
  const deep = "[".repeat(mostDepth + 1) + "]".repeat(mostDepth + 1);
  test.each([
    ["by its name", "deep.json", deep, "select * from 'deep.json'"],
    ["by a pattern", "deeper.json", deep, "select * from '*eeper.json'"],
    ["packed", "deep.json.gz", gzipSync(deep), "select * from 'deep.json.gz'"],
    ["by a function", "deep.txt", deep, "select * from read_json_auto('deep.txt')"],
    ["in a list of a subquery", "other.txt", deep, "select * from (select * from read_ndjson(['other.txt']))"],
  ])("%s", async (_how, name, content, sql) => {
    file(name, content);
    await expect(read({ sql })).rejects.toThrow(/is nested more than 500 deep at its byte 501/);
  });

  test("what a query reads as CSV may hold any brackets", async () => {
    file("brackets.csv", `a\n${"[1\n".repeat(2 * mostDepth)}`);
    expect((await read({ sql: "select * from 'brackets.csv'" })).rows).toBe(2 * mostDepth);
  });
});
