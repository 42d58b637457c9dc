// Written by `npm run docs` from the declarations; change those.
import type { OptionValue } from "../../core/index.ts";
import type { boostingOptions } from "./boostingOptions.ts";

type Value<K extends keyof typeof boostingOptions> = OptionValue<typeof boostingOptions, K>;

/** How boosted trees are grown. */
export interface BoostingOptions {
  /**
   * How many trees there are at most; for more than two classes, how many for each class. Default:
   * 100.
   */
  readonly maxIter?: Value<"maxIter"> | undefined;
  /** Of what a tree predicts, so much is added. Default: 0.1. */
  readonly learningRate?: Value<"learningRate"> | undefined;
  /** How many leaves a tree has at most. Default: 31. */
  readonly maxLeafNodes?: Value<"maxLeafNodes"> | undefined;
  /** How many questions a tree asks at most before a leaf. Default: "none". */
  readonly maxDepth?: Value<"maxDepth"> | undefined;
  /** How many training rows every leaf has at least. Default: 20. */
  readonly minSamplesLeaf?: Value<"minSamplesLeaf"> | undefined;
  /** Added to the second derivatives of a leaf, so that small leaves predict less. Default: 0. */
  readonly l2Regularization?: Value<"l2Regularization"> | undefined;
  /** Into how many bins numbers are put at most; missing values have one more. Default: 255. */
  readonly maxBins?: Value<"maxBins"> | undefined;
  /**
   * Holds part of the training rows back, and adds no more trees once their loss no longer falls.
   * "auto" does so above 10,000 rows, false never. Default: "auto".
   */
  readonly earlyStopping?: Value<"earlyStopping"> | undefined;
  /** The share of the training rows that early stopping holds back. Default: 0.1. */
  readonly validationFraction?: Value<"validationFraction"> | undefined;
  /** After so many trees without a smaller loss, early stopping ends. Default: 10. */
  readonly nIterNoChange?: Value<"nIterNoChange"> | undefined;
  /** By how much the loss must fall to count as smaller. Default: 1e-7. */
  readonly tol?: Value<"tol"> | undefined;
}
