import { checkOptions, refuse, text, wrongType, wrongValue } from "../../core/index.ts";
import { checkCheckpoint } from "../../io/checkpointChecks.ts";
import type { Checkpoint } from "../../io/index.ts";
import {
  type ModelRecord,
  type NetworkOptions,
  type PreprocessingOptions,
  type ResolvedNetwork,
  resolveNetwork,
  type SchemaOptions,
  type Split,
  type SplitOptions,
  type Task,
} from "../../tabular/index.ts";
import type { TableCallbacks } from "./events.ts";
import { isAnnealed } from "./schedule.ts";

/** What `optimizer` can be. */
export const optimizerNames = ["adam", "adamw", "sgd"] as const;
/** What `schedule` can be: how the learning rate moves. */
export const scheduleNames = ["none", "cosine", "onecycle", "plateau", "step"] as const;
/** What `loss` can be where a number is predicted; classes have cross entropy. */
export const lossNames = ["mse", "mae", "huber"] as const;
/** What `statistics` can be: which running statistics of BatchNorm the model keeps. */
export const statisticsNames = ["better", "asTrained", "recomputed"] as const;

/** How a network for a table is trained. Only the target has to be said. */
export interface TrainTableOptions extends SchemaOptions, TableCallbacks {
  /** Parts of the table by rows, or how to draw them. Default: a fifth to test on and 16 percent to validate by. */
  readonly split?: Split | SplitOptions;
  readonly preprocessing?: PreprocessingOptions;
  /** Default: two hidden layers, [128, 64], with batch normalization and a dropout of 0.15 for a number, 0.25 for classes. */
  readonly network?: NetworkOptions;
  /**
   * Rows per step. Default: a hundredth of the training rows as a power of two, from 32 to 1024, or a little less, so that the
   * last batch is about as large as the others: batch normalization learns badly from a small one.
   */
  readonly batchSize?: number;
  /** Passes over the training rows, at most. Default: as many as make some 20,000 steps, from 5 to 100. */
  readonly epochs?: number;
  /** Learning rate. Default 0.01 for Adam and AdamW, 0.1 for SGD. */
  readonly lr?: number;
  /** Default "adamw". */
  readonly optimizer?: (typeof optimizerNames)[number];
  /** Default 0; for AdamW 0.1. */
  readonly weightDecay?: number;
  /** How the learning rate moves over the epochs. Default "onecycle". */
  readonly schedule?: (typeof scheduleNames)[number];
  /** Loss for a number: squared, absolute, or squared near 0 and absolute beyond one standard deviation. Default "mse". */
  readonly loss?: (typeof lossNames)[number];
  /** Gradients of a step are scaled so that their common 2-norm is at most this. */
  readonly clipGradNorm?: number;
  /** Starting weights, the order of rows, dropout and, unless it says otherwise, the split follow from it. Default 0. */
  readonly seed?: number;
  /**
   * Epochs without a better validation loss after which training ends, with the weights of the best epoch. False trains
   * all epochs and keeps the last weights: the default where the schedule ends in a low rate ("onecycle", "cosine"), since
   * the best of many epochs on few validation rows is mostly luck. Otherwise 30.
   */
  readonly patience?: number | false;
  /** "balanced" weighs classes by the inverse of how often they occur; or a factor per class. Default "none". */
  readonly classWeights?: "none" | "balanced" | Readonly<Record<string, number>>;
  /**
   * Which statistics batch normalization keeps: those it trained with, those recomputed over the training rows, or
   * whichever has the lower loss on the validation rows, which after a refit are the recomputed ones. Default "better".
   */
  readonly statistics?: (typeof statisticsNames)[number];
  /**
   * Train once more when the training is over, from the same seed and as planned, on the training and the validation rows
   * together, and keep those weights. What the validation rows said of the first training stays; the second is measured by
   * the test rows alone. Default true where more rows help most and it costs seconds: up to 10,000 rows in these two
   * parts, if there are validation and test rows, all epochs are trained and the schedule ends in a low rate.
   */
  readonly refit?: boolean;
  /** Goes on from where a training on the same table with the same options stood, to the same bytes. */
  readonly resume?: Checkpoint;
  /** Ends the training between two steps; the best model so far is kept, during a refit that of the first training. */
  readonly signal?: AbortSignal;
  /** Run compiled. Default true. */
  readonly compile?: boolean;
  /** Further entries of the model's `record`, plain JSON: where the table came from, for example. */
  readonly record?: ModelRecord;
}

