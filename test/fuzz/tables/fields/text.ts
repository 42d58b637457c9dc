import type { Random } from "../../random.ts";

/** The bytes of a CSV file, and how they are to be read. */
export interface CsvText {
  readonly bytes: Buffer;
  readonly delimiter: string;
  /** Fields of each record. */
  readonly columns: number;
  readonly skip: number;
  readonly head: number;
  readonly foot: number;
  /** Whether the fields were drawn first and then written, so that the records are even. */
  readonly fields?: readonly (readonly string[])[];
}

/** Characters of one to four bytes, NUL, a byte order mark, spaces, and what CSV is made of. */
const letters = ["a", "b", "1", "0", "-", ".", " ", "\t", "é", "§", "語", "😀", "\0", "\ufeff", "'", "\\", ","];
const marks = ['"', '"', '""', "\n", "\r", "\r\n", ","];
const delimiters = [",", ",", ";", "\t", "|", "§", "€"];

/** A table that was written as CSV, or letters and marks as they come, which may be no table. */
export function csvText(random: Random): CsvText {
  const delimiter = random.pick(delimiters);
  const columns = random.weighted([
    [2, 1],
    [6, random.int(2, 4)],
    [1, random.int(5, 40)],
  ]);
  const options = {
    ...{ delimiter, columns },
    skip: random.chance(0.1) ? random.int(1, 3) : 0,
    head: random.chance(0.5) ? 1 : 0,
    foot: random.chance(0.1) ? random.int(1, 2) : 0,
  };
  if (random.chance(0.4)) return { ...options, bytes: noise(random, delimiter, columns) };
  const end = random.pick(["\n", "\n", "\r\n", "\r"]);
  const rows = random.int(0, 8);
  const fields = Array.from({ length: rows }, () => Array.from({ length: columns }, () => field(random, delimiter)));
  const text = fields.map((record) => record.map((one) => written(one, delimiter, random)).join(delimiter) + end);
  const whole = random.chance(0.7) ? text.join("") : text.join("").slice(0, -end.length);
  // What was skipped, and a last record that is empty without its end, would not come back.
  const isKnown = options.skip === 0 && options.foot === 0 && (whole.endsWith(end) || columns > 1);
  return { ...options, bytes: Buffer.from(whole), ...(isKnown && { fields: fields.slice(options.head) }) };
}

function field(random: Random, delimiter: string): string {
  const from = random.chance(0.3) ? [...letters, ...marks, delimiter] : letters.slice(0, 12);
  return Array.from({ length: random.int(0, random.chance(0.05) ? 60 : 4) }, () => random.pick(from)).join("");
}

/** Quoted where it must be; an empty one too, which else might be a line of nothing. */
function written(text: string, delimiter: string, random: Random): string {
  const must = text === "" || /["\r\n]/.test(text) || text.includes(delimiter);
  return must || random.chance(0.2) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Records that look right at first, and letters, marks and bytes that are no UTF-8 between them. */
function noise(random: Random, delimiter: string, columns: number): Buffer {
  const even = `${Array.from({ length: columns }, (_, i) => `f${i}`).join(delimiter)}\n`;
  const pieces = Array.from({ length: random.int(1, 25) }, () =>
    random.weighted<() => Buffer>([
      [3, () => Buffer.from(random.pick(letters))],
      [4, () => Buffer.from(random.pick(marks))],
      [3, () => Buffer.from(delimiter)],
      [1, () => Buffer.from(even)],
      // A lone surrogate, half of a character, a byte that begins none.
      [0.1, () => Buffer.from(random.pick([[0xed, 0xa0, 0x80], [0xc3], [0xff]]))],
    ])(),
  );
  return Buffer.concat([Buffer.from(even.repeat(random.int(0, 3))), ...pieces]);
}
