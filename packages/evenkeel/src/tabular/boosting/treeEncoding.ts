import { refuse } from "../../core/index.ts";
import { turnOf, yearOf } from "../encoding/calendar.ts";
import { shorten } from "../schema/columns.ts";
import { booleansOf, datesOf, numbersOf, textsOf } from "../schema/read.ts";
import type { DateFormat } from "../schema/values/dateFormat.ts";
import type { NumberFormat } from "../schema/values/numberFormat.ts";
import type { Column } from "../table/table.ts";

/**
 * What a column becomes for trees: plain data, which is saved with a model. Trees need no scaling and
 * take missing values as they are, so there is little to learn.
 */
export type TreeEncoding = TreeNumber | { readonly kind: "boolean"; readonly column: string } | TreeCategory | TreeDate;

/** A number as it is. */
interface TreeNumber {
  readonly kind: "numeric";
  readonly column: string;
  /** How its numbers are written; 1,234.5 unless given. */
  readonly numbers?: NumberFormat;
}

/** The code of a category: its position here. Any other text counts as missing. */
export interface TreeCategory {
  readonly kind: "category";
  readonly column: string;
  readonly categories: readonly string[];
}

/** A number for each part of a date. */
export interface TreeDate {
  readonly kind: "date";
  readonly column: string;
  /** How its dates are written, where that is not clear of itself. */
  readonly dates?: DateFormat;
  readonly parts: readonly TreeDatePart[];
}

/**
 * Years with their fraction; how much of its year has gone; days of the week from Monday, and the
 * time of the day, each as a share of its round.
 */
export type TreeDatePart = "year" | "yearDay" | "weekday" | "hour";
export const treeDateParts: readonly TreeDatePart[] = ["year", "yearDay", "weekday", "hour"];

/** Codes of categories are bytes, and one byte stands for missing values. */
export const mostCategories = 255;

/** The names of the features that a column becomes, in order. */
export function treeFeatureNames(encoding: TreeEncoding): string[] {
  const { kind, column } = encoding;
  return kind === "date" ? encoding.parts.map((part) => `${column}: ${part}`) : [column];
}

/** Of each feature of a column, how many categories its codes stand for; 0 for numbers. */
export function treeCategoryCounts(encoding: TreeEncoding): number[] {
  // A column without any value still has codes, all of them missing.
  if (encoding.kind === "category") return [Math.max(1, encoding.categories.length)];
  return treeFeatureNames(encoding).map(() => 0);
}

/**
 * The features of a column, NaN where the value is missing.
 * @throws RangeError naming the column, the value and its row if a value is not of its kind, or
 *   infinite
 */
export function encodeForTrees(
  encoding: TreeEncoding,
  column: Column,
  nulls: readonly string[],
  rows: Int32Array | undefined,
): Float64Array[] {
  switch (encoding.kind) {
    case "numeric":
      return [finite(column, numbersOf(column, { nulls, numbers: encoding.numbers }, rows), rows)];
    case "boolean":
      return [new Float64Array(booleansOf(column, { nulls }, rows))];
    case "category":
      return [codesOf(encoding, column, nulls, rows)];
    case "date": {
      const times = datesOf(column, { nulls, dates: encoding.dates }, rows);
      return encoding.parts.map((part) => times.map((time) => datePart(part, time)));
    }
    default:
      return encoding satisfies never;
  }
}

function finite(column: Column, values: Float64Array | Float32Array, rows: Int32Array | undefined): Float64Array {
  const wrong = values.findIndex((value) => Math.abs(value) === Number.POSITIVE_INFINITY);
  if (wrong < 0) return new Float64Array(values);
  const row = rows?.[wrong] ?? wrong;
  const given = `column ${shorten(column.name)} holds ${values[wrong]} in row ${row}`;
  throw refuse("wrong-value", "", given, "correct it, or take it as missing", { column: column.name, row });
}

function codesOf(
  { categories }: TreeCategory,
  column: Column,
  nulls: readonly string[],
  rows: Int32Array | undefined,
): Float64Array {
  const { codes, dictionary } = textsOf(column, { nulls, notNull: categories }, rows);
  const places = new Map(categories.map((category, i) => [category, i]));
  const placed = Float64Array.from(dictionary, (text) => places.get(text) ?? Number.NaN);
  const features = new Float64Array(codes.length);
  for (let i = 0; i < codes.length; i++) features[i] = codes[i] < 0 ? Number.NaN : placed[codes[i]];
  return features;
}

/** NaN for NaN. */
export function datePart(part: TreeDatePart, time: number): number {
  const year = yearOf(time);
  if (part === "year") return year;
  return part === "yearDay" ? year - Math.floor(year) : turnOf(part, time);
}
