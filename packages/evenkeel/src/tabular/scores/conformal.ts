import { refuse } from "../../core/index.ts";

/**
 * How far the truth is from a prediction, in a share of `level` of new rows: split-conformal prediction. It is the
 * ceil((n + 1) level)-th smallest absolute error of rows that the model was not trained on; among rows of the same kind the
 * next one is within it with a probability of at least `level`, whatever the model (Lei et al. 2018, "Distribution-Free
 * Predictive Inference for Regression").
 *
 * @param errors of rows that the model was not trained on
 * @throws RangeError if there are too few for the level, or one is NaN
 */
export function conformalWidth(errors: Float64Array, level: number): number {
  const sorted = errors.map(Math.abs).sort();
  const place = Math.ceil((sorted.length + 1) * level - 1e-9);
  if (place > sorted.length) {
    const least = Math.ceil(level / (1 - level) - 1e-9);
    throw refuse(
      "wrong-value",
      "interval",
      `an interval of ${100 * level}% needs ${least} validation rows, there are ${sorted.length}`,
      "keep more of them, or say a lower level",
    );
  }
  if (sorted.some(Number.isNaN)) throw refuse("not-finite", "interval", "an error is NaN");
  return sorted[place - 1];
}
