import type { Tally } from "./tally.ts";

/** The sums that mae, rmse and r2 of predicted numbers follow from. */
export class NumberTally implements Tally {
  readonly rows: number;
  readonly width = 5;
  readonly #values: Float64Array;
  readonly #truth: Float64Array;
  /** Deviations are summed from here: the mean, or the value that all have. */
  readonly #centre: number;

  constructor(values: Float64Array, truth: Float64Array) {
    this.rows = truth.length;
    this.#values = values;
    this.#truth = truth;
    let mean = 0;
    for (let i = 0; i < truth.length; i++) mean += truth[i] / truth.length;
    this.#centre = truth.every((value) => value === truth[0]) ? truth[0] : mean;
  }

  add(row: number, sums: Float64Array, at: number): void {
    const error = this.#values[row] - this.#truth[row];
    const deviation = this.#truth[row] - this.#centre;
    sums[at] += 1;
    sums[at + 1] += Math.abs(error);
    sums[at + 2] += error * error;
    sums[at + 3] += deviation;
    sums[at + 4] += deviation * deviation;
  }

  scores(sums: Float64Array) {
    const [rows, absolute, squared] = [sums[0], sums[1], sums[2]];
    const [deviation, deviations] = [sums[3], sums[4]];
    const spread = deviations - (deviation * deviation) / rows;
    // What rounding leaves of rows that are all alike.
    const varies = spread > 1e-12 * deviations;
    return {
      mae: absolute / rows,
      rmse: Math.sqrt(squared / rows),
      r2: varies ? 1 - squared / spread : Number.NaN,
    };
  }
}
