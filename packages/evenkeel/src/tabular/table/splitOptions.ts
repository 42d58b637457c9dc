import { type Check, flag, option, share, string, wholeNumber } from "../../core/index.ts";
import type { Seed } from "../../random/index.ts";

const whole = wholeNumber();

const seed: Check<Seed> = {
  ...whole,
  isKind: (value) => typeof value === "bigint" || whole.isKind(value),
  fits: (value) => typeof value === "bigint" || whole.fits(value),
};

const aShare = share();

/** A share of the rows, or the rows themselves. */
const part: Check<number | Int32Array> = {
  ...aShare,
  expected: `${aShare.expected}, or the rows themselves as an Int32Array`,
  typed: aShare.expected,
  isKind: (value) => aShare.isKind(value) || value instanceof Int32Array,
  fits: (value) => typeof value !== "number" || aShare.fits(value),
};

/** The options of `splitRows`. */
export const splitOptions = {
  validation: option({
    check: part,
    default: 0.16,
    help: "The share of the rows that choices are made by; 0 for none. Or these rows themselves.",
  }),
  test: option({
    check: part,
    default: 0.2,
    help: "The share of the rows that is scored once, at the end; 0 for none. Or these rows themselves.",
  }),
  seed: option({
    check: seed,
    default: 0,
    help: "Equal seeds give equal splits, on every machine.",
  }),
  stratify: option({
    check: flag(),
    defaultText: "true where there are classes, unless the rows are split by group or time",
    help: "Gives every part its share of every class.",
  }),
  group: option({
    check: string("the name of a column"),
    help:
      "The column that says which rows belong together, such as those of one person: all rows of a group are in one part. " +
      "It is no feature unless `features` names it.",
  }),
  time: option({
    check: string("the name of a column"),
    help:
      "The column of dates or numbers that the rows are split by: the oldest are trained on, later ones validate, the latest " +
      "are the test. Rows of one time are in one part.",
  }),
};
