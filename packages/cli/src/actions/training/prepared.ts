import type { TableTraining, TrainTableOptions } from "evenkeel/train";
import type { Recipe } from "../../records/runs/types.ts";
import type { TableRead } from "../../tables/index.ts";
import type { TableFlags } from "../../tables/tableFlags.ts";
import type { ResumedRun } from "./resumedRun.ts";

/** The table to train on, how to train, and where to record it. */
export interface TrainRequest {
  readonly source?: string | undefined;
  readonly read: TableFlags;
  /** The column to predict. Default: the target of a built-in table. */
  readonly target?: string | undefined;
  /** The library's options, except those that this action sets. */
  readonly options: Omit<TrainTableOptions, "target">;
  /** The folder of runs. */
  readonly runs: string;
  /** The run to resume: its id, the beginning of it, or "latest". */
  readonly resume?: string | undefined;
  /** Into how many folds the rows are put to cross-validate the training; undefined for no cross-validation. */
  readonly folds?: number | undefined;
  /** The flags that were given: "--batch-size". */
  readonly given: readonly string[];
  /** Whether an owner of the run that cannot be checked from here counts as dead. */
  readonly takeOver: boolean;
  /** The path for a copy of the model. */
  readonly out?: string | undefined;
  /** Whether to write TensorBoard's event file too. */
  readonly tensorboard: boolean;
  /** Whether to write a report; undefined if the command does not say. */
  readonly report?: boolean | undefined;
  /** The arguments of the command, for the record. */
  readonly command: readonly string[];
}

/** A run that is resumed, as far as ranks need it that do not record it. */
export type Resumed = Pick<ResumedRun, "run" | "checkpoint">;

/** What is known before the training. */
export interface Prepared {
  readonly table: TableRead;
  /** Those of the recipe. */
  readonly options: TrainTableOptions;
  /** The same, as the training takes them. */
  readonly all: TrainTableOptions;
  readonly recipe: Recipe;
  /** Trains with these options, to which callbacks and the like are added. */
  readonly train: (options: TrainTableOptions) => Promise<TableTraining>;
  /** Called when all is done. */
  readonly close?: () => Promise<void>;
}
