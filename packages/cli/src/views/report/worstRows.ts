import type { Column, Predictions, Table } from "evenkeel/tabular";
import { valueText } from "../../shell/figures.ts";
import type { WorstRow } from "./types.ts";

/** The number of rows that are shown. */
const most = 8;

export interface WorstRowsOptions {
  /** The rows of the table that the predictions are of. */
  readonly rows: ArrayLike<number>;
  /** As `Preprocessing.truth` gives it: numbers, or positions in `classes`. */
  readonly truth: ArrayLike<number>;
  readonly classes?: readonly string[] | undefined;
  /** The columns to show, the most telling first. */
  readonly columns: readonly Column[];
  /** Where a row stands in its file. */
  readonly placeOf?: ((row: number) => string | undefined) | undefined;
}

/**
 * The rows with the largest errors, the largest first; of classes, those whose true class got the
 * smallest probability. Rows without a prediction come first.
 */
export function worstRows(predictions: Predictions, options: WorstRowsOptions): WorstRow[] {
  const { rows, truth, classes = [], columns, placeOf } = options;
  const width = classes.length;
  const { values, probabilities } = predictions;
  const right = (i: number) => probabilities?.[i * width + truth[i]] ?? Number.NaN;
  const size = (i: number) => {
    const error = values === undefined ? 1 - right(i) : Math.abs(values[i] - truth[i]);
    return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
  };
  const sizes = Float64Array.from(truth, (_, i) => size(i));
  const order = Int32Array.from(sizes.keys()).sort((a, b) => sizes[b] - sizes[a] || a - b);
  return Array.from(order.subarray(0, most), (i) => ({
    place: placeOf?.(rows[i]) ?? `row ${rows[i] + 1}`,
    values: columns.map((column) => cellText(column, rows[i])),
    ...(values === undefined
      ? { truth: classes[truth[i]], predicted: predictions.classes[i], error: right(i) }
      : { truth: valueText(truth[i]), predicted: valueText(values[i]), error: values[i] - truth[i] }),
  }));
}

/** Columns by name, in the order of the names; those that the table lacks are left out. */
export function columnsNamed(table: Table, names: readonly string[]): Column[] {
  return names.flatMap((name) => table.columns.find((column) => column.name === name) ?? []);
}

/** A value as a person reads it; "" where it is missing. */
function cellText(column: Column, row: number): string {
  switch (column.type) {
    case "number":
      return Number.isNaN(column.values[row]) ? "" : String(Number(column.values[row].toPrecision(7)));
    case "boolean":
      return column.values[row] === 255 ? "" : String(column.values[row] === 1);
    case "date": {
      const date = new Date(column.values[row]);
      return Number.isNaN(date.getTime()) ? "" : date.toISOString().replace(/T00:00:00\.000Z$/, "");
    }
    case "text":
      return column.dictionary[column.codes[row]] ?? "";
    default:
      return column satisfies never;
  }
}
