import { withoutUndefined } from "evenkeel/problem";
import { agreeOn, sameOnAllRanks, type TableTraining, type TrainTableOptions, trainTable } from "evenkeel/train";
import { readFlagsOf, trainOptionsOf } from "../../records/runs/recipe.ts";
import type { Recipe } from "../../records/runs/types.ts";
import type { ActionContext } from "../../shell/context.ts";
import { misuse } from "../../shell/errors.ts";
import { printable } from "../../shell/printed.ts";
import type { TableRead } from "../../tables/index.ts";
import { recordedFlags, type TableFlags } from "../../tables/tableFlags.ts";
import { targetOf, textColumns } from "../columns.ts";
import { fingerprint } from "./fingerprint.ts";
import { readWithParts } from "./ownParts.ts";
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

/**
 * Reads the table, and the options of the run. Every rank does, and all must find the same.
 * @throws CommandError or TableReadError for problems of the options or the table
 */
export async function prepare(
  request: TrainRequest,
  resumed: Resumed | undefined,
  context: ActionContext,
): Promise<Prepared> {
  const how = resumed === undefined ? request.read : readFlagsOf(resumed.run);
  if (how.shards !== undefined) {
    const source = resumed === undefined ? request.source : resumed.run.config.recipe.source;
    const { prepareShards } = await import("./shards/prepareShards.ts");
    return prepareShards(request, resumed, { pattern: source ?? "", flags: how, shards: how.shards }, context);
  }
  const prepared = await agreeOn(() => read(request, resumed, context));
  sameOnAllRanks("table", prepared.recipe.fingerprint, "give every machine the same files");
  return prepared;
}

async function read(request: TrainRequest, resumed: Resumed | undefined, context: ActionContext): Promise<Prepared> {
  const { epochs } = request.options;
  const before = resumed?.run.config.recipe;
  const { trustSql } = request.read;
  const how = resumed === undefined ? request.read : { ...readFlagsOf(resumed.run), trustSql };
  const from = before === undefined ? request.source : before.source;
  const told = resumed === undefined ? request.options : trainOptionsOf(resumed.run);
  if (context.launched !== undefined && from === "-") {
    throw misuse("not-supported", "a table from standard input reaches the first process alone", "name a file");
  }
  const { table, rows } = await readWithParts(from, how, context, { carry: textColumns(told) });
  context.progress?.doing("checking the table");
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
    ...{ read: withoutUndefined(recordedFlags(how, table)), options: withoutUndefined(options), fingerprint: digest },
  };
  const record = {
    ...(from === undefined ? withoutUndefined({ sql: how.sql }) : { source: from }),
    fingerprint: digest,
  };
  const all = { ...options, ...(rows && { split: { ...options.split, ...rows } }), record };
  return { table, options, all, recipe, train: (given) => trainTable(table, given) };
}
