import { type Check, flag, oneOf, option, wholeNumber } from "../../core/index.ts";

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
};
