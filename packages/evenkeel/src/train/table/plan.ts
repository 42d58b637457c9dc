import { defaultOf, type OptionValue, refuse, type Text, text, withoutUndefined } from "../../core/index.ts";
import {
  type NetworkOptions,
  type ResolvedNetwork,
  resolveNetwork,
  type Split,
  type Task,
} from "../../tabular/index.ts";
import { trainTableOptions } from "./options.ts";
import type { TrainTableOptions } from "./options.types.ts";
import { isAnnealed } from "./schedule.ts";

type Chosen<K extends keyof typeof trainTableOptions> = OptionValue<typeof trainTableOptions, K>;

/** The settings that follow from the size of the table if the options do not give them. */
export interface TablePlan {
  readonly network: ResolvedNetwork;
  readonly batchSize: number;
  readonly epochs: number;
  readonly lr: number;
  readonly optimizer: Chosen<"optimizer">;
  readonly weightDecay: number;
  readonly schedule: Chosen<"schedule">;
  readonly loss: Chosen<"loss">;
  readonly clipGradNorm?: number;
  readonly seed: number;
  readonly patience: number | false;
  readonly statistics: Chosen<"statistics">;
  readonly refit: boolean;
}

/** The number of rows in each part of a split. */
type PartSizes = { readonly [P in keyof Split]: { readonly length: number } };

/** The largest number of training and validation rows for which a refit is the default. */
const refitRows = 10_000;

/**
 * The default dropout for a table. Dropout harms a regression more: the variance at the outputs
 * differs between training and evaluation, which does not change which class is the most probable.
 */
export function defaultDropout(task: Task): number {
  return task === "regression" ? 0.15 : 0.25;
}

function defaultNetwork(task: Task): NetworkOptions {
  const { hidden } = trainTableOptions.network.options;
  return { hidden: hidden.default, dropout: defaultDropout(task) };
}

/** @throws TypeError or RangeError naming the option, if it is invalid */
export function planTable(split: PartSizes, task: Task, options: Partial<TrainTableOptions>): TablePlan {
  const {
    optimizer = defaultOf(trainTableOptions, "optimizer"),
    schedule = defaultOf(trainTableOptions, "schedule"),
    loss = defaultOf(trainTableOptions, "loss"),
    statistics = defaultOf(trainTableOptions, "statistics"),
    seed = defaultOf(trainTableOptions, "seed"),
  } = options;
  const trainRows = split.train.length;
  const { batchSize = defaultBatchSize(trainRows) } = options;
  const {
    epochs = defaultEpochs(Math.ceil(trainRows / batchSize)),
    lr = optimizer === "sgd" ? 0.1 : 0.01,
    weightDecay = optimizer === "adamw" ? 0.1 : 0,
    clipGradNorm,
    patience = isAnnealed(schedule) ? false : 30,
  } = options;
  const network = resolveNetwork({ ...defaultNetwork(task), ...withoutUndefined(options.network ?? {}) });
  if (batchSize === 1 && network.norm === "batch") {
    throw conflict(
      text`batch normalization cannot train with ${{ option: "batchSize", value: 1 }}`,
      text`use 2 or more, or another ${{ option: "network.norm" }}`,
    );
  }
  if (schedule === "plateau" && split.validation.length === 0) {
    throw conflict(
      text`${{ option: "schedule", value: schedule }} has no validation loss to follow`,
      text`use another schedule, or keep validation rows (${{ option: "split.validation" }})`,
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
    ...(clipGradNorm !== undefined && { clipGradNorm }),
    seed,
    patience,
    statistics,
    refit: refitPlanned(options.refit, split, { schedule, patience }),
  };
}

/**
 * @throws RangeError if a refit is requested but would not repeat the same training, or has no rows
 *   to add
 */
function refitPlanned(
  wanted: boolean | undefined,
  { train, validation, test }: PartSizes,
  { schedule, patience }: Pick<TablePlan, "schedule" | "patience">,
): boolean {
  if (wanted === undefined) {
    const small = train.length + validation.length <= refitRows;
    return small && validation.length > 0 && test.length > 0 && patience === false && isAnnealed(schedule);
  }
  if (!wanted) return false;
  if (validation.length === 0) {
    throw conflict(
      text`${{ option: "refit", value: true }} has no validation rows to add`,
      text`leave ${{ option: "refit" }} out`,
    );
  }
  if (patience !== false) {
    throw conflict(
      text`${{ option: "refit", value: true }} cannot be combined with ${{ option: "patience", value: patience }}: a refit has no validation rows to stop by`,
      text`train all epochs (${{ option: "patience", value: false }}), or leave ${{ option: "refit" }} out`,
    );
  }
  if (schedule === "plateau") {
    throw conflict(
      text`${{ option: "refit", value: true }} cannot be combined with ${{ option: "schedule", value: schedule }}: a refit has no validation loss to follow`,
      text`use another schedule, or leave ${{ option: "refit" }} out`,
    );
  }
  return true;
}

function defaultBatchSize(rows: number): number {
  const power = 2 ** Math.round(Math.log2(Math.max(1, rows / 100)));
  return Math.max(2, evenBatchSize(rows, Math.min(1024, Math.max(32, power))));
}

/**
 * The smallest batch size with the same number of batches as batches of `most` rows, so that the
 * last batch is hardly smaller.
 */
export function evenBatchSize(rows: number, most: number): number {
  return Math.ceil(rows / Math.ceil(rows / most));
}

function defaultEpochs(stepsPerEpoch: number): number {
  return Math.min(100, Math.max(5, Math.round(20_000 / stepsPerEpoch)));
}

function conflict(statement: Text, cure: Text): Error {
  return refuse("conflict", "trainTable", statement, cure);
}
