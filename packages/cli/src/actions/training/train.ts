import { resolve } from "node:path";
import { withoutUndefined } from "evenkeel/problem";
import type { BaselineStep } from "evenkeel/tabular";
import {
  agreeOn,
  type FoldEvent,
  type TableStartEvent,
  type TableTraining,
  type TrainTableOptions,
} from "evenkeel/train";
import { type NewRun, RunFolder } from "../../records/runs/runFolder.ts";
import { resumeCommand } from "../../records/runs/runsFolder.ts";
import type { EpochLine, RunOutputs, RunResult } from "../../records/runs/types.ts";
import type { ActionContext } from "../../shell/context.ts";
import { misuse } from "../../shell/errors.ts";
import { faultOf } from "../../shell/files/fault.ts";
import { checkWritable } from "../../shell/files/writable.ts";
import { writeAtomic } from "../../shell/files/writeAtomic.ts";
import { sentence } from "../../shell/sentence.ts";
import type { TableRead } from "../../tables/index.ts";
import { tellResumed } from "./beside.ts";
import { type Outputs, resumedOutputs } from "./outputs.ts";
import { prepare } from "./prepare.ts";
import type { TrainRequest } from "./prepared.ts";
import { type ResumedRun, resumedRun } from "./resumedRun.ts";
import { runTraining, settingsOf } from "./runTraining.ts";
import { trainFolds } from "./trainFolds.ts";

/** Callbacks while the training runs. */
interface TrainEvents {
  readonly onStart?: ((table: TableRead, event: TableStartEvent) => void) | undefined;
  readonly onEpoch?: ((line: EpochLine, epochs: number) => void) | undefined;
  readonly onBaseline?: ((event: BaselineStep) => void) | undefined;
  readonly onFold?: ((event: FoldEvent) => void) | undefined;
  /** Makes the report, if there is to be one. */
  readonly report?: ((trained: Trained) => Promise<string>) | undefined;
}

/** A training, its record and the record's path. */
export interface Trained {
  readonly training: TableTraining;
  readonly table: TableRead;
  readonly run: RunFolder;
  readonly result: RunResult;
  /** The path of the model's copy, if one was written. */
  readonly out?: string;
  /** The path of the report, if one was written. */
  readonly report?: string;
  /** Why there is no report although there was to be one. */
  readonly reportError?: unknown;
  /** A copy that the run's first command asked for, which is not written without being asked again. */
  readonly refusedOut?: string;
}

/**
 * Reads a table, trains on it and records the run, or resumes a run that was interrupted.
 * @throws CommandError or TableReadError for problems of the options or the table
 */
export async function train(request: TrainRequest, context: ActionContext, events: TrainEvents = {}): Promise<Trained> {
  const { source, resume, given, takeOver, runs } = request;
  const { cwd } = context;
  const resumed = await agreeOn(() => {
    if (request.folds !== undefined) checkFolds(request);
    if (request.out !== undefined) checkWritable(resolve(cwd, request.out), request.out, "out");
    if (resume !== undefined) {
      const named = source !== undefined || request.read.sql !== undefined;
      const { epochs } = request.options;
      return resumedRun({ wanted: resume, cwd, runs, source: named, given, epochs, takeOver });
    }
    if (takeOver) throw misuse("missing", "--take-over takes a run over", "name it with --resume");
    return undefined;
  });
  try {
    if (context.launched !== undefined) tellResumed(resumed);
    return await trainOn(request, resumed, context, events);
  } catch (error) {
    // Of no effect once the run is recorded further.
    resumed?.owner.abandon();
    throw error;
  }
}

/** @throws CommandError if the rows to test on are said otherwise: found before anything is trained */
function checkFolds({ read, options }: TrainRequest): void {
  const { split = {} } = options;
  const other =
    read.parts !== undefined
      ? "--test or --validation FILE"
      : "time" in split && split.time !== undefined
        ? "--time"
        : undefined;
  if (other === undefined) return;
  throw misuse(
    "conflict",
    `--folds tests on every row in turn, and ${other} says which rows to test on`,
    "leave one of them out",
  );
}

