import { describe, mismatch, nearest, refuse, type Text, text, wrongType } from "../../core/index.ts";
import { itemNamed } from "../table/named.ts";
import type { Column, Table, TextColumn } from "../table/table.ts";

/**
 * The column of a name.
 * @throws RangeError if there is none: the message lists the columns there are, and the nearest
 *   name
 */
export function columnOf(table: Table, name: string): Column {
  const column = itemNamed(table.columns, name);
  if (column === undefined) throw noColumn("", "the table", table, name);
  return column;
}

/** @internal */
export function noColumn(caller: string, what: Text, table: Table, name: unknown): Error {
  const names = table.columns.map((column) => column.name);
  const near = typeof name === "string" ? nearest(name, names) : undefined;
  const hint = near === undefined ? "" : ` (did you mean ${JSON.stringify(near)}?)`;
  return refuse("wrong-value", caller, text`${what} has no column ${describe(name)}${hint}`, `it has ${listOf(names)}`);
}

/** Names for a message: at most 20 of them. */
export function listOf(names: readonly string[]): string {
  if (names.length === 0) return "no columns";
  const shown = names.slice(0, 20).map(shorten);
  return names.length > shown.length ? `${shown.join(", ")} and ${names.length - shown.length} more` : shown.join(", ");
}

/** A text in quotes, cut where it is long: a cell of a table may hold a book. */
export function shorten(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}

/** How many values a column holds. */
function lengthOf(column: Column): number {
  return column.type === "text" ? column.codes.length : column.values.length;
}

/**
 * Some rows of a table, in the order given; a row may be taken twice.
 * @throws TypeError if `rows` is no Int32Array @throws RangeError if a row is not in the table
 */
export function takeRows(table: Table, rows: Int32Array): Table {
  checkRows("takeRows", table, rows);
  return { rows: rows.length, columns: table.columns.map((column) => takeFrom(column, rows)) };
}

function takeFrom(column: Column, rows: Int32Array): Column {
  if (column.type === "text") return compact(column, rows);
  const values = column.values.slice(0, 0);
  const Values = values.constructor as new (length: number) => typeof values;
  const taken = new Values(rows.length);
  for (let i = 0; i < rows.length; i++) taken[i] = column.values[rows[i]];
  return { ...column, values: taken } as Column;
}

/**
 * The dictionary is made anew: it holds what these rows hold, in the order in which they hold it.
 */
function compact(column: TextColumn, rows: Int32Array): TextColumn {
  const moved = new Int32Array(column.dictionary.length).fill(-1);
  const dictionary: string[] = [];
  const codes = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const code = column.codes[rows[i]];
    if (code >= 0 && moved[code] < 0) moved[code] = dictionary.push(column.dictionary[code]) - 1;
    codes[i] = code < 0 ? -1 : moved[code];
  }
  return { name: column.name, type: "text", codes, dictionary };
}

/** @throws TypeError if `rows` is no Int32Array @throws RangeError if a row is not in the table */
export function checkRows(caller: string, table: Table, rows: unknown): asserts rows is Int32Array {
  if (!(rows instanceof Int32Array)) {
    throw wrongType(caller, "rows", rows, "an Int32Array of positions in the table");
  }
  for (let i = 0; i < rows.length; i++) {
    if (rows[i] < 0 || rows[i] >= table.rows) {
      throw refuse("wrong-value", caller, `there is no row ${rows[i]}, the table has ${table.rows} rows`);
    }
  }
}

/**
 * What a Table promises, for one that was put together by hand: names that are different, columns
 * of `rows` values, codes that are in the dictionary.
 * @throws TypeError or RangeError naming the column
 */
export function checkStructure(caller: string, table: unknown): asserts table is Table {
  checkColumns(caller, table);
  for (const column of table.columns) checkValues(caller, column);
}

/** The same without a look at the values. @throws TypeError or RangeError naming the column */
export function checkColumns(caller: string, table: unknown): asserts table is Table {
  const { rows, columns } = (table ?? {}) as { rows?: unknown; columns?: unknown };
  if (!Number.isSafeInteger(rows) || (rows as number) < 0 || !Array.isArray(columns)) {
    throw wrongType(caller, "the table", table, "{ rows, columns }, as tableFromRows and tableFromColumns give");
  }
  const seen = new Set<string>();
  for (const column of columns as Column[]) {
    if (typeof column?.name !== "string") {
      throw mismatch("wrong-type", caller, `a column has the name ${describe(column?.name)}`, "a string");
    }
    const named = `column ${shorten(column.name)}`;
    if (seen.has(column.name)) throw refuse("conflict", caller, `${named} is there twice`, "rename one of them");
    seen.add(column.name);
    checkArray(caller, named, column);
    if (lengthOf(column) !== rows) {
      throw refuse("wrong-value", caller, `${named} has ${lengthOf(column)} values, the table has ${rows} rows`);
    }
  }
}

function checkArray(caller: string, named: string, column: Column): void {
  const expected = {
    number: [Float64Array, Float32Array],
    date: [Float64Array],
    boolean: [Uint8Array],
    text: [Int32Array],
  }[column.type];
  if (expected === undefined) {
    const type = describe((column as { type?: unknown }).type);
    throw mismatch("wrong-type", caller, `${named} is of type ${type}`, '"number", "boolean", "date" or "text"');
  }
  const values = column.type === "text" ? column.codes : column.values;
  if (!expected.some((Values) => values instanceof Values)) {
    const names = expected.map((Values) => Values.name).join(" or ");
    throw mismatch("wrong-type", caller, `${named} has the values ${describe(values)}`, names);
  }
}

function checkValues(caller: string, column: Column): void {
  const named = `column ${shorten(column.name)}`;
  if (column.type === "text") checkCodes(caller, named, column);
  if (column.type === "boolean") {
    const wrong = column.values.findIndex((value) => value > 1 && value !== 255);
    if (wrong >= 0)
      throw mismatch(
        "wrong-value",
        caller,
        `${named} holds ${column.values[wrong]} in row ${wrong}`,
        "0, 1 or 255",
        undefined,
        { row: wrong },
      );
  }
}

function checkCodes(caller: string, named: string, { codes, dictionary }: TextColumn): void {
  if (!Array.isArray(dictionary) || dictionary.some((text) => typeof text !== "string")) {
    throw refuse("wrong-type", caller, `${named} has no dictionary of strings`);
  }
  for (let i = 0; i < codes.length; i++) {
    if (codes[i] < -1 || codes[i] >= dictionary.length) {
      throw refuse(
        "wrong-value",
        caller,
        `${named} has code ${codes[i]} in row ${i}, its dictionary has ${dictionary.length} texts`,
        undefined,
        { row: i },
      );
    }
  }
}
