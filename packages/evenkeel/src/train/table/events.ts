import type { Checkpoint } from "../../io/index.ts";
import type { Finding, Schema, Split, TabularNet, Task } from "../../tabular/index.ts";
import type { TablePlan } from "./plan.ts";

/** Everything is decided and checked, and nothing is trained yet. */
export interface TableStartEvent {
  readonly schema: Schema;
  readonly findings: readonly Finding[];
  readonly split: Split;
  readonly plan: TablePlan;
  /** The network before its first step. A refit has one of its own. */
  readonly network: TabularNet;
  /** Name of the metric that epochs report. */
  readonly metric: TableMetric;
}

/** What a task is judged by while it trains: "mae" in the target's own unit, or "accuracy". */
export type TableMetric = "mae" | "accuracy";

export const metricOf: Readonly<Record<Task, TableMetric>> = {
  regression: "mae",
  binary: "accuracy",
  multiclass: "accuracy",
};

/** After an epoch and its pass over the validation rows. */
export interface TableEpochEvent {
  /**
   * Which training it is an epoch of: "training" the one that the validation rows measure, "refit"
   * the one after it that repeats it with these rows among those trained on.
   */
  readonly stage: "training" | "refit";
  /** From 1 in either stage. */
  readonly epoch: number;
  /** How many there are to be of the stage. */
  readonly epochs: number;
  /** Optimizer steps of the stage so far. */
  readonly step: number;
  /** Wall-clock seconds since the training began. */
  readonly seconds: number;
  readonly learningRate: number;
  /** Name of the metric. */
  readonly metric: TableMetric;
  /** Loss on the scaled target, over the batches as they were trained on. */
  readonly trainLoss: number;
  /** The task's metric over those batches. */
  readonly trainMetric: number;
  /**
   * Over the validation rows, as trained; over the training batches where there are none, as in a
   * refit.
   */
  readonly validationLoss: number;
  /** The task's metric over the same rows. */
  readonly validationMetric: number;
  /** Whether this is the best epoch of the stage so far. */
  readonly improved: boolean;
  /**
   * A copy of the training's whole state, for the option `resume` of a later call. To be taken
   * while `onEpoch` runs.
   * @throws Error if the training has gone on since
   */
  checkpoint(): Checkpoint;
}
