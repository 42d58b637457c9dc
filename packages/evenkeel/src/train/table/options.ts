import {
  abortSignal,
  checkDeclared,
  flag,
  fn,
  group,
  numberAbove,
  numberAtLeast,
  oneOf,
  option,
  orElse,
  plainObject,
  recordOf,
  wholeNumber,
} from "../../core/index.ts";
import { checkCheckpoint } from "../../io/checkpointChecks.ts";
import type { Checkpoint } from "../../io/index.ts";
import {
  type BaselineStep,
  type ModelRecord,
  networkOptions,
  preprocessingOptions,
  rareClassChoices,
  type Split,
  type SplitOptions,
  schemaOptions,
  splitOptions,
} from "../../tabular/index.ts";
import { decisionOptions, lossCheck } from "./decisionOptions.ts";
import type { TableEpochEvent, TableStartEvent } from "./events.ts";
import type { TrainTableOptions } from "./options.types.ts";
import { recipes } from "./recipe.ts";

const factors = recordOf(numberAbove(0), "a factor above 0 for each class", "class=factor");

/** An option of which each recipe has its own default. */
function byRecipe<O extends object>(
  declared: O,
  ensemble: string,
  simple: string,
): Omit<O, "default"> & { readonly default: undefined; readonly defaultText: string } {
  return { ...declared, default: undefined, defaultText: `${ensemble}; with recipe simple ${simple}` };
}

const classWeights = orElse(orElse(factors, "none"), "balanced");

