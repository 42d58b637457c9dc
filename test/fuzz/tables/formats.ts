import { DuckDBInstance } from "@duckdb/node-api";
import type { KnownColumn, KnownTable } from "./known.ts";

/** A cell as JSON has it: a date as an ISO text. */
function jsonValue({ kind, values }: KnownColumn, row: number): unknown {
  const value = values[row];
  return kind === "date" && value !== null ? new Date(value as number).toISOString().slice(0, 16) : value;
}

/** The rows as objects; names such as `__proto__` are their own. */
export function rowsOf({ rows, columns }: KnownTable): Record<string, unknown>[] {
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(columns.map((column) => [column.name, jsonValue(column, row)])),
  );
}

export function jsonOf(table: KnownTable): string {
  return JSON.stringify(rowsOf(table));
}

export function ndjsonOf(table: KnownTable): string {
  return rowsOf(table)
    .map((row) => `${JSON.stringify(row)}\n`)
    .join("");
}

const types = { numeric: "DOUBLE", boolean: "BOOLEAN", date: "TIMESTAMP", category: "VARCHAR" } as const;

/** Writes a Parquet file, with types of its own, out of a file of JSON lines. */
export async function writeParquet({ columns }: KnownTable, ndjson: string, path: string): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
  const fields = columns.map(({ name, kind }) => `${quoted(name)}: ${quoted(types[kind])}`).join(", ");
  await connection.run(
    `COPY (SELECT * FROM read_json(${quoted(ndjson)}, format='newline_delimited', columns={${fields}})) TO ${quoted(path)} (FORMAT parquet)`,
  );
  connection.closeSync();
  instance.closeSync();
}
