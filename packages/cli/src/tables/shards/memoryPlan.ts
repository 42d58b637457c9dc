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

/** Megabytes of the program itself, with DuckDB and a network of usual size. */
const program = 256;
/** The most training rows that kinds, quantiles and baselines come from. */
const mostSampled = 60_000;
/** The fewest rows that are worth training with. */
const fewestHeld = 1000;
/** Bytes of a held row for each column: its value, its inputs to the network, and those of the baselines. */
const heldBytes = 200;
/** Shuffling more rows together changes nothing that was measured. */
const widestWindow = 4_000_000;

/** What a process may hold at once. */
export interface MemoryPlan {
  /** Validation and test rows. */
  readonly held: number;
  /** Training rows of which there is a sample. */
  readonly sampled: number;
  readonly window: number;
  /** What DuckDB may take. */
  readonly database: string;
}

/** What DuckDB may take of so many megabytes. */
export function databaseMemory(memory: number): string {
  return `${Math.max(64, Math.floor((memory - program) / 5))}MB`;
}

/**
 * Divides the memory of a process among what it holds.
 * @throws CommandError if that is too little for so many columns
 */
export function planMemory({ memory, window, heldRows }: ShardFlags, columns: number): MemoryPlan {
  const free = (memory - program) * 2 ** 20;
  const fits = Math.floor((0.4 * free) / (heldBytes * columns));
  if (fits < fewestHeld) {
    const needed = program + Math.ceil((fewestHeld * heldBytes * columns) / 0.4 / 2 ** 20);
    throw misuse(
      "wrong-value",
      `--memory ${memory} does not hold ${fewestHeld} rows of ${columns} columns`,
      `take at least ${needed}, or fewer columns with --columns`,
    );
  }
  const held = Math.min(heldRows, Math.floor(0.4 * fits));
  const rowBytes = 8 * columns + 4;
  return {
    held,
    sampled: Math.min(mostSampled, fits - held),
    window: window ?? Math.min(widestWindow, Math.max(1024, Math.floor((0.25 * free) / rowBytes))),
    database: databaseMemory(memory),
  };
}
