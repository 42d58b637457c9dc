import type { Checkpoint } from "../../io/index.ts";
import type { EpochRecord, History, Scores, StopReason } from "./history.ts";

/**
 * The fields of every event. Epochs and steps count from 1; a step is one call of the optimizer.
 */
interface Moment {
  /**
   * The current epoch; in the start event, the number of epochs that a resumed training has
   * finished, otherwise 0.
   */
  readonly epoch: number;
  /** Steps done so far. */
  readonly step: number;
  /** Wall-clock seconds since the training began. */
  readonly seconds: number;
}

/** Before the first batch. */
export interface StartEvent extends Moment {
  readonly type: "start";
  /** The number of epochs to train. */
  readonly epochs: number;
}

/** After each optimizer step. */
export interface BatchEvent extends Moment {
  readonly type: "batch";
  /** Index of the batch in its epoch, from 1. */
  readonly batch: number;
  /** Loss of the batch, before the step. */
  readonly loss: number;
  /** Rows in the batch. */
  readonly rows: number;
  /** Whether a single row, which BatchNorm cannot train on, was joined to this batch. */
  readonly joined: boolean;
  /** The learning rate of this step (of the first parameter group). */
  readonly learningRate: number;
  /** 2-norm of all gradients before clipping; only with `clipGradNorm`. */
  readonly gradNorm?: number;
}

/** After the pass over the validation rows, if there are any. */
export interface ValidationEvent<K extends string = never> extends Moment {
  readonly type: "validation";
  readonly scores: Scores<K>;
  /** Rows scored. */
  readonly rows: number;
}

/** At the end of each epoch, after its validation: the record that goes into the history. */
export interface EpochEvent<K extends string = never> extends EpochRecord<K> {
  readonly type: "epoch";
  /**
   * A copy of the training's whole state, with which `fit(model, { …, resume })` continues as if it
   * had never stopped; `saveCheckpoint` of evenkeel/io makes a file of it. Call it while the
   * training waits: in `onEpoch`, which may be asynchronous, or in the body of a loop.
   * @throws Error if the training has continued since, or has state that a checkpoint would lose
   */
  checkpoint(): Checkpoint;
}

/** The last event. The model is already in its final state: best weights and modes are restored. */
export interface StopEvent<K extends string = never> extends Moment {
  readonly type: "stop";
  readonly reason: StopReason;
  readonly history: History<K>;
}

/**
 * The events of a training in this order: start, (batch…, validation?, epoch)…, stop. `type`
 * distinguishes them.
 */
export type TrainingEvent<K extends string = never> =
  | StartEvent
  | BatchEvent
  | ValidationEvent<K>
  | EpochEvent<K>
  | StopEvent<K>;
