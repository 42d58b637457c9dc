import type { Calibration, CalibrationBin } from "./types.ts";

/** As many as a person can see; empty ones are left out. */
const bins = 10;

/**
 * How often predictions are right, by the probability that the network gave them: of the second
 * class if there are two, otherwise of the class that it predicts. Bins are of equal width, as in
 * scikit-learn's `calibration_curve`; the expected calibration error is that of Guo et al. 2017
 * (arXiv:1706.04599), the mean distance over the rows.
 *
 * @param probabilities - [rows, classes]; rows with NaN are left out
 * @param truth - positions in `classes`
 */
export function calibrationOf(
  probabilities: ArrayLike<number>,
  truth: ArrayLike<number>,
  classes: readonly string[],
): Calibration {
  const width = classes.length;
  const [rows, sum, right] = [0, 1, 2].map(() => new Float64Array(bins));
  for (let i = 0; i < truth.length; i++) {
    const chosen = width === 2 ? 1 : likeliest(probabilities, i * width, width);
    const probability = probabilities[i * width + chosen];
    if (Number.isNaN(probability)) continue;
    const bin = Math.min(bins - 1, Math.floor(bins * probability));
    rows[bin]++;
    sum[bin] += probability;
    if (truth[i] === chosen) right[bin]++;
  }
  const all = rows.reduce((total, count) => total + count, 0);
  const filled = Array.from(rows, (count, i): CalibrationBin | undefined =>
    count === 0
      ? undefined
      : { rows: count, probability: sum[i] / count, share: right[i] / count, ...wilson(right[i], count) },
  ).filter((bin) => bin !== undefined);
  const error = filled.reduce((total, { rows, probability, share }) => total + rows * Math.abs(share - probability), 0);
  return { bins: filled, error: all === 0 ? Number.NaN : error / all, ...(width === 2 && { of: classes[1] }) };
}

function likeliest(probabilities: ArrayLike<number>, from: number, width: number): number {
  let best = 0;
  for (let k = 1; k < width; k++) if (probabilities[from + k] > probabilities[from + best]) best = k;
  return best;
}

/** The 95% interval of a share (Wilson 1927), which is not empty for shares of 0 and 1. */
function wilson(right: number, rows: number): { readonly low: number; readonly high: number } {
  const z = 1.959963984540054;
  const share = right / rows;
  const middle = (share + z ** 2 / (2 * rows)) / (1 + z ** 2 / rows);
  const half = (z / (1 + z ** 2 / rows)) * Math.sqrt((share * (1 - share)) / rows + z ** 2 / (4 * rows ** 2));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
