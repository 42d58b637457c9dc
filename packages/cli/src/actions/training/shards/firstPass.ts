import { agreeOn } from "evenkeel/train";
import type { ActionContext } from "../../../shell/context.ts";
import { Pace } from "../../../tables/pace.ts";
import { rowsOfRank, segmentsOf } from "../../../tables/shards/blocks.ts";
import { type CountedFile, CsvShards } from "../../../tables/shards/csvShards.ts";
import { HeldRows, hashOf } from "../../../tables/shards/heldRows.ts";
import type { OpenShards } from "../../../tables/shards/openShards.ts";
import type { Shard } from "../../../tables/shards/shard.ts";
import { type Exchange, gatherJson } from "./exchange.ts";

/** A file whose rows are counted. */
export type CountedShard = Shard & { readonly rows: number };

/** What is known once all rows have been read a first time. */
export interface FirstPass {
  readonly files: readonly CountedShard[];
  /** The rows of this rank that may be held. */
  readonly held: HeldRows;
}

interface PassOptions {
  readonly opened: OpenShards;
  readonly columns: readonly string[];
  /** How many rows are held at most. */
  readonly size: number;
  readonly seed: number;
}

/**
 * Reads all rows once, each on one rank, and keeps those with the lowest hashes. Files of texts are
 * counted, each by one rank; of Parquet files the rows are known, and divided.
 */
export async function firstPass(options: PassOptions, ranks: Exchange, context: ActionContext): Promise<FirstPass> {
  const { opened, columns, size, seed } = options;
  const { shards } = opened;
  const held = new HeldRows(size, seed, shards.columns(columns));
  if (shards instanceof CsvShards) {
    const own = await agreeOn(() => countFiles(shards, held, options, ranks, context));
    const all = new Map(gatherJson(ranks, [...own]).flat());
    shards.counted = opened.sizes.map((_, file) => all.get(file)!);
  } else {
    await agreeOn(() => readOwn(shards.files as readonly CountedShard[], held, options, ranks, context));
  }
  return { files: shards.files as readonly CountedShard[], held };
}

/** The rows that are held, as each rank has them: so many in all, of which no rank needs more memory than that. */
export async function gatherHeld(held: HeldRows, size: number, ranks: Exchange): Promise<Uint8Array[]> {
  const countTo = (hash: number) => {
    const all = ranks.gather(new Uint8Array(Float64Array.of(held.countTo(hash)).buffer));
    return all.reduce((sum, bytes) => sum + new Float64Array(bytes.slice().buffer)[0], 0);
  };
  const hash = ranks.size === 1 ? undefined : hashOf(size, countTo);
  return ranks.gather(await agreeOn(() => held.bytes(hash)));
}

/** The files that this rank counts. */
async function countFiles(
  shards: CsvShards,
  held: HeldRows,
  { opened: { sizes }, columns }: PassOptions,
  ranks: Exchange,
  { signal, progress }: ActionContext,
): Promise<Map<number, CountedFile>> {
  const own = filesOfRanks(sizes, ranks.size)[ranks.rank];
  const bytes = own.reduce((sum, file) => sum + sizes[file], 0);
  const counted = new Map<number, CountedFile>();
  const pace = new Pace();
  let [read, before] = [0, 0];
  for (const file of own) {
    const batches = shards.count(file, sizes[file], columns);
    let rows = 0;
    for (;;) {
      const next = await batches.next();
      signal?.throwIfAborted();
      if (next.done) {
        counted.set(file, next.value);
        break;
      }
      held.take(next.value, file);
      rows += next.value.rows;
      if (pace.isDue()) progress?.read(read + rows, "rows", before / bytes);
    }
    read += rows;
    before += sizes[file];
  }
  return counted;
}

/** Deals files out to ranks: the largest first, each to the rank that has least. */
export function filesOfRanks(sizes: readonly number[], ranks: number): number[][] {
  const files: number[][] = Array.from({ length: ranks }, () => []);
  const loads = new Array<number>(ranks).fill(0);
  for (const file of [...sizes.keys()].sort((a, b) => sizes[b] - sizes[a] || a - b)) {
    const least = loads.indexOf(Math.min(...loads));
    files[least].push(file);
    loads[least] += sizes[file];
  }
  return files.map((own) => own.sort((a, b) => a - b));
}

async function readOwn(
  files: readonly CountedShard[],
  held: HeldRows,
  { columns }: PassOptions,
  ranks: Exchange,
  { signal, progress }: ActionContext,
): Promise<void> {
  const { from, to } = rowsOfRank(rowsIn(files), ranks.rank, ranks.size);
  const pace = new Pace();
  let read = 0;
  for (const segment of segmentsOf(files, from, to)) {
    for await (const batch of files[segment.file].batches(segment.from, segment.to, columns)) {
      signal?.throwIfAborted();
      held.take(batch, segment.file);
      read += batch.rows;
      if (pace.isDue()) progress?.read(read, "rows", read / (to - from));
    }
  }
}

export function rowsIn(files: readonly { readonly rows: number }[]): number {
  return files.reduce((sum, { rows }) => sum + rows, 0);
}
