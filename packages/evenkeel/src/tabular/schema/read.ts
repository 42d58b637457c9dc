import { mismatch, refuse, type Text, text } from "../../core/index.ts";
import type { Column, TextColumn } from "../table/table.ts";
import { shorten } from "./columns.ts";
import { ordersOf, parseDate } from "./dates.ts";
import { isNullCategory, isNullText, parseBoolean, parseNumber } from "./parse.ts";
import type { DateOrder } from "./schema.ts";

/**
 * A column read as what the schema says that it is, whatever the reader of the file made of it:
 * numbers written as text, categories written as numbers. With `rows`, only these rows, in this
 * order.
 */

/** Texts that are not what they should be. */
interface Misfit {
  /** In how many rows. */
  readonly count: number;
  /** The first of them. */
  readonly row: number;
  readonly value: string;
}

/**
 * NaN where the value is missing.
 * @throws RangeError naming the column, the first text that is no number, and its row
 */
export function numbersOf(column: Column, rows?: Int32Array): Float64Array | Float32Array {
  switch (column.type) {
    case "number":
    case "date":
      return gather(column.values, rows);
    case "boolean":
      return new Float64Array(gather(column.values, rows)).map((value) => (value === 255 ? Number.NaN : value));
    case "text":
      return parsed(column, rows, parseNumber, () => ({ expected: "a number" }));
    default:
      return column satisfies never;
  }
}

/**
 * Milliseconds since 1970-01-01 UTC, NaN where the value is missing.
 * @param dateOrder how dates of numbers alone are read; without it they are none
 * @throws RangeError as `numbersOf`
 */
export function datesOf(
  column: Column,
  { dateOrder, rows }: { readonly dateOrder?: DateOrder | undefined; readonly rows?: Int32Array | undefined } = {},
): Float64Array {
  if (column.type === "text") {
    const expected = (text: string) => expectedDate(column, text, dateOrder);
    return parsed(column, rows, (text) => parseDate(text, dateOrder), expected);
  }
  if (column.type === "boolean") {
    throw refuse("wrong-value", "", `column ${shorten(column.name)} holds booleans, which are no dates`, undefined, {
      column: column.name,
    });
  }
  if (column.type === "date" && dateOrder !== undefined && (column.dateOrder ?? dateOrder) !== dateOrder) {
    const first = { dmy: "day", mdy: "month" } as const;
    throw mismatch(
      "wrong-value",
      "",
      `column ${shorten(column.name)} holds dates with the ${first[column.dateOrder!]} first`,
      `the ${first[dateOrder]} first`,
      undefined,
      { column: column.name },
    );
  }
  const values = gather(column.values, rows);
  const wrong = values.findIndex((value) => Math.abs(value) > latestTime);
  if (wrong >= 0) {
    throw mismatch(
      "wrong-value",
      "",
      `column ${shorten(column.name)} holds ${values[wrong]} in row ${rows?.[wrong] ?? wrong}`,
      `milliseconds since 1970 of at most ${latestTime}, which a Date can hold`,
      undefined,
      { column: column.name, row: rows?.[wrong] ?? wrong },
    );
  }
  return values instanceof Float64Array ? values : new Float64Array(values);
}

function expectedDate({ name }: Column, given: string, dateOrder: DateOrder | undefined): Expected {
  const likely = { dmy: "31/12/1999, the day first, ", mdy: "12/31/1999, the month first, " } as const;
  const known = `a date such as ${dateOrder === undefined ? "" : likely[dateOrder]}1999-12-31, 31 Dec 1999 or 1999-12-31T23:59`;
  const { dmy, mdy } = ordersOf(given);
  return { expected: known, ...(dateOrder === undefined && (dmy || mdy) && { cure: orderHint(name) }) };
}

/** How to say which comes first. */
export function orderHint(name: string): Text {
  const dayFirst = { option: "kinds", key: name, value: "date:dmy" };
  return text`${dayFirst} says that the day comes first, "date:mdy" that the month does`;
}

/** The largest float32: a network can take nothing larger. */
export const largestFloat32 = 3.4028234663852886e38;

/** Of a Date, in milliseconds since 1970. */
const latestTime = 8.64e15;

