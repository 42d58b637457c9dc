import { checkOptions, mismatch, refuse, type Subject, text, wrongValue } from "../../core/index.ts";
import { resolveNetwork, type Schema, splitRows, type Table } from "../../tabular/index.ts";
import { endsWithEpochs } from "../../train/table/schedule.ts";
import type { Arm, NormArm } from "../arms/arm.ts";
import { checkArms, isNetworkArm } from "../arms/checkArms.ts";
import { Examination, examineArm } from "../arms/examine.ts";
import type { NetworkArm, PictureShape } from "../arms/networkArm.ts";
import { checkSharedOptions, type SharedOptions } from "../arms/trainingOptions.ts";
import { type Ask, type Question, questionOf } from "../questions/index.ts";
import type { Metric, TrialSettings } from "../trial/trialSpec.ts";
import { checkPicture } from "./picture.ts";

/** What is studied. */
export interface StudyData {
  readonly table: Table;
  readonly schema: Schema;
  /** Where the features of a row are the pixels of a picture of this shape, channel by channel, row by row. */
  readonly picture?: PictureShape;
}

export interface StudyOptions {
  /** What is asked: "normalization" by default, "networks" if arms are functions. Questions have their own arms and defaults. */
  readonly ask?: Ask | undefined;
  /** 10 seeds (0 to 9) by default; a number, or the seeds themselves. Intervals are over seeds. */
  readonly seeds?: number | readonly number[] | undefined;
  /**
   * What is compared: networks of yours, by functions that make them, the first of which the others are compared with; or
   * normalizations, by default on raw features and z-scores each with no, batch and layer normalization; and dropout on z-scores.
   */
  readonly arms?: readonly (NormArm | NetworkArm)[] | undefined;
  /**
   * Options of `trainTable` that all arms are trained with; an arm's own win. What is not said is as `trainTable` has it:
   * AdamW with weight decay, the rate in one cycle.
   */
  readonly train?: SharedOptions | undefined;
  /** The dropout of the default arms that have one, 0 to leave these arms out. Default 0.2. */
  readonly dropout?: number | undefined;
  /** Learning rates that every arm is tried with. Default 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03 and 0.1. */
  readonly lrs?: readonly number[] | undefined;
  /** Parts of the training rows, below 1, that are trained on to see what more rows do. Default 0.25 and 0.5. */
  readonly rowFractions?: readonly number[] | undefined;
  /**
   * Parts of the epochs, below 1, that trainings are planned for as well, to see how short one may be. A schedule that ends
   * with the epochs is as much shorter. Default 0.125, 0.25 and 0.5 under such a schedule, none under another, whose
   * learning curves tell it.
   */
  readonly epochFractions?: readonly number[] | undefined;
  /**
   * Factors that the numeric columns are multiplied with, in turn, to see what other units would do. Default 10 and 0.1;
   * empty for none.
   */
  readonly rescale?: readonly number[] | undefined;
  /** By default as many as make about 1000 steps, 5 at least and 100 at most. */
  readonly epochs?: number | undefined;
  /** Default 32. */
  readonly batchSize?: number | undefined;
  /** Default [64, 32]. */
  readonly hidden?: readonly number[] | undefined;
  /** Default "relu". */
  readonly activation?: TrialSettings["activation"] | undefined;
  /** How the target of a regression goes in. Default "zscore". */
  readonly target?: TrialSettings["target"] | undefined;
  /** Default "mae" for a regression, "errorRate" for classes. */
  readonly metric?: Metric | undefined;
  /** Parts of the rows. Default 0.16 and 0.2. */
  readonly validation?: number | undefined;
  readonly test?: number | undefined;
  /** The validation error that "epochs to" counts to; by default 1.1 times what the reference ends with on the same seed. */
  readonly targetError?: number | undefined;
  /**
   * The smallest effect worth having, as a part of the other arm's error. Default 0.01. Of an error rate it is one test row
   * at least, of other errors at least this part of a tenth of the best constant's.
   */
  readonly worth?: number | undefined;
  /** A quick look: 5 seeds, two rates, no dropout, half of the rows, 30 epochs at most; each can still be given. */
  readonly quick?: boolean | undefined;
}

