import type { Statistics } from "../arms/arm.ts";
import type { Metric, TrialSpec } from "./trialSpec.ts";

/** Errors by name: mae and rmse for regression, errorRate and logLoss for classes. */
export type Errors = Readonly<Partial<Record<Metric, number>>>;

/** The scores of a trained network. */
export interface Reading {
  /**
   * The study's metric on the validation rows after each epoch; empty for trials whose curve is not
   * used.
   */
  readonly curve: readonly number[];
  readonly train: Errors;
  readonly validation: Errors;
  readonly test: Errors;
}

/** The result of a trial as plain JSON: the same bytes whenever and wherever it runs. */
export interface TrialResult {
  readonly spec: TrialSpec;
  /** The number of rows for training, for choices and for the final scores. */
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number };
  /** Errors of the best constant: the mean or the commonest class of the training rows. */
  readonly constant: Omit<Reading, "curve">;
  /** Why the training diverged; null if it did not. */
  readonly diverged: string | null;
  /** Both kinds for networks with BatchNorm, only `asTrained` for others, none if it diverged. */
  readonly readings: { readonly [K in Exclude<Statistics, "kept">]?: Reading };
}

/** A trial's result with what varies between runs. */
export interface TrialRun {
  readonly result: TrialResult;
  /**
   * Milliseconds per epoch without the first; null if there was only one. Scoring by the study is
   * not included. Scoring that the training needs, with `patience` or "plateau", is.
   */
  readonly msPerEpoch: number | null;
}
