import { type AnyTableModel, scoresOf, type TableScores } from "evenkeel/tabular";

/**
 * Scores of constant predictions. For scaled targets the model holds the mean of the training rows,
 * or the mean of their logarithms. Otherwise the constant comes from the scored rows, which makes
 * it look better than it is.
 */
export function guesses(
  preprocessing: AnyTableModel["preprocessing"],
  truth: Float64Array,
): Record<string, TableScores> {
  const { task, classes } = preprocessing;
  if (classes !== undefined) {
    const shares = new Float64Array(classes.length);
    for (const label of truth) shares[label] += 1 / truth.length;
    const commonest = classes[shares.indexOf(Math.max(...shares))];
    const probabilities = new Float64Array(truth.length * classes.length);
    for (let i = 0; i < truth.length; i++) probabilities.set(shares, i * classes.length);
    const predictions = { classes: Array.from(truth, () => commonest), probabilities };
    return { [`commonest of these rows: ${commonest}`]: scoresOf(task, predictions, truth) };
  }
  const always = (value: number) => scoresOf(task, { values: new Float64Array(truth.length).fill(value) }, truth);
  const { target } = preprocessing.toJSON();
  const isScaled = target.task === "regression" && !(target.mean === 0 && target.std === 1);
  if (isScaled && target.log) return { "geometric mean of the training rows": always(Math.exp(target.mean)) };
  if (isScaled) return { "mean of the training rows": always(target.mean) };
  const mean = truth.reduce((sum, value) => sum + value / truth.length, 0);
  return { "mean of these rows": always(mean) };
}
