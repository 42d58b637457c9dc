import Papa from "papaparse";
import { wholeText } from "../../../shell/figures.ts";
import { isNumberText } from "../../columns/numberText.ts";
import { headLengthOf } from "../../formats/head.ts";
import { type Allowed, allowColumns, allowRecord, mostColumns } from "../../limits.ts";
import { noteWithFlag, type ReadNote, unreadable } from "../../readError.ts";
import { namesIn } from "./headerNames.ts";
import { firstLine, leadingLines, preambleOf } from "./leadingLines.ts";
import { isNumberLike, unitsIn } from "./unitsRow.ts";

/** How a CSV file is written, as far as its beginning shows. */
export interface CsvDialect {
  readonly delimiter: string;
  /** Lines above the header or the first row. */
  readonly skip: number;
  /** Records behind them that hold names or units. */
  readonly head: number;
  /** Of all columns; made up where there is no header. */
  readonly names: readonly string[];
  readonly notes: readonly ReadNote[];
}

export interface CsvOptions {
  /** Found by the first rows unless given. `"\\t"` and `"tab"` are a tab. */
  readonly delimiter?: string | undefined;
  /** Whether the first line holds names; found by the first rows unless given. */
  readonly header?: boolean | undefined;
  /** How many lines hold names, where it is more than one. */
  readonly headerRows?: number | undefined;
  /** Lines above the header, which are left out. */
  readonly skip?: number | undefined;
  /** Whether the line below the header holds units; found by the first rows unless given. */
  readonly units?: boolean | undefined;
  /** Records at the end, which are left out. */
  readonly skipFooter?: number | undefined;
}

const delimiters = [",", "\t", ";", "|"];
/** Rows that are looked at. */
const preview = 100;

/**
 * Finds delimiter, header and names.
 *
 * @param text the beginning of the file
 * @throws TableReadError if the first line has no end in it, or more columns than can be
 */
export function csvDialect(
  name: string,
  text: string,
  whole: boolean,
  tabs: boolean,
  options: CsvOptions & Allowed,
): CsvDialect {
  const preferred = tabs ? ["\t", ...delimiters.filter((delimiter) => delimiter !== "\t")] : delimiters;
  const notes: ReadNote[] = [];
  const { skipped, delimiter } = above(name, text, preferred, options, notes);
  const rows = parse(text.slice(skipped.join("").length), delimiter, preview);
  const megabytes = headLengthOf(options) >> 20;
  if (!whole && rows.length === 1) {
    throw unreadable(
      "damaged-file",
      `${name}: the first row has no end in the first ${megabytes === 1 ? "MB" : `${megabytes} MB`}`,
      `an unclosed quote, or no CSV file? else ${allowRecord}`,
    );
  }
  if (!whole && rows.length < preview) rows.pop();
  const [first = []] = rows;
  const most = options.maxColumns ?? mostColumns;
  if (first.length > most) {
    throw unreadable(
      "wrong-value",
      `${name}: the first line has ${wholeText(first.length)} columns, more than ${wholeText(most)}`,
      `is it no CSV file, or is the delimiter another? else ${allowColumns}`,
    );
  }
  const header = options.header ?? (options.headerRows !== undefined || looksLikeHeader(rows));
  if (!header) {
    if (options.header === undefined) {
      const statement = `${name}: the first line holds values, so its columns are called column0, column1 and so on`;
      const note = { severity: "warning", code: "no-header" } as const;
      notes.push(noteWithFlag(note, statement, "--header takes it for names"));
    }
    const names = first.map((_, i) => `column${i}`);
    return { delimiter, skip: skipped.length, head: 0, names, notes };
  }
  const lines = options.headerRows ?? 1;
  const names = namesIn(name, rows.slice(0, lines), notes);
  const units = options.units === false ? undefined : unitsIn(rows.slice(lines), options.units === true);
  if (units !== undefined && options.units === undefined) {
    const shown = units.slice(0, 4).map((unit) => JSON.stringify(unit));
    const statement = `${name}: the line below the header looks like units (${shown.join(", ")}) and is left out`;
    const cure = `--no-units reads it as a row, --header-rows ${lines + 1} as part of the names`;
    notes.push(noteWithFlag({ severity: "warning", code: "units" }, statement, cure));
  }
  return { delimiter, skip: skipped.length, head: lines + (units === undefined ? 0 : 1), names, notes };
}

/** The lines above the table, and the delimiter below them. */
function above(
  name: string,
  text: string,
  preferred: readonly string[],
  options: CsvOptions,
  notes: ReadNote[],
): { skipped: string[]; delimiter: string } {
  const told = options.skip ?? 0;
  const skipped = leadingLines(text, (line, index) => index < told || line.trim() === "");
  const rest = () => text.slice(skipped.join("").length);
  const [, separator] = /^"?sep=(.)"?[ \t]*$/i.exec(firstLine(rest()).replace(/[\r\n]+$/, "")) ?? [];
  if (separator !== undefined) {
    skipped.push(firstLine(rest()));
    const message = `${name}: the first line says that ${JSON.stringify(separator)} separates the fields`;
    notes.push({ severity: "note", code: "separator", message });
  }
  const given = options.delimiter ?? separator;
  const possible = given === undefined ? preferred : [given];
  // Where all lines have the same fields, the first is none above them, whatever else is in the rows: 1,5|2,5.
  const isAll = possible.some((delimiter) => isEven(parse(rest(), delimiter, preview)));
  const preamble =
    options.skip === undefined && options.header !== false && !isAll
      ? preambleOf(rest(), possible, (body, delimiter) => {
          const rows = parse(body, delimiter, preview);
          return { rows, table: isTable(rows, isNumberLike) };
        })
      : [];
  if (preamble.length > 0) {
    const lines =
      preamble.length === 1 ? "a line above the header is" : `${preamble.length} lines above the header are`;
    const shown = JSON.stringify(preamble[0].trim());
    const statement = `${name}: ${lines} left out, from ${shown}`;
    notes.push(noteWithFlag({ severity: "note", code: "preamble" }, statement, "--skip 0 reads them"));
    skipped.push(...preamble);
  }
  const { delimiter, comments } = guess(rest(), preferred, given);
  if (comments.length > 0) {
    const message = `${name}: ${comments.length === 1 ? "a comment line" : `${comments.length} comment lines`} above the header skipped`;
    notes.push({ severity: "note", code: "comments", message });
  }
  return { skipped: [...skipped, ...comments], delimiter };
}

function parse(text: string, delimiter: string, rows: number): string[][] {
  return Papa.parse<string[]>(text, { delimiter, preview: rows, quoteChar: '"', skipEmptyLines: true }).data;
}

/** Whether all rows have as many fields as the first, and more than one. The last may be cut off. */
function isEven([first, ...others]: readonly (readonly string[])[]): boolean {
  if (first === undefined || first.length < 2 || others.length === 0) return false;
  return others.slice(0, Math.max(1, others.length - 1)).every((row) => row.length === first.length);
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
  const [first] = rows;
  if (first === undefined || !first.some(isNumberText)) return true;
  return isTable(rows);
}

/** Whether some column has a name above and nothing but numbers below. */
function isTable([first = [], ...others]: readonly (readonly string[])[], isNumber = isNumberText): boolean {
  return first.some((cell, column) => {
    const below = others.map((row) => row[column] ?? "").filter((value) => value.trim() !== "");
    return cell.trim() !== "" && !isNumber(cell) && below.length > 0 && below.every(isNumber);
  });
}
