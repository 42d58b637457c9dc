import { mismatch, refuse, wrongValue } from "../../core/index.ts";
import type { Predictions } from "../encoding/decode.ts";
import type { Task } from "../schema/schema.ts";
import { ClassRows, classScores } from "./classScores.ts";
import { numberScores } from "./numberScores.ts";
import type { WeightedScore } from "./weightedScore.ts";

/**
 * Numbers by their names: mae, rmse and r2 of numbers, in the target's own unit; accuracy,
 * balancedAccuracy, rocAuc, averagePrecision, f1, logLoss, brier and calibrationError of classes.
 */
export type TableScores = Readonly<Record<string, number>>;

export type ScoreName = keyof typeof numberScores | keyof typeof classScores;

/** The scores of a task, in the order in which `scoresOf` gives them. */
export function scoreNames(task: Task): readonly ScoreName[] {
  return Object.keys(task === "regression" ? numberScores : classScores) as ScoreName[];
}

const errors: readonly string[] = ["mae", "rmse", "logLoss", "brier", "calibrationError"] satisfies ScoreName[];

/** Whether less of a score is better. */
export function isError(name: ScoreName): boolean {
  return errors.includes(name);
}

/**
 * How good predictions are. `truth` is what `Preprocessing.truth` gives of the same rows.
 *
 * - mae, rmse: mean absolute error, root of the mean squared error; r2: 1 - squared errors / squared deviations from the
 *   mean, NaN where the truth does not vary.
 * - accuracy: the share of rows whose predicted class is the true one: the likeliest, the first of equal ones, or that
 *   by `predictions.threshold`. balancedAccuracy: the mean over the classes that occur of that share among their rows.
 * - f1: the harmonic mean of precision and recall of the second of two classes, 0 where it neither occurs nor is
 *   predicted; of several classes, its mean over those that occur or are predicted.
 * - rocAuc, averagePrecision: by the order of the second class's probability; of several classes, the mean over each
 *   against all others. NaN where only one class occurs.
 * - logLoss: the mean of -log(probability of the true class), where probabilities are cut at 2^-52. brier: the mean squared
 *   error of the second class's probability; of several classes, the sum over them.
 * - calibrationError: expected calibration error in 10 bins of equal width, of the second class's probability; of several
 *   classes, of the likeliest's.
 *
 * All but the last are scikit-learn's of the same name (macro averages, one class against the rest). Predictions that are
 * NaN are wrong, and give NaN where they are summed or ordered. Without rows all are NaN but f1 of two classes.
 * @param names the scores to compute; all of the task by default
 * @throws TypeError if the predictions are not of the task @throws RangeError if they are not of as
 *   many rows as the truth
 */
export function scoresOf(
  task: Task,
  predictions: Predictions,
  truth: Float64Array,
  names?: readonly ScoreName[],
): TableScores {
  const scores = weightedScores(task, predictions, truth, names);
  return Object.fromEntries(Object.entries(scores).map(([name, score]) => [name, score()]));
}

/** {@link scoresOf} as functions of how often each row counts. */
export function weightedScores(
  task: Task,
  predictions: Predictions,
  truth: Float64Array,
  names: readonly ScoreName[] = scoreNames(task),
): Record<string, WeightedScore> {
  const { values, probabilities } = predictions;
  if (task === "regression") {
    if (values === undefined)
      throw refuse("wrong-type", "scoresOf", "regression is scored by values, got probabilities");
    if (values.length !== truth.length) throw lengths(values.length, truth.length);
    return scoresBy(numberScores, names, (score) => score(values, truth));
  }
  if (task !== "binary" && task !== "multiclass") {
    throw wrongValue("scoresOf", "task", task, '"regression", "binary" or "multiclass"');
  }
  if (probabilities === undefined)
    throw refuse("wrong-type", "scoresOf", `${task} is scored by probabilities, got values`);
  const count = predictions.classes.length;
  if (count !== truth.length) throw lengths(count, truth.length);
  const classes = count === 0 ? 2 : probabilities.length / count;
  checkLabels(truth, classes);
  const rows = new ClassRows(probabilities, classes, truth, predictions.threshold);
  return scoresBy(classScores, names, (score) => score(rows));
}

function scoresBy<F>(
  known: Readonly<Record<string, F>>,
  names: readonly ScoreName[],
  make: (score: F) => WeightedScore,
): Record<string, WeightedScore> {
  const unknown = names.find((name) => !Object.hasOwn(known, name));
  if (unknown !== undefined) throw wrongValue("scoresOf", "a name", unknown, Object.keys(known).join(", "));
  return Object.fromEntries(names.map((name) => [name, make(known[name])]));
}

function checkLabels(truth: Float64Array, classes: number): void {
  const row = truth.findIndex((label) => !(label >= 0 && label < classes && Number.isInteger(label)));
  if (row < 0) return;
  throw mismatch("wrong-value", "scoresOf", `the truth of row ${row} is class ${truth[row]}`, `0 to ${classes - 1}`);
}

const lengths = (rows: number, truth: number) =>
  refuse("wrong-value", "scoresOf", `predictions of ${rows} rows, and the truth of ${truth}`);
