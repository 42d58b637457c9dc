import { defaultOf, describe, refuse, text, withoutUndefined } from "../../core/index.ts";
import {
  countDifferent,
  type DifferentRows,
  networkOptions,
  rowsWithTarget,
  type Schema,
  splitRows,
  type Table,
} from "../../tabular/index.ts";
import { endsWithEpochs } from "../../train/table/schedule.ts";
import { type Arm, describeArm } from "../arms/arm.ts";
import { checkArms, isNetworkArm } from "../arms/checkArms.ts";
import { Examination, examineArm } from "../arms/examine.ts";
import type { PictureShape } from "../arms/networkArm.ts";
import { type Ask, type Question, questionOf } from "../questions/index.ts";
import { studied } from "../trial/studied.ts";
import type { Metric, TrialSettings } from "../trial/trialSpec.ts";
import { partOfEpochs } from "../trial/trialSpec.ts";
import { checkStudyOptions, studyOptions } from "./options.ts";
import type { StudyOptions } from "./options.types.ts";
import { checkPicture } from "./picture.ts";

/** The data of a study. */
export interface StudyData {
  readonly table: Table;
  readonly schema: Schema;
  /**
   * The shape of the pictures whose pixels are the features of a row, channel by channel and row by
   * row; absent if the rows are not pictures.
   */
  readonly picture?: PictureShape;
}

