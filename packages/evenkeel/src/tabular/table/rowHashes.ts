import { readColumn, textsOf } from "../schema/read.ts";
import type { ColumnReading } from "../schema/schema.ts";
import type { Column } from "./table.ts";

/** 64 bits for each row, as two halves: equal rows have equal ones, different rows hardly ever. */
export interface RowHashes {
  readonly low: Int32Array;
  readonly high: Int32Array;
}

/** A column's values as numbers: equal ones mean the same, however they were written. */
export type Cells = Float64Array | Float32Array | Int32Array;

/** What a column says in each row: its numbers, or the codes of its texts. */
export function cellsOf(column: Column, reading: ColumnReading): Cells {
  try {
    const read = readColumn(column, reading);
    return "codes" in read ? read.codes : read.values;
  } catch {
    return textsOf(column, reading).codes; // a value that is not of its kind is an error of its own
  }
}

/** Whether a row has no value. */
export function isMissing(cells: Cells, row: number): boolean {
  return cells instanceof Int32Array ? cells[row] < 0 : Number.isNaN(cells[row]);
}

/**
 * Hashes of the values that these columns have in `rows`, column by column, so that nothing is
 * allocated per row.
 * @param before hashes of the same rows by other columns, which these are added to
 */
export function hashRows(columns: readonly Cells[], rows: Int32Array, before?: RowHashes): RowHashes {
  const low = before?.low.slice() ?? new Int32Array(rows.length);
  const high = before?.high.slice() ?? new Int32Array(rows.length);
  for (const column of columns) {
    if (column instanceof Int32Array) addWhole(column, rows, low, high);
    else addNumbers(column, rows, low, high);
  }
  return { low, high };
}

function addWhole(values: Int32Array, rows: Int32Array, low: Int32Array, high: Int32Array): void {
  for (let i = 0; i < rows.length; i++) {
    const value = values[rows[i]];
    low[i] = mixed(low[i], value, 0x85ebca6b);
    high[i] = mixed(high[i], value, 0xc2b2ae35);
  }
}

function addNumbers(values: Float64Array | Float32Array, rows: Int32Array, low: Int32Array, high: Int32Array): void {
  const double = new Float64Array(1);
  const halves = new Int32Array(double.buffer);
  for (let i = 0; i < rows.length; i++) {
    const value = values[rows[i]];
    // One pattern of bits for both zeros, and one for all that is missing.
    double[0] = Number.isNaN(value) ? Number.NaN : value + 0;
    low[i] = mixed(mixed(low[i], halves[0], 0x85ebca6b), halves[1], 0x27d4eb2f);
    high[i] = mixed(mixed(high[i], halves[0], 0xc2b2ae35), halves[1], 0x165667b1);
  }
}

/** As in MurmurHash3: multiply, turn, add. */
function mixed(hash: number, value: number, factor: number): number {
  let k = Math.imul(value, factor);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  const h = hash ^ k ^ (k >>> 16);
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0x6b64e654) | 0;
}
