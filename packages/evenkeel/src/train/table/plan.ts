import { defaultOf, type OptionValue, refuse, type Text, text, withoutUndefined } from "../../core/index.ts";
import { type PreprocessingOptions, type ResolvedNetwork, resolveNetwork, type Task } from "../../tabular/index.ts";
import { trainTableOptions } from "./options.ts";
import type { TrainTableOptions } from "./options.types.ts";
import { largeRows, type PartSizes, recipeDefaults } from "./recipe.ts";
import { isAnnealed } from "./schedule.ts";

type Chosen<K extends keyof typeof trainTableOptions> = OptionValue<typeof trainTableOptions, K>;

/** The settings that follow from the size of the table if the options do not give them. */
export interface TablePlan {
  readonly recipe: Chosen<"recipe">;
  readonly network: ResolvedNetwork;
  readonly preprocessing: PreprocessingOptions;
  readonly batchSize: number;
  /** The most epochs; a training that stops early, and the refit after it, have fewer. */
  readonly epochs: number;
  readonly lr: number;
  readonly optimizer: Chosen<"optimizer">;
  readonly weightDecay: number;
  readonly decay: Chosen<"decay">;
  readonly schedule: Chosen<"schedule">;
  readonly loss: Chosen<"loss">;
  readonly clipGradNorm?: number;
  readonly seed: number;
  readonly patience: number | false;
  /** The validation loss that is good enough to stop at. */
  readonly enough?: number;
  readonly average: boolean;
  readonly lengthFolds: number;
  readonly statistics: Chosen<"statistics">;
  readonly refit: boolean;
}

/** @throws TypeError or RangeError naming the option, if it is invalid */
export function planTable(split: PartSizes, task: Task, options: Partial<TrainTableOptions>): TablePlan {
  const {
    recipe = defaultOf(trainTableOptions, "recipe"),
    optimizer = defaultOf(trainTableOptions, "optimizer"),
    loss = defaultOf(trainTableOptions, "loss"),
    statistics = defaultOf(trainTableOptions, "statistics"),
    seed = defaultOf(trainTableOptions, "seed"),
  } = options;
  const usual = recipeDefaults(recipe, split, task);
  const trainRows = split.train.length;
  const {
    schedule = usual.schedule,
    average = usual.average,
    decay = usual.decay,
    batchSize = Math.max(2, evenBatchSize(trainRows, usual.batchSize)),
  } = options;
  const {
    epochs = usual.epochs(Math.ceil(trainRows / batchSize)),
    lr = optimizer === "sgd" ? 0.1 : usual.lr,
    weightDecay = optimizer === "adamw" ? usual.weightDecay : 0,
    clipGradNorm,
  } = options;
  const { patience = usualPatience(recipe, schedule, epochs, split) } = options;
  const network = resolveNetwork({ ...usual.network, ...withoutUndefined(options.network ?? {}) });
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
  const refit = refitPlanned(options.refit, split, { recipe, schedule, patience });
  return {
    recipe,
    network,
    preprocessing: { ...usual.preprocessing, ...withoutUndefined(options.preprocessing ?? {}) },
    batchSize,
    epochs,
    lr,
    optimizer,
    weightDecay,
    decay,
    schedule,
    loss,
    ...(clipGradNorm !== undefined && { clipGradNorm }),
    seed,
    patience,
    ...(usual.enough !== undefined && patience !== false && { enough: usual.enough }),
    average,
    lengthFolds: foldsPlanned(options, split, { refit, patience, usual: usual.lengthFolds }),
    statistics,
    refit,
  };
}

/**
 * A training whose weights are averaged, or whose rate does not end low, has its best epoch
 * anywhere.
 */
function usualPatience(
  recipe: TablePlan["recipe"],
  schedule: TablePlan["schedule"],
  epochs: number,
  { validation }: PartSizes,
): number | false {
  if (isAnnealed(schedule)) return false;
  if (recipe === "simple") return 30;
  return validation.length > 0 && Math.ceil(epochs / 4);
}

/**
 * @throws RangeError if a refit is requested but would not repeat the same training, or has no rows
 *   to add
 */
function refitPlanned(
  wanted: boolean | undefined,
  { train, validation, test }: PartSizes,
  { recipe, schedule, patience }: Pick<TablePlan, "recipe" | "schedule" | "patience">,
): boolean {
  if (wanted === undefined) {
    const can = train.length + validation.length <= largeRows && validation.length > 0 && test.length > 0;
    return can && (recipe === "simple" ? patience === false && isAnnealed(schedule) : schedule !== "plateau");
  }
  if (!wanted) return false;
  if (validation.length === 0) {
    throw conflict(
      text`${{ option: "refit", value: true }} has no validation rows to add`,
      text`leave ${{ option: "refit" }} out`,
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

/** @throws RangeError if folds are requested for a length that nothing has */
function foldsPlanned(
  { lengthFolds: wanted, split: by = {} }: Partial<TrainTableOptions>,
  { train }: PartSizes,
  { refit, patience, usual }: Pick<TablePlan, "refit" | "patience"> & { readonly usual: number },
): number {
  const used = refit && patience !== false;
  // Rows at random are no such rows as a split by time or by hand holds back.
  const isDrawn = !("train" in by) && by.time === undefined && typeof by.validation !== "object";
  if (wanted === undefined) return used && isDrawn ? usual : 1;
  if (wanted === 1) return 1;
  if (!used) {
    throw conflict(
      text`${{ option: "lengthFolds", value: wanted }} says how long the refit is to train, and ${
        refit ? text`${{ option: "patience", value: false }} says that already` : "there is none"
      }`,
      text`leave ${{ option: "lengthFolds" }} out`,
    );
  }
  if (wanted > train.length) {
    throw conflict(
      text`${{ option: "lengthFolds", value: wanted }} are more than the ${train.length} training rows`,
      "take fewer",
    );
  }
  return wanted;
}

/**
 * The smallest batch size with the same number of batches as batches of `most` rows, so that the
 * last batch is hardly smaller.
 */
export function evenBatchSize(rows: number, most: number): number {
  return Math.ceil(rows / Math.ceil(rows / most));
}

function conflict(statement: Text, cure: Text): Error {
  return refuse("conflict", "trainTable", statement, cure);
}
