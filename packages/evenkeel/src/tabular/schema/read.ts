import { mismatch, refuse, type Text, text } from "../../core/index.ts";
import type { Column, NumberColumn, TextColumn } from "../table/table.ts";
import { shorten } from "./columns.ts";
import type { ColumnReading } from "./schema.ts";
import { type DateFormat, dateExample, dateParser, latestTime } from "./values/dateFormat.ts";
import { dateText, ordersOf } from "./values/dates.ts";
import { isNull, type Nulls, nullsOf } from "./values/nulls.ts";
import { exampleOf, type NumberFormat, numberParser, twoReadings, usualFormat } from "./values/numberFormat.ts";
import { parseTruth } from "./values/truth.ts";

/**
 * A column read as what the schema says that it is, whatever the reader of the file made of it:
 * numbers written as text, categories written as numbers. With `rows`, only these rows, in this
 * order.
 */

/** How a column's texts are read: a column of a schema, or what is saved of it. */
export interface Reading {
  /** Texts that mean that there is no value; the usual ones unless given. */
  readonly nulls?: readonly string[] | undefined;
  readonly numbers?: NumberFormat | undefined;
  readonly dates?: DateFormat | undefined;
  /** Texts that are values here, although `nulls` has them. */
  readonly notNull?: readonly string[] | undefined;
}

