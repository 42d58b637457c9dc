import { check, refuse, text, wholeNumber, withoutUndefined } from "../../core/index.ts";
import {
  bootstrapScores,
  type Predictions,
  type Schema,
  type ScoreIntervals,
  type SplitOptions,
  schemaOptionsOf,
  scoresOf,
  settleRareClasses,
  splitRows,
  type Table,
  type TableScores,
} from "../../tabular/index.ts";
import { copyBlocks, groupBlocks } from "../../tabular/table/blocks.ts";
import { rowsWithTarget } from "../../tabular/table/split.ts";
import { agreed } from "../ranks/agreed.ts";
import { Ranks, together, togetherAsync } from "../ranks/ranks.ts";
import type { TrainTableOptions } from "./options.types.ts";
import { type TableTraining, trainTable } from "./trainTable.ts";

export interface CrossValidateOptions extends TrainTableOptions {
  /** Into how many parts the rows are put, 2 to 100. */
  readonly folds: number;
  /** Called, and awaited, after each fold. */
  readonly onFold?: ((event: FoldEvent) => unknown) | undefined;
}

export interface FoldEvent {
  /** From 1. */
  readonly fold: number;
  readonly folds: number;
  readonly scores: TableScores;
}

/** A score over the folds. */
export interface FoldScores {
  /** Of each fold's rows, in order. */
  readonly values: readonly number[];
  readonly mean: number;
  /** The sample standard deviation of the values. */
  readonly deviation: number;
}

/** The result of {@link crossValidate}. */
export interface CrossValidation {
  /** All rows that have a target, in the order of the table. */
  readonly rows: Int32Array;
  /** The fold of each of these rows, from 0. */
  readonly foldOf: Int32Array;
  /** What was predicted for each by the training that had not seen it. */
  readonly predictions: Predictions;
  readonly truth: Float64Array;
  readonly schema: Schema;
  /** Over all rows at once. */
  readonly scores: TableScores;
  readonly baselines: Readonly<Record<string, TableScores>>;
  /** Of these scores, as for test rows. They do not contain that the trainings share rows. */
  readonly intervals: ScoreIntervals;
  /** Fold by fold. */
  readonly folds: Readonly<Record<string, FoldScores>>;
}

/**
 * K-fold cross-validation: the rows are put into K folds, and each fold is predicted by a training on
 * the others, as `trainTable` does it, with validation rows of their own and a refit. Every row is
 * then predicted once by a network that has not seen it. Copies of a row are in one fold, and the rows of a
 * group where `split.group` is given; classes are shared out alike.
 *
 * @throws as trainTable; RangeError for options that say what the test rows are
 */
export async function crossValidate(given: Table, options: CrossValidateOptions): Promise<CrossValidation> {
  const { folds: count, onFold, ...training } = options;
  const ranks = Ranks.of(training.signal);
  const { table, schema, parts, how, kinds } = together(ranks, () => {
    check("crossValidate", { option: "folds" }, count, wholeNumber(2, 100));
    return foldsOf(given, training, count);
  });
  const { seed, group } = how;
  const trainings: Pick<TableTraining, "model" | "baselines" | "scores">[] = [];
  for (const [k, test] of parts.entries()) {
    const { model, baselines, scores } = await trainTable(table, {
      ...training,
      ...(kinds && { kinds }),
      rareClasses: "keep",
      split: { ...how, test },
    });
    ranks?.agree();
    const signal = ranks?.signal ?? training.signal;
    if (signal?.aborted) throw agreed(signal.reason, 0);
    trainings.push({ model, baselines, scores });
    await togetherAsync(ranks, () => onFold?.({ fold: k + 1, folds: count, scores: scores.test! }));
  }
  const rows = Int32Array.from(parts.flatMap((part) => [...part])).sort();
  const places = new Map([...rows].map((row, i) => [row, i]));
  const foldOf = new Int32Array(rows.length);
  for (const [k, part] of parts.entries()) for (const row of part) foldOf[places.get(row)!] = k;
  const gather = (of: (k: number) => Predictions) =>
    gathered(
      parts.map((part, k) => [part, of(k)]),
      places,
    );
  const predictions = gather((k) => trainings[k].model.predict(table, parts[k]));
  const truth = trainings[0].model.preprocessing.truth(table, rows);
  // A baseline that some fold lacks has no predictions for its rows.
  const names = trainings[0].baselines
    .map(({ name }) => name)
    .filter((name) => trainings.every(({ baselines }) => baselines.some((other) => other.name === name)));
  const others = Object.fromEntries(
    names.map((name) => [
      name,
      gather((k) => trainings[k].baselines.find((baseline) => baseline.name === name)!.predict(parts[k])),
    ]),
  );
  const { firstOf } = group === undefined ? copyBlocks(table, schema, rows) : groupBlocks(table, schema, rows, group);
  return {
    ...{ rows, foldOf, predictions, truth, schema },
    scores: scoresOf(schema.task, predictions, truth),
    baselines: Object.fromEntries(Object.entries(others).map(([name, of]) => [name, scoresOf(schema.task, of, truth)])),
    intervals: bootstrapScores(schema.task, predictions, truth, { others, blocks: firstOf, seed }),
    folds: spreadOf(trainings.map(({ scores }) => scores.test!)),
  };
}

