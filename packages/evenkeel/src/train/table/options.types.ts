// Written by `npm run docs` from the declarations; change those.
import type { OptionValue } from "../../core/index.ts";
import type { SchemaOptions } from "../../tabular/schema/schemaOptions.types.ts";
import type { trainTableOptions } from "./options.ts";

type Value<K extends keyof typeof trainTableOptions> = OptionValue<typeof trainTableOptions, K>;

/** How a network for a table is trained. Only the target is required. */
export interface TrainTableOptions extends SchemaOptions {
  /**
   * What the other options are if they are not given: ensemble trains several networks in one with
   * averaged weights, for as long as the validation rows say; simple trains one network with batch
   * normalization for a fixed number of epochs. Default: "ensemble".
   */
  readonly recipe?: Value<"recipe"> | undefined;
  /**
   * Parts of the table by rows, or how to draw them. Default: 16% of the rows to validate by and
   * 20% to test on.
   */
  readonly split?: Value<"split"> | undefined;
  /**
   * What is done with the rows of rare classes, those of fewer than 10 rows: drop leaves them out,
   * merge makes them one class, "other", keep trains on them as they are. Default: classes of a
   * single row are dropped.
   */
  readonly rareClasses?: Value<"rareClasses"> | undefined;
  /** How columns become inputs and the target an output. */
  readonly preprocessing?: Value<"preprocessing"> | undefined;
  /** The hidden layers. */
  readonly network?: Value<"network"> | undefined;
  /**
   * Rows per step. Batches are of nearly equal size, because batch normalization learns badly from
   * a small last one. Default: a 60th of the training and validation rows as a power of two, from
   * 32 to 128, and 256 above 10,000 rows; with recipe simple a hundredth of the training rows, from
   * 32 to 1024.
   */
  readonly batchSize?: Value<"batchSize"> | undefined;
  /**
   * The most passes over the training rows. Default: 100, but at least 3,000 and at most 4,000
   * steps, above 10,000 rows 4,000, and fewer without validation rows; with recipe simple as many
   * as make some 20,000 steps, from 5 to 100.
   */
  readonly epochs?: Value<"epochs"> | undefined;
  /** Learning rate. Default: 0.003, with recipe simple 0.01; 0.1 for sgd. */
  readonly lr?: Value<"lr"> | undefined;
  /** The optimizer. SGD has a momentum of 0.9. Default: "adamw". */
  readonly optimizer?: Value<"optimizer"> | undefined;
  /** How strongly weights are drawn to 0. Default: 0; for adamw 0.02, with recipe simple 0.1. */
  readonly weightDecay?: Value<"weightDecay"> | undefined;
  /**
   * What weight decay draws to 0: weights and embeddings, or biases and scales too. Default:
   * weights; with recipe simple all.
   */
  readonly decay?: Value<"decay"> | undefined;
  /**
   * How the learning rate moves over the epochs: with flatcos it is constant for the first half,
   * then falls to 0. Default: flatcos; with recipe simple onecycle.
   */
  readonly schedule?: Value<"schedule"> | undefined;
  /**
   * The loss of a numeric target: squared, absolute, or squared near 0 and absolute beyond one
   * standard deviation; quantile:0.9 predicts the number below which 90% of the targets are.
   * Classes have cross entropy. Default: "mse".
   */
  readonly loss?: Value<"loss"> | undefined;
  /**
   * Two classes: the probability of the second from which on a row is of it. With f1 the one of the
   * best F1 on the validation rows, with cost:FP,FN that of the least cost of false and missed
   * ones. Default: the likelier class.
   */
  readonly threshold?: Value<"threshold"> | undefined;
  /**
   * A number: predictions come with an interval that has the truth inside in this share of new
   * rows, by the errors on the validation rows (split-conformal). Default: none.
   */
  readonly interval?: Value<"interval"> | undefined;
  /**
   * The most that the 2-norm of all gradients of a step together may be; larger ones are scaled
   * down. Default: no bound.
   */
  readonly clipGradNorm?: Value<"clipGradNorm"> | undefined;
  /**
   * Starting weights, the order of rows, dropout and, unless it has a seed of its own, the split
   * follow from it. Default: 0.
   */
  readonly seed?: Value<"seed"> | undefined;
  /**
   * Training ends after this many epochs without a better validation loss, with the weights of the
   * best epoch. With false all epochs are trained: the best of many epochs on few validation rows
   * is mostly luck. Default: a quarter of the epochs, with recipe simple 30; none where the
   * schedule ends in a low rate (onecycle, cosine), or there are no validation rows.
   */
  readonly patience?: Value<"patience"> | undefined;
  /**
   * Validates and keeps the average of the weights over about the last tenth of the steps. Default:
   * true; with recipe simple false.
   */
  readonly average?: Value<"average"> | undefined;
  /**
   * How many trainings say how long the refit trains, each with other rows to validate by: it has
   * the number of epochs with the lowest mean of their validation losses. Default: 5 for up to 400
   * training and validation rows, else 1; with recipe simple 1.
   */
  readonly lengthFolds?: Value<"lengthFolds"> | undefined;
  /**
   * Factors of the classes in the loss; "balanced" weighs each by the inverse of its frequency.
   * Default: "none".
   */
  readonly classWeights?: Value<"classWeights"> | undefined;
  /**
   * Which running statistics batch normalization keeps: those it trained with, those recomputed
   * over the training rows, or whichever has the lower validation loss (after a refit, the
   * recomputed ones). Default: "better".
   */
  readonly statistics?: Value<"statistics"> | undefined;
  /**
   * Trains once more, from the same seed, on the training and the validation rows together, for as
   * many epochs as were best, and keeps those weights. Validation scores are then of the first
   * training, test scores of the second. Default: true for up to 10,000 training and validation
   * rows, if there are validation and test rows; with recipe simple only if all epochs are trained
   * and the schedule ends in a low rate.
   */
  readonly refit?: Value<"refit"> | undefined;
  /** Runs compiled programs. Default: true. */
  readonly compile?: Value<"compile"> | undefined;
  /**
   * Goes on from where a training on the same table with the same options stood, to the same bytes.
   */
  readonly resume?: Value<"resume"> | undefined;
  /**
   * Ends the training between two steps; the best model so far is kept, during a refit that of the
   * first training.
   */
  readonly signal?: Value<"signal"> | undefined;
  /**
   * Further entries of the model's `record`, plain JSON: where the table came from, for example.
   */
  readonly record?: Value<"record"> | undefined;
  /** Called, and awaited, before the first step. */
  readonly onStart?: Value<"onStart"> | undefined;
  /** Called, and awaited, after each epoch. */
  readonly onEpoch?: Value<"onEpoch"> | undefined;
  /**
   * Called, and awaited, after each step of the fits of the baselines: boosted trees have a step
   * for each round.
   */
  readonly onBaseline?: Value<"onBaseline"> | undefined;
}
