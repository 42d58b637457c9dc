import { once } from "node:events";
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";
import { readTable, type TableRead } from "../packages/cli/src/tables/readTable.ts";

/**
 * What it costs to read a CSV file as a table, beside DuckDB, which reads the same fields as texts
 * and makes nothing of them. `npx tsx bench/reading.ts --help`
 */

const help = `npx tsx bench/reading.ts [options]

  --shapes 3000000x5,200x5000,2000x5000   rows and columns (all of these)
  --rounds N                              readings of each, taken in turns; the median counts (5)
  --threads N                             of DuckDB (2)
  --help`;

const { values: options } = parseArgs({
  options: {
    shapes: { type: "string", default: "3000000x5,200x5000,2000x5000" },
    rounds: { type: "string", default: "5" },
    threads: { type: "string", default: "2" },
    help: { type: "boolean", default: false },
  },
});

interface Shape {
  readonly rows: number;
  readonly columns: number;
}

/** A cell: whole numbers, decimals of two, four and seventeen digits, and categories. */
function cell(row: number, column: number): string {
  const random = ((Math.imul(row * 31 + column, 2654435761) >>> 0) + 0.5) / 2 ** 32;
  switch (column % 5) {
    case 0:
      return String(Math.floor(random * 2000) - 100);
    case 1:
      return (random * 1000).toFixed(2);
    case 2:
      return (random * 24).toFixed(4);
    case 3:
      return ["AA", "DL", "UA", "WN"][Math.floor(random * 4)];
    default:
      return String(random);
  }
}

async function write(path: string, { rows, columns }: Shape): Promise<void> {
  const out = createWriteStream(path);
  const line = (cells: (column: number) => string) =>
    `${Array.from({ length: columns }, (_, i) => cells(i)).join(",")}\n`;
  out.write(line((column) => `x${column}`));
  for (let row = 0; row < rows; ) {
    let text = "";
    for (; row < rows && text.length < 1 << 20; row++) text += line((column) => cell(row, column));
    if (!out.write(text)) await once(out, "drain");
  }
  out.end();
  await once(out, "finish");
}

interface Taken {
  /** Milliseconds on the clock, and of all processors together. */
  readonly wall: number;
  readonly cpu: number;
}

async function timed<T>(work: () => Promise<T>): Promise<Taken & { readonly result: T }> {
  const before = process.cpuUsage();
  const start = performance.now();
  const result = await work();
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return { wall, cpu: (user + system) / 1000, result };
}

async function byDuckDB(path: string, { columns }: Shape): Promise<number> {
  // Wide tables do not fit into the 512 MB that the command grants.
  const instance = await DuckDBInstance.create(":memory:", { threads: options.threads, memory_limit: "8GB" });
  const connection = await instance.connect();
  const types = Array.from({ length: columns }, (_, i) => `x${i}: 'VARCHAR'`).join(", ");
  const read = `read_csv('${path}', auto_detect=false, header=true, delim=',', quote='"', escape='"', columns={${types}})`;
  const result = await connection.stream(`SELECT * FROM ${read}`);
  let rows = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    rows += chunk.rowCount;
  }
  connection.closeSync();
  instance.closeSync();
  return rows;
}

/** @throws Error unless the table has the cells that were written */
function verify({ rows, columns }: TableRead, shape: Shape): void {
  if (rows !== shape.rows || columns.length !== shape.columns) throw new Error(`read ${rows} x ${columns.length}`);
  for (const [position, column] of columns.entries()) {
    const step = Math.max(1, Math.floor(rows / 20));
    for (let row = 0; row < rows; row += step) {
      const wanted = cell(row, position);
      const found = column.type === "text" ? column.dictionary[column.codes[row]] : Number(column.values[row]);
      if (found !== (column.type === "text" ? wanted : Number(wanted))) {
        throw new Error(`row ${row}, column ${position}: read ${found}, wrote ${wanted}`);
      }
    }
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
}

if (options.help) {
  console.log(help);
} else {
  const folder = mkdtempSync(join(tmpdir(), "evenkeel-reading-"));
  try {
    console.log("rows x columns        evenkeel            DuckDB    times: clock, processors");
    for (const text of options.shapes.split(",")) {
      const [rows, columns] = text.split("x").map(Number);
      const shape = { rows, columns };
      const path = join(folder, `${text}.csv`);
      await write(path, shape);
      verify(await readTable(path), shape);
      const [ours, theirs]: [Taken[], Taken[]] = [[], []];
      for (let round = 0; round < Number(options.rounds); round++) {
        ours.push(await timed(() => readTable(path)));
        const their = await timed(() => byDuckDB(path, shape));
        if (their.result !== rows) throw new Error(`DuckDB read ${their.result} rows`);
        theirs.push(their);
      }
      rmSync(path);
      const of = (taken: readonly Taken[], what: keyof Taken) => median(taken.map((one) => one[what]));
      const shown = (taken: readonly Taken[]) =>
        `${of(taken, "wall").toFixed(0)} (${of(taken, "cpu").toFixed(0)}) ms`.padStart(18);
      const ratios = (["wall", "cpu"] as const).map((what) => (of(ours, what) / of(theirs, what)).toFixed(1));
      console.log(`${text.padEnd(14)}${shown(ours)}${shown(theirs)}    ${ratios.join(", ")}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
