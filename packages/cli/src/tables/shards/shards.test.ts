import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { columnOf, type Table } from "evenkeel/tabular";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDatabase } from "../database.ts";
import { type OpenWorkspace, openWorkspace } from "../workspace.ts";
import { blockRows, piecesOf, rowsOfRank } from "./blocks.ts";
import { CsvShards } from "./csvShards.ts";
import { HeldRows, hashOf, joinHeld } from "./heldRows.ts";
import { type OpenShards, openShards } from "./openShards.ts";
import type { Shard } from "./shard.ts";

const cwd = mkdtempSync(join(tmpdir(), "evenkeel-shards-"));
/** Enough bytes for cut points, which are a megabyte apart. */
const sizes = [6_000, 0, 45_000, 7];
const rows = sizes.reduce((sum, size) => sum + size, 0);
let workspace: OpenWorkspace;
const opened: Record<
  string,
  { readonly shards: OpenShards["shards"]; readonly files: readonly (Shard & { rows: number })[] }
> = {};

/** Fields with line ends, delimiters and quotes in them. */
const noteOf = (row: number) => (row % 7 === 3 ? `"a, ""b""\n${row}"` : `n${row % 11}`);

beforeAll(async () => {
  let row = 0;
  for (const [file, size] of sizes.entries()) {
    const lines = Array.from({ length: size }, () => `${row},${noteOf(row)},${"x".repeat(row++ % 40)}`);
    writeFileSync(join(cwd, `p${file}.csv`), `${["row,note,fill", ...lines].join("\n")}\n`);
  }
  const options = { memoryLimit: "256MB", threads: 1, temporary: join(cwd, "t"), cwd };
  const database = await openDatabase(options);
  for (const file of sizes.keys()) {
    const select = `SELECT * FROM read_csv('p${file}.csv', header=true, columns={'row':'BIGINT','note':'VARCHAR','fill':'VARCHAR'})`;
    await database.rows(`COPY (${select}) TO '${join(cwd, `p${file}.parquet`)}' (ROW_GROUP_SIZE 4096)`);
  }
  await database.close();
  workspace = await openWorkspace({ cwd });
  for (const format of ["csv", "parquet"]) {
    const { shards } = await openShards(`p*.${format}`, {}, workspace);
    if (shards instanceof CsvShards) {
      const counted = [];
      for (const file of sizes.keys()) {
        const batches = shards.count(file, 1, shards.names);
        let next = await batches.next();
        while (!next.done) next = await batches.next();
        counted.push(next.value);
      }
      expect(counted.map((one) => one.rows)).toEqual(sizes);
      expect(counted[2].cuts.length).toBeGreaterThan(0);
      shards.counted = counted;
    }
    opened[format] = { shards, files: shards.files as readonly (Shard & { rows: number })[] };
  }
}, 60_000);
afterAll(async () => {
  await workspace.close();
  rmSync(cwd, { recursive: true, force: true });
});

/** The line of the third file in which a row begins. */
function lineOf(row: number): number {
  let line = 2;
  for (let above = 6_000; above < row; above++) line += above % 7 === 3 ? 2 : 1;
  return line;
}

/** The pieces of one rank. */
const cuts: Record<string, string[]> = {};

const numbers = (table: Table) => [...(columnOf(table, "row") as { values: Float64Array }).values];

describe.each(["csv", "parquet"])("shards of %s", (format) => {
  test("are read from any row on, also within fields of several lines", { timeout: 30_000 }, async () => {
    const { shards, files } = opened[format];
    for (const [from, to] of [
      ...[
        [0, 1],
        [29_990, 45_000],
        [17_321, 17_330],
        [44_999, 45_000],
      ],
    ] as const) {
      const columns = shards.columns(["row", "note"]);
      for await (const batch of files[2].batches(from, to, ["row", "note"])) batch.append(columns, 0, batch.rows);
      const table = { rows: to - from, columns: columns.finish() };
      expect(numbers(table)).toEqual(Array.from({ length: to - from }, (_, i) => 6_000 + from + i));
    }
  });

  test.each([1, 2, 5])("divided among %i ranks come in the same pieces", { timeout: 30_000 }, async (size) => {
    const { shards, files } = opened[format];
    const given = { files, columns: (names: readonly string[]) => shards.columns(names) };
    const pieces: string[] = [];
    const seen: number[] = [];
    for (let rank = 0; rank < size; rank++) {
      const own = rowsOfRank(rows, rank, size);
      for await (const piece of piecesOf(given, ["row"], own, (file, row) => file === 0 && row % 3 === 1)) {
        const found = numbers(piece.table);
        pieces.push(`${piece.block} ${found[0]} ${found.length}`);
        for (const number of found) seen.push(number);
        expect(piece.block).toBe(Math.floor(found[0] / blockRows(rows)));
        const place = format === "csv" ? `line ${lineOf(found[0])} of p2.csv` : `row ${found[0] - 6_000} of p2.parquet`;
        if (found[0] > 12_000 && found[0] < 51_000) expect(piece.placeOf(0)).toBe(place);
      }
    }
    expect(seen).toEqual(Array.from({ length: rows }, (_, i) => i).filter((i) => i >= 6_000 || i % 3 !== 1));
    cuts[format] ??= pieces;
    expect(pieces).toEqual(cuts[format]);
  });

  test("hold the same rows however many ranks read them", { timeout: 30_000 }, async () => {
    const { shards, files } = opened[format];
    const hold = async (parts: readonly (readonly number[])[]) => {
      const held: HeldRows[] = [];
      for (const part of parts) {
        const own = new HeldRows(500, 3, shards.columns(shards.names));
        for (const file of part) {
          for await (const batch of files[file].batches(0, files[file].rows, shards.names)) own.take(batch, file);
        }
        held.push(own);
      }
      const hash = hashOf(500, (most) => held.reduce((sum, own) => sum + own.countTo(most), 0));
      expect(held.reduce((sum, own) => sum + own.countTo(hash), 0)).toBe(500);
      return joinHeld(
        held.map((own) => own.bytes(hash)),
        500,
      );
    };
    const one = await hold([[0, 1, 2, 3]]);
    expect(await hold([[2], [1], [0, 3]])).toEqual(one);
    expect(one.rows).toHaveLength(500);
    // In the order of the files, and as many of each as its share.
    expect(numbers(one.table)).toEqual(one.rows.map(({ file, row }) => row + [0, 6_000, 6_000, 51_000][file]));
    expect(one.rows.filter(({ file }) => file === 0).length).toBeGreaterThan(35);
    expect(one.rows.filter(({ file }) => file === 0).length).toBeLessThan(85);
  });
});
