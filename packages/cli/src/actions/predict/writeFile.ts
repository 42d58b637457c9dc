import { createWriteStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { misuse } from "../../shell/errors.ts";
import { faultOf } from "../../shell/files/fault.ts";
import { reasonOf, replace, replacementOf } from "../../shell/files/writeAtomic.ts";
import { identifier, literal } from "../../tables/formats/sql.ts";
import { encodeRows } from "./encodeRows.ts";
import type { OutputColumn } from "./outputColumns.ts";
import type { PredictedBlock } from "./predictBlocks.ts";

/**
 * Writes pieces of text into a file, no faster than it takes them. Whoever looks sees the old file
 * or the whole new one.
 *
 * @throws CommandError if it cannot be written; the old file is then as it was
 */
export async function writeTextFile(
  path: string,
  name: string,
  pieces: AsyncIterable<string>,
  signal?: AbortSignal,
): Promise<void> {
  await replacing(path, name, signal, (to) => pipeline(pieces, createWriteStream(to), { signal }));
}

/** The same for Parquet, which DuckDB writes. */
export async function writeParquetFile(
  path: string,
  name: string,
  columns: readonly OutputColumn[],
  blocks: AsyncIterable<PredictedBlock>,
  { cwd, signal }: { readonly cwd: string; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  // Only Parquet is written by the database, which takes a while to load.
  const { withWorkspace } = await import("../../tables/workspace.ts");
  await withWorkspace({ cwd, signal }, async ({ database, newFile }) => {
    const rows = newFile(".csv");
    await pipeline(encodeRows("csv", columns, blocks), createWriteStream(rows), { signal });
    // Duplicates in all but case are different columns to a table, and one to DuckDB.
    const types = columns.map(({ type }, i) => `c${i}: '${type}'`).join(", ");
    const from = `read_csv(${literal(rows)}, header=true, delim=',', quote='"', escape='"', nullstr='', auto_detect=false, columns={${types}})`;
    const selected = columns.map((column, i) => `c${i} AS ${identifier(column.name)}`).join(", ");
    await replacing(path, name, signal, async (to) => {
      await database.rows(`COPY (SELECT ${selected} FROM ${from}) TO ${literal(to)} (FORMAT parquet)`);
    });
  });
}

async function replacing(
  path: string,
  name: string,
  signal: AbortSignal | undefined,
  write: (to: string) => Promise<void>,
): Promise<void> {
  const facts = await stat(path).catch(() => undefined);
  try {
    // A pipe or a device cannot be replaced.
    if (facts !== undefined && !facts.isFile()) return await write(path);
    const place = replacementOf(path);
    try {
      await write(place.temporary);
      replace(place);
    } catch (error) {
      await rm(place.temporary, { force: true });
      throw error;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw notWritten(error, name);
  }
}

function notWritten(error: unknown, name: string): unknown {
  if (faultOf(error) === undefined) return error;
  return misuse("wrong-state", `cannot write ${name}: ${reasonOf(error)}`, undefined, { cause: error });
}
