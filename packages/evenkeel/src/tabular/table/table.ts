/**
 * A table by columns, as a reader hands it over. Nothing of it is a JS object per row, so that
 * millions of rows fit. All columns have `rows` values.
 */
export interface Table {
  readonly rows: number;
  readonly columns: readonly Column[];
}

/** What a column holds, before anything is known about what it means. */
export type Column = NumberColumn | BooleanColumn | DateColumn | TextColumn;

export interface NumberColumn {
  readonly name: string;
  readonly type: "number";
  /**
   * NaN where the value is missing. Infinities are values, and are refused when the table is
   * checked.
   */
  readonly values: Float64Array | Float32Array;
  /**
   * The column comes from a file without types, such as CSV: each value stood there as exactly the
   * text that `String(value)` gives. What such a text means, the schema says.
   */
  readonly fromText?: true;
}

export interface BooleanColumn {
  readonly name: string;
  readonly type: "boolean";
  /** 0, 1, or 255 where the value is missing. */
  readonly values: Uint8Array;
}

export interface DateColumn {
  readonly name: string;
  readonly type: "date";
  /** Milliseconds since 1970-01-01 UTC; NaN where the value is missing. */
  readonly values: Float64Array;
}

export interface TextColumn {
  readonly name: string;
  readonly type: "text";
  /** Positions in the dictionary; -1 where the value is missing. */
  readonly codes: Int32Array;
  /** Each text once, in the order of first appearance. */
  readonly dictionary: readonly string[];
}
