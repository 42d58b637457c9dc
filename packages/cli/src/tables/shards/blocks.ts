import type { Table } from "evenkeel/tabular";
import type { Shard, ShardColumns } from "./shard.ts";

/** The most blocks that the rows of a table are divided into. */
const mostBlocks = 1024;
/** The fewest rows of a block, but for the last. */
const fewestRows = 16;
/** The most rows that are handed over at once. */
const mostRows = 4096;

/** How many rows a block has: that follows from how many there are in all. */
export function blockRows(rows: number): number {
  return Math.max(fewestRows, Math.ceil(rows / mostBlocks));
}

/** Rows of one file. */
export interface Segment {
  readonly file: number;
  readonly from: number;
  readonly to: number;
}

/** The rows of one rank, counted over all files, from one on up to another: whole blocks. */
export function rowsOfRank(rows: number, rank: number, size: number): { readonly from: number; readonly to: number } {
  const each = blockRows(rows);
  const blocks = Math.ceil(rows / each);
  const start = (of: number) => Math.min(rows, Math.floor((of * blocks) / size) * each);
  return { from: start(rank), to: start(rank + 1) };
}

/** The same rows, file by file. */
export function segmentsOf(files: readonly { readonly rows: number }[], from: number, to: number): Segment[] {
  const segments: Segment[] = [];
  let first = 0;
  for (const [file, { rows }] of files.entries()) {
    const [start, end] = [Math.max(from, first) - first, Math.min(to, first + rows) - first];
    if (end > start) segments.push({ file, from: start, to: end });
    first += rows;
  }
  return segments;
}

/** Rows of one block and one file, without those that are left out. */
export interface Piece {
  readonly table: Table;
  readonly block: number;
  /** Where a row of the table stands. */
  readonly placeOf: (row: number) => string;
}

/**
 * The rows from one on up to another, counted over all files, some at a time. How they are cut follows from
 * the files alone, not from which of them are wanted.
 * @param isLeftOut whether a row of a file is left out
 */
export async function* piecesOf(
  shards: {
    readonly files: readonly (Shard & { readonly rows: number })[];
    /** Empty columns for rows of any of the files. */
    columns(names: readonly string[]): ShardColumns;
  },
  names: readonly string[],
  { from, to }: { readonly from: number; readonly to: number },
  isLeftOut: (file: number, row: number) => boolean,
): AsyncGenerator<Piece> {
  const { files } = shards;
  const starts: number[] = [];
  let rows = 0;
  for (const file of files) {
    starts.push(rows);
    rows += file.rows;
  }
  const each = blockRows(rows);
  for (const segment of segmentsOf(files, from, to)) {
    const first = starts[segment.file];
    let columns = shards.columns(names);
    let kept: number[] = [];
    for await (const batch of files[segment.file].batches(segment.from, segment.to, names)) {
      for (let at = 0; at < batch.rows; ) {
        const row = batch.first + at;
        const end = Math.min(batch.first + batch.rows, pieceEnd(first + row, each) - first);
        for (; at < end - batch.first; ) {
          const start = at;
          while (at < end - batch.first && !isLeftOut(segment.file, batch.first + at)) kept.push(batch.first + at++);
          if (at > start) batch.append(columns, start, at);
          else at++;
        }
        if (end !== pieceEnd(first + row, each) - first && end !== segment.to) continue;
        if (kept.length > 0) {
          const places = kept;
          const table = { rows: kept.length, columns: columns.finish() };
          yield { table, block: Math.floor((first + row) / each), placeOf: (one) => batch.placeOf(places[one]) };
        }
        columns = shards.columns(names);
        kept = [];
      }
    }
  }
}

/** The row behind the piece that a row is in, both counted over all files. */
function pieceEnd(row: number, each: number): number {
  const block = Math.floor(row / each) * each;
  return Math.min(block + each, block + (Math.floor((row - block) / mostRows) + 1) * mostRows);
}