/** What the size of the table decides where the options do not. */
export interface TablePlan {
  readonly network: ResolvedNetwork;
  readonly batchSize: number;
  readonly epochs: number;
  readonly lr: number;
  readonly optimizer: (typeof optimizerNames)[number];
  readonly weightDecay: number;
  readonly schedule: (typeof scheduleNames)[number];
  readonly loss: (typeof lossNames)[number];
  readonly clipGradNorm?: number;
  readonly seed: number;
  readonly patience: number | false;
  readonly statistics: (typeof statisticsNames)[number];
  readonly refit: boolean;
}

/** Rows of a table, those trained on and validated by, up to which it is trained on twice. */
const refitRows = 10_000;

/**
 * What a network for a table is made of unless the options say otherwise. Dropout costs more where a number is predicted: the
 * variance of what reaches the output differs between training and evaluation, which does not move the likeliest class.
 */
function defaultNetwork(task: Task): NetworkOptions {
  return { hidden: [128, 64], dropout: task === "regression" ? 0.15 : 0.25 };
}

const optionNames = [
  ...["target", "task", "features", "ignore", "kinds", "split", "preprocessing", "network", "batchSize", "epochs"],
  ...[
    "lr",
    "optimizer",
    "weightDecay",
    "schedule",
    "loss",
    "clipGradNorm",
    "seed",
    "patience",
    "classWeights",
    "statistics",
    "refit",
  ],
  ...["signal", "compile", "resume", "record", "onStart", "onEpoch"],
];

/**
 * Checks what does not depend on the table.
 * @throws TypeError or RangeError naming the option that is unknown or does not fit
 */
export function checkTableOptions(options: TrainTableOptions): void {
  checkOptions("trainTable", options, optionNames);
  const { seed = 0, signal, split, record, resume } = options;
  if (resume !== undefined) checkCheckpoint("trainTable: resume", resume);
  if (!Number.isSafeInteger(seed)) {
    throw wrongValue("trainTable", { option: "seed" }, seed, "a whole number");
  }
  if (signal !== undefined && typeof signal?.aborted !== "boolean") {
    throw wrongType("trainTable", { option: "signal" }, signal, "an AbortSignal such as controller.signal");
  }
  for (const name of ["compile", "refit"] as const) {
    if (options[name] === undefined || typeof options[name] === "boolean") continue;
    throw wrongType("trainTable", { option: name }, options[name], "true or false");
  }
  for (const name of ["onStart", "onEpoch"] as const) {
    if (options[name] === undefined || typeof options[name] === "function") continue;
    throw wrongType("trainTable", { option: name }, options[name], "a function");
  }
  for (const [name, value] of Object.entries({ split, record })) {
    if (value === undefined || (typeof value === "object" && value !== null && !Array.isArray(value))) continue;
    throw wrongType("trainTable", { option: name }, value, "an object");
  }
}

