import type { Column, Table } from "evenkeel/tabular";

/** The first rows of a table as texts, in the order of the columns; undefined for what is missing. */
export function previewOf({ rows, columns }: Table, count: number): (string | undefined)[][] {
  return Array.from({ length: Math.min(count, rows) }, (_, row) => columns.map((column) => cellText(column, row)));
}

/** A value as the file has it, as far as the table knows. */
function cellText(column: Column, row: number): string | undefined {
  if (column.type === "text") return column.dictionary[column.codes[row]];
  const value = column.values[row];
  switch (column.type) {
    case "number":
      return Number.isNaN(value) ? undefined : String(value);
    case "boolean":
      return value === 255 ? undefined : value === 1 ? "true" : "false";
    case "date": {
      const date = new Date(value);
      return Number.isNaN(date.getTime()) ? undefined : date.toISOString().replace(/T00:00:00\.000Z$/, "");
    }
    default:
      return column satisfies never;
  }
}
