import type { ReadNote } from "../readError.ts";

/** One file, or one query: what DuckDB is asked for, and which columns come of it. */
export interface Part {
  /** As people know it. */
  readonly name: string;
  /** What stands behind FROM. */
  readonly from: string;
  readonly columns: readonly PartColumn[];
  readonly notes: readonly ReadNote[];
}

export interface PartColumn {
  readonly name: string;
  /** The expression that gives its values. */
  readonly sql: string;
  /** The type of that, as DESCRIBE names it. */
  readonly type: string;
  /** The expression that gives its numbers as texts with all of their digits, if there is one. */
  readonly digits?: string;
}

/**
 * What was learnt from a first try at a file: later ones look at more of it, or at a cleaned copy.
 */
export interface Attempt {
  /** Types are found by all rows, not by the first. */
  readonly thorough: boolean;
  /** Read through a copy in UTF-8, from this encoding. */
  readonly encoding?: string;
}
