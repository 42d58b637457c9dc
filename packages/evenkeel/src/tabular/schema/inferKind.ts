import type { Column, TextColumn } from "../table/table.ts";
import { type DateReading, datesIn, ordersOf } from "./dates.ts";
import { isNullText, parseBoolean, parseNumber } from "./parse.ts";
import { numbersOf, textsOf } from "./read.ts";
import type { ColumnKind, DateOrder, ToldKind } from "./schema.ts";

export interface Inferred {
  readonly kind: ColumnKind;
  /** Of dates of numbers alone, where it is known. */
  readonly dateOrder?: DateOrder;
  /** In how many rows there is a value. */
  readonly present: number;
  /** There are values, and all are the same. */
  readonly constant: boolean;
  /** Why a text is no category. */
  readonly why?: string;
}

/** The kind of a column, or `told`, with what is known of its values. */
export function inferKind(column: Column, told?: ToldKind): Inferred {
  if (column.type !== "text") {
    const kind = told === undefined ? { kind: plainKind(column) } : toldKind(told);
    const { dateOrder = column.type === "date" ? column.dateOrder : undefined } = kind;
    const order = kind.kind === "date" && dateOrder !== undefined ? { dateOrder } : {};
    return { ...kind, ...order, ...extent(numbersOf(column)) };
  }
  const counts = countTexts(column);
  const kind = told === undefined ? kindOfText(column, counts) : toldKind(told, column);
  const { present, distinct } =
    kind.kind === "category" || kind.kind === "text" ? counts : withoutNulls(column, counts);
  return { ...kind, present, constant: distinct === 1 };
}

function plainKind({ type }: Exclude<Column, TextColumn>): ColumnKind {
  return type === "number" ? "numeric" : type;
}

/** What was said of a column, and, of dates, what its texts say of their order. */
function toldKind(told: ToldKind, column?: TextColumn): { kind: ColumnKind; dateOrder?: DateOrder } {
  if (told === "date:dmy" || told === "date:mdy")
    return { kind: "date", dateOrder: told === "date:dmy" ? "dmy" : "mdy" };
  const { dateOrder } = (told === "date" && column !== undefined && dateReading(column)) || {};
  return dateOrder === undefined ? { kind: told } : { kind: told, dateOrder };
}

/** How a column's texts are read as dates; undefined if they are none. */
export function dateReading(column: TextColumn, { counts } = countTexts(column)): DateReading | undefined {
  return datesIn(column.dictionary.filter((text, code) => counts[code] > 0 && !isNullText(text)));
}

/** What keeps a column's texts, nearly all of them dates, from being read as dates. */
export type StrayDate =
  | { readonly why: "no-date"; readonly text: string; readonly row: number; readonly others: number }
  | { readonly why: "both-orders"; readonly dayFirst: string; readonly monthFirst: string };

/** Undefined if the texts are dates, or more than one, and one in ten, are none. */
export function strayDate(column: TextColumn, { counts } = countTexts(column)): StrayDate | undefined {
  const { dictionary, codes } = column;
  const present = counts.reduce((sum, count, code) => (isNullText(dictionary[code]) ? sum : sum + count), 0);
  let [none, dayFirst, monthFirst, strays] = [-1, -1, -1, 0];
  for (const [code, text] of dictionary.entries()) {
    if (counts[code] === 0 || isNullText(text)) continue;
    const { dmy, mdy } = ordersOf(text);
    if (dmy && !mdy && dayFirst < 0) dayFirst = code;
    if (mdy && !dmy && monthFirst < 0) monthFirst = code;
    if (dmy || mdy) continue;
    if (none < 0) none = code;
    strays += counts[code];
    if (!isFew(strays, present)) return undefined;
  }
  if (strays > 0) return { why: "no-date", text: dictionary[none], row: codes.indexOf(none), others: strays - 1 };
  if (dayFirst < 0 || monthFirst < 0) return undefined;
  return { why: "both-orders", dayFirst: dictionary[dayFirst], monthFirst: dictionary[monthFirst] };
}

/** So few of a column's values that they are more likely mistakes than what it is about. */
function isFew(others: number, values: number): boolean {
  return others <= Math.max(1, values / 10) && others * 3 <= values;
}

function extent(values: Float64Array | Float32Array): { present: number; constant: boolean } {
  let present = 0;
  let constant = true;
  let first = 0;
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
  /** Rows for each text of the dictionary; 0 for spellings of a missing category. */
  readonly counts: Int32Array;
  readonly present: number;
  readonly distinct: number;
}

export function countTexts(column: Column): TextCounts {
  const { codes, dictionary } = textsOf(column);
  const counts = new Int32Array(dictionary.length);
  let present = 0;
  for (let i = 0; i < codes.length; i++) {
    if (codes[i] < 0) continue;
    counts[codes[i]]++;
    present++;
  }
  return { counts, present, distinct: counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0) };
}

/** Of a column that is not of categories: "None" is no value either. */
function withoutNulls({ dictionary }: TextColumn, { counts, present, distinct }: TextCounts) {
  const none = counts.reduce((sum, count, code) => (isNullText(dictionary[code]) ? sum + count : sum), 0);
  const spellings = counts.reduce((sum, count, code) => sum + (count > 0 && isNullText(dictionary[code]) ? 1 : 0), 0);
  return { present: present - none, distinct: distinct - spellings };
}

/**
 * A column of numbers with a few other strings among them (one, or one in ten) is still meant to be
 * numeric: taking it for categories would hide the mistake. checks.ts reports the strings.
 */
function kindOfText(column: TextColumn, texts: TextCounts): Pick<Inferred, "kind" | "dateOrder" | "why"> {
  const { counts, present, distinct } = texts;
  const values = withoutNulls(column, texts).present;
  if (values === 0) return { kind: "numeric" };
  const others = (parse: (text: string) => number, none = Number.NaN) =>
    column.dictionary.reduce((sum, text, code) => {
      if (counts[code] === 0 || isNullText(text)) return sum;
      return Object.is(parse(text), none) ? sum + counts[code] : sum;
    }, 0);
  const strings = others(parseNumber);
  if (strings === 0 || isFew(strings, values)) return { kind: "numeric" };
  if (others(parseBoolean, 255) === 0) return { kind: "boolean" };
  const dates = dateReading(column, texts);
  if (dates !== undefined && dates.unclear === undefined) return { kind: "date", ...dates };
  if (!nearlyUnique(present, distinct)) return { kind: "category" };
  return {
    kind: "text",
    why: `it is an identifier or free text: ${distinct} different values in ${present} rows`,
  };
}

/** Texts that say little more than which row it is. */
export function nearlyUnique(present: number, distinct: number): boolean {
  return (distinct === present && present > 2) || (distinct > 20 && distinct > present / 2);
}
