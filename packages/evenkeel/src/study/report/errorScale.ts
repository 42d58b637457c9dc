import { mean } from "./statistics.ts";

/**
 * The scale on which errors are compared: logarithmic above a threshold, linear below it. Errors of
 * networks differ by orders of magnitude, so differences in the error's unit have no common
 * spread; but near 0, where the logarithm has no bound, a ratio is no longer of interest. One step
 * on this scale is a fraction of the error, or the same fraction of the threshold where that is
 * more. The two parts meet with the same slope.
 */
export class ErrorScale {
  readonly threshold: number;

  /** @param threshold an error, above 0 */
  constructor(threshold: number) {
    this.threshold = threshold;
  }

  of(error: number): number {
    const ratio = error / this.threshold;
    return ratio > 1 ? Math.log(ratio) : ratio - 1;
  }

  /** The error at a position of the scale. */
  at(position: number): number {
    return this.threshold * (position > 0 ? Math.exp(position) : position + 1);
  }

  /** The mean of errors on this scale, as an error: their geometric mean above the threshold. */
  mean(errors: readonly number[]): number {
    return this.at(mean(errors.map((error) => this.of(error))));
  }

  /** How far an error moves, in its unit, by a step of this scale. */
  move(error: number, step: number): number {
    return this.at(this.of(error) + step) - error;
  }

  /** How far two errors that lie this step apart differ, in their unit, with `centre` in the middle. */
  apart(centre: number, step: number): number {
    return this.move(centre, step / 2) - this.move(centre, -step / 2);
  }

  /** The step that is as long as a small difference in the error's unit, beside an error. */
  step(error: number, difference: number): number {
    return difference / Math.max(error, this.threshold);
  }
}
