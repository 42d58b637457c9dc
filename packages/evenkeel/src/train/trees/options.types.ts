// Written by `npm run docs` from the declarations; change those.
import type { OptionValue } from "../../core/index.ts";
import type { SchemaOptions } from "../../tabular/schema/schemaOptions.types.ts";
import type { trainTreesOptions } from "./options.ts";

type Value<K extends keyof typeof trainTreesOptions> = OptionValue<typeof trainTreesOptions, K>;

/** How boosted trees for a table are trained. Only the target is required. */
export interface TrainTreesOptions extends SchemaOptions {
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
  /** How the trees are grown. */
  readonly trees?: Value<"trees"> | undefined;
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
   * The split, unless it has a seed of its own, and the rows that early stopping holds back follow
   * from it. Default: 0.
   */
  readonly seed?: Value<"seed"> | undefined;
  /**
   * Fits once more on the training and the validation rows together, and keeps those trees, if
   * there are such rows. Validation scores are then of the first fit, test scores of the second.
   * Default: true.
   */
  readonly refit?: Value<"refit"> | undefined;
  /**
   * Ends the training after a tree; the trees so far are kept, during a refit those of the first
   * fit.
   */
  readonly signal?: Value<"signal"> | undefined;
  /**
   * Further entries of the model's `record`, plain JSON: where the table came from, for example.
   */
  readonly record?: Value<"record"> | undefined;
  /** Called, and awaited, before the first iteration. */
  readonly onStart?: Value<"onStart"> | undefined;
  /** Called, and awaited, after each iteration. */
  readonly onIteration?: Value<"onIteration"> | undefined;
}
