import type { Family } from "../launcher.ts";
import type { Floats } from "../reduce.ts";
import type { Reduction } from "../types.ts";
import type { Where } from "../watch/peers.ts";

/** What the second thread is started with. */
export interface SecondData {
  readonly rank: number;
  readonly size: number;
  readonly timeout: number;
  readonly where: readonly Where[];
  /** The memory of the board and of the lock. */
  readonly board: SharedArrayBuffer;
  readonly lock: SharedArrayBuffer;
  readonly library: { readonly path: string; readonly family: Family; readonly version: string };
}

/** What it is to reduce: the data of `memory`, behind a word that says how far it is. */
export interface Job {
  readonly memory: SharedArrayBuffer;
  readonly isSingle: boolean;
  readonly length: number;
  readonly reduction: Reduction;
}

/** What the word says. */
export const state = { underWay: 0, done: 1, failed: 2 } as const;

/** The data begin at a multiple of 16 bytes. */
const head = 16;

/** Bytes of memory for so many of data. */
export const bytesFor = (bytes: number) => head + bytes;

export const wordOf = ({ memory }: Job) => new Int32Array(memory, 0, 1);

export const dataOf = ({ memory, isSingle, length }: Job): Floats =>
  isSingle ? new Float32Array(memory, head, length) : new Float64Array(memory, head, length);
