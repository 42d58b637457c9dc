import { deserialize, serialize } from "node:v8";
import { type Column, joinTables, type Table, takeRows } from "evenkeel/tabular";
import type { ShardBatch, ShardColumns } from "./shard.ts";

/** A number from 0 to 2^53 that follows from a row's place and a seed, as if it were drawn. */
export function rowHash(seed: number, file: number, row: number): number {
  let a = mixed(seed ^ 0x9e3779b9);
  let b = mixed(Math.floor(seed / 2 ** 32) + 0x85ebca6b);
  for (const part of [file, row % 2 ** 32, Math.floor(row / 2 ** 32)]) {
    a = mixed(a ^ part);
    b = mixed((b + part) ^ (a << 5));
  }
  return (a >>> 0) * 2 ** 21 + (b >>> 11);
}

/** The last steps of MurmurHash3, which let every bit reach every other. */
function mixed(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Where a row stands, and what it was drawn by. */
export interface HeldRow {
  readonly hash: number;
  readonly file: number;
  readonly row: number;
  readonly place: string;
}

/** Of all rows that pass by, those with the lowest hashes. */
export class HeldRows {
  readonly #size: number;
  readonly #seed: number;
  readonly #columns: ShardColumns;
  readonly #rows: HeldRow[] = [];
  /** Positions, the one with the highest hash first: each is above the two at 2 i + 1 and 2 i + 2. */
  readonly #heap: number[] = [];

  constructor(size: number, seed: number, columns: ShardColumns) {
    this.#size = size;
    this.#seed = seed;
    this.#columns = columns;
  }

  take(batch: ShardBatch, file: number): void {
    for (let i = 0; i < batch.rows; i++) {
      const row = batch.first + i;
      const hash = rowHash(this.#seed, file, row);
      if (this.#rows.length < this.#size) {
        batch.append(this.#columns, i, i + 1);
        this.#heap.push(this.#rows.length);
        this.#rows.push({ hash, file, row, place: batch.placeOf(row) });
        this.#rise(this.#heap.length - 1);
      } else if (this.#size > 0 && hash < this.#rows[this.#heap[0]].hash) {
        const [position] = this.#heap;
        batch.replace(this.#columns, position, i);
        this.#rows[position] = { hash, file, row, place: batch.placeOf(row) };
        this.#sink(0);
      }
    }
  }

  #hashAt(at: number): number {
    return this.#rows[this.#heap[at]].hash;
  }

  #rise(from: number): void {
    for (let at = from; at > 0; ) {
      const above = (at - 1) >> 1;
      if (this.#hashAt(above) >= this.#hashAt(at)) return;
      this.#swap(at, above);
      at = above;
    }
  }

  #sink(from: number): void {
    for (let at = from; ; ) {
      let highest = at;
      for (const below of [2 * at + 1, 2 * at + 2]) {
        if (below < this.#heap.length && this.#hashAt(below) > this.#hashAt(highest)) highest = below;
      }
      if (highest === at) return;
      this.#swap(at, highest);
      at = highest;
    }
  }

  #swap(a: number, b: number): void {
    [this.#heap[a], this.#heap[b]] = [this.#heap[b], this.#heap[a]];
  }

  /** How many of the rows have a hash of at most so much. */
  countTo(hash: number): number {
    return this.#rows.reduce((count, row) => count + (row.hash <= hash ? 1 : 0), 0);
  }

  /** The rows with a hash of at most so much, as bytes that other ranks read. */
  bytes(hash = Number.POSITIVE_INFINITY): Uint8Array {
    const order = [...this.#rows.keys()].filter((at) => this.#rows[at].hash <= hash);
    const columns = this.#columns.finish(Int32Array.from(order));
    return serialize({ rows: order.map((at) => this.#rows[at]), columns } satisfies Held);
  }
}

interface Held {
  readonly rows: readonly HeldRow[];
  readonly columns: readonly Column[];
}

/**
 * The lowest hash up to which all ranks together hold so many rows; above all hashes if they hold fewer.
 * @param countTo how many rows of all ranks have a hash of at most so much
 */
export function hashOf(size: number, countTo: (hash: number) => number): number {
  let [low, high] = [0, 2 ** 53];
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2);
    if (countTo(middle) >= size) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * The rows with the lowest hashes among those of all ranks, in the order of files and rows.
 * @param ranks what each rank holds
 */
export function joinHeld(
  ranks: readonly Uint8Array[],
  size: number,
): { readonly table: Table; readonly rows: readonly HeldRow[] } {
  const all = ranks.map((bytes) => deserialize(bytes) as Held);
  const tables = all.map(({ rows, columns }): Table => ({ rows: rows.length, columns }));
  const [first, ...others] = tables.filter(({ rows }) => rows > 0);
  if (first === undefined) return { table: tables[0], rows: [] };
  const { table } = joinTables([first, ...others]);
  const rows = all.flatMap((held) => held.rows);
  const lowest = [...rows.keys()].sort((a, b) => byHash(rows[a], rows[b])).slice(0, size);
  const order = lowest.sort((a, b) => byPlace(rows[a], rows[b]));
  return { table: takeRows(table, Int32Array.from(order)), rows: order.map((at) => rows[at]) };
}

/** Rows with equal hashes in the order of their places. */
export function byHash(a: HeldRow, b: HeldRow): number {
  return a.hash - b.hash || byPlace(a, b);
}

function byPlace(a: HeldRow, b: HeldRow): number {
  return a.file - b.file || a.row - b.row;
}
