import type { Checkpoint } from "../../io/index.ts";
import type { Finding, Schema, Split, TabularNet, Task } from "../../tabular/index.ts";
import type { TablePlan } from "./plan.ts";

/** The plan is made and checked; no training has begun. */
export interface TableStartEvent {
  readonly schema: Schema;
  readonly findings: readonly Finding[];
  readonly split: Split;
  readonly plan: TablePlan;
  /** The network before its first step. A refit makes another one. */
  readonly network: TabularNet;
  /** Name of the metric that epochs report. */
  readonly metric: TableMetric;
  /** How many training rows pass by in an epoch, where those of `split` are a sample of them. */
  readonly streamedRows?: number;
  /** How many rows there are in all, also without a target, where those of the table are a part of them. */
  readonly allRows?: number;
}

/** The metric of a task during training: "mae" in the target's own unit, or "accuracy". */
export type TableMetric = "mae" | "accuracy";

export const metricOf: Readonly<Record<Task, TableMetric>> = {
  regression: "mae",
  binary: "accuracy",
  multiclass: "accuracy",
};

/** After an epoch and its pass over the validation rows. */
export interface TableEpochEvent {
  /**
   * The training of this epoch: "training" is scored on the validation rows; "fold" holds other rows
   * back, to say how long to train; "refit" repeats it with the validation rows among the training
   * rows.
   */
  readonly stage: "training" | "fold" | "refit";
  /** Which of the plan's `lengthFolds` trainings it is, from 1, the first being "training"; 0 in a refit. */
  readonly fold: number;
  /** From 1 in each stage. */
  readonly epoch: number;
  /** The number of epochs of the stage, at most. */
  readonly epochs: number;
  /** Optimizer steps of the stage so far. */
  readonly step: number;
  /** Wall-clock seconds since the training began. */
  readonly seconds: number;
  readonly learningRate: number;
  /** Name of the metric. */
  readonly metric: TableMetric;
  /** Loss of the scaled target, over the training batches in training mode. */
  readonly trainLoss: number;
  /** The task's metric over those batches. */
  readonly trainMetric: number;
  /**
   * Over the validation rows, with the statistics as trained; over the training batches if there
   * are no validation rows, as in a refit.
   */
  readonly validationLoss: number;
  /** The task's metric over the same rows. */
  readonly validationMetric: number;
  /** Whether this is the best epoch of the stage so far. */
  readonly improved: boolean;
  /**
   * A copy of the training's whole state, for the option `resume` of a later call. Call it in
   * `onEpoch`.
   * @throws Error if the training has continued since
   */
  checkpoint(): Checkpoint;
}
