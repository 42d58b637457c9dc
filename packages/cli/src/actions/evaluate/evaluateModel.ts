import {
  type AnyTableModel,
  type ClassPredictions,
  type Predictions,
  type Split,
  scoresOf,
  type Table,
  type TableScores,
  type Task,
} from "evenkeel/tabular";
import type { ActionContext } from "../../shell/context.ts";
import { predictBlocks } from "../predict/predictBlocks.ts";
import { guesses } from "./guesses.ts";
import { type StatisticsGap, statisticsGap } from "./statisticsGap.ts";

/** The scores of a model on some rows, and where its errors are. */
export interface Evaluation {
  readonly rows: number;
  readonly scores: TableScores;
  /** Of the parts of the training, where all its rows are scored. */
  readonly parts?: { readonly [P in keyof Split]?: PartEvaluation };
  /** Scores of constant predictions, by what they predict. */
  readonly guesses: Readonly<Record<string, TableScores>>;
  /** For classes, in the schema's order. */
  readonly classes?: readonly ClassScores[];
  /** For numbers: the rows with the largest errors, the largest first. */
  readonly worst?: readonly WorstRow[];
  /** For numbers: how many predictions were held in the range of the training rows' targets. */
  readonly clamped?: number;
  readonly batchNorm?: StatisticsGap;
}

export interface PartEvaluation {
  readonly rows: number;
  readonly scores: TableScores;
}

export interface ClassScores {
  readonly name: string;
  /** Rows of the class. */
  readonly rows: number;
  /** Rows that are predicted to be of the class. */
  readonly predicted: number;
  /** Share of the predicted rows that are of the class; NaN if none are predicted. */
  readonly precision: number;
  /** Share of the rows of the class that are predicted; NaN if there are none. */
  readonly recall: number;
}

export interface WorstRow {
  /** Index in the table, from 0. */
  readonly row: number;
  readonly truth: number;
  readonly prediction: number;
  /** Prediction minus truth. */
  readonly error: number;
}

interface EvaluateOptions extends Pick<ActionContext, "signal" | "progress"> {
  /** The number of rows with the largest errors to report. */
  readonly worst: number;
  /** Parts of the rows to score by themselves. */
  readonly parts?: Split | undefined;
}

/**
 * @throws CommandError if a value does not have its column's kind
 * @throws the reason of `signal` if it is aborted
 */
export async function evaluateModel(
  model: AnyTableModel,
  table: Table,
  rows: Int32Array,
  { worst, parts, ...context }: EvaluateOptions,
): Promise<Evaluation> {
  const { preprocessing } = model;
  const truth = preprocessing.truth(table, rows);
  const { predictions, clamped } = await predictAll(model, table, rows, context);
  const { values, classes } = predictions;
  const batchNorm = statisticsGap(model, table, rows);
  return {
    rows: rows.length,
    scores: scoresOf(preprocessing.task, predictions, truth),
    ...(parts && { parts: partScores(preprocessing.task, rows, predictions, truth, parts) }),
    guesses: guesses(preprocessing, truth),
    ...(classes && { classes: classScores(preprocessing.classes!, classes, truth) }),
    ...(values && { worst: worstRows(rows, truth, values, worst), clamped }),
    ...(batchNorm && { batchNorm }),
  };
}

async function predictAll(
  model: AnyTableModel,
  table: Table,
  rows: Int32Array,
  { signal, progress }: Pick<ActionContext, "signal" | "progress">,
): Promise<{ readonly predictions: Predictions; readonly clamped: number }> {
  const width = model.preprocessing.classes?.length ?? 1;
  const numbers = new Float64Array(rows.length * width);
  const classes: string[] = [];
  let threshold: ClassPredictions["threshold"];
  let [at, held, done] = [0, 0, 0];
  for await (const { rows: blockRows, predictions, clamped } of predictBlocks(model, table, { rows, signal })) {
    const block = predictions.values ?? predictions.probabilities;
    numbers.set(block, at);
    at += block.length;
    held += clamped.size;
    done += blockRows.length;
    progress?.rows(done, rows.length, "predicted");
    for (const name of predictions.classes ?? []) classes.push(name);
    threshold = (predictions as Partial<ClassPredictions>).threshold;
  }
  progress?.stop();
  if (model.preprocessing.classes === undefined) return { predictions: { values: numbers }, clamped: held };
  const predictions = { classes, probabilities: numbers, ...(threshold !== undefined && { threshold }) };
  return { predictions, clamped: held };
}

function partScores(
  task: Task,
  rows: Int32Array,
  predictions: Predictions,
  truth: Float64Array,
  parts: Split,
): { readonly [P in keyof Split]?: PartEvaluation } {
  const places = new Map([...rows].map((row, i) => [row, i]));
  const scored = Object.entries(parts).map(([part, of]: [string, Int32Array]) => {
    const at = of.map((row) => places.get(row)!);
    const scores = scoresOf(
      task,
      picked(predictions, at),
      Float64Array.from(at, (i) => truth[i]),
    );
    return [part, { rows: at.length, scores }] as const;
  });
  return Object.fromEntries(scored.filter(([, { rows }]) => rows > 0));
}

/** The predictions at these places. */
function picked(predictions: Predictions, at: Int32Array): Predictions {
  if (predictions.values !== undefined) return { values: Float64Array.from(at, (i) => predictions.values[i]) };
  const { classes, probabilities } = predictions;
  const width = probabilities.length / classes.length;
  const taken = new Float64Array(at.length * width);
  for (const [k, i] of at.entries()) taken.set(probabilities.subarray(i * width, (i + 1) * width), k * width);
  return { ...predictions, classes: Array.from(at, (i) => classes[i]), probabilities: taken };
}

function classScores(names: readonly string[], predicted: readonly string[], truth: Float64Array): ClassScores[] {
  const place = new Map(names.map((name, k) => [name, k]));
  const [of, said, right] = [0, 1, 2].map(() => new Float64Array(names.length));
  for (let i = 0; i < truth.length; i++) {
    const k = place.get(predicted[i])!;
    of[truth[i]]++;
    said[k]++;
    if (k === truth[i]) right[k]++;
  }
  return names.map((name, k) => ({
    name,
    rows: of[k],
    predicted: said[k],
    precision: right[k] / said[k],
    recall: right[k] / of[k],
  }));
}

function worstRows(rows: Int32Array, truth: Float64Array, values: Float64Array, count: number): WorstRow[] {
  const size = (i: number) => Math.abs(values[i] - truth[i]);
  const order = Int32Array.from(rows.keys()).sort((a, b) => size(b) - size(a) || a - b);
  return Array.from(order.subarray(0, count), (i) => ({
    row: rows[i],
    truth: truth[i],
    prediction: values[i],
    error: values[i] - truth[i],
  }));
}
