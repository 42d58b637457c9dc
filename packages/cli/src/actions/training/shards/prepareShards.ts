import { createHash } from "node:crypto";
import { hostname } from "node:os";
import { withoutUndefined } from "evenkeel/problem";
import { defaultShares } from "evenkeel/tabular";
import { agreeOn, type ShardedRows, sameOnAllRanks, type TrainTableOptions, trainShards } from "evenkeel/train";
import { trainOptionsOf } from "../../../records/runs/recipe.ts";
import type { Recipe } from "../../../records/runs/types.ts";
import type { ActionContext } from "../../../shell/context.ts";
import { misuse } from "../../../shell/errors.ts";
import { printable } from "../../../shell/printed.ts";
import type { TableRead } from "../../../tables/index.ts";
import { Pace } from "../../../tables/pace.ts";
import { namingPlacesOfPart } from "../../../tables/places.ts";
import { piecesOf, rowsOfRank } from "../../../tables/shards/blocks.ts";
import { CsvShards } from "../../../tables/shards/csvShards.ts";
import { byHash, type HeldRow, joinHeld } from "../../../tables/shards/heldRows.ts";
import { leastDatabase, planMemory, type ShardFlags } from "../../../tables/shards/memoryPlan.ts";
import { type OpenShards, openShards } from "../../../tables/shards/openShards.ts";
import { checkRoom, Spool } from "../../../tables/shards/spool.ts";
import { recordedFlags, type TableFlags, tableFlags } from "../../../tables/tableFlags.ts";
import { type OpenWorkspace, openWorkspace } from "../../../tables/workspace.ts";
import { targetOf } from "../../columns.ts";
import { fingerprint } from "../fingerprint.ts";
import type { Prepared, Resumed, TrainRequest } from "../prepared.ts";
import { columnsToRead, stillIgnored } from "./columnsToRead.ts";
import { type Exchange, exchange, gatherJson } from "./exchange.ts";
import { type CountedShard, firstPass, gatherHeld, rowsIn } from "./firstPass.ts";

/** How the shards of a training are read. */
interface Source {
  readonly pattern: string;
  readonly flags: TableFlags;
  readonly shards: ShardFlags;
}

/**
 * Reads shards a first time, and holds the rows that all ranks have alike. `close` removes what was
 * written for the training.
 * @throws CommandError or TableReadError for problems of the options or the files
 */
export async function prepareShards(
  request: TrainRequest,
  resumed: Resumed | undefined,
  source: Source,
  context: ActionContext,
): Promise<Prepared> {
  const told = resumed === undefined ? request.options : trainOptionsOf(resumed.run);
  const { pattern, flags, shards } = source;
  const { cwd, signal } = context;
  const workspace = await agreeOn(() => {
    checkFlags(flags, request, told);
    // Each thread would hold a row group of its own.
    return openWorkspace({ cwd, signal, memoryLimit: `${leastDatabase}MB`, threads: 1 });
  });
  try {
    return await prepareIn(workspace, { request, resumed, source: { pattern, flags, shards }, told }, context);
  } catch (error) {
    await workspace.close();
    throw error;
  }
}

interface Told {
  readonly request: TrainRequest;
  readonly resumed: Resumed | undefined;
  readonly source: Source;
  readonly told: Omit<TrainTableOptions, "target">;
}

async function prepareIn(
  workspace: OpenWorkspace,
  { request, resumed, source, told }: Told,
  context: ActionContext,
): Promise<Prepared> {
  const { pattern, flags, shards: how } = source;
  const ranks = exchange();
  const machines = gatherJson(ranks, hostname());
  const { sampleSeed: _, sql: __, trustSql: ___, columns: wanted, ...reading } = tableFlags(flags);
  context.progress?.doing("looking at the files");
  const opened = await agreeOn(() => openShards(pattern, reading, workspace));
  const { columns, memory } = await agreeOn(async () => {
    const columns = columnsToRead(opened.shards.names, wanted, { target: request.target ?? opened.target, ...told });
    if (opened.shards instanceof CsvShards) return { columns, memory: planMemory(how, columns.length, 0) };
    const memory = planMemory(how, columns.length, await opened.shards.rowGroupBytes(columns));
    await workspace.database.rows(`SET memory_limit = '${memory.database}MB'`);
    return { columns, memory };
  });
  const { seed = 0, split = {} } = told;
  const pass = { opened, columns, size: memory.held + memory.sampled, seed: Number(seed) };
  const { files, held } = await firstPass(pass, ranks, context);
  const rows = rowsIn(files);
  const sizes = partSizes(rows, split, memory);
  const size = sizes.validation + sizes.test + memory.sampled;
  const all = await gatherHeld(held, size, ranks);
  const { before, ...prepared } = await agreeOn(async () => {
    context.progress?.doing("checking the sample");
    const joined = joinHeld(all, size);
    const parts = partsOf(joined.rows, sizes);
    const table: TableRead = {
      ...joined.table,
      ...{ source: opened.source, notes: opened.notes },
      ...withoutUndefined({ target: opened.target }),
      placeOf: (row) => joined.rows[row]?.place,
    };
    const { split: ___, ...plain } = { ...told, ignore: stillIgnored(told.ignore, opened.shards.names, columns) };
    const { epochs } = request.options;
    const options: TrainTableOptions =
      resumed === undefined
        ? { target: targetOf(table, request), ...told }
        : { ...(told as TrainTableOptions), ...(epochs !== undefined && { epochs }) };
    const digest = digestOf(table, opened.sizes, files);
    const recipe: Recipe = {
      source: pattern,
      read: withoutUndefined(recordedFlags({ ...flags, shards: withoutUndefined(how) as ShardFlags }, {})),
      options: withoutUndefined(options),
      fingerprint: digest,
    };
    const record = { source: pattern, fingerprint: digest };
    const training = {
      ...withoutUndefined(plain),
      target: options.target,
      ...withoutUndefined({ epochs: options.epochs }),
      record,
    };
    const { sharded, close } = shardedRows(
      { opened, files, parts, table, rows: joined.rows, window: memory.window, machines },
      workspace,
      ranks,
      context,
    );
    return {
      ...{ table, options, all: training, recipe, before: resumed?.run.config.recipe },
      train: (given: TrainTableOptions) => trainShards(sharded, given),
      close: async () => {
        close();
        await workspace.close();
      },
    };
  });
  const { fingerprint: digest } = prepared.recipe;
  sameOnAllRanks("table", digest, "give every machine the same files");
  if (before !== undefined && before.fingerprint !== digest) {
    throw misuse(
      "wrong-value",
      `the shards are not those that ${resumed?.run.id} began with: ${printable(pattern)} has changed`,
      "train again",
    );
  }
  return prepared;
}

