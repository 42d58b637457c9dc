/** Probabilities from 0 to 1 are put in so many bins of equal width. */
export const bins = 10;

/** The bin of a probability; NaN has the first, whose sums become NaN. */
export function binOf(probability: number): number {
  return Math.min(bins - 1, Math.floor(probability * bins)) || 0;
}

/**
 * How far the probabilities of a bin are from what happened, summed over the rows; divided by them
 * it is the expected calibration error.
 * @param sums of each bin: rows, probabilities, how often it happened
 */
export function calibrationErrorOf(sums: Float64Array): number {
  let sum = 0;
  for (let bin = 0; bin < bins; bin++) sum += Math.abs(sums[3 * bin + 1] - sums[3 * bin + 2]);
  return sum;
}

/** What was said in a bin of probabilities, and what happened. */
export interface CalibrationBin {
  readonly rows: number;
  /** The mean of the probabilities. */
  readonly said: number;
  /** The share of the rows where it happened. */
  readonly happened: number;
}

/**
 * The points of a calibration curve: the bins of equal width that have rows, from low to high
 * probabilities.
 * @param said probabilities
 * @param happened 1 where it did, else 0
 */
export function calibrationCurve(said: Float64Array, happened: ArrayLike<number>): CalibrationBin[] {
  const sums = new Float64Array(3 * bins);
  for (let i = 0; i < said.length; i++) {
    const at = 3 * binOf(said[i]);
    sums[at] += 1;
    sums[at + 1] += said[i];
    sums[at + 2] += happened[i];
  }
  return Array.from({ length: bins }, (_, bin) => sums.subarray(3 * bin, 3 * bin + 3))
    .filter(([rows]) => rows > 0)
    .map(([rows, probabilities, hits]) => ({ rows, said: probabilities / rows, happened: hits / rows }));
}