/** 0, 1, or NaN where the value is missing. @throws RangeError as `numbersOf` */
export function booleansOf(column: Column, rows?: Int32Array): Float64Array | Float32Array {
  if (column.type === "text") {
    const parse = (text: string) => {
      const value = parseBoolean(text);
      if (value !== 255) return value;
      const number = parseNumber(text);
      return number === 0 || number === 1 ? number : Number.NaN;
    };
    return parsed(column, rows, parse, () => ({ expected: "true or false" }));
  }
  const values = numbersOf(column, rows);
  const wrong = values.findIndex((value) => value !== 0 && value !== 1 && !Number.isNaN(value));
  if (wrong < 0) return values;
  throw mismatch(
    "wrong-value",
    "",
    `column ${shorten(column.name)} holds ${values[wrong]} in row ${rows?.[wrong] ?? wrong}`,
    "true, false, 0 or 1",
    undefined,
    { column: column.name, row: rows?.[wrong] ?? wrong },
  );
}

/**
 * Texts as positions in a dictionary, -1 where the value is missing. Numbers and booleans as
 * JavaScript writes them.
 */
export function textsOf(column: Column, rows?: Int32Array): Pick<TextColumn, "codes" | "dictionary"> {
  if (column.type === "text") {
    const nulls = column.dictionary.map(isNullCategory);
    const codes = gather(column.codes, rows) as Int32Array;
    if (!nulls.includes(true)) return { codes, dictionary: column.dictionary };
    return { codes: codes.map((code) => (code >= 0 && nulls[code] ? -1 : code)), dictionary: column.dictionary };
  }
  const values = numbersOf(column, rows);
  const codes = new Int32Array(values.length);
  const known = new Map<number, number>();
  const dictionary: string[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    let code = Number.isNaN(value) ? -1 : known.get(value);
    if (code === undefined) {
      code = dictionary.push(textOf(column, value)) - 1;
      known.set(value, code);
    }
    codes[i] = code;
  }
  return { codes, dictionary };
}

function textOf({ type }: Column, value: number): string {
  if (type === "boolean") return value === 1 ? "true" : "false";
  if (type !== "date") return String(value);
  // As a file of dates has it, so that the same date is the same category however it was read.
  return value % 86_400_000 === 0 ? new Date(value).toISOString().slice(0, 10) : new Date(value).toISOString();
}

/** The texts of a column that `parse` makes nothing of; undefined if there are none. */
export function misfitsOf({ codes, dictionary }: TextColumn, parse: (text: string) => number): Misfit | undefined {
  const wrong = dictionary.map((text) => !isNullText(text) && Number.isNaN(parse(text)));
  if (!wrong.includes(true)) return undefined;
  let count = 0;
  let row = -1;
  for (let i = 0; i < codes.length; i++) {
    if (codes[i] < 0 || !wrong[codes[i]]) continue;
    if (count === 0) row = i;
    count++;
  }
  return count === 0 ? undefined : { count, row, value: dictionary[codes[row]] };
}

/** What would have been read in place of a text. */
interface Expected {
  readonly expected: string;
  readonly cure?: Text;
}

function parsed(
  column: TextColumn,
  rows: Int32Array | undefined,
  parse: (text: string) => number,
  expectedFor: (text: string) => Expected,
): Float64Array {
  const meaning = Float64Array.from(column.dictionary, (text) => (isNullText(text) ? Number.NaN : parse(text)));
  const unread = column.dictionary.map((text, code) => Number.isNaN(meaning[code]) && !isNullText(text));
  const codes = gather(column.codes, rows);
  const values = new Float64Array(codes.length);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i];
    if (code >= 0 && unread[code]) {
      const text = column.dictionary[code];
      const { expected, cure } = expectedFor(text);
      throw mismatch(
        "wrong-value",
        "",
        `column ${shorten(column.name)} holds ${shorten(text)} in row ${rows?.[i] ?? i}`,
        expected,
        cure,
        { column: column.name, row: rows?.[i] ?? i },
      );
    }
    values[i] = code < 0 ? Number.NaN : meaning[code];
  }
  return values;
}

function gather<T extends Float64Array | Float32Array | Int32Array | Uint8Array>(values: T, rows?: Int32Array): T {
  if (rows === undefined) return values;
  const Values = values.constructor as new (length: number) => T;
  const taken = new Values(rows.length);
  for (let i = 0; i < rows.length; i++) taken[i] = values[rows[i]];
  return taken;
}
