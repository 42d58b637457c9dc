import type { NetworkOptions, PreprocessingOptions, Split, Task } from "../../tabular/index.ts";

/** What `recipe` can be. */
export const recipes = ["ensemble", "simple"] as const;
export type Recipe = (typeof recipes)[number];

/** The number of rows in each part of a split. */
export type PartSizes = { readonly [P in keyof Split]: { readonly length: number } };

/**
 * Above this number of training and validation rows a table is large: members are fewer, batches
 * larger, and the first training's weights are kept.
 */
export const largeRows = 10_000;
/** Up to this number of training and validation rows several folds say how long to train. */
const foldedRows = 400;

/** What a recipe decides where the options do not. */
interface RecipeDefaults {
  readonly network: NetworkOptions;
  readonly preprocessing: PreprocessingOptions;
  /** The most rows of a batch. */
  readonly batchSize: number;
  readonly epochs: (stepsPerEpoch: number) => number;
  /** For Adam and AdamW. */
  readonly lr: number;
  /** For AdamW. */
  readonly weightDecay: number;
  readonly decay: "weights" | "all";
  readonly schedule: "flatcos" | "onecycle";
  readonly average: boolean;
  readonly lengthFolds: number;
  /** The validation loss of classes at which a training ends: it says no more about its length. */
  readonly enough?: number;
}

export function recipeDefaults(recipe: Recipe, rows: PartSizes, task: Task): RecipeDefaults {
  return recipe === "simple" ? simple(rows, task) : ensemble(rows, task);
}

/** The widths of the hidden layers of the recipe "simple". */
export const simpleWidths: readonly number[] = [128, 64];

/**
 * Dropout of the recipe "simple". It harms a regression more: the variance at the outputs differs
 * between training and evaluation, which does not change which class is the most probable.
 */
export function simpleDropout(task: Task): number {
  return task === "regression" ? 0.15 : 0.25;
}

/** One network with batch normalization, trained for a fixed number of epochs. */
function simple({ train }: PartSizes, task: Task): RecipeDefaults {
  return {
    network: { hidden: simpleWidths, dropout: simpleDropout(task) },
    preprocessing: {},
    batchSize: Math.min(1024, Math.max(32, nearestPower(train.length / 100))),
    epochs: (stepsPerEpoch) => Math.min(100, Math.max(5, Math.round(20_000 / stepsPerEpoch))),
    ...{ lr: 0.01, weightDecay: 0.1, decay: "all", schedule: "onecycle", average: false, lengthFolds: 1 },
  };
}

/**
 * Networks in one with averaged weights, trained for as long as validation rows say: TabM-mini of
 * Gorishniy et al. 2024, https://arxiv.org/abs/2410.24210, on piecewise-linear encodings of
 * Gorishniy et al. 2022, https://arxiv.org/abs/2203.05556. Measured in docs/15.
 */
function ensemble({ train, validation }: PartSizes, task: Task): RecipeDefaults {
  const rows = train.length + validation.length;
  const large = rows > largeRows;
  const small = Math.min(128, Math.max(32, nearestPower(rows / 60)));
  return {
    network: {
      ...{ hidden: [128, 128], norm: "none", embedding: "small" },
      // Where rows are many, dropout only biases the numbers that are predicted: of diamonds, the cheap
      // ones by +100 to +200 of 650, and RMSE is 3% larger with it.
      dropout: large && task === "regression" ? 0 : 0.1,
      members: large ? 2 : 8,
    },
    preprocessing: { piecewise: true, effectCoding: true, dropConstant: true, yearDay: true, rareBelow: 3 },
    batchSize: large ? 256 : small,
    epochs: (stepsPerEpoch) => Math.ceil(stepsOf(stepsPerEpoch, large, validation.length > 0) / stepsPerEpoch),
    ...{ lr: 0.003, weightDecay: 0.02, decay: "weights", schedule: "flatcos", average: true },
    lengthFolds: rows <= foldedRows ? Math.min(5, train.length) : 1,
    ...(task !== "regression" && { enough: 0.01 }),
  };
}

/** How many steps a training may take; without validation rows to end it, as many as are good for most tables. */
function stepsOf(stepsPerEpoch: number, large: boolean, validated: boolean): number {
  if (large) return 4000;
  return validated
    ? Math.min(4000, Math.max(3000, 100 * stepsPerEpoch))
    : Math.min(4000, Math.max(1500, 40 * stepsPerEpoch));
}

function nearestPower(value: number): number {
  return 2 ** Math.round(Math.log2(Math.max(1, value)));
}