/** A study that has been thought through, as plain JSON. */
export interface StudyPlan {
  /** Absent for "normalization". */
  readonly ask?: Ask;
  readonly target: string;
  readonly task: Schema["task"];
  /** Rows with a target, and how a split divides them. */
  readonly rows: { readonly all: number; readonly train: number; readonly validation: number; readonly test: number };
  readonly arms: readonly Arm[];
  readonly lrs: readonly number[];
  readonly seeds: readonly number[];
  readonly rowFractions: readonly number[];
  readonly epochFractions: readonly number[];
  readonly rescale: readonly number[] | null;
  readonly settings: TrialSettings;
  readonly targetError: number | null;
  readonly worth: number;
}

const optionNames = [
  ...[
    "ask",
    "seeds",
    "arms",
    "train",
    "dropout",
    "lrs",
    "rowFractions",
    "epochFractions",
    "rescale",
    "epochs",
    "batchSize",
    "hidden",
    "activation",
  ],
  ...["target", "metric", "validation", "test", "targetError", "worth", "quick"],
];

const usualRates = { quick: [0.001, 0.01], whole: [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1] } as const;

/** Fewer training rows than this are not worth a subsample of their own in the default plan. */
const fewestRows = 20;

/**
 * Decides what a study trains: nothing is trained yet. Functions that are arms are called, and their networks run on a few rows.
 * @throws TypeError or RangeError for options that are unknown or do not fit; what `splitRows` throws for the data
 * @throws TypeError, RangeError or Error naming the arm for a function that throws, gives no module, or one that cannot be
 *   trained on these data
 */
export function planStudy(data: StudyData, options: StudyOptions = {}): StudyPlan {
  checkOptions("planStudy", options, optionNames);
  const { table, schema } = data;
  checkPicture(data);
  const question = asked(options);
  const { defaults } = question;
  const quick = options.quick ?? false;
  const usual = quick ? "quick" : "whole";
  const { dropout = defaults.dropout?.[usual] ?? 0, batchSize = 32, validation = 0.16, test = 0.2 } = options;
  const {
    targetError = null,
    worth = 0.01,
    hidden = defaults.hidden ?? [64, 32],
    activation = "relu",
    target = "zscore",
  } = options;
  within({ option: "dropout" }, dropout, 0, 0.99);
  if (options.arms !== undefined) checkArms("planStudy", options.arms);
  const seeds = seedsOf(options.seeds ?? (quick ? 5 : 10));
  const lrs = positives("lrs", options.lrs ?? defaults.lrs?.[usual] ?? usualRates[usual]);
  if (lrs.length === 0)
    throw refuse("wrong-value", "planStudy", text`${{ option: "lrs" }} is empty`, "give at least one learning rate");
  whole({ option: "batchSize" }, batchSize, 2);
  resolveNetwork({ hidden, activation });
  const split = splitRows(table, schema, { validation, test, seed: seeds[0] });
  const rows = { train: split.train.length, validation: split.validation.length, test: split.test.length };
  for (const [part, size] of Object.entries(rows)) {
    if (size < 2) {
      throw refuse(
        "wrong-value",
        "planStudy",
        `the ${part} part has ${size} of the ${table.rows} rows, and needs 2 or more`,
      );
    }
  }
  const perEpoch = Math.max(1, Math.floor(rows.train / batchSize));
  const epochs =
    options.epochs ?? defaults.epochs ?? Math.min(quick ? 30 : 100, Math.max(5, Math.ceil(1000 / perEpoch)));
  whole({ option: "epochs" }, epochs, 1);
  if (targetError !== null) positives("targetError", [targetError]);
  const metric = metricFor(schema.task, options.metric);
  const rescale = positives("rescale", options.rescale ?? defaults.rescale ?? []);
  const rowFractions = fractionsOf(options.rowFractions, defaults.rowFractions?.[usual] ?? [], rows.train);
  const { train = {} } = options;
  checkSharedOptions("planStudy: train", train);
  const usualLengths = endsWithEpochs(train.schedule) ? (defaults.epochFractions?.[usual] ?? []) : [];
  const epochFractions = lengthsOf(options.epochFractions, usualLengths, epochs);
  within({ option: "worth" }, worth, 0, 1);
  const settings = { metric, hidden, activation, batchSize, epochs, target, train, validation, test };
  const given = options.arms ?? question.arms({ hidden, activation, dropout, data });
  const from = options.arms === undefined ? { ask: question.ask, dropout } : null;
  const examination = new Examination(data, settings);
  const arms: Arm[] = given.map((arm) => examineArm(arm, examination, from));
  return {
    ...(question.ask === "normalization" ? {} : { ask: question.ask }),
    ...{ target: schema.target, task: schema.task },
    rows: { all: rows.train + rows.validation + rows.test, ...rows },
    ...{ arms, lrs, seeds, rowFractions, epochFractions },
    rescale: rescale.length === 0 ? null : rescale,
    ...{ settings, targetError, worth },
  };
}

