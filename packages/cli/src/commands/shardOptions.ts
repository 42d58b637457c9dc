import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { wholeNumber } from "evenkeel/problem";
import { misuse } from "../shell/errors.ts";
import { defaultHeldRows, defaultMemory, leastMemory, type ShardFlags } from "../tables/shards/memoryPlan.ts";
import { parserOf } from "./declaredFlags.ts";

export interface ShardOptions {
  readonly shards?: string | undefined;
  readonly memory?: number | undefined;
  readonly window?: number | undefined;
  readonly heldRows?: number | undefined;
}

/** Adds the flags of tables that memory does not hold. */
export function withShardOptions(command: CommandUnknownOpts): CommandUnknownOpts {
  return command
    .optionsGroup("Tables larger than memory:")
    .option("--shards <pattern>", "Parquet or CSV files instead of a table, which pass by in each epoch")
    .option(
      "--memory <MB>",
      `what each process stays below, at least ${leastMemory} (default: ${defaultMemory})`,
      parserOf(wholeNumber(leastMemory)),
    )
    .option(
      "--window <rows>",
      "training rows that are shuffled together (default: by --memory)",
      parserOf(wholeNumber(1)),
    )
    .option(
      "--held-rows <rows>",
      `the most validation and test rows together (default: ${defaultHeldRows}, fewer by --memory)`,
      parserOf(wholeNumber(2)),
    )
    .optionsGroup("Options:");
}

/**
 * How shards are read; undefined if there are none.
 * @throws CommandError if a table is named as well, or a flag is for shards
 */
export function shardFlags(source: string | undefined, options: ShardOptions): ShardFlags | undefined {
  const { shards, memory, window, heldRows } = options;
  if (shards === undefined) {
    const given = Object.entries({ "--memory": memory, "--window": window, "--held-rows": heldRows });
    const [flag] = given.find(([, value]) => value !== undefined) ?? [];
    if (flag !== undefined)
      throw misuse("conflict", `${flag} is for tables larger than memory`, "add --shards, or leave it out");
    return undefined;
  }
  if (source !== undefined)
    throw misuse("conflict", "a table and --shards exclude each other", "leave one of them out");
  return {
    memory: memory ?? defaultMemory,
    ...(window !== undefined && { window }),
    heldRows: heldRows ?? defaultHeldRows,
  };
}
