import { mismatch, refuse, wrongValue } from "../../core/index.ts";
import type { Predictions } from "../encoding/decode.ts";
import type { Task } from "../schema/schema.ts";
import { ClassRows } from "./classRows.ts";
import { ClassTally, mean } from "./classTally.ts";
import { NumberTally } from "./numberTally.ts";
import { type Ranking, type RankScores, rankScores } from "./ranking.ts";
import { sumsOf, type Tally } from "./tally.ts";

/**
 * Numbers by their names: mae, rmse and r2 of numbers, in the target's own unit; accuracy,
 * balancedAccuracy, rocAuc, averagePrecision, f1, logLoss, brier and calibrationError of classes.
 */
export type TableScores = Readonly<Record<string, number>>;

const numberNames = ["mae", "rmse", "r2"] as const;
const classNames = [
  ...["accuracy", "balancedAccuracy", "rocAuc", "averagePrecision", "f1"],
  ...["logLoss", "brier", "calibrationError"],
] as const;

export type ScoreName = (typeof numberNames)[number] | (typeof classNames)[number];

/** The scores of a task, in the order in which `scoresOf` gives them. */
export function scoreNames(task: Task): readonly ScoreName[] {
  return task === "regression" ? numberNames : classNames;
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
  const known = scoreNames(task);
  const unknown = names?.find((name) => !known.includes(name));
  if (unknown !== undefined) throw wrongValue("scoresOf", "a name", unknown, known.join(", "));
  const { tally, rankings } = scorable(task, predictions, truth);
  const summed = tally.scores(sumsOf(tally));
  const isRanked = (names ?? known).some((name) => !Object.hasOwn(summed, name));
  const once = new Float64Array(truth.length).fill(1);
  const ranked = isRanked ? meanRankScores(rankings().map((ranking) => rankScores(ranking, once, ranking.order))) : {};
  return Object.fromEntries((names ?? known).map((name) => [name, { ...summed, ...ranked }[name]]));
}

/** What scores are computed from. */
export interface Scorable {
  readonly tally: Tally;
  /** Of classes: the rows in the order of a class's probability. */
  readonly rankings: () => readonly Ranking[];
}

/** @throws TypeError or RangeError as `scoresOf` */
export function scorable(task: Task, predictions: Predictions, truth: Float64Array): Scorable {
  const { values, probabilities } = predictions;
  if (task === "regression") {
    if (values === undefined)
      throw refuse("wrong-type", "scoresOf", "regression is scored by values, got probabilities");
    if (values.length !== truth.length) throw lengths(values.length, truth.length);
    return { tally: new NumberTally(values, truth), rankings: () => [] };
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
  return { tally: new ClassTally(rows), rankings: () => rows.rankings };
}

/** The means over the classes for which they are defined; nothing for numbers. */
export function meanRankScores(scores: readonly RankScores[]): Readonly<Record<string, number>> {
  if (scores.length === 0) return {};
  return {
    rocAuc: mean(scores.map(({ rocAuc }) => rocAuc).filter(isDefined)),
    averagePrecision: mean(scores.map(({ averagePrecision }) => averagePrecision).filter(isDefined)),
  };
}

const isDefined = (value: number) => !Number.isNaN(value);

function checkLabels(truth: Float64Array, classes: number): void {
  const row = truth.findIndex((label) => !(label >= 0 && label < classes && Number.isInteger(label)));
  if (row < 0) return;
  throw mismatch("wrong-value", "scoresOf", `the truth of row ${row} is class ${truth[row]}`, `0 to ${classes - 1}`);
}

const lengths = (rows: number, truth: number) =>
  refuse("wrong-value", "scoresOf", `predictions of ${rows} rows, and the truth of ${truth}`);