/** @throws CommandError naming a flag that shards do not support */
function checkFlags(flags: TableFlags, request: TrainRequest, { split = {} }: Omit<TrainTableOptions, "target">): void {
  const { group, time } = "train" in split ? {} : split;
  const unsupported: readonly (readonly [flag: string, given: unknown, why: string])[] = [
    ["--sql", flags.sql, "a query is read as one table"],
    ["--limit", flags.limit, "they are read as a whole"],
    ["--sample", flags.sample, "they are read as a whole"],
    ["--validation or --test with a file", flags.parts, "validation and test rows are drawn from the shards"],
    ["--folds", request.folds, "each fold would read and hold other rows"],
    ["--group", group, "a row is put into a part by itself, before others are read"],
    ["--time", time, "a row is put into a part by itself, before others are read"],
  ];
  const found = unsupported.find(([, given]) => given !== undefined);
  if (found === undefined) return;
  const [flag, , why] = found;
  throw misuse("not-supported", `--shards does not go with ${flag}: ${why}`, "leave one of them out");
}

interface PartSizes {
  readonly validation: number;
  readonly test: number;
}

/** How many rows are held for each part: their shares, as far as memory allows. */
function partSizes(rows: number, split: TrainTableOptions["split"], { held }: { readonly held: number }): PartSizes {
  const shares = { ...defaultShares, ...withoutUndefined(split as Partial<Record<"validation" | "test", number>>) };
  const together = shares.validation + shares.test;
  const sizeOf = (share: number) =>
    share === 0 ? 0 : Math.max(1, Math.min(Math.round(share * rows), Math.floor((share / together) * held)));
  return { validation: sizeOf(shares.validation), test: sizeOf(shares.test) };
}

/** The rows with the lowest hashes validate, the next are tested on, and the others are a sample. */
function partsOf(rows: readonly HeldRow[], { validation, test }: PartSizes): ShardedRows["split"] {
  const order = [...rows.keys()].sort((a, b) => byHash(rows[a], rows[b]));
  const part = (from: number, to?: number) => Int32Array.from(order.slice(from, to)).sort();
  return {
    validation: part(0, validation),
    test: part(validation, validation + test),
    train: part(validation + test),
  };
}

/** Of the rows that are held, and of what the others cannot change without being noticed. */
function digestOf(table: TableRead, sizes: readonly number[], files: readonly CountedShard[]): string {
  const figures = JSON.stringify([sizes, files.map(({ rows }) => rows), fingerprint(table)]);
  return createHash("sha256").update(figures).digest("hex").slice(0, 16);
}

interface Rows {
  readonly opened: OpenShards;
  readonly files: readonly CountedShard[];
  readonly parts: ShardedRows["split"];
  readonly table: TableRead;
  readonly rows: readonly HeldRow[];
  readonly window: number;
  /** The name of each rank's machine. */
  readonly machines: readonly string[];
}

function shardedRows(
  { opened, files, parts, table, rows, window, machines }: Rows,
  workspace: OpenWorkspace,
  ranks: Exchange,
  { signal, progress }: ActionContext,
): { readonly sharded: ShardedRows; readonly close: () => void } {
  const leftOut = files.map(() => new Set<number>());
  for (const at of [...parts.validation, ...parts.test]) leftOut[rows[at].file].add(rows[at].row);
  const own = rowsOfRank(rowsIn(files), ranks.rank, ranks.size);
  // Ranks of one machine write to one disk.
  const beside = [...machines.keys()].filter((rank) => machines[rank] === machines[ranks.rank]);
  const rowsBeside = beside.reduce((sum, rank) => {
    const { from, to } = rowsOfRank(rowsIn(files), rank, ranks.size);
    return sum + to - from;
  }, 0);
  const path = workspace.newFile(".rows");
  let bytes = 0;
  let spool: Spool | undefined;
  const sharded: ShardedRows = {
    ...{ table, split: parts, window },
    store: (rowBytes) => {
      bytes = rowBytes * rowsBeside;
      spool = new Spool(path);
      return spool;
    },
    async read(columns, take) {
      await opened.checkUnchanged();
      await checkRoom(path, bytes);
      const pace = new Pace();
      let read = 0;
      const shards = { files, columns: (names: readonly string[]) => opened.shards.columns(names) };
      const pieces = piecesOf(shards, columns, own, (file, row) => leftOut[file].has(row));
      for await (const { table: piece, block, placeOf } of pieces) {
        signal?.throwIfAborted();
        namingPlacesOfPart(placeOf, () => take(piece, block));
        read += piece.rows;
        if (pace.isDue()) progress?.read(read, "rows", read / (own.to - own.from));
      }
      await opened.checkUnchanged();
      progress?.stop();
    },
  };
  return { sharded, close: () => spool?.close() };
}
