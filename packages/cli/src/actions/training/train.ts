import { resolve } from "node:path";
import { withoutUndefined } from "evenkeel/problem";
import type { TableStartEvent, TableTraining, TrainTableOptions } from "evenkeel/train";
import { readFlagsOf, trainOptionsOf } from "../../records/runs/recipe.ts";
import { type NewRun, RunFolder } from "../../records/runs/runFolder.ts";
import type { EpochLine, Recipe, RunResult } from "../../records/runs/types.ts";
import type { ActionContext } from "../../shell/context.ts";
import { misuse, sentence } from "../../shell/errors.ts";
import { faultOf } from "../../shell/files/fault.ts";
import { checkWritable } from "../../shell/files/writable.ts";
import { writeAtomic } from "../../shell/files/writeAtomic.ts";
import { printable } from "../../shell/printed.ts";
import type { TableRead } from "../../tables/index.ts";
import type { TableFlags } from "../../tables/tableFlags.ts";
import { targetOf, textColumns } from "../columns.ts";
import { fingerprint } from "./fingerprint.ts";
import { readWithParts } from "./ownParts.ts";
import { type ResumedRun, resumedRun } from "./resumedRun.ts";
import { runTraining, settingsOf } from "./runTraining.ts";

/** The table to train on, how to train, and where to record it. */
interface TrainRequest {
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
  /** The flags that were given: "--batch-size". */
  readonly given: readonly string[];
  /** The path for a copy of the model. */
  readonly out?: string | undefined;
  /** Whether to write TensorBoard's event file too. */
  readonly tensorboard: boolean;
  /** The arguments of the command, for the record. */
  readonly command: readonly string[];
}

/** Callbacks while the training runs. */
interface TrainEvents {
  readonly onRead?: ((rows: number) => void) | undefined;
  /** Called when the table is read, even if it cannot be trained on. */
  readonly onReadEnd?: (() => void) | undefined;
  readonly onStart?: ((table: TableRead, event: TableStartEvent) => void) | undefined;
  readonly onEpoch?: ((line: EpochLine) => void) | undefined;
}

/** A training, its record and the record's path. */
export interface Trained {
  readonly training: TableTraining;
  readonly table: TableRead;
  readonly run: RunFolder;
  readonly result: RunResult;
  /** The path of the model's copy, if one was written. */
  readonly out?: string;
}

/**
 * Reads a table, trains on it and records the run, or resumes a run that was interrupted.
 * @throws CommandError or TableReadError for problems of the options or the table
 */
export async function train(request: TrainRequest, context: ActionContext, events: TrainEvents = {}): Promise<Trained> {
  const { source, resume, given, tensorboard } = request;
  const { signal, cwd } = context;
  const runs = resolve(cwd, request.runs);
  const out = request.out === undefined ? undefined : resolve(cwd, request.out);
  if (out !== undefined) checkWritable(out, request.out ?? out, "out");
  const named = source !== undefined || request.read.sql !== undefined;
  const { epochs } = request.options;
  const resumed =
    resume === undefined
      ? undefined
      : resumedRun({ wanted: resume, cwd, runs: request.runs, source: named, given, epochs });
  const before = resumed?.run.config.recipe;
  const read = resumed === undefined ? request.read : readFlagsOf(resumed.run);
  const from = before === undefined ? source : before.source;
  const told = resumed === undefined ? request.options : trainOptionsOf(resumed.run);
  const { table, rows } = await readWithParts(from, read, context, {
    carry: textColumns(told),
    onProgress: events.onRead,
  }).finally(events.onReadEnd);
  const options =
    resumed === undefined
      ? { target: targetOf(table, request), ...request.options }
      : { ...trainOptionsOf(resumed.run), ...(epochs !== undefined && { epochs }) };
  const digest = fingerprint(table);
  if (before !== undefined && before.fingerprint !== digest) {
    throw misuse(
      "wrong-value",
      `the table is not the one that ${resumed?.run.id} began with: ${printable(table.source)} has changed`,
      "train again",
    );
  }
  const recipe: Recipe = {
    ...(from !== undefined && { source: from }),
    ...{ read: withoutUndefined(read), options: withoutUndefined(options), fingerprint: digest },
  };
  const record = {
    ...(from === undefined ? withoutUndefined({ sql: read.sql }) : { source: from }),
    fingerprint: digest,
  };
  const { training, folder } = await runTraining({
    table,
    options: { ...options, ...(rows && { split: { ...options.split, ...rows } }), record },
    notes: table.notes,
    signal,
    tensorboard,
    ...(resumed?.checkpoint && { resume: resumed.checkpoint }),
    open: (event) => {
      events.onStart?.(table, event);
      return resumed === undefined
        ? newFolder(runs, table, event, options, recipe, request.command)
        : takenFolder(resumed, { settings: settingsOf(event.plan, event.schema.task, options), recipe });
    },
    onEpoch: (line) => events.onEpoch?.(line),
  });
  const { run, result } = folder;
  if (out === undefined || training.history.epochs.length === 0) return { training, table, run, result };
  try {
    writeAtomic(out, training.model.save());
  } catch (error) {
    throw misuse("wrong-state", sentence(error), `the model is safe: ${run.file("model")}`, { cause: error });
  }
  return { training, table, run, result, out };
}

function newFolder(
  folder: string,
  table: TableRead,
  { schema, split, plan }: TableStartEvent,
  options: TrainTableOptions,
  recipe: Recipe,
  command: readonly string[],
): RunFolder {
  try {
    return RunFolder.create(folder, {
      command,
      table: { source: table.source, rows: table.rows, columns: table.columns.length },
      target: schema.target,
      task: schema.task,
      ...(schema.classes && { classes: schema.classes }),
      seed: plan.seed,
      split: { train: split.train.length, validation: split.validation.length, test: split.test.length },
      settings: settingsOf(plan, schema.task, options),
      recipe,
    });
  } catch (error) {
    throw misuse("wrong-value", `--runs: no run can be recorded in ${folder}: ${faultOf(error) ?? sentence(error)}`);
  }
}

/**
 * The folder of a run that is resumed, which now belongs to this process and is marked as running.
 */
function takenFolder({ run, checkpoint }: ResumedRun, changes: Partial<NewRun>): RunFolder {
  const { epoch = 0, first } = checkpoint ?? {};
  const done = first === undefined ? { training: epoch } : { training: first.epoch, refit: epoch };
  const folder = RunFolder.resume(run.path, done, changes);
  if (run.result !== undefined) folder.writeResult({ ...run.result, status: "running" });
  return folder;
}
