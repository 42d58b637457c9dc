import { refuse, text } from "../../core/index.ts";
import { shorten } from "../schema/columns.ts";
import { booleansOf, datesOf, largestFloat32, numbersOf, type Reading, textsOf } from "../schema/read.ts";
import type { ColumnReading } from "../schema/schema.ts";
import {
  type ColumnSummary,
  type NumberSummary,
  numbersIn,
  type TableSummary,
  type TextSummary,
  withExtremes,
} from "../summary/columnSummary.ts";
import type { Column } from "../table/table.ts";
import { partsThatVary, yearsOf } from "./calendar.ts";
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
  /** How many values there are, where these are a sample. */
  readonly present?: number | undefined;
}

/**
 * What the training rows say about the columns.
 * @param exact what is known of all training rows, where `rows` are a sample of them
 * @throws RangeError naming the column if a value is not of its kind
 */
export function fitEncodings(
  columns: readonly { readonly column: Column; readonly reading: ColumnReading }[],
  rows: Int32Array,
  options: ResolvedPreprocessing,
  exact?: TableSummary,
): Encoding[] {
  const fitted = columns.map(({ column, reading }) =>
    fitEncoding(column, reading, rows, options, exact?.get(column.name)),
  );
  const binned = fitted.filter(({ values }) => values !== undefined).length;
  return fitted.map(({ encoding, values, present }) => {
    if (values === undefined) return encoding;
    const edges = binEdges(values, binsFor(present ?? values.length, binned));
    // One bin would repeat the scaled value.
    return edges.length < 3 ? encoding : { ...encoding, edges };
  });
}