async function trainOn(
  request: TrainRequest,
  resumed: ResumedRun | undefined,
  context: ActionContext,
  events: TrainEvents,
): Promise<Trained> {
  const { signal, cwd } = context;
  const { report = true, tensorboard, out, folds } = request;
  const outputs: Outputs =
    resumed === undefined
      ? { report, tensorboard, ...withoutUndefined({ out, folds }) }
      : resumedOutputs(resumed.run, { report: request.report, tensorboard, out }, cwd);
  const { table, options, all, recipe, train, close } = await prepare(request, resumed, context);
  const recorded = await runTraining({
    ...{ table, runs: request.runs },
    options: all,
    ...{ train, signal, launched: context.launched },
    tensorboard: outputs.tensorboard,
    ...(resumed?.checkpoint && { resume: resumed.checkpoint }),
    open: (event) => {
      context.progress?.stop();
      events.onStart?.(table, event);
      const settings = settingsOf(event.plan, event.schema.task, options);
      return resumed === undefined
        ? newFolder(resolve(cwd, request.runs), table, event, { settings, recipe, outputs }, request.command)
        : takenFolder(resumed, { settings, recipe });
    },
    onEpoch: (line, epochs) => events.onEpoch?.(line, epochs),
    onBaseline: (event) => events.onBaseline?.(event),
  })
    .finally(context.progress?.stop)
    .finally(close);
  try {
    const folded = await withFolds({ ...recorded, table }, options, outputs, context, events);
    return await agreeOn(() => finish(folded, outputs, cwd, events.report));
  } catch (error) {
    throw unfinished(error, recorded.run, request.runs);
  } finally {
    recorded.run.release();
  }
}

/**
 * The training with its cross-validation, if one was asked for and the training was not interrupted.
 * A run whose cross-validation is interrupted is: resumed, it has the model and begins the folds again.
 */
async function withFolds(
  trained: Trained,
  options: TrainTableOptions,
  { folds }: RunOutputs,
  { signal }: ActionContext,
  { onFold }: TrainEvents,
): Promise<Trained> {
  if (folds === undefined || trained.result.status !== "finished") return trained;
  const found = await trainFolds(trained.run, { table: trained.table, options, folds, signal, onFold });
  const { result } = trained;
  const changed: RunResult = found === undefined ? { ...result, status: "interrupted" } : { ...result, folds: found };
  return { ...trained, result: changed };
}

/** What the surroundings did to a run that was trained, and how to go on; other errors as they are. */
function unfinished(error: unknown, run: RunFolder, runs: string): unknown {
  const fault = faultOf(error);
  if (fault === undefined) return error;
  const cure = `the model is safe: ${run.file("model")}; mend that, then go on with ${resumeCommand(run.id, runs)}`;
  return misuse("wrong-state", fault, cure, { cause: error });
}

/**
 * Writes what belongs to the run beside the model, then that it has ended: a run that is killed
 * before that can be resumed, which writes what is missing. A report that fails is only missing.
 */
async function finish(
  trained: Trained,
  { out, report, refusedOut }: Outputs,
  cwd: string,
  makeReport: TrainEvents["report"],
): Promise<Trained> {
  const { training, run, result } = trained;
  const copied = training.history.epochs.length > 0;
  const path = out !== undefined && copied ? resolve(cwd, out) : undefined;
  if (path !== undefined) writeAtomic(path, training.model.save());
  let reported: Pick<Trained, "report" | "reportError"> = {};
  if (report && copied && makeReport !== undefined) {
    try {
      run.writeReport(await makeReport(trained));
      reported = { report: run.file("report") };
    } catch (error) {
      reported = { reportError: error };
    }
  }
  run.writeResult(result);
  return {
    ...trained,
    ...(path !== undefined && { out: path }),
    ...reported,
    ...(refusedOut !== undefined && { refusedOut }),
  };
}

function newFolder(
  folder: string,
  table: TableRead,
  { schema, split, plan: { seed }, streamedRows, allRows = table.rows }: TableStartEvent,
  { outputs, ...plan }: Pick<NewRun, "settings" | "recipe"> & { readonly outputs: RunOutputs },
  command: readonly string[],
): RunFolder {
  try {
    return RunFolder.create(folder, {
      command,
      table: { source: table.source, rows: allRows, columns: table.columns.length },
      target: schema.target,
      task: schema.task,
      ...(schema.classes && { classes: schema.classes }),
      seed,
      split: {
        train: streamedRows ?? split.train.length,
        validation: split.validation.length,
        test: split.test.length,
      },
      ...plan,
      outputs,
    });
  } catch (error) {
    throw misuse("wrong-value", `--runs: no run can be recorded in ${folder}: ${faultOf(error) ?? sentence(error)}`);
  }
}

/**
 * The folder of a run that is resumed, which now belongs to this process and is marked as running.
 */
function takenFolder({ run, checkpoint, owner }: ResumedRun, changes: Partial<NewRun>): RunFolder {
  const { epoch = 0, first, folds = [], inFold } = checkpoint ?? {};
  const then = inFold ? { fold: [folds.length + 2, epoch] as const } : { refit: epoch };
  const done = first === undefined ? { training: epoch } : { training: first.epoch, ...then };
  const folder = RunFolder.resume(run.path, owner, done, changes);
  if (run.result !== undefined) folder.writeResult({ ...run.result, status: "running" });
  return folder;
}
