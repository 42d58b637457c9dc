import { refuse, text } from "../../core/index.ts";
import { checkFloat32 } from "../../tabular/encoding/fitEncoding.ts";
import { unscaledTarget } from "../../tabular/encoding/target/target.ts";
import { ownUnit } from "../../tabular/encoding/target/truth.ts";
import {
  type Column,
  type ColumnReading,
  type ColumnValues,
  columnOf,
  readColumn,
  readingOf,
  type Schema,
  type Table,
} from "../../tabular/index.ts";
import { shorten } from "../../tabular/schema/columns.ts";
import { RowSummary } from "../../tabular/summary/rowSummary.ts";
import type { RowStore } from "./rowStore.ts";
import { StoredRows } from "./storedRows.ts";

interface ReaderOptions {
  readonly schema: Schema;
  /** Whether the target is scaled by its logarithm. */
  readonly log: boolean;
  /** Whether the task was given, not inferred from a sample. */
  readonly isTold: boolean;
  readonly store: RowStore;
}

/** Reads the training rows of this rank as a schema says, sums them up and keeps them. */
export class RowReader {
  readonly summary = new RowSummary();
  readonly stored: StoredRows;
  /** Rows that have no target, which are left out. */
  withoutTarget = 0;
  readonly #options: ReaderOptions;
  readonly #target: ColumnReading;
  readonly #features: readonly { readonly name: string; readonly reading: ColumnReading }[];

  constructor(options: ReaderOptions) {
    const { schema, store } = options;
    this.#options = options;
    this.#target = readingOf(schema, schema.target);
    this.#features = featuresOf(schema).map((name) => ({ name, reading: readingOf(schema, name) }));
    const columns = [...this.#features, { name: schema.target, reading: this.#target }];
    this.stored = new StoredRows(
      store,
      columns.map(({ name, reading }) => ({ name, kind: reading.kind })),
    );
  }

  /**
   * Takes rows, all of one block.
   * @throws RangeError naming the column and the row in this table, if a value is not of its kind, infinite,
   *   or too large for float32
   */
  take(table: Table, block: number): void {
    const { schema, log } = this.#options;
    const column = columnOf(table, schema.target);
    const all = readColumn(column, this.#target);
    const rows = presentRows(all);
    this.withoutTarget += table.rows - rows.length;
    const features = this.#features.map(({ name, reading }) => {
      const of = columnOf(table, name);
      const values = rowsOf(readColumn(of, reading), rows);
      if (values.kind === "numeric") checkFloat32(of, values.values, rows);
      return values;
    });
    const target = rowsOf(all, rows);
    if (schema.task === "regression") {
      ownUnit(column, this.#target, rows);
      const scaled = log ? unscaledTarget(column, this.#target, log, rows) : undefined;
      this.summary.add(schema.target, target, block, scaled);
    } else {
      this.#checkClasses(column, target, rows);
      this.summary.add(schema.target, asTexts(target), block);
    }
    for (const [i, { name }] of this.#features.entries()) this.summary.add(name, features[i], block);
    this.stored.append(rows.length, [...features, target]);
  }

  /** A sample of zeros and ones says that they are classes; any other number says that they are not. */
  #checkClasses({ name }: Column, target: ColumnValues, rows: Int32Array): void {
    const { schema, isTold } = this.#options;
    if (isTold || target.kind !== "numeric" || schema.task !== "binary") return;
    const wrong = target.values.findIndex((value) => value !== 0 && value !== 1);
    if (wrong < 0) return;
    throw refuse(
      "wrong-value",
      "",
      `the target ${shorten(name)} is ${target.values[wrong]} in row ${rows[wrong]}, and 0 or 1 in the sample that its meaning follows from`,
      text`say ${{ option: "task", value: "regression" }} or "multiclass"`,
      { column: name, row: rows[wrong] },
    );
  }
}

/** The names of the columns that a network gets. */
export function featuresOf({ columns }: Schema): string[] {
  return columns.filter(({ use }) => use === "feature").map(({ name }) => name);
}

function presentRows(column: ColumnValues): Int32Array {
  const isPresent =
    "codes" in column ? (row: number) => column.codes[row] >= 0 : (row: number) => !Number.isNaN(column.values[row]);
  const length = "codes" in column ? column.codes.length : column.values.length;
  const rows = new Int32Array(length);
  let count = 0;
  for (let row = 0; row < length; row++) if (isPresent(row)) rows[count++] = row;
  return rows.subarray(0, count);
}

function rowsOf(column: ColumnValues, rows: Int32Array): ColumnValues {
  if ("codes" in column) {
    if (rows.length === column.codes.length) return column;
    return { ...column, codes: Int32Array.from(rows, (row) => column.codes[row]) };
  }
  const { kind, values } = column;
  return rows.length === values.length ? column : { kind, values: Float64Array.from(rows, (row) => values[row]) };
}

/** Classes as the schema names them. */
function asTexts(column: ColumnValues): ColumnValues {
  if ("codes" in column) return column;
  const { kind, values } = column;
  const known = new Map<number, number>();
  const codes = Int32Array.from(values, (value) => {
    const code = known.get(value) ?? known.size;
    known.set(value, code);
    return code;
  });
  const nameOf = (value: number) => (kind === "boolean" ? (value === 1 ? "true" : "false") : String(value));
  return { kind: "category", codes, dictionary: [...known.keys()].map(nameOf) };
}
