import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Column, Table, TextColumn } from "evenkeel/tabular";
import { root } from "./sources.ts";

/** The fields of a line, quotes and all. */
function fieldsOf(line: string, delimiter: string): string[] {
  const fields: string[] = [];
  const field = new RegExp(`(?:"((?:[^"]|"")*)"|([^${delimiter}]*))(?:${delimiter}|$)`, "y");
  while (field.lastIndex < line.length || fields.length === 0) {
    const [, quoted, plain] = field.exec(line)!;
    fields.push(quoted?.replaceAll('""', '"') ?? plain);
  }
  if (line.endsWith(delimiter)) fields.push("");
  return fields;
}

export function textColumn(name: string, texts: readonly string[]): TextColumn {
  const known = new Map<string, number>();
  const codes = Int32Array.from(texts, (text) => {
    if (text === "") return -1;
    if (!known.has(text)) known.set(text, known.size);
    return known.get(text)!;
  });
  return { name, type: "text", codes, dictionary: [...known.keys()] };
}

/** A file of test/tables with its fields as they stand, as a reader of CSV hands them over. */
export function csvTable(file: string): Table {
  const text = readFileSync(join(root, "test/tables", file), "utf8");
  const delimiter = /^[^,\n]*;/.test(text) ? ";" : ",";
  const [names, ...rows] = text
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => fieldsOf(line, delimiter));
  return {
    rows: rows.length,
    columns: names.map((name, j) =>
      textColumn(
        name,
        rows.map((row) => row[j] ?? ""),
      ),
    ),
  };
}

/** The same with columns of numbers where each text is what JavaScript writes. */
export function withNumbers(table: Table): Table {
  return { rows: table.rows, columns: table.columns.map(asNumbers) };
}

function asNumbers(column: Column): Column {
  if (column.type !== "text") return column;
  const numbers = column.dictionary.map(Number);
  if (!column.dictionary.every((text, code) => String(numbers[code]) === text && text !== "NaN")) return column;
  const values = Float64Array.from(column.codes, (code) => (code < 0 ? Number.NaN : numbers[code]));
  return { name: column.name, type: "number", values, fromText: true };
}

/** The texts of a row, as a program has them that sends one. */
export function rowOf(table: Table, row: number): Record<string, string | null> {
  const cell = (column: Column) => {
    if (column.type !== "text") throw new Error("texts only");
    return column.codes[row] < 0 ? null : column.dictionary[column.codes[row]];
  };
  return Object.fromEntries(table.columns.map((column) => [column.name, cell(column)]));
}
