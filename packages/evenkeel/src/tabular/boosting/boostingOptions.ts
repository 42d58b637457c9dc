import {
  flag,
  numberAbove,
  numberAtLeast,
  numberBetween,
  option,
  orElse,
  resolveOptions,
  wholeNumber,
} from "../../core/index.ts";
import type { BoostingOptions } from "./boostingOptions.types.ts";

/** The options of boosted trees, with scikit-learn's names and defaults. */
export const boostingOptions = {
  maxIter: option({
    check: wholeNumber(1, 10_000),
    default: 100,
    help: "How many trees there are at most; for more than two classes, how many for each class.",
  }),
  learningRate: option({
    check: numberAbove(0),
    default: 0.1,
    help: "Of what a tree predicts, so much is added.",
  }),
  maxLeafNodes: option({
    check: wholeNumber(2, 65_536),
    default: 31,
    help: "How many leaves a tree has at most.",
  }),
  maxDepth: option({
    check: orElse(wholeNumber(1), "none"),
    default: "none",
    help: "How many questions a tree asks at most before a leaf.",
  }),
  minSamplesLeaf: option({
    check: wholeNumber(1),
    default: 20,
    help: "How many training rows every leaf has at least.",
  }),
  l2Regularization: option({
    check: numberAtLeast(0),
    default: 0,
    help: "Added to the second derivatives of a leaf, so that small leaves predict less.",
  }),
  maxBins: option({
    check: wholeNumber(2, 255),
    default: 255,
    help: "Into how many bins numbers are put at most; missing values have one more.",
  }),
  earlyStopping: option({
    check: orElse(flag(), "auto"),
    default: "auto",
    help:
      "Holds part of the training rows back, and adds no more trees once their loss no longer falls. " +
      '"auto" does so above 10,000 rows, false never.',
  }),
  validationFraction: option({
    check: numberBetween(0.001, 0.9, "share"),
    default: 0.1,
    help: "The share of the training rows that early stopping holds back.",
  }),
  nIterNoChange: option({
    check: wholeNumber(1),
    default: 10,
    help: "After so many trees without a smaller loss, early stopping ends.",
  }),
  tol: option({
    check: numberAtLeast(0),
    default: 1e-7,
    help: "By how much the loss must fall to count as smaller.",
  }),
};

export type ResolvedBoosting = { readonly [K in keyof BoostingOptions]-?: NonNullable<BoostingOptions[K]> };

/**
 * Options with their defaults.
 * @throws TypeError or RangeError naming the option that is unknown or does not fit
 */
export function resolveBoosting(options: BoostingOptions = {}): ResolvedBoosting {
  return resolveOptions("boosting", options, boostingOptions);
}
