import { existsSync } from "node:fs";
import { type Checkpoint, saveCheckpoint } from "evenkeel/io";
import "evenkeel/node";
import { problemOf, withoutUndefined } from "evenkeel/problem";
import type { BaselineStep, Task } from "evenkeel/tabular";
import {
  agreeOn,
  type TableEpochEvent,
  type TablePlan,
  type TableStartEvent,
  type TableTraining,
  type TrainTableOptions,
} from "evenkeel/train";
import type { RunFolder } from "../../records/runs/runFolder.ts";
import { resumeCommand } from "../../records/runs/runsFolder.ts";
import type { EpochLine, RunFinding, RunResult } from "../../records/runs/types.ts";
import { CommandError, misuse } from "../../shell/errors.ts";
import { attempt, faultOf } from "../../shell/files/fault.ts";
import type { Launched } from "../../shell/ranks/launched.ts";
import { sentence } from "../../shell/sentence.ts";
import type { TableRead } from "../../tables/index.ts";
import { noticed } from "../../tables/noticed.ts";
import { namingPlaces } from "../../tables/places.ts";
import { useAllProcessors } from "./allProcessors.ts";
import { Checkpoints } from "./checkpoints.ts";

interface RecordedTraining {
  readonly table: TableRead;
  readonly options: TrainTableOptions;
  readonly train: (options: TrainTableOptions) => Promise<TableTraining>;
  /** The folder of runs, as the user named it. */
  readonly runs: string;
  /** Called when everything is checked; returns the folder to record the run in. */
  readonly open: (event: TableStartEvent) => RunFolder;
  /** Called with the number of epochs of the stage, too. */
  readonly onEpoch: (line: EpochLine, epochs: number) => void;
  /** Called after each step of the fits of the baselines. */
  readonly onBaseline: (event: BaselineStep) => void;
  /** Whether to write TensorBoard's event file too. */
  readonly tensorboard: boolean;
  readonly resume?: Checkpoint | undefined;
  readonly launched?: Launched | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A training, the folder that it is recorded in, and the result, which is not written yet. */
interface Recorded {
  readonly training: TableTraining;
  readonly run: RunFolder;
  readonly result: RunResult;
}

/**
 * Trains and records: a line of metrics for every epoch, a checkpoint every second or so and at the
 * end (see `Checkpoints`), then the model. The result is left to the caller, because it says that everything is written.
 * After an interrupt it writes the best model so far, as if training
 * had ended there; during a refit, the model of the first training. The same holds for a refit that
 * fails. Such a run counts as finished, because resuming it would fail again.
 *
 * @throws errors of trainTable; a failure after the first step is also recorded in the folder
 */
export async function runTraining(plan: RecordedTraining): Promise<Recorded> {
  const { table, options, signal, tensorboard } = plan;
  useAllProcessors(plan.launched);
  let folder: RunFolder | undefined;
  let epochs = 0;
  let seconds = 0;
  let validated = false;
  let hasBegun = false;
  const checkpoints = new Checkpoints((checkpoint) => folder?.writeCheckpoint(saveCheckpoint(checkpoint)));
  try {
    const training = await namingPlaces(table.placeOf, () =>
      plan.train({
        ...options,
        signal,
        ...(plan.resume && { resume: plan.resume }),
        onStart: (event) => {
          validated = event.split.validation.length > 0;
          folder = plan.open(event);
        },
        onEpoch: (event) => {
          hasBegun = true;
          seconds = event.seconds;
          if (event.stage === "training") epochs = event.epoch;
          const line = lineOf(event, validated);
          folder?.appendMetrics(line);
          if (tensorboard) folder?.appendEvents(line);
          const last = event.epoch === event.epochs || signal?.aborted === true;
          checkpoints.epoch(event.checkpoint, last);
          plan.onEpoch(line, event.epochs);
          if (!last && signal?.aborted) checkpoints.epoch(event.checkpoint, true);
        },
        onBaseline: (event) => {
          // A launcher of several processes kills them soon after its signal.
          if (signal?.aborted) checkpoints.flush();
          plan.onBaseline(event);
        },
      }),
    );
    return await agreeOn(() => {
      checkpoints.flush();
      if (folder === undefined) throw new Error("the training ended before it began");
      const result = resultOf(training, table);
      if (training.history.epochs.length > 0) folder.writeModel(training.model.save());
      return { training, run: folder, result };
    });
  } catch (error) {
    // The run stays as it was: it may have its own checkpoint again.
    if (folder !== undefined && plan.resume !== undefined && !hasBegun && problemOf(error) !== undefined) {
      attempt(() => folder?.release());
      const what = `the checkpoint of the run ${folder.id} does not fit its training: ${sentence(error)}`;
      throw misuse("damaged-file", what, "train again", { cause: error });
    }
    attempt(() => checkpoints.flush());
    const fault = faultOf(error);
    // config.json holds the table and the plan; this is the only record of the outcome.
    attempt(() => {
      folder?.writeResult({
        ...{ status: "failed", epochs, seconds, scores: {}, baselines: {}, findings: [] },
        error: fault ?? sentence(error),
      });
    });
    attempt(() => folder?.release());
    if (folder !== undefined && fault !== undefined) throw interruptedBy(fault, folder, plan.runs, error);
    // Options and table are checked by now, so any other error is a bug of the program.
    if (folder === undefined || isExpected(error)) throw error;
    throw new Error("the training failed", { cause: error });
  }
}

/** What the surroundings did to a training, what is safe, and how to go on. */
function interruptedBy(fault: string, { id, path }: RunFolder, runs: string, cause: unknown): CommandError {
  const isThere = existsSync(path);
  const safe = isThere
    ? `the run is safe up to its last checkpoint: mend that, then`
    : `if ${path} has moved, put it back, then`;
  return misuse("wrong-state", fault, `${safe} go on with ${resumeCommand(id, runs)}`, { cause });
}

/** Whether an error may end a training that has begun without being a bug. */
function isExpected(error: unknown): boolean {
  return error instanceof CommandError || problemOf(error)?.code === "not-finite";
}

function lineOf(event: TableEpochEvent, validated: boolean): EpochLine {
  const { stage, fold, epoch, step, seconds, learningRate } = event;
  const named = (loss: number, metric: number) => ({ loss, [event.metric]: metric });
  return {
    ...(stage !== "training" && { stage }),
    ...(stage === "fold" && { fold }),
    ...{ epoch, step, seconds, learningRate },
    train: named(event.trainLoss, event.trainMetric),
    ...(validated && stage !== "refit" && { validation: named(event.validationLoss, event.validationMetric) }),
  };
}

/** Whether a training came to its end. */
export function statusOf({ history, refit }: TableTraining): "interrupted" | "finished" {
  const interrupted = history.reason === "aborted" || (refit?.kept === false && refit.error === undefined);
  return interrupted ? "interrupted" : "finished";
}

function resultOf(training: TableTraining, table: TableRead): RunResult {
  const { history, keptEpoch, scores, baselines, intervals, decision, statistics, refit } = training;
  const sampled = training.split.train.length;
  const said = noticed(table, training.findings).map(recorded);
  const findings = [...said, ...refitFindings(refit), ...baselineFindings(baselines)];
  const status = statusOf(training);
  const seconds = history.seconds + (refit?.foldSeconds ?? 0) + (refit?.history.seconds ?? 0);
  // A network that was not trained has no scores.
  if (history.epochs.length === 0) return { status, epochs: 0, seconds, scores: {}, baselines: {}, findings };
  return {
    status,
    epochs: history.epochs.length,
    bestEpoch: keptEpoch,
    seconds,
    scores,
    baselines: Object.fromEntries(baselines.map((baseline) => [baseline.name, baseline.scores])),
    ...(sampled < (training.streamedRows ?? 0) && { sampledRows: sampled }),
    ...(intervals && { intervals }),
    ...(decision && { decision }),
    ...(statistics && { batchNorm: statistics }),
    ...(refit && {
      refit: {
        ...{ rows: refit.rows.length, epochs: refit.history.epochs.length, kept: refit.kept },
        ...(refit.folds && { folds: refit.folds.length }),
        ...(refit.error && { error: sentence(refit.error) }),
      },
    }),
    findings,
  };
}

/** A finding as it is kept: its text alone. */
function recorded({ severity, code, column, row, message }: RunFinding): RunFinding {
  return { severity, code, ...withoutUndefined({ column, row }), message };
}

/** The scores alone do not show that a refit failed. */
function refitFindings(refit: TableTraining["refit"]): RunFinding[] {
  if (refit?.error === undefined) return [];
  const what =
    refit.epochs === undefined
      ? "a fold that says how long the refit trains"
      : `the refit on ${refit.rows.length} rows`;
  const message = `${what} failed: ${sentence(refit.error)} The model is that of the training before it`;
  return [{ severity: "warning", code: "refit", message }];
}

/** Boosted trees are left out of the baselines only where a signal came before they were grown. */
function baselineFindings(baselines: TableTraining["baselines"]): RunFinding[] {
  if (baselines.some(({ name }) => name === "trees")) return [];
  const message = "the boosted trees to compare with were interrupted: they are not among the baselines";
  return [{ severity: "note", code: "baselines", message }];
}

/** The settings of a training, defaults included, to show and to compare. */
export function settingsOf(
  { seed: _, ...plan }: TablePlan,
  task: Task,
  { classWeights = "none", split = {}, rareClasses, threshold, interval }: TrainTableOptions,
) {
  // The plan's loss is for numbers.
  const settings = task === "regression" ? plan : { ...plan, loss: "crossEntropy" };
  const by = "train" in split ? {} : withoutUndefined({ group: split.group, time: split.time });
  return {
    ...settings,
    classWeights,
    ...(Object.keys(by).length > 0 && { split: by }),
    ...withoutUndefined({ rareClasses, threshold, interval }),
  } as Readonly<Record<string, unknown>>;
}
