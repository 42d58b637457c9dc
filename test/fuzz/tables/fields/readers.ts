import { isUtf8 } from "node:buffer";
import { writeFileSync } from "node:fs";
import type { DuckDBConnection } from "@duckdb/node-api";
import Papa from "papaparse";
import type { FieldBlock } from "../../../../packages/cli/src/tables/csv/fieldBlock.ts";
import { InvalidUtf8, Records } from "../../../../packages/cli/src/tables/csv/records.ts";
import { TableReadError } from "../../../../packages/cli/src/tables/readError.ts";
import type { Read } from "./definition.ts";
import type { CsvText } from "./text.ts";

/** Reads with the command's tokenizer, in parts that end at these positions. */
export function byRecords(text: CsvText, borders: readonly number[]): Read | "invalid" {
  const records = new Records({ name: "x", ...text, isUtf8 });
  const rows: string[][] = [];
  let fault: Read["fault"];
  const add = ({ bytes, rows: count, columns, starts, ends }: FieldBlock) => {
    for (let row = 0; row < count; row++) {
      const fields = Array.from({ length: columns }, (_, i) => row * columns + i);
      rows.push(fields.map((i) => Buffer.from(bytes.subarray(starts[i], ends[i])).toString()));
    }
  };
  try {
    for (const [i, border] of [...borders, text.bytes.length].entries()) {
      add(records.take(text.bytes.subarray(i === 0 ? 0 : borders[i - 1], border)));
    }
    add(records.end());
    records.check();
  } catch (error) {
    if (error instanceof InvalidUtf8) return "invalid";
    if (!(error instanceof TableReadError)) throw error;
    const [, line, why] = /, line (\d+): (it has|a quote)/.exec(error.message) ?? [];
    if (why === undefined) throw error;
    fault = { why: why === "it has" ? "fields" : "quote", line: Number(line) };
  }
  return {
    ...{ rows, blankLines: records.blankLines },
    lines: rows.map((_, row) => records.lines.lineOf(row)),
    ...(fault && { fault }),
  };
}

/** Reads with papaparse; undefined where it says that something is wrong. */
export function byPapaparse({ bytes, delimiter }: CsvText, newline: "\n" | "\r\n" | "\r"): string[][] | undefined {
  const { data, errors } = Papa.parse<string[]>(bytes.toString("utf8"), { delimiter, newline, skipEmptyLines: true });
  return errors.length > 0 ? undefined : data;
}

/** Reads with DuckDB, an empty field as one; undefined where it refuses. */
export async function byDuckDB(
  connection: DuckDBConnection,
  path: string,
  { bytes, delimiter, columns }: CsvText,
): Promise<string[][] | undefined> {
  writeFileSync(path, bytes);
  const names = Array.from({ length: columns }, (_, i) => `c${i}`);
  const types = names.map((name) => `${name}: 'VARCHAR'`).join(", ");
  const read = `read_csv('${path}', auto_detect=false, header=false, delim='${delimiter}', quote='"', escape='"', columns={${types}})`;
  try {
    const reader = await connection.runAndReadAll(
      `SELECT ${names.map((n) => `coalesce(${n}, '')`).join(", ")} FROM ${read}`,
    );
    return reader.getRows() as string[][];
  } catch {
    return undefined;
  }
}
