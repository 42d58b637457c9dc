import { isDeepStrictEqual } from "node:util";
import type { DuckDBConnection } from "@duckdb/node-api";
import { Random } from "../../random.ts";
import { byDefinition, type Read } from "./definition.ts";
import { byDuckDB, byPapaparse, byRecords } from "./readers.ts";
import { type CsvText, csvText } from "./text.ts";

export interface FieldFinding {
  readonly seed: number;
  readonly why: string;
  readonly text: CsvText;
}

export interface FieldHunt {
  readonly findings: readonly FieldFinding[];
  /** How many texts were right, and how many of each fault. */
  readonly counts: Record<"right" | "fields" | "quote" | "invalid", number>;
  /** How many of the right ones papaparse and DuckDB also read. */
  readonly compared: { papaparse: number; duckdb: number };
}

/** DuckDB is asked through a file. */
interface Duck {
  readonly connection: DuckDBConnection;
  readonly path: string;
}

/**
 * Reads random texts with the command's tokenizer, in one part, byte by byte, and in two parts with
 * a border at each byte (or at `borders` of them), and compares with the rules; then the rules with
 * papaparse and DuckDB.
 */
export async function huntFields(
  seed: number,
  count: number,
  { borders = Number.POSITIVE_INFINITY, duck }: { readonly borders?: number; readonly duck?: Duck | undefined } = {},
): Promise<FieldHunt> {
  const findings: FieldFinding[] = [];
  const counts = { right: 0, fields: 0, quote: 0, invalid: 0 };
  const compared = { papaparse: 0, duckdb: 0 };
  for (let i = 0; i < count; i++) {
    const random = new Random(seed + i);
    const text = csvText(random);
    const wrong = (why: string) => findings.push({ seed: seed + i, why, text });
    const expected = byDefinition(text);
    counts[expected === undefined ? "invalid" : (expected.fault?.why ?? "right")]++;
    if (expected && text.fields && !isDeepStrictEqual(expected.rows, text.fields)) wrong("the rules lose fields");
    const why = bordersOf(text.bytes.length, borders, random)
      .map((parts) => difference(text, byRecords(text, parts), expected, parts))
      .find((found) => found !== undefined);
    if (why !== undefined) wrong(why);
    const whole = { ...text, skip: 0, head: 0, foot: 0 };
    const rows = byDefinition(whole);
    const ends = new Set(text.bytes.toString("utf8").match(/\r\n|\r|\n/g));
    if (rows === undefined || rows.fault !== undefined || ends.size > 1) continue;
    const [end = "\n"] = ends;
    const papaparse = byPapaparse(whole, end as "\n");
    if (papaparse === undefined) wrong("papaparse refuses it");
    else if (!isDeepStrictEqual(comparable(papaparse), comparable(rows.rows))) wrong("papaparse reads it otherwise");
    compared.papaparse++;
    const duckdb = duck && (await byDuckDB(duck.connection, duck.path, whole));
    if (duckdb === undefined) continue;
    compared.duckdb++;
    if (!isDeepStrictEqual(comparable(duckdb), comparable(rows.rows))) wrong("DuckDB reads it otherwise");
  }
  return { findings, counts, compared };
}

/** Ends of the parts that a text is read in, one list for each reading. */
function bordersOf(length: number, most: number, random: Random): number[][] {
  const all = Array.from({ length: Math.max(0, length - 1) }, (_, i) => i + 1);
  return [[], all, ...(all.length > most ? random.shuffled(all).slice(0, most) : all).map((border) => [border])];
}

function difference(
  { foot, skip }: CsvText,
  read: Read | "invalid",
  expected: Read | undefined,
  parts: readonly number[],
): string | undefined {
  const how = parts.length > 1 ? "byte by byte" : parts.length === 1 ? `with a border at ${parts[0]}` : "in one part";
  if (expected === undefined) {
    // Lines above and below the table are not looked at.
    const isRefused = read === "invalid" || read.fault !== undefined || foot + skip > 0;
    return isRefused ? undefined : `${how}: invalid UTF-8 is read`;
  }
  if (isDeepStrictEqual(read, expected)) return undefined;
  return `${how}: read ${JSON.stringify(read)}, expected ${JSON.stringify(expected)}`;
}

/**
 * Rows without what the others do not give: papaparse skips, and DuckDB adds, rows of one empty
 * field; both drop byte order marks.
 */
function comparable(rows: readonly (readonly string[])[]): string[][] {
  return rows
    .map((fields) => fields.map((field) => field.replace(/^\ufeff+/, "")))
    .filter(([field, ...more]) => field !== "" || more.length > 0);
}
