import { mismatch, type ProblemCode, refuse } from "../core/index.ts";

/** One tensor in the header of a file, unconverted. */
export interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  /**
   * First byte of its values and the byte after its last one, counted from the end of the header.
   */
  readonly offsets: readonly [start: number, end: number];
}

interface HeaderContents {
  readonly entries: ReadonlyMap<string, HeaderEntry>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** PyTorch's own limit. */
const maxRank = 64;

const fields = ["dtype", "shape", "data_offsets"];

/** A name as messages show it: names of untrusted files may be long. */
export function quoted(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
}

/**
 * @param code of the error: whether a file has the name, or a caller gave it
 * @throws RangeError for names that no file may have: they would reach prototypes, or do not
 *   survive UTF-8
 */
export function checkName(what: string, name: string, code: ProblemCode = "damaged-file"): void {
  if (name.split(".").includes("__proto__")) {
    throw refuse(
      code,
      "safetensors",
      `${what} ${quoted(name)} is not allowed: JavaScript would take it for a prototype`,
    );
  }
  checkText(`${what} ${quoted(name)}`, name, code);
}

/** @throws RangeError for invalid Unicode */
export function checkText(what: string, text: string, code: ProblemCode = "damaged-file"): void {
  if (!/\p{Surrogate}/u.test(text)) return;
  throw refuse(code, "safetensors", `${what} is no valid Unicode: half of a surrogate pair is missing`);
}

/**
 * Reads the JSON of a header. Its grammar is fixed, so this is stricter than `JSON.parse`, without
 * deep nesting: keys are unique, numbers are whole, and unknown members are refused.
 * @throws RangeError naming the unexpected text and its position
 */
export function readHeader(text: string): HeaderContents {
  const reader = new HeaderReader(text);
  const entries = new Map<string, HeaderEntry>();
  let metadata: Map<string, string> | undefined;
  reader.object("the header", (key) => {
    if (key === "__metadata__") metadata = reader.strings("__metadata__");
    else {
      checkName("the tensor name", key);
      entries.set(key, reader.entry(quoted(key)));
    }
  });
  reader.end();
  return { entries, metadata: metadata ?? new Map() };
}

class HeaderReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Calls `read` after each key; it must read the value. */
  object(what: string, read: (key: string) => void): void {
    const seen = new Set<string>();
    this.#list("{", "}", what, () => {
      const key = this.#string(`a key of ${what}`);
      if (seen.has(key)) throw refuse("damaged-file", "safetensors", `${what} has the key ${quoted(key)} twice`);
      seen.add(key);
      this.#expect(":", what);
      read(key);
    });
  }

  strings(what: string): Map<string, string> {
    const values = new Map<string, string>();
    this.object(what, (key) => {
      checkName(`the key of ${what}`, key);
      const value = this.#string(`${what} ${quoted(key)}`);
      checkText(`${what} ${quoted(key)}`, value);
      values.set(key, value);
    });
    return values;
  }

  entry(name: string): HeaderEntry {
    let dtype: string | undefined;
    let shape: number[] | undefined;
    let offsets: number[] | undefined;
    this.object(name, (field) => {
      if (field === "dtype") dtype = this.#string(`dtype of ${name}`);
      else if (field === "shape") shape = this.#numbers(`shape of ${name}`, maxRank);
      else if (field === "data_offsets") offsets = this.#numbers(`data_offsets of ${name}`, 2);
      else throw mismatch("damaged-file", "safetensors", `${name} has ${quoted(field)}`, fields.join(", "));
    });
    if (dtype === undefined || shape === undefined || offsets?.length !== 2) {
      throw mismatch("damaged-file", "safetensors", `${name} is incomplete`, `${fields.join(", ")} (two numbers)`);
    }
    return { dtype, shape, offsets: [offsets[0], offsets[1]] };
  }

  /** The format pads with spaces; other readers take any white space, and so does this one. */
  end(): void {
    this.#skip();
    if (this.#at < this.#text.length) this.#fail("the end of the header", "the header");
  }

  #numbers(what: string, limit: number): number[] {
    const numbers: number[] = [];
    this.#list("[", "]", what, () => {
      if (numbers.length === limit)
        throw refuse("damaged-file", "safetensors", `${what} has more than ${limit} numbers`);
      numbers.push(this.#number(what));
    });
    return numbers;
  }

  #list(open: string, close: string, what: string, item: () => void): void {
    this.#expect(open, what);
    if (this.#take(close)) return;
    do item();
    while (this.#take(","));
    this.#expect(close, what);
  }

  #string(what: string): string {
    this.#skip();
    const start = this.#at;
    if (this.#text[start] !== '"') this.#fail("a string", what);
    let end = start + 1;
    while (end < this.#text.length && this.#text[end] !== '"') end += this.#text[end] === "\\" ? 2 : 1;
    this.#at = end + 1;
    try {
      return JSON.parse(this.#text.slice(start, this.#at)) as string;
    } catch {
      this.#at = start;
      return this.#fail("a string", what);
    }
  }

  #number(what: string): number {
    this.#skip();
    const start = this.#at;
    while (this.#at < this.#text.length && this.#text[this.#at] >= "0" && this.#text[this.#at] <= "9") this.#at++;
    const digits = this.#text.slice(start, Math.min(this.#at, start + 20));
    const value = Number(digits);
    if (digits === "" || (digits.length > 1 && digits[0] === "0") || !Number.isSafeInteger(value)) {
      this.#at = start;
      this.#fail("a whole number from 0 to 2^53 - 1", what);
    }
    return value;
  }

  #skip(): void {
    while (this.#at < this.#text.length && " \n\r\t".includes(this.#text[this.#at])) this.#at++;
  }

  #take(character: string): boolean {
    this.#skip();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #expect(character: string, what: string): void {
    if (!this.#take(character)) this.#fail(`"${character}"`, what);
  }

  #fail(expected: string, what: string): never {
    const found = this.#text.slice(this.#at, this.#at + 20);
    const given = found === "" ? "the header ends" : `there is ${quoted(found)}`;
    throw refuse(
      "damaged-file",
      "safetensors",
      `in ${what}, ${given} where ${expected} was expected (character ${this.#at} of the header)`,
    );
  }
}
