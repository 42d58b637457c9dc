import type { Statistics } from "../arms/arm.ts";
import type { Metric, TrialSpec } from "./trialSpec.ts";

/** Errors by name: mae and rmse for a regression, errorRate and logLoss for classes. */
export type Errors = Readonly<Partial<Record<Metric, number>>>;

/** A trained network, scored. */
export interface Reading {
  /**
   * The study's metric on the validation rows after each epoch; empty for trials whose curve nobody
   * needs.
   */
  readonly curve: readonly number[];
  readonly train: Errors;
  readonly validation: Errors;
  readonly test: Errors;
}

/** What a trial found. Plain JSON, and the same bytes whenever and wherever it runs. */
export interface TrialResult {
  readonly spec: TrialSpec;
  /** Rows trained on, chosen by and scored on. */
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number };
  /** Errors of the best constant: mean or commonest class of the training rows. */
  readonly constant: Omit<Reading, "curve">;
  /** Why the training was given up; null if it came to its end. */
  readonly diverged: string | null;
  /** Both kinds for networks with BatchNorm, `asTrained` alone for others, none if it diverged. */
  readonly readings: { readonly [K in Exclude<Statistics, "kept">]?: Reading };
}

/** A trial with what is different every time. */
export interface TrialRun {
  readonly result: TrialResult;
  /**
   * Milliseconds per epoch, without the first epoch; null if there was no other. The study's own
   * scoring is not among them; scoring of validation rows that a training needs, with `patience` or
   * "plateau", is.
   */
  readonly msPerEpoch: number | null;
}
