import type { DuckDBVector } from "@duckdb/node-api";
import type { Column } from "evenkeel/tabular";
import { type Allowed, allowRecord, longestRecordOf, longestRecordText } from "../limits.ts";
import { type ReadNote, type TableReadError, unreadable } from "../readError.ts";
import type { Kept } from "./columnTypes.ts";
import { compacted } from "./compacted.ts";
import { Growing } from "./growing.ts";
import { areFreeTexts, freeTextsNote, mostTexts } from "./manyTexts.ts";
import { ShortTexts } from "./shortTexts.ts";

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
  finish(order?: Int32Array): Finished;
}

export interface Finished {
  readonly column?: Column;
  readonly notes: readonly ReadNote[];
  /** Some of its values may stand for other numbers. */
  readonly inexact?: boolean;
}

interface TextOptions extends Pick<Allowed, "maxRecord"> {
  /** Whether all texts are kept, however many there are. */
  readonly carried: boolean;
}

/** @param exactBelow doubles from here on may stand for other numbers */
export function columnBuilder(name: string, as: Kept, exactBelow: number, texts: TextOptions): ColumnBuilder {
  switch (as) {
    case "number":
      return new NumberBuilder(name, "number", new Growing(Float64Array), exactBelow);
    case "date":
      return new NumberBuilder(name, "date", new Growing(Float64Array), exactBelow);
    case "float":
      return new NumberBuilder(name, "number", new Growing(Float32Array), exactBelow);
    case "boolean":
      return new BooleanBuilder(name);
    case "text":
      return new TextBuilder(name, texts);
    default:
      return as satisfies never;
  }
}

class NumberBuilder implements ColumnBuilder {
  private readonly name: string;
  private readonly type: "number" | "date";
  private readonly kept: Growing<Float64Array> | Growing<Float32Array>;
  private readonly exactBelow: number;

  constructor(
    name: string,
    type: "number" | "date",
    kept: Growing<Float64Array> | Growing<Float32Array>,
    exactBelow: number,
  ) {
    this.name = name;
    this.type = type;
    this.kept = kept;
    this.exactBelow = exactBelow;
  }

  append(vector: DuckDBVector, start: number, end: number): void {
    const { values, start: to } = this.kept.extend(end - start);
    for (let row = start; row < end; row++) values[to + row - start] = numberOf(vector.getItem(row));
  }

  replace(position: number, vector: DuckDBVector, row: number): void {
    this.kept.set(position, numberOf(vector.getItem(row)));
  }

  finish(order?: Int32Array): Finished {
    const { name, type, exactBelow } = this;
    const values = this.kept.finishShared(order);
    if (type === "date") return { column: { name, type, values: values as Float64Array }, notes: [] };
    const inexact = exactBelow !== Number.POSITIVE_INFINITY && values.some((value) => Math.abs(value) >= exactBelow);
    return { column: { name, type, values }, notes: [], inexact };
  }
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

  finish(order?: Int32Array): Finished {
    return { column: { name: this.name, type: "boolean", values: this.kept.finishShared(order) }, notes: [] };
  }
}

function booleanOf(item: unknown): number {
  return item === null ? 255 : Number(item);
}

class TextBuilder implements ColumnBuilder {
  private readonly name: string;
  private readonly kept = new Growing(Int32Array);
  private readonly short = new ShortTexts();
  private codes = new Map<string, number>();
  private readonly options: TextOptions;
  private readonly longest: number;
  private state: "open" | "kept" | "given up";

  constructor(name: string, options: TextOptions) {
    this.name = name;
    this.options = options;
    this.longest = longestRecordOf(options);
    this.state = options.carried ? "kept" : "open";
  }

  append(vector: DuckDBVector, start: number, end: number): void {
    if (this.state === "given up") return;
    const { values, start: to } = this.kept.extend(end - start);
    this.short.append(vector, start, end, values, to, (text) => this.codeOf(text));
    this.settle();
  }

  replace(position: number, vector: DuckDBVector, row: number): void {
    if (this.state === "given up") return;
    this.kept.set(position, this.codeOf(vector.getItem(row) as string | null));
    this.settle();
  }

  /** Lets texts go that are too many and good for nothing. */
  private settle(): void {
    if (this.state !== "open" || this.codes.size <= mostTexts) return;
    this.state = areFreeTexts([...this.codes.keys()]) ? "given up" : "kept";
    if (this.state === "given up") this.codes = new Map();
  }

  finish(order?: Int32Array): Finished {
    const { name } = this;
    if (this.state === "given up") return { notes: [freeTextsNote(name)] };
    const codes = this.kept.finishShared(order);
    const column = { name, type: "text" as const, codes, dictionary: [...this.codes.keys()] };
    return { column: order === undefined ? column : compacted(column), notes: [] };
  }

  private codeOf(item: string | null): number {
    if (item === null) return -1;
    if (item.length > this.longest) throw tooLong(this.name, this.options);
    let code = this.codes.get(item);
    if (code === undefined) {
      code = this.codes.size;
      this.codes.set(item, code);
    }
    return code;
  }
}

function tooLong(name: string, allowed: TextOptions): TableReadError {
  const statement = `column "${name}" has a text of more than ${longestRecordText(allowed)}`;
  return unreadable(
    "not-supported",
    statement,
    `leave the column out with --columns, shorten it in a query, or ${allowRecord}`,
  );
}
