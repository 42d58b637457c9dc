import { wholeText } from "../../shell/figures.ts";
import { type Allowed, allowColumns, mostDatabaseColumns } from "../limits.ts";
import { type TableReadError, unreadable } from "../readError.ts";

/** The parts of a stream, up to so many bytes. @throws TableReadError beyond them */
export async function* limited(
  parts: AsyncIterable<Uint8Array>,
  name: string,
  most: number,
): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const part of parts) {
    length += part.length;
    if (length > most) throw unpacksTooFar(name, most);
    yield part;
  }
}

export function unpacksTooFar(name: string, most: number): TableReadError {
  const megabytes = wholeText(Math.floor(most / (1 << 20)));
  return unreadable(
    "damaged-file",
    `${name} unpacks to more than ${megabytes} MB, far more than its size`,
    "if it is meant to, allow so many megabytes with --max-unpacked",
  );
}

/** @throws TableReadError if these are more columns than a table of DuckDB may have */
export function checkColumns(
  name: string,
  columns: number,
  { maxColumns = mostDatabaseColumns }: Pick<Allowed, "maxColumns">,
): void {
  if (columns <= maxColumns) return;
  const statement = `${name} has ${wholeText(columns)} columns, more than ${wholeText(maxColumns)}`;
  throw unreadable("not-supported", statement, allowColumns);
}

/**
 * Values of Parquet that are alike take next to no bytes in a file, and 8 each in memory.
 *
 * @param columns the values that each has, and the bytes that they unpack to
 * @throws TableReadError if that is more than the size of the file allows
 */
export function checkCost(
  name: string,
  columns: readonly { readonly rows: number; readonly bytes: number }[],
  most: number,
  limit = Number.POSITIVE_INFINITY,
): void {
  const size = columns.reduce((sum, one) => sum + Math.max(one.bytes, 8 * Math.min(one.rows, limit)), 0);
  if (size > most) throw unpacksTooFar(name, most);
}
