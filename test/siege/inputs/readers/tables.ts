import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Column } from "evenkeel/tabular";
import { readTable } from "../../../../packages/cli/src/tables/index.ts";
import type { Random } from "../../../fuzz/random.ts";
import { command } from "../command.ts";
import { word } from "../mutate/text.ts";
import type { Reader, Seed } from "../reader.ts";
import type { World } from "../world.ts";

const csv = `name,price,when,ok
"Ann, A.",1.5,2020-01-02,yes
Bob,"1,234.50",2021-03-04,no
"said ""hi""",NA,,yes
Zoë,-3e2,1999-12-31,no
`;
const records = [
  { name: "Ann", price: 1.5, when: "2020-01-02", ok: true, big: 2 ** 60 },
  { name: "Zoë \u{1f600}", price: null, when: "1999-12-31", ok: false, big: 5 },
  { name: 'said "hi"', price: -3e2, ok: true, extra: "late" },
];
const json = JSON.stringify(records);
const lines = `${records.map((record) => JSON.stringify(record)).join("\n")}\n`;

const text = (name: string, content: string, more: Partial<Seed> = {}): Seed => ({
  name,
  kind: "text",
  bytes: Buffer.from(content),
  ...more,
});
const packed = (seed: Seed): Seed => ({
  ...seed,
  name: `${seed.name}.gz`,
  bytes: gzipSync(seed.bytes, { level: 1 }),
  gzip: true,
  knowsItsEnd: true,
});

export const csvSeeds: readonly Seed[] = [
  text("a.csv", csv),
  text("b.csv", csv.replaceAll(",", ";")),
  text("a.tsv", csv.replaceAll(",", "\t")),
  text(
    "wide.csv",
    `${Array.from({ length: 60 }, (_, i) => `c${i}`)}\n${Array.from({ length: 60 }, (_, i) => i * 1.5)}\n`,
  ),
  text("titled.csv", "sep=;\nyear;sum\n2019;5\n2020;6\nTotal;11\n"),
  { ...text("wide16.csv", ""), bytes: Buffer.from(`\ufeff${csv}`, "utf16le") },
  { ...text("latin.csv", ""), bytes: Buffer.from(csv, "latin1") },
  text("marked.csv", `\ufeff${csv.replaceAll("\n", "\r\n")}`),
];
const gzipSeeds = [packed(csvSeeds[0]), packed(csvSeeds[2])];
const jsonSeeds: readonly Seed[] = [
  text("a.json", json, { kind: "json", knowsItsEnd: true }),
  packed(text("b.json", json, { kind: "json", knowsItsEnd: true })),
];
const lineSeeds: readonly Seed[] = [
  text("a.ndjson", lines, { kind: "lines" }),
  packed(text("b.ndjson", lines, { kind: "lines" })),
];

/** Files that DuckDB writes. */
async function written(
  { cwd }: World,
  ...files: readonly (readonly [name: string, options: string])[]
): Promise<Seed[]> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  const seeds: Seed[] = [];
  for (const [name, options] of files) {
    const path = join(cwd, name);
    await connection.run(
      `COPY (SELECT i AS id, 'n' || i % 5 AS name, i * 0.5 AS price, DATE '2020-01-01' + i::INT AS day FROM range(40) t(i)) TO '${path}' (${options})`,
    );
    seeds.push({ name, kind: "binary", bytes: readFileSync(path), knowsItsEnd: true });
  }
  connection.closeSync();
  instance.closeSync();
  return seeds;
}

function digest(columns: readonly Column[]): string {
  const hash = createHash("sha256");
  for (const column of columns) {
    hash.update(JSON.stringify([column.name, column.type]));
    const values = column.type === "text" ? column.codes : column.values;
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    if (column.type === "text") hash.update(JSON.stringify(column.dictionary));
  }
  return hash.digest("base64");
}

async function readFile(bytes: Uint8Array, { name }: Seed, { cwd }: World): Promise<string> {
  writeFileSync(join(cwd, name), bytes);
  const { rows, columns, notes } = await readTable(name, { cwd, threads: 1 });
  return JSON.stringify([rows, digest(columns), notes.length]);
}

/** A table whose cells are whatever they are. */
function table(random: Random): string {
  const [columns, rows] = [random.int(0, 8), random.int(0, 12)];
  const [delimiter, end] = [random.pick([",", ";", "\t", "|", " "]), random.pick(["\n", "\r\n", "\r"])];
  const cell = () => (random.chance(0.3) ? `"${word(random).replaceAll('"', '""')}"` : word(random));
  const row = () => Array.from({ length: random.chance(0.9) ? columns : random.int(0, 12) }, cell).join(delimiter);
  return Array.from({ length: rows }, row).join(end);
}

function document(random: Random): string {
  const value = () =>
    random.chance(0.5) ? JSON.stringify(word(random)) : random.pick(["1", "null", "[]", "1e999", '{"a":1}']);
  const object = () =>
    `{${Array.from({ length: random.int(0, 5) }, () => `${JSON.stringify(word(random))}:${value()}`)}}`;
  return `[${Array.from({ length: random.int(0, 6) }, object)}]`;
}

const inspected = (seed: Seed): Seed => ({ ...seed, args: ["inspect", seed.name] });
// Without --target: with it, inspect ends with 1 where a training would refuse the table, as one of so few rows.
const asJson = (seed: Seed): Seed => ({ ...seed, args: ["inspect", seed.name, "--json"] });
const piped = (seed: Seed): Seed => ({
  ...seed,
  args: ["inspect", "-", ...(seed.name.includes("ndjson") ? ["--format", "ndjson"] : [])],
});

export const tableReaders: readonly Reader[] = [
  { name: "csv", weight: 6, seeds: () => csvSeeds, read: readFile, grammar: table },
  { name: "csv.gz", weight: 2.5, seeds: () => gzipSeeds, read: readFile },
  { name: "json", weight: 0.4, seeds: () => jsonSeeds, read: readFile, grammar: document },
  { name: "ndjson", weight: 0.4, seeds: () => lineSeeds, read: readFile },
  {
    name: "parquet",
    weight: 0.6,
    seeds: (world) =>
      written(
        world,
        ["p.parquet", "FORMAT parquet"],
        ["u.parquet", "FORMAT parquet, COMPRESSION uncompressed"],
        ["z.parquet", "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 2048"],
      ),
    read: readFile,
  },
  {
    name: "inspect",
    weight: 0.6,
    seeds: () => [
      ...csvSeeds.map(inspected),
      ...csvSeeds.slice(0, 3).map(asJson),
      ...[...jsonSeeds, ...lineSeeds].map(inspected),
    ],
    read: (bytes, { name, args = [] }, { cwd }) => {
      writeFileSync(join(cwd, name), bytes);
      return command(args, cwd);
    },
  },
  {
    name: "inspect -",
    weight: 0.3,
    seeds: () => [...csvSeeds, ...gzipSeeds, ...jsonSeeds, ...lineSeeds].map(piped),
    read: (bytes, { args = [] }, { cwd }) => command(args, cwd, { stdin: bytes }),
  },
];
