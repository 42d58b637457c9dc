import { refuse, text } from "../../core/index.ts";
import { shorten } from "../schema/columns.ts";
import { booleansOf, datesOf, largestFloat32, numbersOf, type Reading } from "../schema/read.ts";
import type { ColumnSchema } from "../schema/schema.ts";
import type { Column } from "../table/table.ts";
import { partsThatVary, yearOf } from "./calendar.ts";
import type { BooleanEncoding, CategoryEncoding, DateEncoding, Encoding, NumericEncoding } from "./encoding.ts";
import { deviationOf, divisorOf, meanOf, presentOf, quantilesOf } from "./statistics.ts";
import { sortedTexts } from "./targetClasses.ts";

export type Scale = "zscore" | "robust" | "none";

/**
 * What the training rows say about a column.
 * @throws RangeError naming the column if a value is not of its kind
 */
export function fitEncoding(
  column: Column,
  { kind, ...reading }: Reading & Pick<ColumnSchema, "kind">,
  rows: Int32Array,
  scale: Scale,
  embedAbove: number,
): Encoding {
  switch (kind) {
    case "numeric":
      return fitNumeric(column, reading, rows, scale);
    case "boolean":
      return fitBoolean(column, reading, rows);
    case "category":
      return fitCategory(column, reading, rows, embedAbove);
    case "date":
      return fitDate(column, reading, rows, scale);
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

function fitNumeric(column: Column, reading: Reading, rows: Int32Array, scale: Scale): NumericEncoding {
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
  return {
    kind: "numeric",
    column: column.name,
    ...(reading.numbers && { numbers: reading.numbers }),
    ...scaleOf(values, scale),
    indicator: values.length < rows.length,
  };
}

/** Puts `values` into another order. */
function scaleOf(values: Float64Array, scale: Scale): { median: number; center: number; scale: number } {
  const mean = scale === "zscore" ? meanOf(values) : 0;
  const deviation = scale === "zscore" ? deviationOf(values, mean) : 1;
  // JSON has no -0: a center of 0 is +0 from the beginning.
  const [low, median, high] = quantilesOf(values, [0.25, 0.5, 0.75]).map((value) => value + 0);
  if (scale === "none") return { median, center: 0, scale: 1 };
  if (scale === "robust") return { median, center: median, scale: high - low || 1 };
  return { median, center: mean, scale: divisorOf(deviation, mean) };
}

function fitBoolean(column: Column, reading: Reading, rows: Int32Array): BooleanEncoding {
  const values = presentOf(booleansOf(column, reading, rows));
  const common = meanOf(values) > 0.5 ? 1 : 0;
  return { kind: "boolean", column: column.name, common, indicator: values.length < rows.length };
}

function fitCategory(column: Column, reading: Reading, rows: Int32Array, embedAbove: number): CategoryEncoding {
  const categories = sortedTexts(column, reading, rows);
  return { kind: "category", column: column.name, categories, embedded: categories.length > embedAbove };
}

function fitDate(column: Column, reading: Reading, rows: Int32Array, scale: Scale): DateEncoding {
  const { dates } = reading;
  const times = presentOf(datesOf(column, reading, rows));
  return {
    kind: "date",
    column: column.name,
    ...(dates !== undefined && { dates }),
    ...scaleOf(times.map(yearOf), scale),
    parts: partsThatVary(times),
    indicator: times.length < rows.length,
  };
}