/** Numbers of rows that have a target; `train`, `validation` and `test` are parts of `all`. */
export interface PlannedRows extends DifferentRows {
  readonly all: number;
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

/** A study that is ready to run, as plain JSON. */
export interface StudyPlan {
  /** Absent for "normalization". */
  readonly ask?: Ask;
  readonly target: string;
  readonly task: Schema["task"];
  readonly rows: PlannedRows;
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

const usualRates = {
  quick: [0.001, 0.003, 0.01, 0.03],
  whole: [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1],
} as const;

/** With fewer training rows than this, the default plan does not train on fractions of them. */
const fewestRows = 20;

/**
 * Plans a study without training anything. Calls the functions among the arms, and runs their
 * networks on a few rows.
 * @throws TypeError or RangeError if an option is unknown or invalid; errors of `splitRows` for the
 *   data
 * @throws TypeError, RangeError or Error naming the arm, if its function throws, returns no module,
 *   or returns one that cannot be trained on these data
 */
export function planStudy(given: StudyData, options: StudyOptions = {}): StudyPlan {
  checkStudyOptions(options);
  const data = studied(given, options);
  const { table, schema } = data;
  checkPicture(data);
  const question = asked(options);
  const { defaults } = question;
  checkOwnOptions(question, options);
  const quick = options.quick ?? false;
  const usual = quick ? "quick" : "whole";
  const {
    train = {},
    dropout = defaults.dropout?.[usual] ?? 0,
    batchSize = defaultOf(studyOptions, "batchSize"),
    hidden = defaults.hidden ?? defaultOf(networkOptions, "hidden"),
    activation = defaultOf(studyOptions, "activation"),
    target = defaultOf(studyOptions, "target"),
    validation = defaultOf(studyOptions, "validation"),
    test = defaultOf(studyOptions, "test"),
    group,
    time,
    targetError = null,
    worth = defaultOf(studyOptions, "worth"),
  } = options;
  if (options.arms !== undefined) checkArms("planStudy", options.arms);
  const seeds = seedsOf(options.seeds ?? (quick ? 5 : 10));
  const lrs = different("lrs", options.lrs ?? defaults.lrs?.[usual] ?? usualRates[usual]);
  const shares = { validation, test, ...withoutUndefined({ group, time }) };
  const split = splitRows(table, schema, { ...shares, seed: seeds[0] });
  const rows = { train: split.train.length, validation: split.validation.length, test: split.test.length };
  for (const [part, size] of Object.entries(rows)) {
    if (size < 2) {
      throw refuse(
        "wrong-value",
        "planStudy",
        `the ${part} part has ${size} of the ${table.rows} rows, and needs 2 or more`,
        part === "train"
          ? text`give less to ${{ option: "validation" }} and ${{ option: "test" }}`
          : text`give a larger ${{ option: part }}`,
      );
    }
  }
  const perEpoch = Math.max(1, Math.floor(rows.train / batchSize));
  const epochs =
    options.epochs ?? defaults.epochs ?? Math.min(quick ? 30 : 100, Math.max(5, Math.ceil(1000 / perEpoch)));
  const metric = metricFor(schema.task, options.metric);
  const rescale = different("rescale", options.rescale ?? defaults.rescale ?? []);
  const rowFractions = fractionsOf(options.rowFractions, defaults.rowFractions?.[usual] ?? [], rows.train);
  const usualLengths = endsWithEpochs(train.schedule) ? (defaults.epochFractions?.[usual] ?? []) : [];
  const epochFractions = lengthsOf(options.epochFractions, usualLengths, epochs);
  const settings = { metric, hidden, activation, batchSize, epochs, target, train, ...shares };
  const wanted = options.arms ?? question.arms({ hidden, activation, batchSize, dropout, data });
  const from = options.arms === undefined ? { ask: question.ask, dropout } : null;
  const examination = new Examination(data, settings);
  const arms: Arm[] = wanted.map((arm) => examineArm(arm, examination, from));
  checkComparable(question, arms);
  return {
    ...(question.ask === "normalization" ? {} : { ask: question.ask }),
    ...{ target: schema.target, task: schema.task },
    rows: {
      ...{ all: rows.train + rows.validation + rows.test, ...rows },
      ...countDifferent(table, schema, rowsWithTarget(table, schema), withoutUndefined({ group })),
    },
    ...{ arms, lrs, seeds, rowFractions, epochFractions },
    rescale: rescale.length === 0 ? null : rescale,
    ...{ settings, targetError, worth },
  };
}

/**
 * @throws RangeError if there is no such question, or if arms are given to a question that has its
 *   own
 */
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

/** @throws RangeError if the arms cannot answer the question, before anything is trained */
function checkComparable({ ask, lacks }: Question, arms: readonly Arm[]): void {
  if (arms.length < 2) {
    const only = `there is one arm, ${describe(describeArm(arms[0]))}, and nothing to compare it with`;
    throw refuse("wrong-value", "planStudy", only, "give another arm");
  }
  const lacking = lacks?.(arms);
  if (lacking === undefined) return;
  throw refuse(
    "wrong-value",
    "planStudy",
    `for the question ${ask} there is nothing to compare: ${lacking}`,
    "give arms with and without it",
  );
}

/** @throws RangeError if an option is given that the arms of the question have themselves */
function checkOwnOptions({ ask, ownOptions = [] }: Question, options: StudyOptions): void {
  for (const path of ownOptions) {
    const given = path
      .split(".")
      .reduce<unknown>((inside, name) => (inside as Record<string, unknown> | undefined)?.[name], options);
    if (given === undefined) continue;
    throw refuse(
      "conflict",
      "planStudy",
      text`the arms of the question ${ask} have values of their own for ${{ option: path }}`,
      "leave it out",
    );
  }
}

function seedsOf(given: number | readonly number[]): readonly number[] {
  return typeof given === "number" ? Array.from({ length: given }, (_, i) => i) : different("seeds", given);
}

function fractionsOf(given: readonly number[] | undefined, standard: readonly number[], train: number): number[] {
  if (given === undefined) return standard.filter((part) => part * train >= fewestRows);
  return given.map((part) => {
    if (Math.round(part * train) >= 2) return part;
    throw refuse(
      "wrong-value",
      "planStudy",
      text`${{ option: "rowFractions" }} has ${part}, and ${part} of ${train} training rows is fewer than 2`,
      "give a larger fraction",
    );
  });
}

function lengthsOf(given: readonly number[] | undefined, standard: readonly number[], epochs: number): number[] {
  // With few epochs, several fractions may give the same number of epochs.
  const lengths = new Map((given ?? standard).map((part) => [partOfEpochs(part, epochs), part]));
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

/** @throws RangeError if a number is repeated, which would train the same networks twice */
function different(name: string, values: readonly number[]): readonly number[] {
  const repeated = values.find((value, i) => values.indexOf(value) < i);
  if (repeated === undefined) return values;
  throw refuse("conflict", "planStudy", text`${{ option: name }} has ${repeated} twice`, "leave one of them out");
}
