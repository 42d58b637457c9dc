import { misuse } from "../../shell/errors.ts";

/** How shards are read, as flags say it and as runs record it. */
export interface ShardFlags {
  /** Megabytes that a process is to stay below. */
  readonly memory: number;
  /** Training rows that are shuffled together; by `memory` unless given. */
  readonly window?: number | undefined;
  /** The most validation and test rows together. */
  readonly heldRows: number;
}

export const defaultMemory = 2048;
export const leastMemory = 512;
export const defaultHeldRows = 40_000;

const megabyte = 2 ** 20;
/** Megabytes of the program itself, with a network of usual size. */
const program = 256;
/** The most training rows that kinds, quantiles and baselines come from. */
const mostSampled = 60_000;
/** The fewest rows that are worth training with. */
const fewestHeld = 1000;
/** Bytes of a held row for each column: its value, its inputs to the network, and those of the baselines. */
const heldBytes = 200;
/** Rows that stay together until they are in a window. */
const leastWindow = 1024;
/** Shuffling more rows together changes nothing that was measured. */
const widestWindow = 4_000_000;

/** What a process may hold at once. */
export interface MemoryPlan {
  /** Validation and test rows. */
  readonly held: number;
  /** Training rows of which there is a sample. */
  readonly sampled: number;
  readonly window: number;
  /** Megabytes that DuckDB may take. */
  readonly database: number;
}

/** The fewest megabytes that DuckDB does its work in. */
export const leastDatabase = 64;
/** What DuckDB takes beside the row group that it reads, in megabytes. */
const besideRowGroup = 32;

/**
 * Divides the memory of a process among what it holds: first what reading takes, then two fifths of the
 * rest for rows that are held, and a quarter for the window.
 *
 * @param rowGroup bytes of the largest row group of Parquet files
 * @throws CommandError if that is too little
 */
export function planMemory({ memory, window, heldRows }: ShardFlags, columns: number, rowGroup: number): MemoryPlan {
  const database = Math.max(leastDatabase, Math.ceil((1.1 * rowGroup) / megabyte) + besideRowGroup);
  const free = (memory - program - database) * megabyte;
  const fits = Math.floor((0.4 * free) / (heldBytes * columns));
  if (fits < fewestHeld) {
    const needed = program + database + Math.ceil((fewestHeld * heldBytes * columns) / 0.4 / megabyte);
    const reading = rowGroup > 0 ? `, and reads row groups of ${Math.ceil(rowGroup / megabyte)} MB` : "";
    throw misuse(
      "wrong-value",
      `--memory ${memory} is too little for a process that holds ${fewestHeld} rows of ${columns} columns${reading}`,
      `take at least ${needed}, or fewer columns with --columns${rowGroup > 0 ? ", or write smaller row groups" : ""}`,
    );
  }
  const held = Math.min(heldRows, Math.floor(0.4 * fits));
  const rowBytes = 8 * columns + 4;
  const widest = Math.floor((0.25 * free) / rowBytes);
  if (window !== undefined && window < leastWindow) {
    const statement = `--window ${window} is less than the ${leastWindow} rows that are read together`;
    throw misuse("wrong-value", statement, `take at least ${leastWindow}, or leave it out`);
  }
  if (window !== undefined && window > Math.max(leastWindow, widest)) {
    throw misuse(
      "wrong-value",
      `--window ${window} is more than the ${widest} rows of ${columns} columns that --memory ${memory} leaves it`,
      "take a smaller window, or more memory",
    );
  }
  return {
    held,
    sampled: Math.min(mostSampled, fits - held),
    window: window ?? Math.min(widestWindow, Math.max(leastWindow, widest)),
    database,
  };
}
