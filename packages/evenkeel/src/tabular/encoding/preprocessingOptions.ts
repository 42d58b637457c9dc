import { type Check, flag, oneOf, option, type ResolvedOptions, wholeNumber } from "../../core/index.ts";

const whole = wholeNumber(0);

const limit: Check<number> = {
  ...whole,
  expected: "a whole number of at least 0, or Infinity",
  typed: whole.expected,
  fits: (value) => value === Number.POSITIVE_INFINITY || whole.fits(value),
};

/** The options of `Preprocessing.fit`. */
export const preprocessingOptions = {
  scale: option({
    check: oneOf(["squash", "zscore", "robust", "none"]),
    default: "squash",
    help:
      'How numeric columns and the years of dates are scaled: "squash" (by median and interquartile range, then smoothly ' +
      'into -3 to 3), "zscore" (mean 0, standard deviation 1 with divisor n) or "robust" (median 0, interquartile range 1, ' +
      "unlimited). Inputs of 0 and 1 stay as they are.",
  }),
  piecewise: option({
    check: flag(),
    default: false,
    help:
      "Gives numeric columns and the years of dates a piecewise-linear encoding beside the scaled value: bins between quantiles, " +
      "up to 16 a column, with an input each that goes from 0 to 1 while the value crosses the bin.",
    off: "Gives numeric columns their scaled value alone.",
  }),
  effectCoding: option({
    check: flag(),
    default: false,
    help:
      "Codes columns of two values as one input of -1 and 1: numbers, booleans, and categories of which none is missing. Numbers " +
      "between the two lie between -1 and 1, those beyond are held there; a new category is 0.",
    off: "Scales numbers of two values as any other, codes booleans as 0 and 1, and gives each of two categories an input.",
  }),
  dropConstant: option({
    check: flag(),
    default: false,
    help: "Gives columns of one value in the training rows no input, unless no other is left.",
    off: "Gives columns of one value in the training rows an input as any other.",
  }),
  yearDay: option({
    check: flag(),
    default: false,
    help: "Gives dates the sine and cosine of the day of the year, beside those of the month, where months vary.",
    off: "Gives dates no input for the day of the year.",
  }),
  target: option({
    check: oneOf(["zscore", "log", "none"]),
    default: "zscore",
    help: 'How a numeric target is scaled; "log" takes its logarithm first.',
  }),
  clampPredictions: option({
    check: flag(),
    default: true,
    help: "Holds the predictions of a regression between the smallest and the largest target of the training rows.",
    off: "Lets the predictions of a regression lie outside the targets of the training rows.",
  }),
  embedAbove: option({
    check: limit,
    default: 12,
    help: "Columns of more categories than this are embedded; the others have one input per category. A number above all counts embeds none.",
  }),
  rareBelow: option({
    check: wholeNumber(1),
    default: 1,
    help: "Categories in fewer training rows than this count as unknown, as new ones do, unless no other input is left. 1 keeps all.",
  }),
};

export type ResolvedPreprocessing = ResolvedOptions<typeof preprocessingOptions>;