/** Texts that are not what they should be. */
export interface Misfit {
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
export function numbersOf(column: Column, reading: Reading = {}, rows?: Int32Array): Float64Array | Float32Array {
  const nulls = nullsOf(reading.nulls);
  const expected = (text: string) => expectedNumber(column, text, reading);
  switch (column.type) {
    case "number": {
      if (!isReadAsText(column, reading)) return withoutNulls(gather(column.values, rows), nulls);
      return withoutNulls(parsedValues(column, rows, numberParser(reading.numbers), expected), nulls);
    }
    case "date":
      return gather(column.values, rows);
    case "boolean":
      return new Float64Array(gather(column.values, rows)).map((value) => (value === 255 ? Number.NaN : value));
    case "text":
      return withoutNulls(valuesOf(column, rows, numberTexts(column, reading), expected), nulls);
    default:
      return column satisfies never;
  }
}

/** Whether numbers of a file without types mean something else than they do in JavaScript. */
function isReadAsText({ fromText }: NumberColumn, { numbers }: Reading): boolean {
  return fromText === true && numbers?.decimal === ",";
}

function expectedNumber({ name }: Column, given: string, { numbers = usualFormat }: Reading): Expected {
  const two = twoReadings(given, numbers);
  if (two !== undefined) {
    const [whole, fraction] = two.values;
    const [asWhole, asFraction] = two.written;
    const seen = exampleOf({ decimal: numbers.decimal, thousands: numbers.thousands });
    return {
      doubt: `which is ${whole} or ${fraction}: no number that was trained on has a sign of thousands`,
      cure: text`write ${asWhole} or ${asFraction}; training with ${{ option: "numberFormats", key: name, value: seen }} reads ${whole}`,
    };
  }
  return { expected: numbers === usualFormat ? "a number" : `a number such as ${exampleOf(numbers)}` };
}

/** Numbers such as -999 may stand for what is missing. */
function withoutNulls(values: Float64Array | Float32Array, { numbers }: Nulls): Float64Array | Float32Array {
  if (numbers.size === 0) return values;
  const known = values instanceof Float32Array ? new Set([...numbers].map(Math.fround)) : numbers;
  return values.some((value) => known.has(value))
    ? values.map((value) => (known.has(value) ? Number.NaN : value))
    : values;
}

/**
 * Milliseconds since 1970-01-01 UTC, NaN where the value is missing.
 * @throws RangeError as `numbersOf`
 */
export function datesOf(column: Column, reading: Reading = {}, rows?: Int32Array): Float64Array {
  const { dates } = reading;
  const expected = (text: string) => expectedDate(column, text, dates);
  if (column.type === "text") {
    return valuesOf(column, rows, readTexts(column.dictionary, "date", reading, dateParser(dates)), expected);
  }
  if (column.type === "number") {
    const values = withoutNulls(column.values, nullsOf(reading.nulls));
    return parsedValues({ ...column, values }, rows, dateParser(dates), expected);
  }
  if (column.type === "boolean") {
    throw refuse("wrong-value", "", `column ${shorten(column.name)} holds booleans, which are no dates`, undefined, {
      column: column.name,
    });
  }
  const values = gather(column.values, rows);
  const wrong = values.findIndex((value) => Math.abs(value) > latestTime);
  if (wrong < 0) return values;
  throw misfit(column, String(values[wrong]), rows?.[wrong] ?? wrong, {
    expected: `milliseconds since 1970 of at most ${latestTime}, which a Date can hold`,
  });
}

function expectedDate({ name, type }: Column, given: string, dates: DateFormat | undefined): Expected {
  const expected = `a date such as ${dateExample(dates)}`;
  if (dates !== undefined) return { expected };
  if (type === "number" || /^\s*\d+\s*$/.test(given)) return { expected, cure: formatHint(name) };
  const { dmy, mdy } = ordersOf(given);
  return { expected, ...((dmy || mdy) && { cure: orderHint(name) }) };
}

/** How to say which comes first. */
export function orderHint(name: string): Text {
  const dayFirst = { option: "kinds", key: name, value: "date:dmy" };
  return text`${dayFirst} says that the day comes first, "date:mdy" that the month does`;
}

/** How to say which dates numbers are. */
function formatHint(name: string): Text {
  const days = { option: "dateFormats", key: name, value: "yyyymmdd" };
  return text`say how dates are written: ${days}, seconds, milliseconds, or a pattern such as %Y`;
}

/** The largest float32: a network can take nothing larger. */
export const largestFloat32 = 3.4028234663852886e38;

/** 0, 1, or NaN where the value is missing. @throws RangeError as `numbersOf` */
export function booleansOf(column: Column, reading: Reading = {}, rows?: Int32Array): Float64Array | Float32Array {
  if (column.type === "text") {
    const number = numberParser();
    const parse = (text: string) => {
      const truth = parseTruth(text);
      if (!Number.isNaN(truth)) return truth;
      const value = number(text);
      return value === 0 || value === 1 ? value : Number.NaN;
    };
    const read = readTexts(column.dictionary, "boolean", reading, parse);
    return valuesOf(column, rows, read, () => ({ expected: "true or false" }));
  }
  const values = numbersOf(column, { nulls: reading.nulls }, rows);
  const wrong = values.findIndex((value) => value !== 0 && value !== 1 && !Number.isNaN(value));
  if (wrong < 0) return values;
  throw misfit(column, values[wrong], rows?.[wrong] ?? wrong, { expected: "true, false, 0 or 1" });
}

/**
 * Texts as positions in a dictionary, -1 where the value is missing, without the spaces around
 * them. Numbers and booleans as JavaScript writes them.
 */
export function textsOf(
  column: Column,
  { nulls: missing, notNull = [] }: Reading = {},
  rows?: Int32Array,
): Pick<TextColumn, "codes" | "dictionary"> {
  const nulls = nullsOf(missing);
  const values = new Set(notNull);
  const isMissing = (text: string) => nulls.texts.has(text) && !values.has(text);
  return column.type === "text" ? trimmedTexts(column, isMissing, rows) : textsOfValues(column, isMissing, rows);
}

function trimmedTexts(
  column: TextColumn,
  isMissing: (text: string) => boolean,
  rows: Int32Array | undefined,
): Pick<TextColumn, "codes" | "dictionary"> {
  const codes = gather(column.codes, rows);
  if (!column.dictionary.some((text) => isMissing(text) || text !== text.trim())) {
    return { codes, dictionary: column.dictionary };
  }
  const moved = new Int32Array(column.dictionary.length);
  const dictionary: string[] = [];
  const known = new Map<string, number>();
  for (const [code, text] of column.dictionary.entries()) {
    const trimmed = text.trim();
    if (isMissing(trimmed)) moved[code] = -1;
    else {
      const before = known.get(trimmed);
      moved[code] = before ?? dictionary.push(trimmed) - 1;
      if (before === undefined) known.set(trimmed, moved[code]);
    }
  }
  return { codes: codes.map((code) => (code < 0 ? -1 : moved[code])), dictionary };
}

function textsOfValues(
  column: Exclude<Column, TextColumn>,
  isMissing: (text: string) => boolean,
  rows: Int32Array | undefined,
): Pick<TextColumn, "codes" | "dictionary"> {
  const values = numbersOf(column, { nulls: [] }, rows);
  const codes = new Int32Array(values.length);
  const known = new Map<number, number>();
  const dictionary: string[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    let code = Number.isNaN(value) ? -1 : known.get(value);
    if (code === undefined) {
      const text = textOf(column, value);
      code = isMissing(text) ? -1 : dictionary.push(text) - 1;
      known.set(value, code);
    }
    codes[i] = code;
  }
  return { codes, dictionary };
}

/** The text of a value, as a file has it: the same category however it was read. */
function textOf({ type }: Column, value: number): string {
  if (type === "boolean") return value === 1 ? "true" : "false";
  return type === "date" ? dateText(value) : String(value);
}

/** A column's values as what it is: NaN, or the code -1, where there is none. */
export type ColumnValues =
  | { readonly kind: "numeric" | "boolean" | "date"; readonly values: Float64Array | Float32Array }
  | ({ readonly kind: "category" | "text" } & Pick<TextColumn, "codes" | "dictionary">);

/**
 * A column as a schema reads it: `readColumn(columnOf(table, "price"), { ...column, nulls: schema.nulls })`.
 * Dates are milliseconds since 1970-01-01 UTC, booleans 0 and 1.
 * @throws RangeError naming the column, the first value that is not of its kind, and its row
 */
export function readColumn(column: Column, reading: ColumnReading): ColumnValues {
  const { kind } = reading;
  switch (kind) {
    case "numeric":
      return { kind, values: numbersOf(column, reading) };
    case "boolean":
      return { kind, values: booleansOf(column, reading) };
    case "date":
      return { kind, values: datesOf(column, reading) };
    case "category":
    case "text":
      return { kind, ...textsOf(column, reading) };
    default:
      return kind satisfies never;
  }
}

/** The texts that rows hold, and that `keep` lets through, in the order of the dictionary. */
export function usedTexts({ codes, dictionary }: TextColumn, keep: (text: string) => boolean): string[] {
  const used = new Uint8Array(dictionary.length);
  for (let i = 0; i < codes.length; i++) if (codes[i] >= 0) used[codes[i]] = 1;
  return dictionary.filter((text, code) => used[code] === 1 && keep(text));
}

/** The texts of a column that are no numbers; undefined if there are none. */
export function misfitsOf(column: Column, reading: Reading): Misfit | undefined {
  if (column.type === "text") {
    const { unread } = numberTexts(column, reading);
    if (!unread.includes(1)) return undefined;
    return firstMisfit(
      column.codes,
      (code) => code >= 0 && unread[code] === 1,
      (code) => column.dictionary[code],
    );
  }
  if (column.type !== "number" || !isReadAsText(column, reading)) return undefined;
  const [parse, nulls] = [numberParser(reading.numbers), nullsOf(reading.nulls)];
  const isWrong = (text: string) => Number.isNaN(parse(text)) && !isNull(text, nulls);
  return firstMisfit(column.values, (value) => !Number.isNaN(value) && isWrong(String(value)), String);
}

function firstMisfit(
  values: Int32Array | Float64Array | Float32Array,
  isWrong: (value: number) => boolean,
  textFor: (value: number) => string,
): Misfit | undefined {
  let [count, row] = [0, -1];
  for (let i = 0; i < values.length; i++) {
    if (!isWrong(values[i])) continue;
    if (count === 0) row = i;
    count++;
  }
  return count === 0 ? undefined : { count, row, value: textFor(values[row]) };
}

/** What would have been read in place of a text, or why it is in doubt. */
type Expected = { readonly expected: string; readonly cure?: Text } | { readonly doubt: string; readonly cure: Text };

function misfit({ name }: Column, given: string | number, row: number, why: Expected): Error {
  const shown = typeof given === "number" ? String(given) : shorten(given);
  const statement = `column ${shorten(name)} holds ${shown} in row ${row}`;
  const cell = { column: name, row };
  if ("doubt" in why) return refuse("wrong-value", "", `${statement}, ${why.doubt}`, why.cure, cell);
  return mismatch("wrong-value", "", statement, why.expected, why.cure, cell);
}

/** What each text of a dictionary is. */
interface TextsRead {
  /** NaN for what is missing, and for what is unread. */
  readonly values: Float64Array;
  /** 1 for a text that is not what it should be. */
  readonly unread: Uint8Array;
}

/** The last reading of a dictionary: a table is read many times, and nearly always in one way. */
const lastRead = new WeakMap<readonly string[], TextsRead & { readonly as: string }>();

function readTexts(
  dictionary: readonly string[],
  kind: "numeric" | "boolean" | "date",
  reading: Reading,
  parse: (text: string) => number,
): TextsRead {
  const as = JSON.stringify([kind, reading.numbers, reading.dates, reading.nulls]);
  const known = lastRead.get(dictionary);
  if (known?.as === as) return known;
  const nulls = nullsOf(reading.nulls);
  const values = new Float64Array(dictionary.length);
  const unread = new Uint8Array(dictionary.length);
  for (let code = 0; code < values.length; code++) {
    const text = dictionary[code];
    const value = parse(text);
    if (!Number.isNaN(value)) values[code] = isNull(text, nulls) ? Number.NaN : value;
    else {
      values[code] = value;
      unread[code] = isNull(text, nulls) ? 0 : 1;
    }
  }
  const read = { as, values, unread };
  lastRead.set(dictionary, read);
  return read;
}

/** What the texts of a column are as numbers. */
export function numberTexts({ dictionary }: TextColumn, reading: Reading): TextsRead {
  return readTexts(dictionary, "numeric", reading, numberParser(reading.numbers));
}

function valuesOf(
  column: TextColumn,
  rows: Int32Array | undefined,
  read: TextsRead,
  expectedFor: (text: string) => Expected,
): Float64Array {
  const { dictionary } = column;
  const codes = gather(column.codes, rows);
  const values = new Float64Array(codes.length);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i];
    if (code >= 0 && read.unread[code] === 1) {
      throw misfit(column, dictionary[code], rows?.[i] ?? i, expectedFor(dictionary[code]));
    }
    values[i] = code < 0 ? Number.NaN : read.values[code];
  }
  return values;
}

/** Numbers read through the texts that they were, or would be. */
function parsedValues(
  column: NumberColumn,
  rows: Int32Array | undefined,
  parse: (text: string) => number,
  expectedFor: (text: string) => Expected,
): Float64Array {
  const given = gather(column.values, rows);
  const values = new Float64Array(given.length);
  for (let i = 0; i < given.length; i++) {
    if (Number.isNaN(given[i])) {
      values[i] = Number.NaN;
      continue;
    }
    const text = String(given[i]);
    values[i] = parse(text);
    if (Number.isNaN(values[i])) {
      throw misfit(column, column.fromText ? text : given[i], rows?.[i] ?? i, expectedFor(text));
    }
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
