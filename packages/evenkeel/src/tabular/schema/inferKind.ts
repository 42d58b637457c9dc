import type { Column, TextColumn } from "../table/table.ts";
import { codeAmong, valuesAmong } from "./codes.ts";
import type { NumberReading } from "./numberReadings.ts";
import { misfitsOf, numbersOf, numberTexts, type Reading, textsOf, usedTexts } from "./read.ts";
import type { ColumnSchema, ToldKind } from "./schema.ts";
import { type DateFormat, numberDates } from "./values/dateFormat.ts";
import { type DateReading, datesIn, ordersOf } from "./values/dates.ts";
import { isNull, nullsOf } from "./values/nulls.ts";
import { shapeOf } from "./values/numberShape.ts";
import { areTruthWords } from "./values/truth.ts";
import { isUnit } from "./values/units.ts";

/** What is known before a column is looked at. */
export interface Known {
  /** The kind that it was said to be. */
  readonly told?: ToldKind | undefined;
  readonly dates?: DateFormat | undefined;
  /** How its numbers are written. */
  readonly numbers?: NumberReading | undefined;
  readonly nulls: readonly string[];
  /** Those of `nulls` that were said to be missing, by whoever knows the table. */
  readonly asked: ReadonlySet<string>;
}

/** A column's kind, and how its texts are read. */
export type Meaning = Pick<ColumnSchema, "kind" | "numbers" | "dates" | "notNull" | "unclear" | "odd">;

export interface Inferred extends Meaning, Extent {
  /** Why a text is no category. */
  readonly why?: string;
}

interface Extent {
  /** In how many rows there is a value. */
  readonly present: number;
  /** There are values, and all are the same. */
  readonly constant: boolean;
}

/** The kind of a column, or the one it was said to be, with what is known of its values. */
export function inferKind(column: Column, known: Known): Inferred {
  const meaning = meaningOf(column, known);
  return { ...meaning, ...extentOf(column, { ...meaning, nulls: known.nulls }) };
}

function meaningOf(column: Column, known: Known): Meaning & Pick<Inferred, "why"> {
  const { told } = known;
  if (told !== undefined) return meaningOfKind(column, known, told);
  if (column.type === "text") return meaningOfText(column, known);
  return meaningOfKind(column, known, column.type === "number" ? "numeric" : column.type);
}

function meaningOfKind(column: Column, known: Known, told: ToldKind): Meaning {
  switch (told) {
    case "date:dmy":
    case "date:mdy":
      return { kind: "date", dates: told === "date:dmy" ? "dmy" : "mdy" };
    case "date": {
      const dates = known.dates ?? datesFormat(column, known.nulls);
      return { kind: "date", ...(dates !== undefined && { dates }) };
    }
    case "numeric": {
      const { numbers, unclear } = known.numbers ?? {};
      return { kind: told, ...(numbers && { numbers }), ...(unclear !== undefined && { unclear }) };
    }
    case "category":
    case "text": {
      const notNull = column.type === "text" ? notNullOf(column, known) : [];
      return { kind: told, ...(notNull.length > 0 && { notNull }) };
    }
    case "boolean":
      return { kind: told };
    default:
      return told satisfies never;
  }
}

/** How the dates of a column are written that is said to be of dates. */
function datesFormat(column: Column, missing: readonly string[]): DateFormat | undefined {
  if (column.type === "number") return numberDates(numbersOf(column, { nulls: missing }));
  if (column.type !== "text") return undefined;
  const nulls = nullsOf(missing);
  const texts = usedTexts(column, (text) => !isNull(text, nulls));
  return texts.every((text) => /^\s*\d+(?:\.\d+)?\s*$/.test(text))
    ? numberDates(texts.map(Number))
    : datesIn(texts)?.dateOrder;
}

function notNullOf(column: TextColumn, { nulls, asked }: Known): string[] {
  const texts = new Set(usedTexts(column, () => true).map((text) => text.trim()));
  return valuesAmong([...texts], nullsOf(nulls).texts, asked);
}

/**
 * A column of numbers with a few other strings among them (one, or one in ten) is still meant to be
 * numeric: taking it for categories would hide the mistake. checks.ts reports the strings.
 */
function meaningOfText(column: TextColumn, known: Known): Meaning & Pick<Inferred, "why"> {
  const nulls = nullsOf(known.nulls);
  const texts = usedTexts(column, (text) => !isNull(text, nulls));
  if (texts.length === 0) return { kind: "numeric" };
  if (areTruthWords(texts)) return { kind: "boolean" };
  let odd: string | undefined;
  if (codeAmong(texts) === undefined) {
    if (areNumbers(column, known)) return meaningOfKind(column, known, "numeric");
    const dates = datesIn(texts);
    if (dates !== undefined && dates.unclear === undefined) return { kind: "date", ...datesOfReading(dates) };
    odd = oddText(column, known, texts.length);
  }
  const meaning = { ...meaningOfKind(column, known, "category"), ...(odd !== undefined && { odd }) };
  const { present, distinct } = countTexts(column, { ...meaning, nulls: known.nulls });
  if (!nearlyUnique(present, distinct)) return meaning;
  const why = `it is an identifier or free text: ${distinct} different values in ${present} rows`;
  return { ...meaning, kind: "text", why };
}

