import { type Check, flag, option, share, wholeNumber } from "../../core/index.ts";
import type { Seed } from "../../random/index.ts";

const whole = wholeNumber();

const seed: Check<Seed> = {
  ...whole,
  isKind: (value) => typeof value === "bigint" || whole.isKind(value),
  fits: (value) => typeof value === "bigint" || whole.fits(value),
};

/** The options of `splitRows`. */
export const splitOptions = {
  validation: option({
    check: share(),
    default: 0.16,
    help: "The share of the rows that choices are made by; 0 for none.",
  }),
  test: option({
    check: share(),
    default: 0.2,
    help: "The share of the rows that is scored once, at the end; 0 for none.",
  }),
  seed: option({
    check: seed,
    default: 0,
    help: "Equal seeds give equal splits, on every machine.",
  }),
  stratify: option({
    check: flag(),
    defaultText: "true where there are classes",
    help: "Gives every part its share of every class.",
  }),
};
