import { resolve } from "node:path";
import { withoutUndefined } from "evenkeel/problem";
import {
  type TrainTreesOptions,
  type TreeIterationEvent,
  type TreesStartEvent,
  type TreeTraining,
  trainTrees,
} from "evenkeel/train";
import { RunFolder } from "../../records/runs/runFolder.ts";
import type { Recipe, RunResult } from "../../records/runs/types.ts";
import type { ActionContext } from "../../shell/context.ts";
import { misuse } from "../../shell/errors.ts";
import { attempt, faultOf } from "../../shell/files/fault.ts";
import { checkWritable } from "../../shell/files/writable.ts";
import { writeAtomic } from "../../shell/files/writeAtomic.ts";
import { sentence } from "../../shell/sentence.ts";
import type { TableRead } from "../../tables/index.ts";
import { noticed } from "../../tables/noticed.ts";
import { namingPlaces } from "../../tables/places.ts";
import { recordedFlags, type TableFlags } from "../../tables/tableFlags.ts";
import { targetOf, textColumns } from "../columns.ts";
import { fingerprint } from "./fingerprint.ts";
import { readWithParts } from "./ownParts.ts";

/** The table to fit trees on, how, and where to record it. */
interface TreeRequest {
  readonly source?: string | undefined;
  readonly read: TableFlags;
  readonly target?: string | undefined;
  readonly options: Omit<TrainTreesOptions, "target">;
  /** The folder of runs. */
  readonly runs: string;
  /** The path for a copy of the model. */
  readonly out?: string | undefined;
  /** Whether to write a report. */
  readonly report: boolean;
  /** The arguments of the command, for the record. */
  readonly command: readonly string[];
}

/** Callbacks while trees are grown. */
interface TreeEvents {
  readonly onStart?: ((table: TableRead, event: TreesStartEvent) => void) | undefined;
  readonly onRound?: ((event: TreeIterationEvent) => void) | undefined;
  /** Makes the report, if there is to be one. */
  readonly report?: ((trained: TrainedTrees) => Promise<string>) | undefined;
}

/** Trees that were fitted, and their record. */
export interface TrainedTrees {
  readonly training: TreeTraining;
  readonly table: TableRead;
  readonly run: RunFolder;
  readonly result: RunResult;
  /** The path of the model's copy, if one was written. */
  readonly out?: string;
  /** The path of the report, if one was written. */
  readonly report?: string;
  /** Why there is no report although there was to be one. */
  readonly reportError?: unknown;
}

/**
 * Reads a table, fits boosted trees on it and records the run. What is interrupted keeps the trees
 * so far and is not resumed.
 * @throws CommandError or TableReadError for problems of the options or the table; a failure after
 *   the start is also recorded in the folder
 */
export async function trainTreeRun(
  request: TreeRequest,
  context: ActionContext,
  events: TreeEvents = {},
): Promise<TrainedTrees> {
  const { source, read, runs } = request;
  const { signal, cwd, progress } = context;
  if (request.out !== undefined) checkWritable(resolve(cwd, request.out), request.out, "out");
  const { table, rows } = await readWithParts(source, read, context, { carry: textColumns(request.options) });
  const options = { target: targetOf(table, request), ...request.options };
  const digest = fingerprint(table);
  const from = source === undefined ? withoutUndefined({ sql: read.sql }) : { source };
  const recipe: Recipe = {
    ...(source !== undefined && { source }),
    ...{ read: withoutUndefined(recordedFlags(read, table)), options: withoutUndefined(options), fingerprint: digest },
  };
  progress?.doing("checking the table");
  const begun = performance.now();
  const seconds = () => (performance.now() - begun) / 1000;
  let run: RunFolder | undefined;
  try {
    const training = await namingPlaces(table.placeOf, () =>
      trainTrees(table, {
        ...options,
        ...(rows && { split: { ...options.split, ...rows } }),
        record: { ...from, fingerprint: digest },
        signal,
        onStart: (event) => {
          progress?.stop();
          events.onStart?.(table, event);
          run = newFolder(resolve(cwd, runs), table, event, request, recipe);
        },
        onIteration: events.onRound,
      }),
    );
    if (run === undefined) throw new Error("the training ended before it began");
    const result = resultOf(training, table, seconds());
    const bytes = training.model.save();
    run.writeModel(bytes);
    const out = request.out === undefined ? undefined : resolve(cwd, request.out);
    if (out !== undefined) writeAtomic(out, bytes);
    const trained = { training, table, run, result, ...(out !== undefined && { out }) };
    const reported = request.report ? await reportOf(trained, events.report) : {};
    run.writeResult(result);
    return { ...trained, ...reported };
  } catch (error) {
    const fault = faultOf(error);
    const failed = { status: "failed", epochs: 0, scores: {}, baselines: {}, findings: [] } as const;
    attempt(() => run?.writeResult({ ...failed, seconds: seconds(), error: fault ?? sentence(error) }));
    if (run === undefined || fault === undefined) throw error;
    throw misuse("wrong-state", fault, "mend that, then train again", { cause: error });
  } finally {
    progress?.stop();
    attempt(() => run?.release());
  }
}

/** A report that fails is only missing. */
async function reportOf(
  trained: TrainedTrees,
  make: TreeEvents["report"],
): Promise<Pick<TrainedTrees, "report" | "reportError">> {
  if (make === undefined) return {};
  try {
    trained.run.writeReport(await make(trained));
    return { report: trained.run.file("report") };
  } catch (reportError) {
    return { reportError };
  }
}

function resultOf(training: TreeTraining, table: TableRead, seconds: number): RunResult {
  const { iterations, reason, scores, baselines, intervals, decision, refit } = training;
  return {
    status: reason === "aborted" || refit?.kept === false ? "interrupted" : "finished",
    ...{ epochs: iterations, bestEpoch: iterations, seconds, scores },
    baselines: Object.fromEntries(baselines.map((baseline) => [baseline.name, baseline.scores])),
    ...(intervals && { intervals }),
    ...(decision && { decision }),
    ...(refit && { refit: { rows: refit.rows.length, epochs: refit.iterations, kept: refit.kept } }),
    findings: noticed(table, training.findings).map(({ severity, code, column, row, message }) => ({
      ...{ severity, code, ...withoutUndefined({ column, row }), message },
    })),
  };
}

function newFolder(
  folder: string,
  table: TableRead,
  { schema, split, trees, refit, seed }: TreesStartEvent,
  { command, out, report, options }: TreeRequest,
  recipe: Recipe,
): RunFolder {
  const { split: how = {}, rareClasses, threshold, interval } = options;
  const by = "train" in how ? {} : withoutUndefined({ group: how.group, time: how.time });
  try {
    return RunFolder.create(folder, {
      ...{ command, recipe, seed },
      settings: {
        ...{ model: "trees", ...trees, refit },
        ...(Object.keys(by).length > 0 && { split: by }),
        ...withoutUndefined({ rareClasses, threshold, interval }),
      },
      table: { source: table.source, rows: table.rows, columns: table.columns.length },
      target: schema.target,
      task: schema.task,
      ...(schema.classes && { classes: schema.classes }),
      split: { train: split.train.length, validation: split.validation.length, test: split.test.length },
      outputs: { report, tensorboard: false, ...(out !== undefined && { out }) },
    });
  } catch (error) {
    throw misuse("wrong-value", `--runs: no run can be recorded in ${folder}: ${faultOf(error) ?? sentence(error)}`);
  }
}
