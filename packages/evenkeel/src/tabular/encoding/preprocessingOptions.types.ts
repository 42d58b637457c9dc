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
  /**
   * Gives numeric columns and the years of dates a piecewise-linear encoding beside the scaled
   * value: bins between quantiles, up to 16 a column, with an input each that goes from 0 to 1
   * while the value crosses the bin. Default: false.
   */
  readonly piecewise?: Value<"piecewise"> | undefined;
  /**
   * Codes columns of two values as one input of -1 and 1: numbers, booleans, and categories of
   * which none is missing. Numbers between the two lie between -1 and 1, those beyond are held
   * there; a new category is 0. Default: false.
   */
  readonly effectCoding?: Value<"effectCoding"> | undefined;
  /**
   * Gives columns of one value in the training rows no input, unless no other is left. Default:
   * false.
   */
  readonly dropConstant?: Value<"dropConstant"> | undefined;
  /**
   * Gives dates the sine and cosine of the day of the year, beside those of the month, where months
   * vary. Default: false.
   */
  readonly yearDay?: Value<"yearDay"> | undefined;
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
  /**
   * Categories in fewer training rows than this count as unknown, as new ones do, unless no other
   * input is left. 1 keeps all. Default: 1.
   */
  readonly rareBelow?: Value<"rareBelow"> | undefined;
}
