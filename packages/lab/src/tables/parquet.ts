import type { Column } from "evenkeel/tabular";
import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetRead, type SchemaElement } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import {
  convertedNote,
  leftOutNote,
  nothingToRead,
  type Reading,
  readingOf,
} from "../../../cli/src/tables/columns/columnTypes.ts";
import type { Head } from "../../../cli/src/tables/formats/head.ts";
import { checkColumns, checkCost } from "../../../cli/src/tables/formats/limited.ts";
import { mostUnpacked } from "../../../cli/src/tables/limits.ts";
import { maxColumns, rowsOf } from "../../../cli/src/tables/page/limits.ts";
import { type ReadNote, TableReadError, unreadable } from "../../../cli/src/tables/readError.ts";
import { digitsIn, duckdbType, numberIn, storedField } from "./parquetTypes.ts";
import type { ReadRows } from "./readFile.ts";
import type { GivenFile } from "./source.ts";

/**
 * Reads a Parquet file, a column after the other. Which type of column is made is the command's decision;
 * the values are read by hyparquet where the command has DuckDB.
 *
 * @throws TableReadError for what is damaged, or has no column that can be read
 */
export async function readParquetFile(file: GivenFile, { compression }: Pick<Head, "compression">): Promise<ReadRows> {
  const { name } = file;
  if (compression !== "uncompressed")
    throw unreadable("damaged-file", `${name} is a Parquet file inside ${compression}`, "unpack it first");
  try {
    return await read(file);
  } catch (error) {
    if (error instanceof TableReadError) throw error;
    const { message } = error as Error;
    throw unreadable("damaged-file", `${name} is a damaged Parquet file: ${message}`, undefined, { cause: error });
  }
}

async function read(file: GivenFile): Promise<ReadRows> {
  const { name } = file;
  const buffer: AsyncBuffer = {
    byteLength: file.size,
    slice: (start, end) => file.slice(start < 0 ? file.size + start : start, end).arrayBuffer(),
  };
  const metadata = await parquetMetadataAsync(buffer, { geoparquet: false });
  const fields = topLevel(metadata.schema);
  checkColumns(name, fields.length, { maxColumns });
  const twice = fields.find((field, i) => fields.findIndex((other) => other.name === field.name) < i);
  if (twice !== undefined) throw unreadable("not-supported", `${name} has two columns called "${twice.name}"`);
  const inFile = Number(metadata.num_rows);
  const rows = Math.min(inFile, rowsOf(fields.length));
  checkCost(name, costs(metadata), mostUnpacked(file.size, undefined), rows);
  const stored = { ...metadata, schema: metadata.schema.map(storedField) };
  const notes: ReadNote[] = [];
  const columns: Column[] = [];
  for (const field of fields) {
    const reading = readingIn(field);
    if (reading.as === "ignored") {
      notes.push(leftOutNote(field.name, reading.why));
      continue;
    }
    if (reading.note !== undefined) notes.push(convertedNote(field.name, reading.note));
    const values = await valuesOf(buffer, stored, field.name, rows);
    columns.push(columnOf(field, reading, values));
  }
  if (columns.length === 0) throw nothingToRead(name, notes);
  return { rows, columns, notes, more: inFile > rows };
}

/** What the command makes of a field. Two of its types have no reader here. */
function readingIn(field: SchemaElement): Reading {
  const type = duckdbType(field);
  if (type === "INTERVAL") return { as: "ignored", why: "durations, which the page does not read" };
  if (type === "TIME WITH TIME ZONE")
    return { as: "ignored", why: "times of day in UTC, which the page does not read" };
  return readingOf("", type);
}

/** The fields that are columns. Elements stand in the order of a depth-first search; the first is the root. */
function topLevel(schema: readonly SchemaElement[]): SchemaElement[] {
  const found: SchemaElement[] = [];
  let inside = 0;
  for (const element of schema.slice(1)) {
    if (inside === 0) found.push(element);
    else inside--;
    inside += element.num_children ?? 0;
  }
  return found;
}

/** The values and the unpacked bytes of each column of all row groups. */
function costs({ row_groups }: FileMetaData): { rows: number; bytes: number }[] {
  const found: { rows: number; bytes: number }[] = [];
  for (const { columns } of row_groups) {
    for (const [i, { meta_data: data }] of columns.entries()) {
      found[i] ??= { rows: 0, bytes: 0 };
      found[i].rows += Number(data?.num_values ?? 0);
      found[i].bytes += Number(data?.total_uncompressed_size ?? 0);
    }
  }
  return found;
}

/** A value as it is stored; undefined or null where there is none. */
type Value = number | bigint | boolean | string | Uint8Array | null | undefined;

async function valuesOf(file: AsyncBuffer, metadata: FileMetaData, column: string, rows: number): Promise<Value[]> {
  const values = new Array<Value>(rows);
  let count = 0;
  await parquetRead({
    ...{ file, metadata, compressors, columns: [column], rowEnd: rows, utf8: false, geoparquet: false },
    parsers: { stringFromBytes, timestampFromNanoseconds: (time) => time },
    onChunk: ({ columnData, rowStart }) => {
      const end = Math.min(columnData.length, rows - rowStart);
      for (let i = 0; i < end; i++) values[rowStart + i] = columnData[i];
      count += Math.max(0, end);
    },
  });
  if (count < rows) throw new Error(`column "${column}" has ${count} of ${rows} values`);
  return values;
}

// A byte order mark at the beginning of a text is left out, as by the command's reader.
const decoder = new TextDecoder("utf-8", { fatal: true });

function stringFromBytes(bytes: Uint8Array): string | undefined {
  return bytes && decoder.decode(bytes);
}

function columnOf(
  field: SchemaElement,
  reading: Exclude<Reading, { as: "ignored" }>,
  values: readonly Value[],
): Column {
  const { name } = field;
  const { as, exactBelow = Number.POSITIVE_INFINITY } = reading;
  if (as === "boolean") {
    return { name, type: "boolean", values: Uint8Array.from(values, (value) => (isNone(value) ? 255 : Number(value))) };
  }
  if (as === "text") return textColumn(name, values, String);
  const numberOf = numberIn(field);
  const toNumber = (value: Value) => (isNone(value) ? Number.NaN : numberOf(value));
  if (as === "float") return { name, type: "number", values: Float32Array.from(values, toNumber) };
  const numbers = Float64Array.from(values, toNumber);
  if (as === "date") return { name, type: "date", values: numbers };
  // Some of the doubles may stand for other numbers: the column is one of texts, as in the command.
  if (exactBelow !== Number.POSITIVE_INFINITY && numbers.some((value) => Math.abs(value) >= exactBelow))
    return textColumn(name, values, digitsIn(field));
  return { name, type: "number", values: numbers };
}

function textColumn(name: string, values: readonly Value[], textOf: (value: NonNullable<Value>) => string): Column {
  const known = new Map<string, number>();
  const codes = Int32Array.from(values, (value) => {
    const text = isNone(value) ? "" : textOf(value);
    if (text === "") return -1;
    const code = known.get(text) ?? known.size;
    known.set(text, code);
    return code;
  });
  return { name, type: "text", codes, dictionary: [...known.keys()] };
}

function isNone(value: Value): value is null | undefined {
  return value === null || value === undefined;
}
