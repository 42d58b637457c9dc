/**
 * What the page of the lab takes. Files that are dropped on it and tables of the command line have
 * the same limits.
 */

/** The rows that the page trains on at most. */
export const mostRows = 100_000;
/** Values of a table: each of four workers has all of them, at some nine bytes each. */
const mostValues = 10_000_000;
/** Columns: networks of more inputs train, but no longer at the speed of a slider. */
export const maxColumns = 500;

/** How many rows of a table of so many columns are read. */
export function rowsOf(columns: number): number {
  return Math.min(mostRows, Math.floor(mostValues / Math.max(1, columns)));
}

/** The sentence that says that a table was cut. */
export function cutSentence(name: string, rows: number): string {
  return `${name} has more rows than the page takes: it uses the first ${rows.toLocaleString("en-US")}`;
}
