import { abortSignal, flag, fn, group, option, plainObject, wholeNumber } from "../../core/index.ts";
import {
  type BoostingStep,
  boostingOptions,
  type Finding,
  type ModelRecord,
  type ResolvedBoosting,
  type Schema,
  type Split,
  schemaOptions,
} from "../../tabular/index.ts";
import { decisionOptions } from "../table/decisionOptions.ts";
import { trainTableOptions } from "../table/options.ts";

/** The table is checked and split; no tree is grown. */
export interface TreesStartEvent {
  readonly schema: Schema;
  readonly findings: readonly Finding[];
  readonly split: Split;
  /** The options of the trees, with their defaults. */
  readonly trees: ResolvedBoosting;
  readonly seed: number;
  /** Whether they will be fitted once more, on the training and the validation rows. */
  readonly refit: boolean;
}

/** An iteration of one of the fits. */
export interface TreeIterationEvent extends BoostingStep {
  /** The first fit is scored on the validation rows; "refit" has them among its rows. */
  readonly stage: "training" | "refit";
}

const { split, rareClasses, record } = trainTableOptions;

/** The options of `trainTrees`. */
export const trainTreesOptions = {
  ...schemaOptions,
  split,
  rareClasses,
  trees: group(boostingOptions, { help: "How the trees are grown." }),
  ...decisionOptions,
  seed: option({
    check: wholeNumber(),
    default: 0,
    help: "The split, unless it has a seed of its own, and the rows that early stopping holds back follow from it.",
  }),
  refit: option({
    check: flag(),
    default: true,
    help:
      "Fits once more on the training and the validation rows together, and keeps those trees, if there are such rows. " +
      "Validation scores are then of the first fit, test scores of the second.",
    off: "Keeps the trees of the fit that was validated.",
  }),
  signal: option({
    check: abortSignal,
    help: "Ends the training after a tree; the trees so far are kept, during a refit those of the first fit.",
  }),
  record: option({ ...record, check: plainObject<ModelRecord>() }),
  onStart: option({
    check: fn<(event: TreesStartEvent) => unknown>(),
    help: "Called, and awaited, before the first iteration.",
  }),
  onIteration: option({
    check: fn<(event: TreeIterationEvent) => unknown>(),
    help: "Called, and awaited, after each iteration.",
  }),
};
