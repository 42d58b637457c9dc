import {
  type Check,
  checkDeclared,
  flag,
  group,
  listOf,
  numberAbove,
  numberBetween,
  oneOf,
  option,
  passes,
  share,
  wholeNumber,
} from "../../core/index.ts";
import { networkOptions, preprocessingOptions, splitOptions } from "../../tabular/index.ts";
import type { NormArm } from "../arms/arm.ts";
import type { NetworkArm } from "../arms/networkArm.ts";
import { sharedOptions } from "../arms/trainingOptions.ts";
import { asks } from "../questions/question.ts";
import { metrics } from "../trial/trialSpec.ts";
import type { StudyOptions } from "./options.types.ts";

/** Larger seeds belong to the other streams of a split; see `stream` of a trial. */
const seed = wholeNumber(0, 2 ** 24 - 1);
const seedCount = wholeNumber(1, 10_000);
const seedList = listOf(seed, "a list of at least one seed", { least: 1 });

/** The number of seeds, or the seeds themselves. */
const seeds: Check<number | readonly number[]> = {
  expected: "a whole number from 1 to 10000, or a list of seeds such as [3, 5, 8]",
  typed: "a whole number from 1 to 10000, or a list of seeds such as 3,5,8",
  isKind: (value) => seedCount.isKind(value) || seedList.isKind(value),
  fits: (value) => passes(value, seedCount) || passes(value, seedList),
  culprit: (value) => (Array.isArray(value) ? seedList.culprit?.(value) : undefined),
  parse: (text) => (text.includes(",") ? seedList.parse?.(text) : seedCount.parse?.(text)),
  noun: "n",
};

/** `checkArms`, which knows the kinds of arms, checks each of them. */
const arms: Check<readonly (NormArm | NetworkArm)[]> = {
  expected: "a list of at least one arm",
  isKind: Array.isArray,
  fits: (value) => value.length > 0,
};

/** Fractions that are tried besides the whole. */
function fractions(expected: string): Check<readonly number[]> {
  return listOf(fraction, expected, { noun: "shares", none: "none" });
}

const between = numberBetween(0, 1);
const fraction: Check<number> = {
  ...between,
  expected: "a number above 0 and below 1",
  fits: (value) => value > 0 && value < 1,
};

/** The options of `planStudy`. */
export const studyOptions = {
  ask: option({
    check: oneOf(asks),
    help: "The question. Each has arms and defaults of its own.",
    defaultText: "normalization; networks if an arm is a function or has options",
  }),
  seeds: option({
    check: seeds,
    help:
      "The number of seeds, or the seeds themselves. Each seed gives a split, starting weights and an order of the rows. " +
      "Intervals are over seeds.",
    defaultText: "10; 5 with quick",
  }),
  arms: option({
    check: arms,
    help:
      "What is compared. Either networks of yours, given by functions or by options of the training; the others are compared " +
      "with the first. Or scalings of the features, each with a normalization and a dropout.",
    defaultText: "those of the question",
  }),
  train: group(sharedOptions, {
    help: "Options of `trainTable` for all arms. An arm's own options win.",
    defaultText: "those of trainTable",
  }),
  dropout: option({
    check: share(),
    help: "The dropout of the default arms that have one; 0 leaves these arms out.",
    defaultText: "0.2; 0 with quick",
  }),
  lrs: option({
    check: listOf(numberAbove(0), "at least one learning rate above 0", { noun: "rates", least: 1 }),
    help: "The learning rates that every arm is trained with. An arm is judged at its best rate on the validation rows.",
    defaultText: "0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1; 0.001, 0.003, 0.01, 0.03 with quick",
  }),
  rowFractions: option({
    check: fractions("shares of the training rows such as [0.25, 0.5]"),
    help: "Train on these shares of the training rows too; none for all rows alone. They show what more rows would change.",
    defaultText: "0.25, 0.5; 0.5 with quick",
  }),
  epochFractions: option({
    check: fractions("shares of the epochs such as [0.25, 0.5]"),
    help:
      "Train for these shares of the epochs too; none for all epochs alone. They show how short a training may be; a schedule that ends with the epochs " +
      "is shortened with them.",
    defaultText: "0.125, 0.25, 0.5; none if the schedule does not end with the epochs",
  }),
  rescale: option({
    check: listOf(numberAbove(0), "factors above 0 such as [10, 0.1]", { noun: "factors", none: "none" }),
    help: "Train on raw features in other units too: columns are multiplied by these factors in turn; none for no other units.",
    defaultText: "10, 0.1",
  }),
  epochs: option({
    check: wholeNumber(1),
    help: "The number of passes over the training rows.",
    defaultText: "enough for about 1000 steps, from 5 to 100; up to 30 with quick",
  }),
  batchSize: option({ check: wholeNumber(2), default: 32, help: "Rows per step." }),
  hidden: option({
    check: networkOptions.hidden.check,
    help: "Widths of the hidden layers; channels of the convolutions where the rows are pictures.",
    defaultText: "64, 32; 8, 16, 32 for pictures",
  }),
  activation: networkOptions.activation,
  target: preprocessingOptions.target,
  metric: option({
    check: oneOf(metrics),
    help: "The error that is compared.",
    defaultText: "mae; errorRate for classes",
  }),
  validation: option({
    check: share(),
    default: splitOptions.validation.default,
    help: "The share of the rows that learning rates and statistics are chosen by.",
  }),
  test: option({
    check: share(),
    default: splitOptions.test.default,
    help: "The share of the rows that the arms are judged by.",
  }),
  group: option({
    check: splitOptions.group.check,
    help: "The column that says which rows belong together: all rows of a group are in one part. It is no feature unless `features` names it.",
  }),
  time: option({
    check: splitOptions.time.check,
    help: "The column of dates or numbers that the rows are split by, the latest for the test. All seeds have the same split.",
  }),
  targetError: option({
    check: numberAbove(0),
    help: "The validation error that the claim about speed counts epochs to.",
    defaultText: "1.1 times what the reference ends with on the same seed",
  }),
  worth: option({
    check: numberBetween(0, 1, "share"),
    default: 0.01,
    help:
      "The smallest effect of interest, as a share of the error. For an error rate it is at least one test row, for other " +
      "errors at least this share of a tenth of the best constant's error.",
  }),
  quick: option({
    check: flag(),
    default: false,
    help: "A first look: 5 seeds, 4 learning rates, 30 epochs at most. Each of these can still be given.",
  }),
};

/**
 * Checks the options as far as they do not depend on the data.
 * @throws TypeError or RangeError naming the option, if it is unknown or invalid
 */
export function checkStudyOptions(options: StudyOptions): void {
  checkDeclared("planStudy", options, studyOptions);
}
