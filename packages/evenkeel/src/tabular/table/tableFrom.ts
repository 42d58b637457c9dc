import { describe, mismatch, refuse, wrongType } from "../../core/index.ts";
import { listOf, shorten } from "../schema/columns.ts";
import { dateText } from "../schema/values/dates.ts";
import type { Column, Table } from "./table.ts";

/**
 * A table from rows, as JSON has them. A column is there if any row has it; what a row lacks, and
 * null, undefined, NaN and "", is missing. Numbers give a column of numbers, booleans of booleans,
 * Dates of dates; anything else, mixtures too, gives texts, of which {@link inferSchema} says what
 * they mean. Bigints are numbers up to 2^53; beyond it a column of them keeps its digits as texts.
 *
 * @example
 * const table = tableFromRows([{ weight: 3504, origin: "USA" }, { weight: 2372, origin: "Japan" }]);
 * @throws TypeError if rows are no list of objects, or a value is an object or a function
 */
export function tableFromRows(rows: readonly Readonly<Record<string, unknown>>[]): Table {
  if (!Array.isArray(rows)) {
    throw wrongType("tableFromRows", "rows", rows, "a list of objects such as [{ weight: 3504 }]");
  }
  const names = new Set<string>();
  for (let i = 0; i < rows.length; i++) {
    const row: unknown = rows[i];
    if (typeof row !== "object" || row === null || Array.isArray(row)) {
      throw wrongType("tableFromRows", `row ${i}`, row, "an object such as { weight: 3504 }");
    }
    for (const name of Object.keys(row)) names.add(name);
  }
  const columns = [...names].map((name) => {
    // A column may be called "constructor": rows that lack it inherit one.
    const own = name in Object.prototype;
    const cell = (i: number) => (own && !Object.hasOwn(rows[i], name) ? undefined : rows[i][name]);
    return columnFrom("tableFromRows", name, rows.length, cell);
  });
  return { rows: rows.length, columns };
}

/**
 * A table from columns of equal length. Float64Array and Float32Array are taken as they are,
 * without a copy; other arrays of numbers become numbers; lists are read as `tableFromRows` reads
 * the values of its rows.
 *
 * @example
 * const table = tableFromColumns({ weight: new Float64Array([3504, 2372]), origin: ["USA", "Japan"] });
 * @throws TypeError if a column is no array, or a value is an object or a function
 * @throws RangeError if columns differ in length
 */
export function tableFromColumns(columns: Readonly<Record<string, ArrayLike<unknown>>>): Table {
  if (typeof columns !== "object" || columns === null || Array.isArray(columns) || ArrayBuffer.isView(columns)) {
    throw wrongType("tableFromColumns", "columns", columns, "an object of arrays such as { weight: [3504, 2372] }");
  }
  const names = Object.keys(columns);
  const made = names.map((name) => columnFromArray(name, columns[name]));
  const lengths = names.map((name) => columns[name].length);
  const odd = lengths.findIndex((length) => length !== lengths[0]);
  if (odd >= 0) {
    throw refuse(
      "wrong-value",
      "tableFromColumns",
      `column ${shorten(names[odd])} has ${lengths[odd]} values, ${listOf(names.slice(0, 1))} has ${lengths[0]}`,
      undefined,
      { column: names[odd] },
    );
  }
  return { rows: lengths[0] ?? 0, columns: made };
}

function columnFromArray(name: string, values: ArrayLike<unknown>): Column {
  if (values instanceof Float64Array || values instanceof Float32Array) return { name, type: "number", values };
  const isArray = Array.isArray(values) || (ArrayBuffer.isView(values) && !(values instanceof DataView));
  if (!isArray) {
    throw wrongType("tableFromColumns", `column ${shorten(name)}`, values, "a list or a typed array");
  }
  if (ArrayBuffer.isView(values) && !(values instanceof BigInt64Array) && !(values instanceof BigUint64Array)) {
    return { name, type: "number", values: Float64Array.from(values as ArrayLike<number>) };
  }
  return columnFrom("tableFromColumns", name, values.length, (i) => values[i]);
}

/** What the values of a column are: each seen kind once. */
interface Kinds {
  number: boolean;
  boolean: boolean;
  date: boolean;
  text: boolean;
}

function columnFrom(caller: string, name: string, rows: number, cell: (row: number) => unknown): Column {
  const kinds = kindsOf(caller, name, rows, cell);
  const { number, boolean, date, text } = kinds;
  if (!boolean && !date && !text) {
    const values = new Float64Array(rows);
    for (let i = 0; i < rows; i++) {
      const value = cell(i);
      values[i] = isMissing(value) ? Number.NaN : Number(value);
    }
    return { name, type: "number", values };
  }
  if (boolean && !number && !date && !text) {
    const values = new Uint8Array(rows);
    for (let i = 0; i < rows; i++) {
      const value = cell(i);
      values[i] = isMissing(value) ? 255 : Number(value);
    }
    return { name, type: "boolean", values };
  }
  if (date && !number && !boolean && !text) {
    const values = new Float64Array(rows);
    for (let i = 0; i < rows; i++) {
      const value = cell(i);
      values[i] = isMissing(value) ? Number.NaN : (value as Date).getTime();
    }
    return { name, type: "date", values };
  }
  return textColumn(name, rows, cell);
}

function textColumn(name: string, rows: number, cell: (row: number) => unknown): Column {
  const codes = new Int32Array(rows);
  const known = new Map<string, number>();
  const dictionary: string[] = [];
  for (let i = 0; i < rows; i++) {
    const value = cell(i);
    if (isMissing(value)) {
      codes[i] = -1;
      continue;
    }
    const text = value instanceof Date ? dateText(value.getTime()) : String(value);
    let code = known.get(text);
    if (code === undefined) {
      code = dictionary.push(text) - 1;
      known.set(text, code);
    }
    codes[i] = code;
  }
  return { name, type: "text", codes, dictionary };
}

const isMissing = (value: unknown) =>
  value === null ||
  value === undefined ||
  value === "" ||
  (typeof value === "number" && Number.isNaN(value)) ||
  (value instanceof Date && Number.isNaN(value.getTime()));

/** Whether a double holds a whole number and none of its neighbours. */
const isExact = (value: bigint) => Number.isSafeInteger(Number(value));

function kindsOf(caller: string, name: string, rows: number, cell: (row: number) => unknown): Kinds {
  const kinds: Kinds = { number: false, boolean: false, date: false, text: false };
  for (let i = 0; i < rows; i++) {
    const value = cell(i);
    if (isMissing(value)) continue;
    if (typeof value === "number") kinds.number = true;
    else if (typeof value === "bigint") kinds[isExact(value) ? "number" : "text"] = true;
    else if (typeof value === "boolean") kinds.boolean = true;
    else if (value instanceof Date) kinds.date = true;
    else if (typeof value === "string") kinds.text = true;
    else {
      throw mismatch(
        "wrong-type",
        caller,
        `column ${shorten(name)} holds ${describe(value)} in row ${i}`,
        "a number, boolean, string, Date or null",
        undefined,
        { column: name, row: i },
      );
    }
  }
  return kinds;
}
