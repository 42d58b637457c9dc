import type { Column, TextColumn } from "evenkeel/tabular";
import { Growing } from "../columns/growing.ts";
import type { FieldBlock } from "./fieldBlock.ts";
import { isNullSpelling } from "./nullSpellings.ts";
import { found, missing, numberText, other, type Points, readNumber, shortest, withPoint } from "./numberField.ts";
import { TextFields } from "./textFields.ts";
import { TextPool } from "./textPool.ts";

/** Room for few rows: a table may have thousands of columns. */
const room = 256;

/**
 * Fields that are numbers but for a few: value and form of each, from which the text can be had
 * again. The value of another text is its code.
 */
export class NumberFields {
  private readonly values = new Growing(Float64Array, room);
  private readonly forms = new Growing(Uint8Array, room);
  private readonly pool = new TextPool();
  /** Whether `String` gives the text of each number. */
  private canonical = true;
  /** Fields of more than fifteen digits, or with an exponent, whose texts take time to prove. */
  private long = 0;

  /** How many different texts are no numbers. */
  get others(): number {
    return this.pool.size;
  }

  append({ bytes, columns, starts, ends }: FieldBlock, column: number, start: number, end: number): void {
    const { values, start: at } = this.values.extend(end - start);
    const { values: forms } = this.forms.extend(end - start);
    for (let row = start, to = at; row < end; row++, to++) {
      const field = row * columns + column;
      values[to] = this.read(bytes, starts[field], ends[field]);
      forms[to] = found.form;
    }
  }

  replace(position: number, { bytes, columns, starts, ends }: FieldBlock, column: number, row: number): void {
    const field = row * columns + column;
    this.values.set(position, this.read(bytes, starts[field], ends[field]));
    this.forms.set(position, found.form);
  }

  private read(bytes: Uint8Array, start: number, end: number): number {
    if (start === end) {
      found.form = missing;
      return Number.NaN;
    }
    const value = readNumber(bytes, start, end);
    if (found.form === other) return this.pool.code(bytes, start, end);
    if (found.form === shortest) this.long++;
    if (!found.canonical) this.canonical = false;
    return value;
  }

  /**
   * @param most so many different numbers are kept as texts; where there are more of them, the
   *   column is one of numbers
   */
  column(name: string, most: number, order?: Int32Array): Column {
    const values = this.values.finish(order);
    const forms = this.forms.finish(order);
    if (forms.every((form) => form === missing)) return { name, type: "text", codes: negative(forms), dictionary: [] };
    if (this.canonical && this.pool.size === 0) return { name, type: "number", values, fromText: true };
    const texts = this.pool.texts();
    const numbersAlone = forms.every((form, i) => form !== other || isNullSpelling(texts[values[i]]));
    const numbers = values.map((value, i) => (isNumber(forms[i]) ? value : Number.NaN));
    const isClear = pointsOf(values, forms) !== "unclear";
    if (numbersAlone && isClear && isMoreThan(most, numbers))
      return { name, type: "number", values: numbers, fromText: true };
    const { lossless, ...coded } = codesOf(values, forms, texts);
    return lossless ? { name, type: "number", values: numbers, fromText: true } : { name, type: "text", ...coded };
  }

  /** The values, where more of them differ than `most` and their texts take time; undefined else. */
  asNumbers(most: number): { readonly values: Float64Array; readonly points: Points } | undefined {
    if (this.long <= most || !this.pool.texts().every(isNullSpelling)) return undefined;
    const values = this.values.finish().map((value, i) => (isNumber(this.forms.get(i)) ? value : Number.NaN));
    const points = pointsOf(values, this.forms.finish());
    if (points !== "unclear" && isMoreThan(most, values)) return { values, points };
    // Not to be asked again soon.
    this.long = 0;
    return undefined;
  }

  /** The same fields as texts. */
  asTexts(): TextFields {
    const texts = new TextFields();
    const encoder = new TextEncoder();
    const others = this.pool.texts().map((text) => encoder.encode(text));
    for (let i = 0; i < this.forms.length; i++) {
      const [value, form] = [this.values.get(i), this.forms.get(i)];
      if (form === missing) texts.add(undefined);
      else texts.add(form === other ? others[value] : encoder.encode(numberText(value, form)));
    }
    return texts;
  }
}

function isNumber(form: number): boolean {
  return form !== missing && form !== other;
}

function negative({ length }: Uint8Array): Int32Array {
  return new Int32Array(length).fill(-1);
}

function pointsOf(values: Float64Array, forms: Uint8Array): Points {
  return forms.reduce<Points>((points, form, i) => withPoint(points, values[i], form), "none");
}

/** Whether more values differ than this. */
function isMoreThan(most: number, values: Float64Array): boolean {
  const distinct = new Set<number>();
  for (const value of values) if (!Number.isNaN(value) && distinct.add(value).size > most) return true;
  return false;
}

interface Coded extends Pick<TextColumn, "codes" | "dictionary"> {
  /** Whether the texts are what `String` gives of the numbers. */
  readonly lossless: boolean;
}

/** Codes of the texts, by first appearance. */
function codesOf(values: Float64Array, forms: Uint8Array, texts: readonly string[]): Coded {
  const dictionary: string[] = [];
  const codes = new Int32Array(values.length);
  // Of each form, the codes by value.
  const known = new Map<number, Map<number, number>>();
  let lossless = true;
  for (let i = 0; i < values.length; i++) {
    const [value, form] = [values[i], forms[i]];
    if (form === missing) {
      codes[i] = -1;
      continue;
    }
    let ofForm = known.get(form);
    if (ofForm === undefined) {
      ofForm = new Map();
      known.set(form, ofForm);
    }
    let code = ofForm.get(value);
    if (code === undefined) {
      const text = form === other ? texts[value] : numberText(value, form);
      if (form === other || text !== String(value)) lossless = false;
      code = dictionary.push(text) - 1;
      ofForm.set(value, code);
    }
    codes[i] = code;
  }
  return { codes, dictionary, lossless };
}
