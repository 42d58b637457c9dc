import { refuse, text } from "../../core/index.ts";
import { shorten } from "../schema/columns.ts";
import { booleansOf, datesOf, largestFloat32, numbersOf, type Reading } from "../schema/read.ts";
import type { ColumnSchema } from "../schema/schema.ts";
import type { Column } from "../table/table.ts";
import { partsThatVary, yearOf } from "./calendar.ts";
import type { BooleanEncoding, CategoryEncoding, DateEncoding, Encoding, NumericEncoding } from "./encoding.ts";
import { fitScaling, type Scale } from "./scaling/scaling.ts";
import { meanOf, presentOf } from "./scaling/statistics.ts";
import { sortedTexts } from "./targetClasses.ts";

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
    ...fitScaling(values, scale),
    indicator: values.length < rows.length,
  };
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
    ...fitScaling(times.map(yearOf), scale),
    parts: partsThatVary(times),
    indicator: times.length < rows.length,
  };
}
