import * as fs from "node:fs";
import { endianness } from "node:os";
import type { StudyData } from "evenkeel/study";
import type { Column } from "evenkeel/tabular";
import { misuse } from "../../../shell/errors.ts";
import { writeAll } from "../../../shell/files/writeAll.ts";
import { replace, replacementOf, writing } from "../../../shell/files/writeAtomic.ts";
import { digestOf } from "../../studies/dataDigest.ts";

/**
 * The table of a study with its schema, as bytes: the length of the head, the head as JSON, and the
 * values of each column, each from a multiple of 8. Numbers are little-endian.
 */
export function tableBytes({ table, schema, picture }: StudyData): Uint8Array[] {
  const head = JSON.stringify({
    format: "evenkeel table",
    version: 1,
    rows: table.rows,
    columns: table.columns.map(describe),
    schema,
    picture,
  });
  const text = padded(new TextEncoder().encode(head));
  const length = new Uint8Array(new BigUint64Array([BigInt(text.length)]).buffer);
  return [length, text, ...table.columns.map((column) => padded(bytesOf(valuesOf(column))))];
}

/** Writes the file that {@link readTable} reads. */
export function writeTable(path: string, data: StudyData): void {
  checkEndianness();
  writing(path, () => {
    const place = replacementOf(path);
    const file = fs.openSync(place.temporary, "wx");
    try {
      for (const part of tableBytes(data)) writeAll(file, part);
    } finally {
      fs.closeSync(file);
    }
    replace(place);
  });
}

/** @throws CommandError if it is not the table whose digest is given */
export function readTable(path: string, digest: string): StudyData {
  checkEndianness();
  return tableOf(fs.readFileSync(path), digest, path);
}

/** @param name of what holds the bytes, in messages */
export function tableOf(bytes: Uint8Array, digest: string, name: string): StudyData {
  let data: StudyData;
  try {
    data = decoded(Uint8Array.from(bytes));
  } catch (error) {
    throw misuse("damaged-file", `${name} is damaged: ${(error as Error).message}`, undefined, { cause: error });
  }
  if (digestOf(data) === digest) return data;
  throw misuse("damaged-file", `${name} is damaged: it does not hold the table that the study began with`);
}

type Described = Omit<Column, "values" | "codes" | "dictionary"> & {
  readonly length: number;
  readonly single?: true;
  readonly dictionary?: readonly string[];
};

function describe(column: Column): Described {
  if (column.type === "text") {
    const { name, type, codes, dictionary } = column;
    return { name, type, length: codes.length, dictionary };
  }
  const { values, ...rest } = column;
  return { ...rest, length: values.length, ...(values instanceof Float32Array && { single: true }) };
}

function decoded(bytes: Uint8Array<ArrayBuffer>): StudyData {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  if (head.format !== "evenkeel table" || head.version !== 1) throw new Error("it is no table of this version");
  let at = 8 + length;
  const columns = (head.columns as Described[]).map(({ length, single, dictionary, ...rest }): Column => {
    const Values = { text: Int32Array, boolean: Uint8Array, date: Float64Array, number: Float64Array }[rest.type];
    const values = new (single ? Float32Array : Values)(bytes.buffer, at, length);
    at += Math.ceil(values.byteLength / 8) * 8;
    return (rest.type === "text" ? { ...rest, codes: values, dictionary } : { ...rest, values }) as Column;
  });
  const { rows, schema, picture } = head;
  return { table: { rows, columns }, schema, ...(picture !== undefined && { picture }) };
}

function valuesOf(column: Column) {
  return column.type === "text" ? column.codes : column.values;
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function padded(bytes: Uint8Array): Uint8Array {
  if (bytes.length % 8 === 0) return bytes;
  const longer = new Uint8Array(Math.ceil(bytes.length / 8) * 8).fill(32);
  longer.set(bytes);
  return longer;
}

/** @throws CommandError on a machine that stores numbers the other way round */
function checkEndianness(): void {
  if (endianness() !== "LE") throw misuse("wrong-state", "this machine is big-endian, and workers are little-endian");
}
