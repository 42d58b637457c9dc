import type { NumberColumn } from "evenkeel/tabular";
import { Growing } from "../columns/growing.ts";
import { isNumberText } from "../columns/numberText.ts";
import type { FieldBlock } from "./fieldBlock.ts";
import { isNullSpelling } from "./nullSpellings.ts";
import { found, other, type Points, readNumber, withPoint } from "./numberField.ts";
import type { TextFields } from "./textFields.ts";

/**
 * A column turned out to have texts behind so many different numbers that these were no longer kept
 * as texts: it is to be read again, with all of its texts.
 */
export class TextsNeeded extends Error {
  readonly column: string;

  constructor(column: string) {
    super(`column ${column} has texts behind many numbers`);
    this.column = column;
  }
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Fields that are numbers, or missing, kept without their texts. */
export class LooseNumbers {
  private readonly name: string;
  private readonly values = new Growing(Float64Array);
  private points: Points;

  constructor(name: string, values: Float64Array, points: Points) {
    this.name = name;
    this.points = points;
    this.values.extend(values.length).values.set(values);
  }

  /** Undefined if a text might be a code, or is no number, or a point may be of thousands. */
  static of(name: string, fields: TextFields): LooseNumbers | undefined {
    const texts = fields.texts();
    const points = texts.reduce<Points>(withPointOf, "none");
    if (points === "unclear") return undefined;
    const numbers = Float64Array.from(texts, looseNumber);
    if (numbers.some((value, code) => Number.isNaN(value) && !isNullSpelling(texts[code]))) return undefined;
    return new LooseNumbers(name, fields.numbers(numbers), points);
  }

  append({ bytes, columns, starts, ends }: FieldBlock, column: number, start: number, end: number): void {
    const { values, start: at } = this.values.extend(end - start);
    for (let row = start, to = at; row < end; row++, to++) {
      const field = row * columns + column;
      values[to] = this.read(bytes, starts[field], ends[field]);
    }
  }

  replace(position: number, { bytes, columns, starts, ends }: FieldBlock, column: number, row: number): void {
    const field = row * columns + column;
    this.values.set(position, this.read(bytes, starts[field], ends[field]));
  }

  private read(bytes: Uint8Array, start: number, end: number): number {
    if (start === end) return Number.NaN;
    const value = readNumber(bytes, start, end, true);
    if (found.form !== other) {
      this.points = withPoint(this.points, value, found.form);
      if (this.points === "unclear") throw new TextsNeeded(this.name);
      return value;
    }
    const text = decoder.decode(bytes.subarray(start, end));
    const loose = looseNumber(text);
    this.points = withPointOf(this.points, text);
    const isLost = Number.isNaN(loose) && !isNullSpelling(text);
    if (isLost || this.points === "unclear") throw new TextsNeeded(this.name);
    return loose;
  }

  column(order?: Int32Array): NumberColumn {
    return { name: this.name, type: "number", values: this.values.finish(order), fromText: true };
  }
}

const either = /^\s*[+-]?[1-9]\d{0,2}\.\d{3}\s*$/;

/** `withPoint` of a text. */
function withPointOf(points: Points, text: string): Points {
  if (points === "decimal" || !text.includes(".") || !isNumberText(text)) return points;
  return either.test(text) ? "unclear" : "decimal";
}

/**
 * The number that a text is, where the text may be given up: a decimal with a point in any notation,
 * and a whole number without leading zeros that a double holds. NaN for others.
 */
function looseNumber(text: string): number {
  const isLoose = text.includes(".") ? isNumberText(text) : /^-?[1-9]\d{0,14}$|^0$/.test(text);
  return isLoose ? Number(text) : Number.NaN;
}
