import type { Schema } from "../../schema/schema.ts";
import type { Table } from "../../table/table.ts";
import { tableFromRows } from "../../table/tableFrom.ts";

/** Rows as a table, with a column of nothing for each feature that they do not have. */
export function completeRows(rows: readonly Readonly<Record<string, unknown>>[], schema: Schema): Table {
  const table = tableFromRows(rows);
  const names = new Set(table.columns.map(({ name }) => name));
  const missing = schema.columns
    .filter(({ name, use }) => use === "feature" && !names.has(name))
    .map(({ name }) => ({ name, type: "text", codes: new Int32Array(table.rows).fill(-1), dictionary: [] }) as const);
  return { rows: table.rows, columns: [...table.columns, ...missing] };
}
