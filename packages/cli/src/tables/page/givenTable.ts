import type { Column, Table } from "evenkeel/tabular";
import type { MeaningOptions } from "../meaning.ts";

/**
 * A table on its way from the command to the page of the lab: a header as JSON, then the arrays of
 * the columns as they lie in memory, so that every number arrives with its bits.
 */

/** What the page is given: the table as it was read, and what its reader noticed. */
export interface GivenTable {
  readonly name: string;
  readonly table: Table;
  readonly noticed: readonly string[];
  /** The column to predict, where the command line names one or the table has its own. */
  readonly target?: string;
  /** What the command line says about the columns, if anything. */
  readonly meaning?: MeaningOptions;
}

/** A column in the header: all but its array. */
interface ColumnHeader {
  readonly name: string;
  readonly array: keyof typeof arrays;
  readonly type: Column["type"];
  readonly fromText?: true;
  readonly dictionary?: readonly string[];
}

interface Header extends Omit<GivenTable, "table"> {
  readonly rows: number;
  readonly columns: readonly ColumnHeader[];
}

const arrays = { Float64Array, Float32Array, Int32Array, Uint8Array } as const;
/** "evenkeel" in ASCII; then the length of the header, and four zeros. */
const magic = 0x6576656e_6b65656cn;
const preface = 16;
/** Arrays begin where each of their kinds may. */
const aligned = (length: number) => Math.ceil(length / 8) * 8;

/** The bytes of a table, in pieces: its arrays are not copied. */
export function givenTableBytes({ table, ...about }: GivenTable): Uint8Array[] {
  const columns = table.columns.map(
    (column): ColumnHeader => ({
      ...{ name: column.name, type: column.type, array: kindOf(arrayOf(column)) },
      ...(column.type === "number" && column.fromText && { fromText: true }),
      ...(column.type === "text" && { dictionary: column.dictionary }),
    }),
  );
  const header: Header = { ...about, rows: table.rows, columns };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const start = new Uint8Array(aligned(preface + text.length));
  const view = new DataView(start.buffer);
  view.setBigUint64(0, magic);
  view.setUint32(8, text.length, true);
  start.set(text, preface);
  return [start, ...table.columns.flatMap((column) => padded(arrayOf(column)))];
}

/** Reads what {@link givenTableBytes} wrote. @throws Error if the bytes are no such table */
export function givenTableFrom(bytes: ArrayBuffer): GivenTable {
  const wrong = () => new Error("these bytes are no table of the command");
  if (bytes.byteLength < preface) throw wrong();
  const view = new DataView(bytes);
  if (view.getBigUint64(0) !== magic) throw wrong();
  const length = view.getUint32(8, true);
  if (preface + length > bytes.byteLength) throw wrong();
  const text = new TextDecoder().decode(new Uint8Array(bytes, preface, length));
  const { rows, columns, ...about } = JSON.parse(text) as Header;
  let at = aligned(preface + length);
  const read = columns.map(({ array, ...column }): Column => {
    const Values = arrays[array];
    const size = rows * Values.BYTES_PER_ELEMENT;
    if (at + size > bytes.byteLength) throw wrong();
    const values = new Values(bytes, at, rows);
    at += aligned(size);
    return { ...column, [column.type === "text" ? "codes" : "values"]: values } as unknown as Column;
  });
  return { ...about, table: { rows, columns: read } };
}

function arrayOf(column: Column): Float64Array | Float32Array | Int32Array | Uint8Array {
  return column.type === "text" ? column.codes : column.values;
}

function kindOf(values: ReturnType<typeof arrayOf>): ColumnHeader["array"] {
  if (values instanceof Float64Array) return "Float64Array";
  if (values instanceof Float32Array) return "Float32Array";
  return values instanceof Int32Array ? "Int32Array" : "Uint8Array";
}

function padded(values: ReturnType<typeof arrayOf>): Uint8Array[] {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const missing = aligned(bytes.length) - bytes.length;
  return missing === 0 ? [bytes] : [bytes, new Uint8Array(missing)];
}
