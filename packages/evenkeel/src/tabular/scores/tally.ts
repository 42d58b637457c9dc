/**
 * Scores that follow from sums over rows. A row adds to `width` sums; a bootstrap weighs the sums of a few rows together
 * and computes its scores by the same formulas as the scores of all rows.
 */
export interface Tally {
  readonly rows: number;
  readonly width: number;
  /** Adds what a row contributes to the sums that begin at `at`. */
  add(row: number, sums: Float64Array, at: number): void;
  /** The scores by name; NaN where one is not defined. */
  scores(sums: Float64Array): Readonly<Record<string, number>>;
}

/** The sums over all rows. */
export function sumsOf(tally: Tally): Float64Array {
  const sums = new Float64Array(tally.width);
  for (let i = 0; i < tally.rows; i++) tally.add(i, sums, 0);
  return sums;
}
