import type { Column } from "evenkeel/tabular";

/** Rows of a shard that follow each other. */
export interface ShardBatch {
  readonly rows: number;
  /** Which row of the file the first is. */
  readonly first: number;
  /** Where a row of the file stands, in words; also later. */
  readonly placeOf: (row: number) => string;
  /** Appends rows of the batch to columns. */
  append(to: ShardColumns, start: number, end: number): void;
  /** Overwrites what was appended at a position. */
  replace(to: ShardColumns, position: number, row: number): void;
}

/** Columns that are made of rows of shards. */
export interface ShardColumns {
  /** The columns, their rows in this order where one is given. */
  finish(order?: Int32Array): readonly Column[];
}

/** A file that is a part of a table. */
export interface Shard {
  /** As people know it. */
  readonly name: string;
  readonly path: string;
  /** How many rows it has; undefined before a file of texts was counted. */
  readonly rows: number | undefined;
  /** The rows from one on up to another, in their order. */
  batches(from: number, to: number, columns: readonly string[]): AsyncGenerator<ShardBatch>;
}
