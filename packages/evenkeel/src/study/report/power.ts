import { type Measured, tQuantile, varianceOfMean } from "./statistics.ts";

/** What a study of this size can find. */
export interface Power {
  /** The smallest effect that would be found in 4 studies of 5, on the scale of errors. */
  readonly smallest: number;
  /** The seeds that would find half of it; null if no number of seeds does. */
  readonly seedsForHalf: number | null;
  /** How many times the rows would find half of it; null if the smallest effect of interest is more. */
  readonly rowsForHalf: number | null;
}

interface PowerOptions {
  readonly overlap: number;
  readonly confidence: number;
  /** The smallest effect of interest on the scale of errors: an interval must lie beyond it. */
  readonly worth: number;
  /** The least half-width of the interval with so many seeds. */
  readonly reach: (seeds: number) => number;
}

const mostSeeds = 1000;

/**
 * The smallest effect whose interval lies beyond the smallest effect of interest in 4 of 5 studies
 * with the variance of these values; undefined for fewer than 3 seeds.
 */
export function powerOf(values: readonly Measured[], options: PowerOptions): Power | undefined {
  const { overlap, confidence, worth, reach } = options;
  const seeds = values.length;
  if (seeds < 3) return undefined;
  // The variance has a part that falls with the number of seeds, and one that does not.
  const falling = seeds * varianceOfMean(values, 0);
  const staying = varianceOfMean(values, overlap) - falling / seeds;
  const smallestWith = (many: number) => {
    const error = Math.sqrt(falling / many + staying);
    const halfWidth = Math.max(reach(many), tQuantile(confidence, many - 1) * error);
    // In 4 of 5 studies the estimate falls short of the true value by no more than this.
    return worth + halfWidth + tQuantile(0.6, many - 1) * error;
  };
  const smallest = smallestWith(seeds);
  const half = smallest / 2;
  let more = seeds;
  while (more <= mostSeeds && smallestWith(more) > half) more = Math.ceil(1.05 * more);
  const rows = half > worth ? ((smallest - worth) / (half - worth)) ** 2 : null;
  return { smallest, seedsForHalf: more > mostSeeds ? null : more, rowsForHalf: rows };
}
