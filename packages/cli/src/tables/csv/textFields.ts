import type { TextColumn } from "evenkeel/tabular";
import { compacted } from "../columns/compacted.ts";
import { Growing } from "../columns/growing.ts";
import type { FieldBlock } from "./fieldBlock.ts";
import { TextPool } from "./textPool.ts";

/** Fields as codes of texts. */
export class TextFields {
  private readonly codes = new Growing(Int32Array, 256);
  private readonly pool = new TextPool();

  /** How many different texts there are. */
  get size(): number {
    return this.pool.size;
  }

  append({ bytes, columns, starts, ends }: FieldBlock, column: number, start: number, end: number): void {
    const { values, start: at } = this.codes.extend(end - start);
    for (let row = start, to = at; row < end; row++, to++) {
      const field = row * columns + column;
      values[to] = this.codeOf(bytes, starts[field], ends[field]);
    }
  }

  replace(position: number, { bytes, columns, starts, ends }: FieldBlock, column: number, row: number): void {
    const field = row * columns + column;
    this.codes.set(position, this.codeOf(bytes, starts[field], ends[field]));
  }

  /** Appends a text, or that there is none. */
  add(text: Uint8Array | undefined): void {
    const { values, start } = this.codes.extend(1);
    values[start] = text === undefined ? -1 : this.pool.code(text, 0, text.length);
  }

  private codeOf(bytes: Uint8Array, start: number, end: number): number {
    return start === end ? -1 : this.pool.code(bytes, start, end);
  }

  texts(): string[] {
    return this.pool.texts();
  }

  /** One number for each field, by its text; NaN where it is missing. */
  numbers(ofTexts: Float64Array): Float64Array {
    return Float64Array.from(this.codes.finish(), (code) => (code < 0 ? Number.NaN : ofTexts[code]));
  }

  column(name: string, order?: Int32Array): TextColumn {
    const column: TextColumn = { name, type: "text", codes: this.codes.finish(order), dictionary: this.texts() };
    return order === undefined ? column : compacted(column);
  }
}
