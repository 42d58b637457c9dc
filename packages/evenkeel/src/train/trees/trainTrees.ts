import { checkDeclared, defaultOf, version } from "../../core/index.ts";
import { outputInBins } from "../../tabular/boosting/outputInBins.ts";
import { fitTarget } from "../../tabular/encoding/target/target.ts";
import {
  type Baseline,
  type BoostingStep,
  baselines,
  columnOf,
  type Finding,
  type FittedTrees,
  fittingTrees,
  nullSpellings,
  Preprocessing,
  type ResolvedBoosting,
  resolveBoosting,
  type Schema,
  type ScoreIntervals,
  type Split,
  type SplitOptions,
  scoresOf,
  type Table,
  TreeModel,
} from "../../tabular/index.ts";
import { trainingRowsToScore } from "../../tabular/scores/trainingRows.ts";
import { joinedRows } from "../../tabular/table/split.ts";
import { inTurns } from "../fit/breathe.ts";
import { checkDecision, decide, type TableDecision } from "../table/decision.ts";
import { recipeDefaults } from "../table/recipe.ts";
import { splitRecord } from "../table/record.ts";
import type { PartScores } from "../table/scores.ts";
import { settleTable } from "../table/settleTable.ts";
import { testIntervals } from "../table/testIntervals.ts";
import { type TreeIterationEvent, trainTreesOptions } from "./options.ts";
import type { TrainTreesOptions } from "./options.types.ts";

/** The result of {@link trainTrees}. */
export interface TreeTraining {
  readonly model: TreeModel;
  /** The table as it was trained on: rare classes are left out, or are one class. */
  readonly table: Table;
  readonly schema: Schema;
  /** Findings about the table; none of them is an error. */
  readonly findings: readonly Finding[];
  readonly split: Split;
  /** The options of the trees, with their defaults. */
  readonly trees: ResolvedBoosting;
  /** How many iterations the model has, and why there are no more. */
  readonly iterations: number;
  readonly reason: "completed" | "earlyStopping" | "aborted";
  /**
   * Scores of the model. After a refit, those of the validation rows are of the first fit, which did
   * not have them. Only a threshold or an interval is chosen by the validation rows, and nothing by
   * the test rows.
   */
  readonly scores: PartScores;
  /** The simple models' scores on the same rows; with a refit, they are refit as well. */
  readonly baselines: readonly Baseline[];
  /**
   * What the test scores, and their differences to those of the baselines, say about other rows;
   * undefined without test rows. See `bootstrapScores`.
   */
  readonly intervals?: ScoreIntervals;
  /** The threshold or the interval of predictions that was asked for. */
  readonly decision?: TableDecision;
  /** The second fit, on training and validation rows; undefined if it did not begin. */
  readonly refit?: TreeRefit;
}

/** The second fit. */
export interface TreeRefit {
  /** Its rows, in the order of the table. */
  readonly rows: Int32Array;
  readonly iterations: number;
  /** Whether the model has its trees: not if it was interrupted. */
  readonly kept: boolean;
  /** The model of the first fit, to which all validation scores belong. */
  readonly validated: TreeModel;
}

/**
 * Trains boosted trees on a table, after scikit-learn's HistGradientBoosting: infers the schema,
 * checks the table and splits it as `trainTable` does, fits the trees on the training rows, scores
 * them, and fits them once more with the validation rows among the training rows. The same table and
 * options give the same bytes.
 *
 * @example
 * const { model, scores } = await trainTrees(tableFromRows(cars), { target: "Miles_per_Gallon" });
 * console.log(scores.test.mae);
 *
 * @throws TableError listing what is wrong with the table; TypeError or RangeError for an invalid
 *   option
 */
