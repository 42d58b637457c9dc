import { refuse, wrongType } from "../../core/index.ts";
import { checkStructure, listOf, shorten } from "../schema/columns.ts";
import type { Column, NumberColumn, Table, TextColumn } from "./table.ts";

/** Several tables as one, and which rows came from which. */
export interface JoinedTables {
  readonly table: Table;
  /** For each of the tables its rows in the joined one. */
  readonly parts: readonly Int32Array[];
}

/**
 * Puts tables with the same columns one below the other, in the order of the first one's columns;
 * what the others have besides is left out. With `splitRows` this takes rows of one's own to
 * validate by or to test on.
 *
 * @example
 * const { table, parts } = joinTables([cars, newCars]);
 * const { scores } = await trainTable(table, { target: "mpg", split: { test: parts[1] } });
 *
 * @throws TypeError or RangeError naming the table, from 0, and the column that it lacks
 */
export function joinTables(tables: readonly [Table, ...Table[]]): JoinedTables {
  if (!Array.isArray(tables) || (tables as readonly Table[]).length === 0)
    throw wrongType("joinTables", "tables", tables, "a list of tables");
  for (const table of tables) checkStructure("joinTables", table);
  const [first] = tables;
  const byName = tables.map(({ columns }) => new Map(columns.map((column) => [column.name, column])));
  const columns = first.columns.map(({ name }) =>
    joinColumns(
      name,
      byName.map((columnsOf, i) => {
        const column = columnsOf.get(name);
        if (column !== undefined) return column;
        throw refuse(
          "wrong-value",
          "joinTables",
          `table ${i} has no column ${shorten(name)}`,
          `it has ${listOf(tables[i].columns.map((one: Column) => one.name))}`,
          { column: name },
        );
      }),
    ),
  );
  let at = 0;
  const parts = tables.map(({ rows }) => Int32Array.from({ length: rows }, () => at++));
  return { table: { rows: at, columns }, parts };
}

/** Columns of one type stay it; of several types, and none of it missing, they become texts. */
function joinColumns(name: string, columns: readonly Column[]): Column {
  const holding = columns.filter((column) => !isEmpty(column));
  const types = new Set((holding.length === 0 ? columns : holding).map(({ type }) => type));
  const [type] = types;
  if (types.size > 1 || type === "text") return joinTexts(name, columns.map(asTexts));
  const rows = columns.reduce((sum, column) => sum + lengthOf(column), 0);
  if (type === "boolean") {
    const values = new Uint8Array(rows).fill(255);
    fill(values, columns);
    return { name, type, values };
  }
  const values = new Float64Array(rows).fill(Number.NaN);
  fill(values, columns);
  if (type === "date") return { name, type, values };
  const fromText = (holding as NumberColumn[]).every((column) => column.fromText === true);
  return { name, type, values, ...(fromText && { fromText }) };
}

function lengthOf(column: Column): number {
  return column.type === "text" ? column.codes.length : column.values.length;
}

function isEmpty(column: Column): boolean {
  if (column.type === "text") return column.codes.every((code) => code < 0);
  if (column.type === "boolean") return column.values.every((value) => value === 255);
  return column.values.every(Number.isNaN);
}

/** Columns without a value leave the missing ones that are there. */
function fill(into: Uint8Array | Float64Array, columns: readonly Column[]): void {
  let at = 0;
  for (const column of columns) {
    if (!isEmpty(column) && column.type !== "text") into.set(column.values, at);
    at += lengthOf(column);
  }
}

function joinTexts(name: string, columns: readonly TextColumn[]): TextColumn {
  const known = new Map<string, number>();
  const codes = new Int32Array(columns.reduce((sum, column) => sum + column.codes.length, 0));
  let at = 0;
  for (const column of columns) {
    const moved = column.dictionary.map((text) => {
      const code = known.get(text) ?? known.size;
      known.set(text, code);
      return code;
    });
    for (const code of column.codes) codes[at++] = code < 0 ? -1 : moved[code];
  }
  return { name, type: "text", codes, dictionary: [...known.keys()] };
}

/** The texts of typed values: numbers as JavaScript writes them, "true" and "false", ISO dates. */
function asTexts(column: Column): TextColumn {
  if (column.type === "text") return column;
  const { name, type, values } = column;
  const known = new Map<string, number>();
  const codes = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (type === "boolean" ? value === 255 : Number.isNaN(value)) {
      codes[i] = -1;
      continue;
    }
    const text =
      type === "boolean" ? (value === 1 ? "true" : "false") : type === "date" ? isoDate(value) : String(value);
    codes[i] = known.get(text) ?? known.size;
    known.set(text, codes[i]);
  }
  return { name, type: "text", codes, dictionary: [...known.keys()] };
}

function isoDate(value: number): string {
  const text = new Date(value).toISOString();
  return value % 86_400_000 === 0 ? text.slice(0, 10) : text;
}
