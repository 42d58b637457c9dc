import { log } from "../../core/math/portableMath.ts";
import { binOf, bins, calibrationErrorOf } from "./calibration.ts";
import type { ClassRows } from "./classRows.ts";
import type { Tally } from "./tally.ts";

/** Probabilities are cut at 2^-52 for the log loss, as in scikit-learn. */
const least = 2 ** -52;

/** The sums that the scores of predicted classes follow from, but those by the order of the rows. */
export class ClassTally implements Tally {
  readonly rows: number;
  readonly width: number;
  readonly #of: ClassRows;

  // The sums: rows, log loss, squared errors; by class: rows of it, rows predicted to be of it, those that are both; by
  // bin of probabilities: rows, what was said, what happened.
  constructor(rows: ClassRows) {
    this.rows = rows.truth.length;
    this.width = 3 + 3 * rows.classes + 3 * bins;
    this.#of = rows;
  }

  add(row: number, sums: Float64Array, at: number): void {
    const { classes, truth, decided, probabilities } = this.#of;
    const [label, start, predicted] = [truth[row], row * classes, decided[row]];
    sums[at] += 1;
    sums[at + 1] -= log(Math.min(Math.max(probabilities[start + label], least), 1 - least));
    for (let k = classes === 2 ? 1 : 0; k < classes; k++) {
      const error = probabilities[start + k] - (k === label ? 1 : 0);
      sums[at + 2] += error * error;
    }
    const counts = at + 3 + 3 * label;
    sums[counts] += 1;
    if (predicted >= 0) sums[at + 3 + 3 * predicted + 1] += 1;
    if (predicted === label) sums[counts + 2] += 1;
    const { said, happened } = this.#of.forecast(row);
    const bin = at + 3 + 3 * classes + 3 * binOf(said);
    sums[bin] += 1;
    sums[bin + 1] += said;
    sums[bin + 2] += happened;
  }

  scores(sums: Float64Array) {
    const { classes } = this.#of;
    const [rows, logLoss, squares] = sums;
    const [occurs, predicted, right] = [0, 1, 2].map((of) => (k: number) => sums[3 + 3 * k + of]);
    const perClass = Array.from({ length: classes }, (_, k) => k);
    const f1 = (k: number) => (2 * right(k)) / (occurs(k) + predicted(k));
    const isSeen = (k: number) => occurs(k) + predicted(k) > 0;
    return {
      accuracy: perClass.reduce((sum, k) => sum + right(k), 0) / rows,
      balancedAccuracy: mean(perClass.filter((k) => occurs(k) > 0).map((k) => right(k) / occurs(k))),
      // Of two classes: 0 where there is nothing to find and nothing was said to be found.
      f1: classes === 2 ? (isSeen(1) ? f1(1) : 0) : mean(perClass.filter(isSeen).map(f1)),
      logLoss: logLoss / rows,
      brier: squares / rows,
      calibrationError: calibrationErrorOf(sums.subarray(3 + 3 * classes)) / rows,
    };
  }
}

/** NaN of nothing. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
