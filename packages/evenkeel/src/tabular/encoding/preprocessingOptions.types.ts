// Written by `npm run docs` from the declarations; change those.
import type { OptionValue } from "../../core/index.ts";
import type { preprocessingOptions } from "./preprocessingOptions.ts";

type Value<K extends keyof typeof preprocessingOptions> = OptionValue<typeof preprocessingOptions, K>;

/** How columns become inputs and the target an output. */
export interface PreprocessingOptions {
  /**
   * How numeric columns and the years of dates are scaled: "squash" (by median and interquartile
   * range, then smoothly into -3 to 3), "zscore" (mean 0, standard deviation 1 with divisor n) or
   * "robust" (median 0, interquartile range 1, unlimited). Inputs of 0 and 1 stay as they are.
   * Default: "squash".
   */
  readonly scale?: Value<"scale"> | undefined;
  /** How a numeric target is scaled; "log" takes its logarithm first. Default: "zscore". */
  readonly target?: Value<"target"> | undefined;
  /**
   * Holds the predictions of a regression between the smallest and the largest target of the
   * training rows. Default: true.
   */
  readonly clampPredictions?: Value<"clampPredictions"> | undefined;
  /**
   * Columns of more categories than this are embedded; the others have one input per category. A
   * number above all counts embeds none. Default: 12.
   */
  readonly embedAbove?: Value<"embedAbove"> | undefined;
}
