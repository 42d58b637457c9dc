import type { Table } from "evenkeel/tabular";
import type { MeaningOptions } from "../../../cli/src/tables/meaning.ts";

/** A table of the visitor's, as it was read. */
export interface OwnTable {
  readonly name: string;
  readonly table: Table;
  /** What the reader noticed, such as how the file's fields are separated. */
  readonly noticed: readonly string[];
  /** The column to predict at first; the last if left out. */
  readonly target?: string;
  /** What its owner says about its columns. */
  readonly meaning?: MeaningOptions;
}