export async function trainTrees(given: Table, options: TrainTreesOptions): Promise<TreeTraining> {
  checkTreesOptions(options);
  const { split: wanted = {}, seed = defaultOf(trainTreesOptions, "seed") } = options;
  const settled = settleTable(given, { ...options, split: wanted, seed });
  const { table, schema, split } = settled;
  checkDecision(schema, split, options, "trainTrees");
  const trees = resolveBoosting(options.trees);
  const canRefit = split.validation.length > 0 && split.test.length > 0;
  const wantsRefit = (options.refit ?? defaultOf(trainTreesOptions, "refit")) && canRefit;
  await options.onStart?.({ schema, findings: settled.findings, split, trees, seed, refit: wantsRefit });
  const fit = (rows: Int32Array, stage: TreeIterationEvent["stage"]) =>
    fitStage(fitting(table, schema, rows, trees, seed), stage, options);

  const first = await fit(split.train, "training");
  const firstModel = modelOf(schema, first.fitted);
  const rows = joinedRows(split.train, split.validation);
  const second = wantsRefit && !first.aborted ? await fit(rows, "refit") : undefined;
  const again = second?.aborted === false ? second : undefined;
  const last = again ?? first;

  const before = { model: firstModel, scores: scoresOn(firstModel, table, split) };
  const { model, scores, decision } = decide(
    before,
    again ? refitted(modelOf(schema, again.fitted), before.scores, table, split) : before,
    { table, schema, split },
    options,
  );
  // As beside a network by default, so that a linear model has one figure for one table.
  const { preprocessing } = recipeDefaults("ensemble", split, schema.task);
  const linear = Preprocessing.fit(table, schema, split.train, preprocessing);
  const simple = baselines(table, linear, split, { seed, refit: again !== undefined, trees: false });
  const training = {
    ...{ table, schema, findings: settled.findings, split, trees, scores, baselines: simple },
    iterations: last.fitted.trees.iterations,
    reason: reasonOf(last, trees),
    ...(decision && { decision }),
    ...(second && {
      refit: { rows, iterations: second.fitted.trees.iterations, kept: again !== undefined, validated: firstModel },
    }),
  };
  const intervals = testIntervals(model, { ...training, seed }, wanted);
  const record = {
    ...recordOf(training, seed, wanted),
    ...(settled.settled && { rareClasses: settled.settled }),
    ...options.record,
  };
  return { model: new TreeModel({ ...model, record }), ...training, ...(intervals && { intervals }) };
}

function checkTreesOptions(options: TrainTreesOptions): void {
  const { split } = options ?? {};
  const { options: _, ...parts } = trainTreesOptions.split;
  // Row indices are checked against the table, as those of trainTable are.
  const isGiven = typeof split === "object" && split !== null && "train" in split;
  checkDeclared("trainTrees", options, isGiven ? { ...trainTreesOptions, split: parts } : trainTreesOptions);
}

function fitting(table: Table, schema: Schema, rows: Int32Array, trees: ResolvedBoosting, seed: number) {
  const { nulls = nullSpellings } = schema;
  const columns = schema.columns.filter(({ use }) => use === "feature");
  const target = fitTarget(columnOf(table, schema.target), schema, rows, "none", false);
  return fittingTrees(table, columns, target, nulls, rows, trees, seed);
}

/** How a fit ended. */
interface Ended {
  readonly fitted: FittedTrees;
  readonly aborted: boolean;
}

async function fitStage(
  steps: ReturnType<typeof fittingTrees>,
  stage: TreeIterationEvent["stage"],
  { signal, onIteration }: TrainTreesOptions,
): Promise<Ended> {
  const onStep = onIteration && ((step: BoostingStep) => onIteration({ stage, ...step }));
  const { value: fitted, aborted } = await inTurns(steps, { signal, onStep });
  return { fitted, aborted };
}

function reasonOf({ fitted, aborted }: Ended, { maxIter }: ResolvedBoosting): TreeTraining["reason"] {
  if (aborted) return "aborted";
  return fitted.trees.iterations < maxIter ? "earlyStopping" : "completed";
}

const modelOf = (schema: Schema, { preprocessing, trees }: FittedTrees): TreeModel =>
  new TreeModel({ schema, preprocessing, trees });

function scoresOn(model: TreeModel, table: Table, split: Split): PartScores {
  const parts = (["train", "validation", "test"] as const).filter((part) => split[part].length > 0);
  const scores = parts.map((part) => {
    const rows = part === "train" ? trainingRowsToScore(split) : split[part];
    const { preprocessing, schema } = model;
    const output = outputInBins(model.trees, preprocessing.encode(table, rows));
    const said = preprocessing.decode({ shape: [rows.length, preprocessing.outputs], dtype: "float64", data: output });
    return [part, scoresOf(schema.task, said, preprocessing.truth(table, rows))];
  });
  return Object.fromEntries(scores);
}

/** The model of a refit, with the validation scores of the fit before it, which did not have those rows. */
function refitted(model: TreeModel, { validation }: PartScores, table: Table, split: Split) {
  return { model, scores: { ...scoresOn(model, table, split), ...(validation && { validation }) } };
}

/** The record of a training in a model's file. It depends only on the table and the options. */
function recordOf(training: Omit<TreeTraining, "model">, seed: number, wanted: Split | SplitOptions) {
  const { table, schema, split, trees, iterations, reason, scores, baselines, refit } = training;
  return {
    evenkeel: version,
    rows: table.rows,
    target: schema.target,
    task: schema.task,
    seed,
    ...splitRecord(wanted, split),
    trees,
    iterations,
    reason,
    scores,
    baselines: Object.fromEntries(baselines.map((baseline) => [baseline.name, baseline.scores])),
    ...(refit?.kept && { refit: { rows: refit.rows.length } }),
  };
}
