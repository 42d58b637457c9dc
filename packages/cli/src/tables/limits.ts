/**
 * What one table may cost at most, so that nothing a stranger's file holds takes more time or
 * memory than its size says. docs/14-reading-tables.md lists these.
 */

/** How deep JSON may be nested: DuckDB's parser overflows the stack of the process at some 20,000. */
export const mostDepth = 500;
/** Bytes of a record of CSV, a row of JSON, or a text of Parquet or a query. */
export const longestRecord = 1 << 22;
/** Columns of CSV. More has only binary data, or a file with another delimiter. */
export const mostColumns = 20_000;
/** Columns of Parquet and queries, and keys of JSON: DuckDB takes time by the square of their number. */
export const mostDatabaseColumns = 5_000;

const megabyte = 1 << 20;
/** Megabytes that any file may unpack to. */
export const alwaysUnpacked = 64;
/** How many times its own size a file may unpack to, beyond that. Gzip's most is 1,032. */
export const mostUnpackedRatio = 100;

/** How many bytes a file of this size may unpack to. @param given in megabytes, instead */
export function mostUnpacked(size: number, given: number | undefined): number {
  return given === undefined ? Math.max(alwaysUnpacked * megabyte, mostUnpackedRatio * size) : given * megabyte;
}