/** @throws TypeError or RangeError naming the option that does not fit */
export function planTable(split: Split, task: Task, options: TrainTableOptions): TablePlan {
  const { optimizer = "adamw", schedule = "onecycle", loss = "mse", statistics = "better" } = options;
  checkChoice("optimizer", optimizer, optimizerNames);
  checkChoice("schedule", schedule, scheduleNames);
  checkChoice("loss", loss, lossNames);
  checkChoice("statistics", statistics, statisticsNames);
  const trainRows = split.train.length;
  const { batchSize = defaultBatchSize(trainRows) } = options;
  checkWhole("batchSize", batchSize, 1);
  const {
    epochs = defaultEpochs(Math.ceil(trainRows / batchSize)),
    lr = optimizer === "sgd" ? 0.1 : 0.01,
    weightDecay = optimizer === "adamw" ? 0.1 : 0,
    clipGradNorm,
    seed = 0,
    patience = isAnnealed(schedule) ? false : 30,
  } = options;
  checkWhole("epochs", epochs, 1);
  checkNumber("lr", lr, lr > 0, "a number above 0, such as 0.01");
  checkNumber("weightDecay", weightDecay, weightDecay >= 0, "a number of at least 0");
  if (clipGradNorm !== undefined) checkNumber("clipGradNorm", clipGradNorm, clipGradNorm > 0, "a number above 0");
  if (patience !== false) checkWhole("patience", patience, 1);
  const network = resolveNetwork({ ...defaultNetwork(task), ...options.network });
  if (batchSize === 1 && network.norm === "batch") {
    throw refuse(
      "conflict",
      "trainTable",
      text`${{ option: "batchSize" }} is 1, which batch normalization cannot train on`,
      text`use 2 or more, or another ${{ option: "norm" }}`,
    );
  }
  return {
    network,
    batchSize,
    epochs,
    lr,
    optimizer,
    weightDecay,
    schedule,
    loss,
    clipGradNorm,
    seed,
    patience,
    statistics,
    refit: refitPlanned(options.refit, split, { schedule, patience }),
  };
}

const refit = { option: "refit" };

/** @throws RangeError if a refit is wanted where it would not be the same training, or has no rows to add */
function refitPlanned(
  wanted: boolean | undefined,
  { train, validation, test }: Split,
  { schedule, patience }: Pick<TablePlan, "schedule" | "patience">,
): boolean {
  if (wanted === undefined) {
    const small = train.length + validation.length <= refitRows;
    return small && validation.length > 0 && test.length > 0 && patience === false && isAnnealed(schedule);
  }
  if (!wanted) return false;
  if (validation.length === 0) {
    throw refuse(
      "conflict",
      "trainTable",
      text`${refit} is true, but there are no validation rows that it could add`,
      "leave it out",
    );
  }
  if (patience !== false) {
    throw refuse(
      "conflict",
      "trainTable",
      text`${refit} is true and ${{ option: "patience" }} ${patience}, but a refit has no validation rows to stop by`,
      text`train all epochs (${{ option: "patience", value: false }}), or leave ${refit} out`,
    );
  }
  if (schedule === "plateau") {
    throw refuse(
      "conflict",
      "trainTable",
      text`${refit} is true and ${{ option: "schedule" }} "plateau", but a refit has no validation loss to follow`,
      text`use another schedule, or leave ${refit} out`,
    );
  }
  return true;
}

function defaultBatchSize(rows: number): number {
  const power = 2 ** Math.round(Math.log2(Math.max(1, rows / 100)));
  return Math.max(2, evenBatchSize(rows, Math.min(1024, Math.max(32, power))));
}

/** The smallest size of batches that are no more than with batches of `most` rows: the last one is then hardly smaller. */
export function evenBatchSize(rows: number, most: number): number {
  return Math.ceil(rows / Math.ceil(rows / most));
}

function defaultEpochs(stepsPerEpoch: number): number {
  return Math.min(100, Math.max(5, Math.round(20_000 / stepsPerEpoch)));
}

function checkChoice(name: string, value: unknown, choices: readonly string[]): void {
  if ((choices as readonly unknown[]).includes(value)) return;
  throw wrongValue("trainTable", { option: name }, value, `one of ${choices.join(", ")}`);
}

function checkWhole(name: string, value: unknown, lowest: number): void {
  if (Number.isSafeInteger(value) && (value as number) >= lowest) return;
  throw wrongValue("trainTable", { option: name }, value, `a whole number of at least ${lowest}`);
}

function checkNumber(name: string, value: unknown, fits: boolean, expected: string): void {
  if (typeof value === "number" && Number.isFinite(value) && fits) return;
  throw wrongValue("trainTable", { option: name }, value, expected);
}
