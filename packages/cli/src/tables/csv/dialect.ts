import Papa from "papaparse";
import { isNumberText } from "../columns/numberText.ts";
import { type ReadNote, unreadable } from "../readError.ts";

/** How a CSV file is written, as far as its beginning shows. */
interface CsvDialect {
  readonly delimiter: string;
  /** Lines above the header or the first row. */
  readonly skip: number;
  readonly header: boolean;
  /** Of all columns; made up where there is no header. */
  readonly names: readonly string[];
  readonly notes: readonly ReadNote[];
}

export interface CsvOptions {
  readonly delimiter?: string | undefined;
  readonly header?: boolean | undefined;
}

const delimiters = [",", "\t", ";", "|"];
/** More than any table has that is not binary data or a wrong delimiter. */
const mostColumns = 20_000;

/**
 * Finds delimiter, header and names. DuckDB's own sniffer would give a ragged file up to one
 * column, silently.
 *
 * @param text the beginning of the file
 * @throws TableReadError if the first line has no end in it, or more columns than can be
 */
export function csvDialect(name: string, text: string, whole: boolean, tabs: boolean, options: CsvOptions): CsvDialect {
  const blank = leadingLines(text, (line) => line.trim() === "");
  const preferred = tabs ? ["\t", ...delimiters.filter((delimiter) => delimiter !== "\t")] : delimiters;
  const { delimiter, comments } = guess(text.slice(blank.join("").length), preferred, options.delimiter);
  const skipped = [...blank, ...comments];
  const body = text.slice(skipped.join("").length);
  const rows = parse(body, delimiter, 30);
  if (!whole && rows.length === 1) {
    throw unreadable(
      "damaged-file",
      `${name}: the first row has no end in the first MB`,
      "an unclosed quote, or no CSV file?",
    );
  }
  if (!whole && rows.length < 30) rows.pop();
  const [first = []] = rows;
  if (first.length > mostColumns) {
    throw unreadable(
      "wrong-value",
      `${name}: the first line has ${first.length} columns, more than ${mostColumns}`,
      "is it a CSV file?",
    );
  }
  const notes: ReadNote[] = [];
  if (comments.length > 0) {
    const message = `${name}: ${comments.length === 1 ? "a comment line" : `${comments.length} comment lines`} above the header skipped`;
    notes.push({ severity: "note", code: "comments", message });
  }
  const header = options.header ?? looksLikeHeader(rows);
  if (!header && options.header === undefined) {
    const message = `${name}: the first line holds values, so its columns are called column0, column1 and so on; --header takes it for names`;
    notes.push({ severity: "warning", code: "no-header", message });
  }
  const names = header ? uniqueNames(name, first, notes) : first.map((_, i) => `column${i}`);
  return { delimiter, skip: skipped.length, header, names, notes };
}

/**
 * The first line with its end. No regular expression: one that looks for an end that is not there
 * takes forever.
 */
function firstLine(text: string): string {
  const ends = [text.indexOf("\n"), text.indexOf("\r")].filter((at) => at >= 0);
  if (ends.length === 0) return text;
  const at = Math.min(...ends);
  return text.slice(0, at + (text.startsWith("\r\n", at) ? 2 : 1));
}

/** The lines that a text begins with, as long as they are of this kind. */
function leadingLines(text: string, isOne: (line: string) => boolean): string[] {
  const found: string[] = [];
  for (let from = 0; from < text.length; ) {
    // A line of interest is short.
    const line = firstLine(text.slice(from, from + 10_000));
    if (!isOne(line)) break;
    found.push(line);
    from += line.length;
  }
  return found;
}

function parse(text: string, delimiter: string, preview: number): string[][] {
  return Papa.parse<string[]>(text, { delimiter, preview, quoteChar: '"', skipEmptyLines: true }).data;
}

/**
 * The delimiter, and the lines with # in front that have another number of fields than what
 * follows.
 */
function guess(text: string, preferred: readonly string[], given?: string) {
  const comments = leadingLines(text, (line) => line.startsWith("#"));
  const body = text.slice(comments.join("").length);
  const delimiter = given ?? likeliest(body === "" ? text : body, preferred);
  const fields = (part: string) => parse(part, delimiter, 1)[0]?.length ?? 0;
  // A header may begin with # itself.
  while (comments.length > 0 && (body.trim() === "" || fields(comments.at(-1)!) === fields(body))) comments.pop();
  return { delimiter, comments };
}

/**
 * The delimiter that cuts all rows into equally many fields; else the one that the first line has
 * most of.
 */
function likeliest(text: string, preferred: readonly string[]): string {
  const candidates = preferred.map((delimiter) => {
    const [first = 0, ...others] = parse(text, delimiter, 10).map((row) => row.length);
    // The tenth may be cut off by the end of what is looked at.
    const even = others.slice(0, 8).every((fields) => fields === first);
    return { delimiter, fields: first, even: even && first > 1 };
  });
  const even = candidates.filter((candidate) => candidate.even);
  const [best] = (even.length > 0 ? even : candidates).sort((a, b) => b.fields - a.fields);
  return best.delimiter;
}

/** A header holds no numbers, unless it names columns of numbers with words as well. */
function looksLikeHeader(rows: readonly (readonly string[])[]): boolean {
  const [first, ...others] = rows;
  if (first === undefined || !first.some(isNumberText)) return true;
  return first.some((cell, column) => {
    const below = others.map((row) => row[column] ?? "").filter((value) => value.trim() !== "");
    return cell.trim() !== "" && !isNumberText(cell) && below.length > 0 && below.every(isNumberText);
  });
}

/** Names as the header has them; what stands twice is told apart as DuckDB does, with _1. */
function uniqueNames(file: string, header: readonly string[], notes: ReadNote[]): string[] {
  const taken = new Set(header.map((cell) => cell.trim()));
  const used = new Set<string>();
  return header.map((cell, i) => {
    const wanted = cell.trim() || `column${i}`;
    let name = wanted;
    for (let k = 1; used.has(name) || (name !== wanted && taken.has(name)); k++) name = `${wanted}_${k}`;
    used.add(name);
    if (name !== wanted) {
      const message = `${file}: column ${i + 1} is called "${wanted}" like another; it is called "${name}" here`;
      notes.push({ severity: "warning", code: "duplicate-name", column: name, message });
    } else if (cell.trim() === "") {
      const message = `${file}: column ${i + 1} has no name; it is called "${name}" here`;
      notes.push({ severity: "note", code: "no-name", column: name, message });
    }
    return name;
  });
}
