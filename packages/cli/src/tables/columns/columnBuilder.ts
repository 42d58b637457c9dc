import type { DuckDBVector } from "@duckdb/node-api";
import { type Column, type DateOrder, datesIn, type NumberColumn, parseDate } from "evenkeel/tabular";
import { wholeText } from "../../shell/figures.ts";
import type { ReadNote } from "../readError.ts";
import type { Reading } from "./columnTypes.ts";
import { isNumberText } from "./numberText.ts";

/**
 * Takes batches of one column and makes the table's column of them, without a JS value per row that
 * would stay.
 */
export interface ColumnBuilder {
  /** Appends the values from row `start` of the batch up to row `end`. */
  append(vector: DuckDBVector, start: number, end: number): void;
  /** Overwrites what was appended at a position, for samples. */
  replace(position: number, vector: DuckDBVector, row: number): void;
  /**
   * The column, its rows in this order where one is given; undefined where it was given up, which a
   * note says.
   */
  finish(order?: Int32Array): { readonly column?: Column; readonly notes: readonly ReadNote[] };
}

/**
 * Texts that a column may have before it is taken for free text or an identifier, and no longer
 * kept.
 */
const mostTexts = 1_000_000;

export function columnBuilder(name: string, as: Exclude<Reading["as"], "ignored">): ColumnBuilder {
  switch (as) {
    case "number":
      return new NumberBuilder(name, "number", new Growing(Float64Array));
    case "date":
      return new NumberBuilder(name, "date", new Growing(Float64Array));
    case "float":
      return new NumberBuilder(name, "number", new Growing(Float32Array));
    case "boolean":
      return new BooleanBuilder(name);
    case "text":
      return new TextBuilder(name);
    default:
      return as satisfies never;
  }
}

type Values = Float64Array | Float32Array | Int32Array | Uint8Array;

/** A typed array that grows by half. */
class Growing<A extends Values> {
  private values: A;
  private length = 0;
  private readonly kind: new (
    length: number,
  ) => A;

  constructor(kind: new (length: number) => A) {
    this.kind = kind;
    this.values = new kind(4096);
  }

  /** Makes room for so many more and returns the array to write to, and where to begin. */
  extend(count: number): { readonly values: A; readonly start: number } {
    const start = this.length;
    this.length += count;
    if (this.length > this.values.length) {
      const larger = new this.kind(Math.max(this.length, Math.ceil(this.values.length * 1.5)));
      larger.set(this.values);
      this.values = larger;
    }
    return { values: this.values, start };
  }

  set(position: number, value: number): void {
    this.values[position] = value;
  }

  finish(order?: Int32Array): A {
    if (order === undefined) return this.values.slice(0, this.length) as A;
    const ordered = new this.kind(order.length);
    for (let i = 0; i < order.length; i++) ordered[i] = this.values[order[i]];
    return ordered;
  }
}

/** Beyond this, doubles do not tell neighbouring whole numbers apart. */
const largestExact = 2 ** 53;
/**
 * Whole numbers that somebody wrote out digit by digit end here, with the 128 bits of DuckDB's
 * largest.
 */
const largestWhole = 2 ** 127;

class NumberBuilder implements ColumnBuilder {
  private readonly name: string;
  private readonly type: "number" | "date";
  private readonly kept: Growing<Float64Array> | Growing<Float32Array>;

  constructor(name: string, type: "number" | "date", kept: Growing<Float64Array> | Growing<Float32Array>) {
    this.name = name;
    this.type = type;
    this.kept = kept;
  }

  append(vector: DuckDBVector, start: number, end: number): void {
    const { values, start: to } = this.kept.extend(end - start);
    for (let row = start; row < end; row++) values[to + row - start] = numberOf(vector.getItem(row));
  }

  replace(position: number, vector: DuckDBVector, row: number): void {
    this.kept.set(position, numberOf(vector.getItem(row)));
  }

  finish(order?: Int32Array) {
    const { name, type } = this;
    const values = this.kept.finish(order);
    if (type === "date") return { column: { name, type, values: values as Float64Array }, notes: [] };
    return { column: { name, type, values } satisfies NumberColumn, notes: inexact(name, values) };
  }
}

function inexact(name: string, values: Float64Array | Float32Array): ReadNote[] {
  if (values instanceof Float32Array) return [];
  let count = 0;
  for (const value of values) if (Math.abs(value) > largestExact && Math.abs(value) < largestWhole) count++;
  if (count === 0) return [];
  const message = `column "${name}": ${count} of its numbers are beyond 2^53, where neighbouring whole numbers become one`;
  return [{ severity: "note", code: "beyond-2^53", column: name, message }];
}

function numberOf(item: unknown): number {
  return item === null ? Number.NaN : (item as number);
}

class BooleanBuilder implements ColumnBuilder {
  private readonly name: string;
  private readonly kept = new Growing(Uint8Array);

  constructor(name: string) {
    this.name = name;
  }

  append(vector: DuckDBVector, start: number, end: number): void {
    const { values, start: to } = this.kept.extend(end - start);
    for (let row = start; row < end; row++) values[to + row - start] = booleanOf(vector.getItem(row));
  }

  replace(position: number, vector: DuckDBVector, row: number): void {
    this.kept.set(position, booleanOf(vector.getItem(row)));
  }

