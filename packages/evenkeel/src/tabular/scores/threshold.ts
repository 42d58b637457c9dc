import { refuse } from "../../core/index.ts";

/** What a threshold should make best: F1, or the least cost of both kinds of mistakes. */
export type ThresholdRule = "f1" | { readonly falsePositive: number; readonly falseNegative: number };

/**
 * The threshold that is best by a rule: between two probabilities that occur, so that rows from there on are of the
 * second class. Of thresholds that are equally good it is the one nearest to 1/2.
 *
 * @param probabilities of the second class; of rows that the model was not trained on
 * @param truth 1 for rows of the second class, else 0
 * @throws RangeError if all rows are of one class, or a probability is NaN
 */
export function bestThreshold(
  probabilities: Float64Array,
  truth: ArrayLike<number>,
  rule: ThresholdRule,
): { readonly threshold: number; readonly value: number } {
  const n = probabilities.length;
  let positives = 0;
  for (let i = 0; i < n; i++) positives += truth[i];
  if (positives === 0 || positives === n) {
    throw refuse(
      "wrong-value",
      "threshold",
      `all ${n} rows to choose a threshold by are of one class`,
      "give it as a number",
    );
  }
  if (probabilities.some(Number.isNaN)) throw refuse("not-finite", "threshold", "a probability is NaN");
  const order = Int32Array.from(probabilities.keys()).sort((a, b) => probabilities[b] - probabilities[a]);
  let best = { threshold: 0.5, value: Number.NEGATIVE_INFINITY };
  // Of the rows from the threshold on.
  let [right, wrong] = [0, 0];
  const consider = (threshold: number) => {
    const value = worthOf(rule, { right, wrong, missed: positives - right });
    const isNearer = Math.abs(threshold - 0.5) < Math.abs(best.threshold - 0.5);
    if (value > best.value || (value === best.value && isNearer)) best = { threshold, value };
  };
  if (probabilities[order[0]] < 1) consider((probabilities[order[0]] + 1) / 2);
  for (let k = 0; k < n; k++) {
    if (truth[order[k]] === 1) right++;
    else wrong++;
    const own = probabilities[order[k]];
    const next = k + 1 < n ? probabilities[order[k + 1]] : 0;
    // The middle of two neighbouring doubles may be the lower one, whose rows would then be taken too.
    const middle = (own + next) / 2 > next ? (own + next) / 2 : own;
    if (k + 1 === n || next < own) consider(middle);
  }
  return best;
}

interface Counts {
  readonly right: number;
  readonly wrong: number;
  readonly missed: number;
}

function worthOf(rule: ThresholdRule, { right, wrong, missed }: Counts): number {
  if (rule === "f1") return (2 * right) / (2 * right + wrong + missed);
  return -(rule.falsePositive * wrong + rule.falseNegative * missed);
}