/** The first text that is no number, where most are, or that has a unit of its own. */
function oddText(column: TextColumn, { numbers: reading, nulls }: Known, texts: number): string | undefined {
  if (reading === undefined) return undefined;
  const read = { ...reading, nulls };
  const odd = misfitsOf(column, read)?.value;
  if (odd === undefined) return undefined;
  const unit = shapeOf(odd.trim())?.unit;
  const { values } = numberTexts(column, read);
  const numbers = values.reduce((count, value) => (Number.isNaN(value) ? count : count + 1), 0);
  return numbers * 2 >= texts || (unit !== undefined && isUnit(unit)) ? odd : undefined;
}

function datesOfReading({ dateOrder }: DateReading): Pick<Meaning, "dates"> {
  return dateOrder === undefined ? {} : { dates: dateOrder };
}

function areNumbers(column: TextColumn, { numbers = {}, nulls }: Known): boolean {
  if (numbers.numeric) return true;
  const { values: read, unread } = numberTexts(column, { numbers: numbers.numbers, nulls });
  let [strings, values] = [0, 0];
  for (const code of column.codes) {
    if (code < 0) continue;
    strings += unread[code];
    if (unread[code] === 1 || !Number.isNaN(read[code])) values++;
  }
  return strings === 0 || isFew(strings, values);
}

/** So few of a column's values that they are more likely mistakes than what it is about. */
function isFew(others: number, values: number): boolean {
  return others <= Math.max(1, values / 10) && others * 3 <= values;
}

/** How many values a column has, read as what it is, and whether they differ. */
export function extentOf(column: Column, reading: Reading & Pick<ColumnSchema, "kind">): Extent {
  if (reading.kind === "category" || reading.kind === "text" || column.type === "text") {
    const isText = reading.kind === "category" || reading.kind === "text";
    const { present, distinct } = countTexts(column, isText ? reading : { nulls: reading.nulls });
    return { present, constant: distinct === 1 };
  }
  const values = numbersOf(column, { nulls: reading.nulls });
  let [present, constant, first] = [0, true, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (Number.isNaN(value)) continue;
    if (present === 0) first = value;
    else if (value !== first) constant = false;
    present++;
  }
  return { present, constant: constant && present > 0 };
}

interface TextCounts {
  /** The different texts, and how many rows hold each. */
  readonly dictionary: readonly string[];
  readonly counts: Int32Array;
  readonly present: number;
  readonly distinct: number;
}

export function countTexts(column: Column, reading: Reading): TextCounts {
  const { codes, dictionary } = textsOf(column, reading);
  const counts = new Int32Array(dictionary.length);
  let present = 0;
  for (let i = 0; i < codes.length; i++) {
    if (codes[i] < 0) continue;
    counts[codes[i]]++;
    present++;
  }
  return { dictionary, counts, present, distinct: counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0) };
}

/** How a column's texts are read as dates; undefined if they are none. */
export function dateReading(column: TextColumn, reading: Reading): DateReading | undefined {
  const nulls = nullsOf(reading.nulls);
  return datesIn(usedTexts(column, (text) => !isNull(text, nulls)));
}

/** What keeps a column's texts, nearly all of them dates, from being read as dates. */
export type StrayDate =
  | { readonly why: "no-date"; readonly text: string; readonly row: number; readonly others: number }
  | { readonly why: "both-orders"; readonly dayFirst: string; readonly monthFirst: string };

/** Undefined if the texts are dates, or more than one, and one in ten, are none. */
export function strayDate(column: TextColumn, reading: Reading): StrayDate | undefined {
  const { dictionary, counts, present } = countTexts(column, { nulls: reading.nulls });
  let [none, dayFirst, monthFirst, strays] = [-1, -1, -1, 0];
  for (const [code, text] of dictionary.entries()) {
    if (counts[code] === 0) continue;
    const { dmy, mdy } = ordersOf(text);
    if (dmy && !mdy && dayFirst < 0) dayFirst = code;
    if (mdy && !dmy && monthFirst < 0) monthFirst = code;
    if (dmy || mdy) continue;
    if (none < 0) none = code;
    strays += counts[code];
    if (!isFew(strays, present)) return undefined;
  }
  if (strays > 0) {
    const row = textsOf(column, { nulls: reading.nulls }).codes.indexOf(none);
    return { why: "no-date", text: dictionary[none], row, others: strays - 1 };
  }
  if (dayFirst < 0 || monthFirst < 0) return undefined;
  return { why: "both-orders", dayFirst: dictionary[dayFirst], monthFirst: dictionary[monthFirst] };
}

/** Texts that say little more than which row it is. */
export function nearlyUnique(present: number, distinct: number): boolean {
  return (distinct === present && present > 2) || (distinct > 20 && distinct > present / 2);
}
