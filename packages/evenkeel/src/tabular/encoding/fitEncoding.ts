import { refuse, text } from "../../core/index.ts";
import { shorten } from "../schema/columns.ts";
import { booleansOf, datesOf, largestFloat32, numbersOf, type Reading, textsOf } from "../schema/read.ts";
import type { ColumnReading } from "../schema/schema.ts";
import type { Column } from "../table/table.ts";
import { partsThatVary, yearOf } from "./calendar.ts";
import type {
  BooleanEncoding,
  CategoryEncoding,
  DateEncoding,
  Encoding,
  NumberInputs,
  NumericEncoding,
} from "./encoding.ts";
import { binEdges, binsFor } from "./piecewise/bins.ts";
import type { ResolvedPreprocessing } from "./preprocessingOptions.ts";
import { fitScaling, type Scaling } from "./scaling/scaling.ts";
import { meanOf, presentOf } from "./scaling/statistics.ts";

/** A column as it was fitted. */
export interface FittedColumn {
  readonly encoding: Encoding;
  /** Of a number or date of more than two values, if such columns have bins: those values. */
  readonly values?: Float64Array;
}

/**
 * What the training rows say about the columns.
 * @throws RangeError naming the column if a value is not of its kind
 */
export function fitEncodings(
  columns: readonly { readonly column: Column; readonly reading: ColumnReading }[],
  rows: Int32Array,
  options: ResolvedPreprocessing,
): Encoding[] {
  const fitted = columns.map(({ column, reading }) => fitEncoding(column, reading, rows, options));
  const binned = fitted.filter(({ values }) => values !== undefined).length;
  return fitted.map(({ encoding, values }) => {
    if (values === undefined) return encoding;
    const edges = binEdges(values, binsFor(values.length, binned));
    // One bin would repeat the scaled value.
    return edges.length < 3 ? encoding : { ...encoding, edges };
  });
}

function fitEncoding(
  column: Column,
  { kind, ...reading }: ColumnReading,
  rows: Int32Array,
  options: ResolvedPreprocessing,
): FittedColumn {
  switch (kind) {
    case "numeric":
      return fitNumeric(column, reading, rows, options);
    case "boolean":
      return { encoding: fitBoolean(column, reading, rows, options) };
    case "category":
      return { encoding: fitCategory(column, reading, rows, options) };
    case "date":
      return fitDate(column, reading, rows, options);
    case "text":
      throw refuse(
        "wrong-value",
        "",
        `column ${shorten(column.name)} is text, which is no feature`,
        text`ignore it, or say ${{ option: "kinds", key: column.name, value: "category" }}`,
        { column: column.name },
      );
    default:
      return kind satisfies never;
  }
}

function fitNumeric(column: Column, reading: Reading, rows: Int32Array, options: ResolvedPreprocessing): FittedColumn {
  const all = numbersOf(column, reading, rows);
  const wrong = all.findIndex((value) => Math.abs(value) > largestFloat32);
  if (wrong >= 0) {
    throw refuse(
      "wrong-value",
      "",
      `column ${shorten(column.name)} holds ${all[wrong]} in row ${rows[wrong]}, more than float32 can hold`,
      "correct it, or take it as missing",
      { column: column.name, row: rows[wrong] },
    );
  }
  const values = presentOf(all);
  const encoding: NumericEncoding = {
    kind: "numeric",
    column: column.name,
    ...(reading.numbers && { numbers: reading.numbers }),
    ...fitNumbers(values, options),
    indicator: isMarked(values, rows, options),
  };
  return withValues(encoding, values, options);
}

function fitDate(column: Column, reading: Reading, rows: Int32Array, options: ResolvedPreprocessing): FittedColumn {
  const { dates } = reading;
  const times = presentOf(datesOf(column, reading, rows));
  const years = times.map(yearOf);
  const encoding: DateEncoding = {
    kind: "date",
    column: column.name,
    ...(dates !== undefined && { dates }),
    ...fitNumbers(years, options),
    parts: partsThatVary(times, options.yearDay),
    indicator: isMarked(times, rows, options),
  };
  return withValues(encoding, years, options);
}

/** Puts `values`, which are all there, into another order. */
function fitNumbers(values: Float64Array, options: ResolvedPreprocessing): NumberInputs {
  const scaling = fitScaling(values, options.scale);
  return { ...scaling, coding: codingOf(scaling, values, options), edges: [] };
}

function codingOf(
  { least, most }: Scaling,
  values: Float64Array,
  { effectCoding, dropConstant }: ResolvedPreprocessing,
): NumberInputs["coding"] {
  if (least === most) return dropConstant ? "none" : "scaled";
  return effectCoding && isTwoValued(values, least, most) ? "signs" : "scaled";
}

function isTwoValued(values: Float64Array, least: number, most: number): boolean {
  return values.every((value) => value === least || value === most);
}

function withValues(
  encoding: NumericEncoding | DateEncoding,
  values: Float64Array,
  { piecewise }: ResolvedPreprocessing,
): FittedColumn {
  const { least, most } = encoding;
  return piecewise && !isTwoValued(values, least, most) ? { encoding, values } : { encoding };
}

/** Whether an input says where a value is missing: not where that would not vary either. */
function isMarked(present: Float64Array, rows: Int32Array, { dropConstant }: ResolvedPreprocessing): boolean {
  return present.length < rows.length && !(dropConstant && present.length === 0);
}

function fitBoolean(
  column: Column,
  reading: Reading,
  rows: Int32Array,
  options: ResolvedPreprocessing,
): BooleanEncoding {
  const values = presentOf(booleansOf(column, reading, rows));
  const mean = meanOf(values);
  const varies = mean > 0 && mean < 1;
  const coding = !varies && options.dropConstant ? "none" : options.effectCoding ? "signs" : "zeroOne";
  const indicator = isMarked(values, rows, options);
  return { kind: "boolean", column: column.name, coding, common: mean > 0.5 ? 1 : 0, indicator };
}

function fitCategory(
  column: Column,
  reading: Reading,
  rows: Int32Array,
  { embedAbove, rareBelow, effectCoding, dropConstant }: ResolvedPreprocessing,
): CategoryEncoding {
  const { categories, unknown, missing } = commonTexts(column, reading, rows, rareBelow);
  const isConstant = categories.length === 1 && unknown === 0;
  const coding =
    isConstant && dropConstant
      ? "none"
      : categories.length > embedAbove
        ? "embedding"
        : categories.length === 2 && missing === 0 && effectCoding
          ? "signs"
          : "oneHot";
  return { kind: "category", column: column.name, coding, categories, rareBelow };
}

/** The texts in at least so many of the rows, sorted, and how many rows have none of them. */
function commonTexts(
  column: Column,
  reading: Reading,
  rows: Int32Array,
  least: number,
): { categories: string[]; unknown: number; missing: number } {
  const { codes, dictionary } = textsOf(column, reading, rows);
  const counts = new Int32Array(dictionary.length);
  let missing = 0;
  for (let i = 0; i < codes.length; i++) {
    if (codes[i] < 0) missing++;
    else counts[codes[i]]++;
  }
  const categories = dictionary.filter((_, code) => counts[code] >= least).sort((a, b) => (a < b ? -1 : 1));
  const known = counts.reduce((sum, count) => (count >= least ? sum + count : sum), 0);
  return { categories, unknown: codes.length - known, missing };
}
