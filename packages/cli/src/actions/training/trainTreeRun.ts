import { resolve } from "node:path";
import { withoutUndefined } from "evenkeel/problem";
import { type TrainTreesOptions, type TreeTraining, trainTrees } from "evenkeel/train";
import { RunFolder } from "../../records/runs/runFolder.ts";
import type { RunResult } from "../../records/runs/types.ts";
import type { ActionContext } from "../../shell/context.ts";
import { misuse, sentence } from "../../shell/errors.ts";
import { faultOf } from "../../shell/files/fault.ts";
import { checkWritable } from "../../shell/files/writable.ts";
import { writeAtomic } from "../../shell/files/writeAtomic.ts";
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
  /** The arguments of the command, for the record. */
  readonly command: readonly string[];
}

/** Trees that were fitted, and their record. */
export interface TrainedTrees {
  readonly training: TreeTraining;
  readonly table: TableRead;
  readonly run: RunFolder;
  readonly result: RunResult;
  /** The path of the model's copy, if one was written. */
  readonly out?: string;
}

/**
 * Reads a table, fits boosted trees on it and records the run. Trees take seconds: the run is
 * recorded when they are grown, and what is interrupted keeps the trees so far and is not resumed.
 * @throws CommandError or TableReadError for problems of the options or the table
 */
export async function trainTreeRun(request: TreeRequest, context: ActionContext): Promise<TrainedTrees> {
  const { source, read, runs } = request;
  const { signal, cwd, progress } = context;
  if (request.out !== undefined) checkWritable(resolve(cwd, request.out), request.out, "out");
  const { table, rows } = await readWithParts(source, read, context, { carry: textColumns(request.options) });
  const options = { target: targetOf(table, request), ...request.options };
  const digest = fingerprint(table);
  const from = source === undefined ? withoutUndefined({ sql: read.sql }) : { source };
  progress?.doing("checking the table");
  const begun = performance.now();
  const training = await namingPlaces(table.placeOf, () =>
    trainTrees(table, {
      ...options,
      ...(rows && { split: { ...options.split, ...rows } }),
      record: { ...from, fingerprint: digest },
      signal,
      onIteration: ({ stage, iteration, iterations }) => {
        const what = stage === "refit" ? "growing the refit's trees" : "growing trees";
        progress?.doing(`${what}: round ${iteration} of ${iterations}`);
      },
    }),
  ).finally(progress?.stop);
  const result = resultOf(training, table, (performance.now() - begun) / 1000);
  const run = newFolder(resolve(cwd, runs), table, training, {
    settings: { model: "trees", ...training.trees, refit: training.refit !== undefined },
    recipe: {
      ...(source !== undefined && { source }),
      ...{
        read: withoutUndefined(recordedFlags(read, table)),
        options: withoutUndefined(options),
        fingerprint: digest,
      },
    },
    command: request.command,
    out: request.out,
  });
  try {
    const bytes = training.model.save();
    run.writeModel(bytes);
    const out = request.out === undefined ? undefined : resolve(cwd, request.out);
    if (out !== undefined) writeAtomic(out, bytes);
    run.writeResult(result);
    return { training, table, run, result, ...(out !== undefined && { out }) };
  } finally {
    run.release();
  }
}

function resultOf(training: TreeTraining, table: TableRead, seconds: number): RunResult {
  const { iterations, reason, scores, baselines, refit } = training;
  return {
    status: reason === "aborted" ? "interrupted" : "finished",
    ...{ epochs: iterations, bestEpoch: iterations, seconds, scores },
    baselines: Object.fromEntries(baselines.map((baseline) => [baseline.name, baseline.scores])),
    ...(refit && { refit: { rows: refit.rows.length, epochs: iterations, kept: true } }),
    findings: noticed(table, training.findings).map(({ severity, code, column, row, message }) => ({
      ...{ severity, code, ...withoutUndefined({ column, row }), message },
    })),
  };
}

interface Recorded {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly recipe: Parameters<typeof RunFolder.create>[1]["recipe"];
  readonly command: readonly string[];
  readonly out?: string | undefined;
}

function newFolder(
  folder: string,
  table: TableRead,
  { schema, split, model }: TreeTraining,
  { settings, recipe, command, out }: Recorded,
): RunFolder {
  try {
    return RunFolder.create(folder, {
      ...{ command, settings, recipe },
      table: { source: table.source, rows: table.rows, columns: table.columns.length },
      target: schema.target,
      task: schema.task,
      ...(schema.classes && { classes: schema.classes }),
      seed: Number(model.record.seed),
      split: { train: split.train.length, validation: split.validation.length, test: split.test.length },
      outputs: { report: false, tensorboard: false, ...(out !== undefined && { out }) },
    });
  } catch (error) {
    throw misuse("wrong-value", `--runs: no run can be recorded in ${folder}: ${faultOf(error) ?? sentence(error)}`);
  }
}
