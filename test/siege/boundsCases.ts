import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Generator } from "evenkeel/random";
import { tableFromRows } from "evenkeel/tabular";
import { trainTable } from "evenkeel/train";
import { openDatabase } from "../../packages/cli/src/tables/database.ts";

/** An input that is made in any size. */
export interface BoundsCase {
  readonly reader: string;
  /** What of it is doubled. */
  readonly doubled: string;
  /** The first of four sizes, in its own unit. */
  readonly size: number;
  /** How it is read. */
  readonly kind: "table" | "query" | "model";
  /** Makes the file. @returns its name, or the query that names it */
  make(folder: string, size: number, generator: Generator): Promise<string>;
}

const list = (size: number, of: (i: number) => string, between = ",") =>
  Array.from({ length: size }, (_, i) => of(i)).join(between);

function text(name: string, content: (size: number, generator: Generator) => string | Buffer) {
  return async (folder: string, size: number, generator: Generator) => {
    const path = join(folder, name);
    await writeFile(path, content(size, generator));
    return path;
  };
}

function parquet(query: (size: number) => string) {
  return async (folder: string, size: number) => {
    const path = join(folder, "x.parquet");
    const temporary = join(folder, "duckdb");
    const database = await openDatabase({ memoryLimit: "1GB", threads: 1, temporary, cwd: folder });
    await database.rows(`COPY (${query(size)}) TO '${path}' (FORMAT parquet)`);
    await database.close();
    return path;
  };
}

const number = (generator: Generator) => String(generator.random32() / 1000);
const csvRows = (size: number, generator: Generator) =>
  `a,b\n${list(size, () => `${number(generator)},${number(generator)}`, "\n")}\n`;
const objects = (size: number, generator: Generator, between: string) =>
  list(size, () => `{"a":${number(generator)},"b":${number(generator)}}`, between);
const keys = (size: number) => `{${list(size, (i) => `"k${i}":${i}.5`)}}`;
const names = (size: number) => `${list(size, (i) => `k${i}`)}\n`;
const nested = (size: number) => `{"a":1,"b":${"[".repeat(size)}${"]".repeat(size)}}`;

/** The first sizes are a quarter to an eighth of the limits, so that the last ones reach them. */
export const boundsCases: readonly BoundsCase[] = [
  { reader: "CSV", doubled: "rows", size: 250_000, kind: "table", make: text("x.csv", csvRows) },
  {
    ...{ reader: "CSV", doubled: "columns", size: 2500, kind: "table" },
    make: text(
      "x.csv",
      (size, generator) => names(size) + list(50, () => `${list(size, () => number(generator))}\n`, ""),
    ),
  },
  {
    ...{ reader: "CSV", doubled: "a cell", size: 500_000, kind: "table" },
    make: text("x.csv", (size) => `a,b\n${list(8, (i) => `${i}${"x".repeat(size)},1\n`, "")}`),
  },
  {
    ...{ reader: "CSV", doubled: "categories", size: 100_000, kind: "table" },
    make: text("x.csv", (size) => `a,b\n${list(size, (i) => `text ${i},1\n`, "")}`),
  },
  {
    ...{ reader: "CSV, gzip", doubled: "rows", size: 250_000, kind: "table" },
    make: text("x.csv.gz", (size, generator) => gzipSync(csvRows(size, generator), { level: 1 })),
  },
  {
    ...{ reader: "CSV, gzip of one line", doubled: "rows", size: 4_000_000, kind: "table" },
    make: text("x.csv.gz", (size) => gzipSync(`a\n${"1\n".repeat(size)}`)),
  },
  {
    ...{ reader: "JSON", doubled: "rows", size: 100_000, kind: "table" },
    make: text("x.json", (size, generator) => `[${objects(size, generator, ",")}]`),
  },
  {
    ...{ reader: "JSON", doubled: "keys of an object", size: 625, kind: "table" },
    make: text("x.json", (size) => `[${keys(size)}]`),
  },
  {
    ...{ reader: "JSON, a key a row", doubled: "rows times keys", size: 1_000_000, kind: "table" },
    make: text("x.json", (size) => `[${list(Math.floor(Math.sqrt(size)), (i) => `{"k${i}":1}`)}]`),
  },
  {
    ...{ reader: "JSON", doubled: "a cell", size: 500_000, kind: "table" },
    make: text("x.json", (size) => `[${list(8, (i) => `{"a":"${i}${"x".repeat(size)}"}`)}]`),
  },
  { reader: "JSON", doubled: "depth", size: 62, kind: "table", make: text("x.json", (size) => nested(size)) },
  {
    ...{ reader: "NDJSON", doubled: "rows", size: 100_000, kind: "table" },
    make: text("x.ndjson", (size, generator) => objects(size, generator, "\n")),
  },
  {
    ...{ reader: "NDJSON", doubled: "categories", size: 100_000, kind: "table" },
    make: text("x.ndjson", (size) => list(size, (i) => `{"a":"text ${i}","b":1}`, "\n")),
  },
  {
    ...{ reader: "Parquet", doubled: "rows", size: 250_000, kind: "table" },
    make: parquet((size) => `SELECT hash(range) / 1e9 AS a, hash(range + 1) / 1e9 AS b FROM range(${size})`),
  },
  {
    ...{ reader: "Parquet, one value", doubled: "rows", size: 1_000_000, kind: "table" },
    make: parquet((size) => `SELECT 1 AS a FROM range(${size})`),
  },
  {
    ...{ reader: "Parquet", doubled: "columns", size: 600, kind: "table" },
    make: parquet((size) => `SELECT ${list(size, (i) => `range + ${i} AS k${i}`)} FROM range(10)`),
  },
  {
    ...{ reader: "--sql, JSON", doubled: "rows", size: 100_000, kind: "query" },
    async make(folder, size, generator) {
      await writeFile(join(folder, "x.json"), `[${objects(size, generator, ",")}]`);
      return `select * from '${join(folder, "x.json")}'`;
    },
  },
  {
    ...{ reader: "model file", doubled: "hidden layers", size: 25, kind: "model" },
    async make(folder, size) {
      const rows = Array.from({ length: 40 }, (_, i) => ({ x: (i * 3) % 17, y: (i * 7) % 11 }));
      const { model } = await trainTable(tableFromRows(rows), {
        recipe: "simple",
        target: "y",
        epochs: 1,
        network: { hidden: Array<number>(size).fill(2) },
        compile: false,
      });
      const path = join(folder, "x.safetensors");
      await writeFile(path, model.save());
      return path;
    },
  },
];