function fitEncoding(
  column: Column,
  { kind, ...reading }: ColumnReading,
  rows: Int32Array,
  options: ResolvedPreprocessing,
  exact: ColumnSummary | undefined,
): FittedColumn {
  switch (kind) {
    case "numeric":
      return fitNumeric(column, reading, rows, options, numbersIn(exact));
    case "boolean":
      return { encoding: fitBoolean(column, reading, rows, options, numbersIn(exact)) };
    case "category":
      return { encoding: fitCategory(column, reading, rows, options, exact) };
    case "date":
      return fitDate(column, reading, rows, options, numbersIn(exact));
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

function fitNumeric(
  column: Column,
  reading: Reading,
  rows: Int32Array,
  options: ResolvedPreprocessing,
  exact: NumberSummary | undefined,
): FittedColumn {
  const all = numbersOf(column, reading, rows);
  checkFloat32(column, all, rows);
  const values = valuesToFit(presentOf(all), exact);
  const encoding: NumericEncoding = {
    kind: "numeric",
    column: column.name,
    ...(reading.numbers && { numbers: reading.numbers }),
    ...fitNumbers(values, options, exact),
    indicator: isMarked(values, rows, options, exact),
  };
  return withValues(encoding, values, options, exact);
}

/** @throws RangeError naming the first row of a number that a network cannot take */
export function checkFloat32(column: Column, values: Float64Array | Float32Array, rows: Int32Array): void {
  const wrong = values.findIndex((value) => Math.abs(value) > largestFloat32);
  if (wrong < 0) return;
  throw refuse(
    "wrong-value",
    "",
    `column ${shorten(column.name)} holds ${values[wrong]} in row ${rows[wrong]}, more than float32 can hold`,
    "correct it, or take it as missing",
    { column: column.name, row: rows[wrong] },
  );
}

function fitDate(
  column: Column,
  reading: Reading,
  rows: Int32Array,
  options: ResolvedPreprocessing,
  exact: NumberSummary | undefined,
): FittedColumn {
  const { dates } = reading;
  const times = presentOf(datesOf(column, reading, rows));
  const years = valuesToFit(yearsOf(times), exact);
  const parts = exact?.parts?.filter((part) => part !== "yearDay" || options.yearDay);
  const encoding: DateEncoding = {
    kind: "date",
    column: column.name,
    ...(dates !== undefined && { dates }),
    ...fitNumbers(years, options, exact),
    parts: parts ?? partsThatVary(times, options.yearDay),
    indicator: isMarked(times, rows, options, exact),
  };
  return withValues(encoding, years, options, exact);
}

/** The values that quantiles are taken of. */
function valuesToFit(values: Float64Array, exact: NumberSummary | undefined): Float64Array {
  return exact === undefined ? values : withExtremes(values, exact);
}

/** Puts `values`, which are all there, into another order. */
function fitNumbers(
  values: Float64Array,
  options: ResolvedPreprocessing,
  exact: NumberSummary | undefined,
): NumberInputs {
  const scaling = fitScaling(values, options.scale, exact);
  return { ...scaling, coding: codingOf(scaling, values, options, exact), edges: [] };
}

function codingOf(
  { least, most }: Scaling,
  values: Float64Array,
  { effectCoding, dropConstant }: ResolvedPreprocessing,
  exact: NumberSummary | undefined,
): NumberInputs["coding"] {
  if (least === most) return dropConstant ? "none" : "scaled";
  return effectCoding && isTwoValued(values, least, most, exact) ? "signs" : "scaled";
}

function isTwoValued(
  values: Float64Array,
  least: number,
  most: number,
  exact: Pick<NumberSummary, "distinct"> | undefined,
): boolean {
  if (exact !== undefined) return exact.distinct.length <= 2;
  return values.every((value) => value === least || value === most);
}

function withValues(
  encoding: NumericEncoding | DateEncoding,
  values: Float64Array,
  { piecewise }: ResolvedPreprocessing,
  exact: NumberSummary | undefined,
): FittedColumn {
  const { least, most } = encoding;
  if (!piecewise || isTwoValued(values, least, most, exact)) return { encoding };
  return { encoding, values, present: exact?.present };
}

/** Whether an input says where a value is missing: not where that would not vary either. */
function isMarked(
  values: Float64Array,
  rows: Int32Array,
  { dropConstant }: ResolvedPreprocessing,
  exact: Pick<NumberSummary, "present" | "missing"> | undefined,
): boolean {
  const { present, missing } = exact ?? { present: values.length, missing: rows.length - values.length };
  return missing > 0 && !(dropConstant && present === 0);
}

function fitBoolean(
  column: Column,
  reading: Reading,
  rows: Int32Array,
  options: ResolvedPreprocessing,
  exact: NumberSummary | undefined,
): BooleanEncoding {
  const values = presentOf(booleansOf(column, reading, rows));
  const mean = exact?.mean ?? meanOf(values);
  const varies = mean > 0 && mean < 1;
  const coding = !varies && options.dropConstant ? "none" : options.effectCoding ? "signs" : "zeroOne";
  const indicator = isMarked(values, rows, options, exact);
  return { kind: "boolean", column: column.name, coding, common: mean > 0.5 ? 1 : 0, indicator };
}

function fitCategory(
  column: Column,
  reading: Reading,
  rows: Int32Array,
  { embedAbove, rareBelow, effectCoding, dropConstant }: ResolvedPreprocessing,
  exact: ColumnSummary | undefined,
): CategoryEncoding {
  const counted = exact?.kind === "text" ? exact : countsOf(column, reading, rows);
  const { categories, unknown } = commonTexts(counted.counts, rareBelow);
  const { missing } = counted;
  const isConstant = categories.length === 1 && unknown + missing === 0;
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

/** In how many of the rows each text is, and how many rows have none. */
function countsOf(column: Column, reading: Reading, rows: Int32Array): Pick<TextSummary, "counts" | "missing"> {
  const { codes, dictionary } = textsOf(column, reading, rows);
  const counts = new Int32Array(dictionary.length);
  let missing = 0;
  for (let i = 0; i < codes.length; i++) {
    if (codes[i] < 0) missing++;
    else counts[codes[i]]++;
  }
  return { counts: new Map(dictionary.map((text, code) => [text, counts[code]])), missing };
}

/** The texts in at least so many of the rows, sorted, and how many rows have another one. */
function commonTexts(counts: ReadonlyMap<string, number>, least: number): { categories: string[]; unknown: number } {
  const categories = [...counts].flatMap(([text, count]) => (count >= least ? [text] : []));
  let unknown = 0;
  for (const count of counts.values()) if (count < least) unknown += count;
  return { categories: categories.sort((a, b) => (a < b ? -1 : 1)), unknown };
}
