import { loadCheckpoint, saveCheckpoint } from "evenkeel/io";
import { type Table, TableError } from "evenkeel/tabular";
import {
  NonFiniteLossError,
  type TableEpochEvent,
  type TableStartEvent,
  type TableTraining,
  type TrainTableOptions,
  trainTable,
} from "evenkeel/train";
import type { RunFolder } from "../runs/runFolder.ts";
import type { EpochLine, RunResult } from "../runs/types.ts";

export interface RecordedTraining {
  readonly table: Table;
  readonly options: TrainTableOptions;
  /** Called once everything is checked; gives the folder that the run is recorded in. */
  readonly open: (event: TableStartEvent) => RunFolder;
  readonly onEpoch: (event: TableEpochEvent) => void;
  /** Write TensorBoard's event file too. */
  readonly tensorboard: boolean;
  /** A checkpoint to go on from, as bytes. */
  readonly resume?: Uint8Array;
  readonly signal?: AbortSignal;
}

/** Seconds between checkpoints, so that small networks do not spend their time on writing them. */
const checkpointEvery = 1;

/**
 * Trains and records: a line of metrics for every epoch, a checkpoint every second and at the end, then model and result.
 * After an interrupt the best model so far is written as if it had ended there.
 *
 * @returns the training, and the folder; `interrupted` if the signal ended it
 * @throws what trainTable throws; a failure after the first step is recorded in the folder too
 */
export async function runTraining(plan: RecordedTraining): Promise<{ training: TableTraining; folder: RunFolder }> {
  const { table, options, signal, tensorboard } = plan;
  let folder: RunFolder | undefined;
  let writtenAt = performance.now();
  let unwritten: Uint8Array | undefined;
  let epochs = 0;
  let seconds = 0;
  const writeCheckpoint = () => {
    if (unwritten !== undefined) folder?.writeCheckpoint(unwritten);
    unwritten = undefined;
    writtenAt = performance.now();
  };
  try {
    const training = await trainTable(table, {
      ...options,
      signal,
      ...(plan.resume && { resume: loadCheckpoint(plan.resume) }),
      onStart: (event) => {
        folder = plan.open(event);
      },
      onEpoch: (event) => {
        ({ epoch: epochs, seconds } = event);
        const line = lineOf(event);
        folder?.appendMetrics(line);
        if (tensorboard) folder?.appendEvents(line);
        unwritten = saveCheckpoint(event.checkpoint());
        if (performance.now() - writtenAt > checkpointEvery * 1000) writeCheckpoint();
        plan.onEpoch(event);
      },
    });
    writeCheckpoint();
    if (folder === undefined) throw new Error("the training ended before it began");
    const interrupted = training.history.reason === "aborted";
    if (training.history.epochs.length > 0) folder.writeModel(training.model.save());
    folder.writeResult(resultOf(training, interrupted ? "interrupted" : "finished"));
    return { training, folder };
  } catch (error) {
    writeCheckpoint();
    const message = error instanceof Error ? error.message : String(error);
    folder?.writeResult({ status: "failed", epochs, seconds, scores: {}, baselines: {}, findings: [], error: message });
    throw error;
  }
}

/** Whether an error is about what was asked for, or about the data, and not about this program. */
export function isExplained(error: unknown): error is Error {
  return error instanceof TableError || error instanceof NonFiniteLossError;
}

function lineOf(event: TableEpochEvent): EpochLine {
  const { epoch, step, seconds, learningRate } = event;
  const named = (loss: number, metric: number) => ({ loss, [event.metric]: metric });
  return {
    ...{ epoch, step, seconds, learningRate },
    train: named(event.trainLoss, event.trainMetric),
    validation: named(event.validationLoss, event.validationMetric),
  };
}

function resultOf(training: TableTraining, status: RunResult["status"]): RunResult {
  const { history, scores, baselines, statistics, findings } = training;
  return {
    status,
    epochs: history.epochs.length,
    bestEpoch: history.restored ? history.bestEpoch : history.epochs.length,
    seconds: history.seconds,
    scores,
    baselines: Object.fromEntries(baselines.map((baseline) => [baseline.name, baseline.scores])),
    ...(statistics && { batchNorm: statistics }),
    findings,
  };
}
