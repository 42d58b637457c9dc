/**
 * What one table may cost at most, so that nothing a stranger's file holds takes more time or
 * memory than its size says. docs/14-reading-tables.md lists these.
 */

/** What a person allows instead of these, as flags say it and as runs and studies record it. */
export interface Allowed {
  /** Megabytes that a file may unpack to; by its size unless given. */
  readonly maxUnpacked?: number | undefined;
  /** How many columns a table may have; by its format unless given. */
  readonly maxColumns?: number | undefined;
  /** Megabytes of a record of CSV, a row of JSON, or a text of Parquet or a query; 4 unless given. */
  readonly maxRecord?: number | undefined;
}

/** What is allowed, without the options that were given beside it. */
export function allowedOf({ maxUnpacked, maxColumns, maxRecord }: Allowed): Allowed {
  return { maxUnpacked, maxColumns, maxRecord };
}

/**
 * How deep JSON may be nested: DuckDB's parser overflows the stack of the process at some 20,000.
 * Nobody may allow more, for what the stack holds is not theirs to say.
 */
export const mostDepth = 500;
/** Bytes of a record of CSV, a row of JSON, or a text of Parquet or a query. */
export const longestRecord = 1 << 22;
/** The most that a person may allow: JSON of more takes DuckDB beyond the memory that it is given. */
export const mostRecordMegabytes = 64;
/** Columns of CSV. More has mostly binary data, or a file with another delimiter. */
export const mostColumns = 20_000;
/** Columns of Parquet and queries, and keys of JSON: DuckDB takes time by the square of their number. */
export const mostDatabaseColumns = 5_000;

const megabyte = 1 << 20;
/** How long a record may be, in bytes. */
export function longestRecordOf({ maxRecord }: Allowed): number {
  return maxRecord === undefined ? longestRecord : maxRecord * megabyte;
}

/** The same in words. */
export function longestRecordText(allowed: Allowed): string {
  return `${longestRecordOf(allowed) / megabyte} MB`;
}

/** What to do where a record is longer and is meant to be. */
export const allowRecord = "allow so many megabytes with --max-record";
/** What to do where there are more columns. */
export const allowColumns = "allow so many with --max-columns";

/** Megabytes that any file may unpack to. */
export const alwaysUnpacked = 64;
/** How many times its own size a file may unpack to, beyond that. Gzip's most is 1,032. */
export const mostUnpackedRatio = 100;

/** How many bytes a file of this size may unpack to. @param given in megabytes, instead */
export function mostUnpacked(size: number, given: number | undefined): number {
  return given === undefined ? Math.max(alwaysUnpacked * megabyte, mostUnpackedRatio * size) : given * megabyte;
}