/** The options of `trainTable`. */
export const trainTableOptions = {
  ...schemaOptions,
  recipe: option({
    check: oneOf(recipes),
    default: "ensemble",
    help:
      "What the other options are if they are not given: ensemble trains several networks in one with averaged weights, for as long as " +
      "the validation rows say; simple trains one network with batch normalization for a fixed number of epochs.",
  }),
  split: option({
    check: plainObject<Split | SplitOptions>(),
    options: splitOptions,
    help: "Parts of the table by rows, or how to draw them.",
    defaultText: "16% of the rows to validate by and 20% to test on",
  }),
  rareClasses: option({
    check: oneOf(rareClassChoices),
    help:
      "What is done with the rows of rare classes, those of fewer than 10 rows: drop leaves them out, merge makes them one class, " +
      '"other", keep trains on them as they are.',
    defaultText: "classes of a single row are dropped",
  }),
  preprocessing: group(
    {
      ...preprocessingOptions,
      piecewise: byRecipe(preprocessingOptions.piecewise, "true", "false"),
      effectCoding: byRecipe(preprocessingOptions.effectCoding, "true", "false"),
      dropConstant: byRecipe(preprocessingOptions.dropConstant, "true", "false"),
      yearDay: byRecipe(preprocessingOptions.yearDay, "true", "false"),
      rareBelow: byRecipe(preprocessingOptions.rareBelow, "3", "1"),
    },
    { help: "How columns become inputs and the target an output." },
  ),
  network: group(
    {
      ...networkOptions,
      hidden: byRecipe(networkOptions.hidden, "128,128", "128,64"),
      norm: byRecipe(networkOptions.norm, "none", "batch"),
      dropout: byRecipe(
        networkOptions.dropout,
        "0.1, for a number above 10,000 rows 0",
        "0.15 for a number, 0.25 for classes",
      ),
      members: byRecipe(networkOptions.members, "8, 2 above 10,000 rows", "1"),
      embedding: byRecipe(networkOptions.embedding, "small", "fastai"),
    },
    { help: "The hidden layers." },
  ),
  batchSize: option({
    check: wholeNumber(1),
    help: "Rows per step. Batches are of nearly equal size, because batch normalization learns badly from a small last one.",
    defaultText:
      "a 60th of the training and validation rows as a power of two, from 32 to 128, and 256 above 10,000 rows; with recipe simple a " +
      "hundredth of the training rows, from 32 to 1024",
  }),
  epochs: option({
    check: wholeNumber(1),
    help: "The most passes over the training rows.",
    defaultText:
      "100, but at least 3,000 and at most 4,000 steps, above 10,000 rows 4,000, and fewer without validation rows; with recipe simple as " +
      "many as make some 20,000 steps, from 5 to 100",
  }),
  lr: option({
    check: numberAbove(0),
    help: "Learning rate.",
    defaultText: "0.003, with recipe simple 0.01; 0.1 for sgd",
  }),
  optimizer: option({
    check: oneOf(["adam", "adamw", "sgd"]),
    default: "adamw",
    help: "The optimizer. SGD has a momentum of 0.9.",
  }),
  weightDecay: option({
    check: numberAtLeast(0),
    help: "How strongly weights are drawn to 0.",
    defaultText: "0; for adamw 0.02, with recipe simple 0.1",
  }),
  decay: option({
    check: oneOf(["weights", "all"]),
    help: "What weight decay draws to 0: weights and embeddings, or biases and scales too.",
    defaultText: "weights; with recipe simple all",
  }),
  schedule: option({
    check: oneOf(["none", "flatcos", "cosine", "onecycle", "plateau", "step"]),
    help: "How the learning rate moves over the epochs: with flatcos it is constant for the first half, then falls to 0.",
    defaultText: "flatcos; with recipe simple onecycle",
  }),
  loss: option({
    check: lossCheck,
    default: "mse",
    help:
      "The loss of a numeric target: squared, absolute, or squared near 0 and absolute beyond one standard deviation; quantile:0.9 " +
      "predicts the number below which 90% of the targets are. Classes have cross entropy.",
  }),
  ...decisionOptions,
  clipGradNorm: option({
    check: numberAbove(0),
    help: "The most that the 2-norm of all gradients of a step together may be; larger ones are scaled down.",
    defaultText: "no bound",
  }),
  seed: option({
    check: wholeNumber(),
    default: 0,
    help: "Starting weights, the order of rows, dropout and, unless it has a seed of its own, the split follow from it.",
  }),
  patience: option({
    check: orElse(wholeNumber(1), false),
    help:
      "Training ends after this many epochs without a better validation loss, with the weights of the best epoch. " +
      "With false all epochs are trained: the best of many epochs on few validation rows is mostly luck.",
    off: "Trains all epochs and keeps the last weights, or grows all trees.",
    defaultText:
      "a quarter of the epochs, with recipe simple 30; none where the schedule ends in a low rate (onecycle, cosine), or there are no " +
      "validation rows",
  }),
  average: option({
    check: flag(),
    help: "Validates and keeps the average of the weights over about the last tenth of the steps.",
    off: "Validates and keeps the weights of the last step of an epoch.",
    defaultText: "true; with recipe simple false",
  }),
  lengthFolds: option({
    check: wholeNumber(1, 20),
    help:
      "How many trainings say how long the refit trains, each with other rows to validate by: it has the number of epochs with the lowest " +
      "mean of their validation losses.",
    defaultText: "5 for up to 400 training and validation rows, else 1; with recipe simple 1",
  }),
  classWeights: option({
    check: classWeights,
    default: "none",
    help: 'Factors of the classes in the loss; "balanced" weighs each by the inverse of its frequency.',
  }),
  statistics: option({
    check: oneOf(["better", "asTrained", "recomputed"]),
    default: "better",
    help:
      "Which running statistics batch normalization keeps: those it trained with, those recomputed over the training rows, or " +
      "whichever has the lower validation loss (after a refit, the recomputed ones).",
  }),
  refit: option({
    check: flag(),
    help:
      "Trains once more, from the same seed, on the training and the validation rows together, for as many epochs as were best, and keeps " +
      "those weights. " +
      "Validation scores are then of the first training, test scores of the second.",
    off: "Keeps the weights of the training that was validated.",
    defaultText:
      "true for up to 10,000 training and validation rows, if there are validation and test rows; with recipe simple only if all epochs " +
      "are trained and the schedule ends in a low rate",
  }),
  compile: option({
    check: flag(),
    default: true,
    help: "Runs compiled programs.",
    off: "Runs op by op, for debugging.",
  }),
  resume: option({
    check: plainObject<Checkpoint>(),
    help: "Goes on from where a training on the same table with the same options stood, to the same bytes.",
  }),
  signal: option({
    check: abortSignal,
    help: "Ends the training between two steps; the best model so far is kept, during a refit that of the first training.",
  }),
  record: option({
    check: plainObject<ModelRecord>(),
    help: "Further entries of the model's `record`, plain JSON: where the table came from, for example.",
  }),
  onStart: option({
    check: fn<(event: TableStartEvent) => unknown>(),
    help: "Called, and awaited, before the first step.",
  }),
  onEpoch: option({
    check: fn<(event: TableEpochEvent) => unknown>(),
    help: "Called, and awaited, after each epoch.",
  }),
  onBaseline: option({
    check: fn<(event: BaselineStep) => unknown>(),
    help: "Called, and awaited, after each step of the fits of the baselines: boosted trees have a step for each round.",
  }),
};

/**
 * Checks the options as far as they do not depend on the table.
 * @throws TypeError or RangeError naming the option, if it is unknown or invalid
 */
export function checkTableOptions(options: TrainTableOptions): void {
  const { split } = options ?? {};
  const { options: _, ...parts } = trainTableOptions.split;
  // Row indices are checked against the table, see checkedSplit.
  const isGiven = typeof split === "object" && split !== null && "train" in split;
  checkDeclared("trainTable", options, isGiven ? { ...trainTableOptions, split: parts } : trainTableOptions);
  if (options.resume !== undefined) checkCheckpoint("trainTable: resume", options.resume);
}
