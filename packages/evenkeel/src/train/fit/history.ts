/** Mean loss over the rows, and the value of each metric under its own name. */
export type Scores<K extends string = never> = Readonly<Record<K | "loss", number>>;

/** Why a training ended. */
export type StopReason = "completed" | "earlyStopping" | "aborted";

/** One finished epoch. */
export interface EpochRecord<K extends string = never> {
  /** From 1. */
  readonly epoch: number;
  /** Optimizer steps done by the end of this epoch. */
  readonly step: number;
  /**
   * The rate of the epoch's last step (of the first parameter group), before a scheduler changed
   * it.
   */
  readonly learningRate: number;
  /** Scores of the training batches in training mode, each before its own step. */
  readonly train: Scores<K>;
  /**
   * Scores of the validation rows after the epoch, in eval mode; absent without a validation
   * loader.
   */
  readonly validation?: Scores<K>;
  /** Whether this is the best epoch so far. */
  readonly improved: boolean;
  /** Wall-clock seconds since the training began, at the end of this epoch. */
  readonly seconds: number;
}

/** The result of `fit`. */
export interface History<K extends string = never> {
  /** The finished epochs, without one that was aborted. */
  readonly epochs: readonly EpochRecord<K>[];
  readonly reason: StopReason;
  /** Number of the epoch with the best monitored value; undefined if no epoch was finished. */
  readonly bestEpoch: number | undefined;
  /**
   * Whether the model now has the weights of `bestEpoch` (early stopping with `restoreBest`), not
   * the last ones.
   */
  readonly restored: boolean;
  /** The number of optimizer steps, those of an aborted epoch included. */
  readonly steps: number;
  /** Total wall-clock seconds. */
  readonly seconds: number;
}

/** The name of a number in an `EpochRecord`, such as "validation.loss" or "train.mae". */
export type Monitor<K extends string = never> = `${"train" | "validation"}.${K | "loss"}`;

/** Looks up the value of a monitor. */
export function monitored<K extends string>(
  scores: Readonly<Partial<Record<"train" | "validation", Scores<K>>>>,
  monitor: Monitor<K>,
): number {
  const dot = monitor.indexOf(".");
  const part = scores[monitor.slice(0, dot) as "train" | "validation"];
  return part?.[monitor.slice(dot + 1) as K | "loss"] ?? Number.NaN;
}