/** The rows of each fold; and how rows to validate by are drawn from the others. */
function foldsOf(given: Table, options: TrainTableOptions, count: number) {
  const { split: wanted = {}, rareClasses, seed: usual = 0 } = options;
  const taken = ["train", "test", "time"].find((name) => (wanted as Record<string, unknown>)[name] !== undefined);
  if (taken !== undefined) {
    throw refuse(
      "conflict",
      "crossValidate",
      text`the folds are what is tested on, and ${{ option: `split.${taken}` }} says other rows`,
      text`leave ${{ option: `split.${taken}` }} out`,
    );
  }
  const { table, schema, settled } = settleRareClasses(given, schemaOptionsOf(options), rareClasses);
  const { seed = usual, ...others } = withoutUndefined(wanted as SplitOptions);
  const how = { ...others, seed: Number(seed) };
  // Each training has rows of its own and, unless none are asked for, others to validate by.
  checkFilled(table, schema, how.group, count, how.validation === 0 ? 2 : 3);
  // Numbers whose rare classes are now "other" are texts.
  const isMerged = settled !== undefined && settled.merged.length > 0;
  const kinds = isMerged ? { ...options.kinds, [schema.target]: "category" as const } : undefined;
  const parts: Int32Array[] = [];
  let used = new Int32Array(0);
  for (let k = 0; k + 1 < count; k++) {
    const { validation: _, ...drawn } = how;
    const done = used.length === 0 ? {} : { validation: used };
    const { test, train } = splitRows(table, schema, { ...drawn, validation: 0, ...done, test: 1 / (count - k) });
    parts.push(test);
    used = Int32Array.from([...used, ...test]);
    if (k + 2 === count) parts.push(train);
  }
  return { table, schema, parts, how, kinds };
}

/** @throws RangeError if there are fewer groups, or rows that are no copies, than folds */
function checkFilled(table: Table, schema: Schema, group: string | undefined, count: number, least: number): void {
  const rows = rowsWithTarget(table, schema);
  const { sizes } = group === undefined ? copyBlocks(table, schema, rows) : groupBlocks(table, schema, rows, group);
  const blocks = sizes.reduce((sum, size) => sum + Math.sign(size), 0);
  if (blocks >= Math.max(least, count)) return;
  throw refuse(
    "wrong-value",
    "crossValidate",
    text`${blocks} ${group === undefined ? "different rows" : "groups"} do not fill ${{ option: "folds", value: count }}`,
    count > least ? "take fewer folds" : "give more of them",
  );
}

/** The predictions of parts of the rows as those of all, in order. */
function gathered(
  parts: readonly (readonly [rows: Int32Array, of: Predictions])[],
  places: ReadonlyMap<number, number>,
): Predictions {
  const rows = places.size;
  const [[first, { probabilities }]] = parts;
  const width = probabilities === undefined ? 1 : probabilities.length / first.length;
  const numbers = new Float64Array(rows * width);
  const classes = new Array<string>(rows);
  // Each training chose its own.
  const thresholds = new Float64Array(rows);
  for (const [part, of] of parts) {
    const from = of.values ?? of.probabilities;
    for (const [i, row] of part.entries()) {
      const at = places.get(row)!;
      numbers.set(from.subarray(i * width, (i + 1) * width), at * width);
      if (of.classes === undefined) continue;
      classes[at] = of.classes[i];
      thresholds[at] = typeof of.threshold === "number" ? of.threshold : Number.NaN;
    }
  }
  if (probabilities === undefined) return { values: numbers };
  const isDecided = !thresholds.some(Number.isNaN);
  return { classes, probabilities: numbers, ...(isDecided && { threshold: thresholds }) };
}

function spreadOf(scores: readonly TableScores[]): Record<string, FoldScores> {
  return Object.fromEntries(
    Object.keys(scores[0]).map((name) => {
      const values = scores.map((of) => of[name]);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      return [name, { values, mean, deviation: Math.sqrt(squares / (values.length - 1)) }];
    }),
  );
}
