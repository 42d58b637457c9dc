import type { WeightedScore } from "./weightedScore.ts";

/** Probabilities from 0 to 1 in so many bins of equal width. */
const bins = 10;

/** What was said in a bin of probabilities, and what happened. */
export interface CalibrationBin {
  readonly rows: number;
  /** The mean of the probabilities. */
  readonly said: number;
  /** The share of the rows where it happened. */
  readonly happened: number;
}

/** The bins that have rows, from low to high probabilities: the points of a calibration curve. */
export function calibrationCurve(said: Float64Array, happened: Float64Array, weights?: Float64Array): CalibrationBin[] {
  const [count, sum, hits] = [0, 1, 2].map(() => new Float64Array(bins));
  for (let i = 0; i < said.length; i++) {
    const weight = weights === undefined ? 1 : weights[i];
    const bin = Math.min(bins - 1, Math.floor(said[i] * bins));
    if (weight === 0) continue;
    count[bin] += weight;
    sum[bin] += weight * said[i];
    hits[bin] += weight * happened[i];
  }
  return [...count.keys()]
    .filter((bin) => count[bin] > 0)
    .map((bin) => ({ rows: count[bin], said: sum[bin] / count[bin], happened: hits[bin] / count[bin] }));
}

/**
 * Expected calibration error: how far the probabilities of a bin are, on average, from what
 * happened; the mean over the rows. 0 is perfect; with few rows in a bin chance alone makes it
 * larger. NaN if a probability is.
 */
export function calibrationError(said: Float64Array, happened: Float64Array): WeightedScore {
  if (said.some(Number.isNaN)) return () => Number.NaN;
  return (weights) => {
    let [sum, total] = [0, 0];
    for (const { rows, said: mean, happened: share } of calibrationCurve(said, happened, weights)) {
      sum += rows * Math.abs(mean - share);
      total += rows;
    }
    return sum / total;
  };
}