  finish(order?: Int32Array) {
    return { column: { name: this.name, type: "boolean" as const, values: this.kept.finish(order) }, notes: [] };
  }
}

function booleanOf(item: unknown): number {
  return item === null ? 255 : Number(item);
}

/** How texts are read as something of which millions can be kept. */
interface Meaning {
  readonly type: "number" | "date";
  readonly dateOrder?: DateOrder;
  /** NaN for what is none. */
  readonly parse: (text: string) => number;
}

interface Parsed extends Meaning {
  readonly kept: Growing<Float64Array>;
  unreadable: number;
  readonly examples: string[];
}

/** What nine in ten texts mean; undefined if they are just texts. */
function meaningOf(texts: readonly string[]): Meaning | undefined {
  const most = 0.9 * texts.length;
  if (texts.filter(isNumberText).length >= most) {
    return { type: "number", parse: (text) => (isNumberText(text) ? Number(text) : Number.NaN) };
  }
  // Not those such as NA.
  const likely = texts.filter((text) => /\d/.test(text));
  const dates = likely.length >= most ? datesIn(likely) : undefined;
  if (dates === undefined || dates.unclear !== undefined) return undefined;
  return { type: "date", ...dates, parse: (text) => parseDate(text, dates.dateOrder) };
}

class TextBuilder implements ColumnBuilder {
  private readonly name: string;
  private readonly kept = new Growing(Int32Array);
  private codes = new Map<string, number>();
  /** What took over when there were too many texts, nearly all of them numbers or dates. */
  private parsed?: Parsed;
  private givenUp = false;

  constructor(name: string) {
    this.name = name;
  }

  append(vector: DuckDBVector, start: number, end: number): void {
    for (let row = start; row < end; row++) {
      const item = vector.getItem(row) as string | null;
      if (this.givenUp) return;
      if (this.parsed) this.addParsed(item);
      else {
        const { values, start: to } = this.kept.extend(1);
        values[to] = this.codeOf(item);
        if (this.codes.size > mostTexts) this.tooMany();
      }
    }
  }

  replace(position: number, vector: DuckDBVector, row: number): void {
    const item = vector.getItem(row) as string | null;
    if (this.parsed) this.parsed.kept.set(position, this.read(item));
    else if (!this.givenUp) {
      this.kept.set(position, this.codeOf(item));
      if (this.codes.size > mostTexts) this.tooMany();
    }
  }

  finish(order?: Int32Array) {
    const { name, parsed } = this;
    if (this.givenUp) {
      const message = `column "${name}" is left out: more than ${wholeText(mostTexts)} different texts, free text or an identifier`;
      return { notes: [{ severity: "warning" as const, code: "too-many-texts", column: name, message }] };
    }
    if (parsed) return { column: parsedColumn(name, parsed, order), notes: unreadable(name, parsed) };
    const column = { name, type: "text" as const, codes: this.kept.finish(order), dictionary: [...this.codes.keys()] };
    return { column: order === undefined ? column : compacted(column), notes: [] };
  }

  private codeOf(item: string | null): number {
    if (item === null) return -1;
    let code = this.codes.get(item);
    if (code === undefined) {
      code = this.codes.size;
      this.codes.set(item, code);
    }
    return code;
  }

  private tooMany(): void {
    const texts = [...this.codes.keys()];
    const meaning = meaningOf(texts);
    this.codes = new Map();
    if (meaning === undefined) {
      this.givenUp = true;
      return;
    }
    this.parsed = { ...meaning, kept: new Growing(Float64Array), unreadable: 0, examples: [] };
    for (const code of this.kept.finish()) this.addParsed(code < 0 ? null : texts[code]);
  }

  private addParsed(item: string | null): void {
    const { values, start } = this.parsed!.kept.extend(1);
    values[start] = this.read(item);
  }

  private read(item: string | null): number {
    if (item === null) return Number.NaN;
    const parsed = this.parsed!;
    const value = parsed.parse(item);
    if (!Number.isNaN(value)) return value;
    parsed.unreadable++;
    if (parsed.examples.length < 3 && !parsed.examples.includes(item)) parsed.examples.push(item);
    return Number.NaN;
  }
}

function parsedColumn(name: string, { type, dateOrder, kept }: Parsed, order?: Int32Array): Column {
  const values = kept.finish(order);
  return type === "number" || dateOrder === undefined ? { name, type, values } : { name, type, dateOrder, values };
}

function unreadable(name: string, { type, unreadable: count, examples }: Parsed): ReadNote[] {
  if (count === 0) return [];
  const shown = examples.map((text) => JSON.stringify(text)).join(", ");
  const message = `column "${name}": ${count} values are no ${type}s, such as ${shown}; they are missing now`;
  return [{ severity: "warning", code: `unreadable-${type}s`, column: name, message }];
}

/** Drops texts that no row has, and numbers the rest by first appearance again. */
export function compacted(column: {
  readonly name: string;
  readonly type: "text";
  readonly codes: Int32Array;
  readonly dictionary: readonly string[];
}) {
  const renumbered = new Int32Array(column.dictionary.length).fill(-1);
  const dictionary: string[] = [];
  const codes = column.codes.map((code) => {
    if (code < 0) return -1;
    if (renumbered[code] < 0) renumbered[code] = dictionary.push(column.dictionary[code]) - 1;
    return renumbered[code];
  });
  return { ...column, codes, dictionary };
}
