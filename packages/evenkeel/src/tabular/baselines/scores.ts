import { mismatch, refuse, wrongValue } from "../../core/index.ts";
import { log } from "../../core/math/portableMath.ts";
import type { Predictions } from "../encoding/decode.ts";
import type { Task } from "../schema/schema.ts";

/**
 * Numbers by their names: mae, rmse and r2 in the target's own unit; accuracy, balancedAccuracy and
 * logLoss of classes.
 */
export type TableScores = Readonly<Record<string, number>>;

/**
 * How good predictions are. `truth` is what `Preprocessing.truth` gives of the same rows.
 *
 * - mae, rmse: mean absolute error, root of the mean squared error; r2: 1 - squared errors / squared deviations from the
 *   mean, NaN where the truth does not vary.
 * - accuracy: the share of rows whose class has the largest probability, the first of equal ones. balancedAccuracy: the mean
 * over the classes that occur of that share among their rows. logLoss: the mean of -log(probability
 * of the true class), where probabilities are cut at 2^-52, as in scikit-learn.
 *
 * Predictions that are NaN are wrong, and give NaN where they are summed. All are NaN without rows.
 * @throws TypeError if the predictions are not of the task @throws RangeError if they are not of as
 *   many rows as the truth
 */
export function scoresOf(task: Task, predictions: Predictions, truth: Float64Array): TableScores {
  const { values, probabilities } = predictions;
  if (task === "regression") {
    if (values === undefined)
      throw refuse("wrong-type", "scoresOf", "regression is scored by values, got probabilities");
    if (values.length !== truth.length) throw lengths(values.length, truth.length);
    return numberScores(values, truth);
  }
  if (task !== "binary" && task !== "multiclass") {
    throw wrongValue("scoresOf", "task", task, '"regression", "binary" or "multiclass"');
  }
  if (probabilities === undefined)
    throw refuse("wrong-type", "scoresOf", `${task} is scored by probabilities, got values`);
  const rows = predictions.classes.length;
  if (rows !== truth.length) throw lengths(rows, truth.length);
  return classScores(probabilities, rows === 0 ? 0 : probabilities.length / rows, truth);
}

const lengths = (rows: number, truth: number) =>
  refuse("wrong-value", "scoresOf", `predictions of ${rows} rows, and the truth of ${truth}`);

function numberScores(values: Float64Array, truth: Float64Array): TableScores {
  const n = truth.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += truth[i] / n;
  let [absolute, squared, deviations] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const error = values[i] - truth[i];
    absolute += Math.abs(error);
    squared += error * error;
    deviations += (truth[i] - mean) * (truth[i] - mean);
  }
  return {
    mae: absolute / n,
    rmse: Math.sqrt(squared / n),
    r2: deviations === 0 ? Number.NaN : 1 - squared / deviations,
  };
}

function classScores(probabilities: Float64Array, classes: number, truth: Float64Array): TableScores {
  const least = 2 ** -52;
  const right = new Float64Array(classes);
  const count = new Float64Array(classes);
  let loss = 0;
  for (let i = 0; i < truth.length; i++) {
    const label = truth[i];
    const start = i * classes;
    if (!(label >= 0 && label < classes && Number.isInteger(label))) {
      throw mismatch("wrong-value", "scoresOf", `the truth of row ${i} is class ${label}`, `0 to ${classes - 1}`);
    }
    const mine = probabilities[start + label];
    let first = true; // NaN fails every comparison, so it is wrong
    for (let k = 0; k < classes && first; k++) {
      if (k !== label) first = k < label ? mine > probabilities[start + k] : mine >= probabilities[start + k];
    }
    if (first) right[label]++;
    count[label]++;
    loss -= log(Math.min(Math.max(mine, least), 1 - least));
  }
  const recalls = [...right].map((hits, k) => hits / count[k]).filter((recall) => !Number.isNaN(recall));
  const sum = (list: Iterable<number>) => [...list].reduce((a, b) => a + b, 0);
  return {
    accuracy: sum(right) / truth.length,
    balancedAccuracy: sum(recalls) / recalls.length,
    logLoss: loss / truth.length,
  };
}