/** @throws RangeError if there is no such question, or it has arms of its own and others are given */
function asked({ ask, arms }: StudyOptions): Question {
  const own = Array.isArray(arms) && arms.some((arm) => typeof arm === "object" && arm !== null && isNetworkArm(arm));
  const question = questionOf(ask ?? (own ? "networks" : "normalization"));
  if (arms === undefined || question.ask === "networks") return question;
  if (own) {
    throw refuse(
      "conflict",
      "planStudy",
      text`${{ option: "ask" }} is "${question.ask}", and an arm is a function`,
      "leave ask out, and the networks are compared with the first",
    );
  }
  if (question.ask === "normalization") return question;
  throw refuse("conflict", "planStudy", `ask is "${question.ask}", which has arms of its own`, "leave arms out");
}

function seedsOf(given: number | readonly number[]): readonly number[] {
  const seeds =
    typeof given === "number" ? Array.from({ length: whole({ option: "seeds" }, given, 1) }, (_, i) => i) : given;
  for (const seed of seeds) whole("a seed", seed, 0);
  if (seeds.length === 0)
    throw refuse("wrong-value", "planStudy", text`${{ option: "seeds" }} is empty`, "give at least one");
  if (new Set(seeds).size < seeds.length) throw refuse("conflict", "planStudy", "a seed is there twice");
  return seeds;
}

function fractionsOf(given: readonly number[] | undefined, standard: readonly number[], train: number): number[] {
  if (given === undefined) return standard.filter((part) => part * train >= fewestRows);
  return given.map((part) => {
    if (!(part > 0 && part < 1)) throw wrongValue("planStudy", "a row fraction", part, "between 0 and 1");
    if (Math.round(part * train) >= 2) return part;
    throw refuse(
      "wrong-value",
      "planStudy",
      `${part} of ${train} training rows is fewer than 2`,
      "give a larger fraction",
    );
  });
}

function lengthsOf(given: readonly number[] | undefined, standard: readonly number[], epochs: number): number[] {
  for (const part of given ?? []) {
    if (!(part > 0 && part < 1)) throw wrongValue("planStudy", "an epoch fraction", part, "between 0 and 1");
  }
  // Of few epochs several parts may be the same number.
  const lengths = new Map((given ?? standard).map((part) => [Math.max(1, Math.round(part * epochs)), part]));
  return [...lengths].filter(([length]) => length < epochs).map(([, part]) => part);
}

function metricFor(task: Schema["task"], given: Metric | undefined): Metric {
  const possible: readonly Metric[] = task === "regression" ? ["mae", "rmse"] : ["errorRate", "logLoss"];
  const metric = given ?? possible[0];
  if (possible.includes(metric)) return metric;
  throw refuse(
    "wrong-value",
    "planStudy",
    text`${{ option: "metric" }} is "${metric}"`,
    `for ${task} it is ${possible.join(" or ")}`,
  );
}

function whole(what: Subject, value: number, least: number): number {
  if (Number.isInteger(value) && value >= least) return value;
  throw wrongValue("planStudy", what, value, `a whole number of at least ${least}`);
}

function within(what: Subject, value: number, low: number, high: number): number {
  if (value >= low && value <= high) return value;
  throw wrongValue("planStudy", what, value, `a number from ${low} to ${high}`);
}

function positives(name: string, values: readonly number[]): readonly number[] {
  for (const value of values) {
    if (Number.isFinite(value) && value > 0) continue;
    throw mismatch("wrong-value", "planStudy", text`${{ option: name }} has ${value}`, "numbers above 0");
  }
  if (new Set(values).size === values.length) return values;
  throw refuse("wrong-value", "planStudy", text`${{ option: name }} has a number twice`);
}
