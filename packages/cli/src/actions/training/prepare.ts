import { withoutUndefined } from "evenkeel/problem";
import { agreeOn, sameOnAllRanks, trainTable } from "evenkeel/train";
import { readFlagsOf, trainOptionsOf } from "../../records/runs/recipe.ts";
import type { Recipe } from "../../records/runs/types.ts";
import type { ActionContext } from "../../shell/context.ts";
import { misuse } from "../../shell/errors.ts";
import { printable } from "../../shell/printed.ts";
import { recordedFlags } from "../../tables/tableFlags.ts";
import { targetOf, textColumns } from "../columns.ts";
import { fingerprint } from "./fingerprint.ts";
import { readWithParts } from "./ownParts.ts";
import type { Prepared, Resumed, TrainRequest } from "./prepared.ts";

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
