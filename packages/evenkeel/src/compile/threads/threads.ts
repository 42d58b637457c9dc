import { check, mismatch, wholeNumber } from "../../core/index.ts";
import { shareHeap } from "../memory/heap.ts";
import { ThreadPool } from "./pool.ts";
import { threadStarter } from "./startThread.ts";

/** More threads than this are of no use: a task has at most eight parts. */
const mostThreads = 64;

let pool: ThreadPool | undefined;

/** How many threads compiled steps run on, as `torch.get_num_threads`. */
export function getNumThreads(): number {
  return pool?.threads ?? 1;
}

/**
 * How many threads compiled steps run on, the calling one among them, as `torch.set_num_threads`; 1
 * at first. Large products are then divided among them, with the same bits for any number. The memory
 * of compiled steps is shared from then on: `data` of their parameters is over a SharedArrayBuffer.
 * Before the first compiled step runs; in Node, and in workers of pages that are cross-origin isolated.
 * Threads start with the first product that is large enough.
 * @throws TypeError or RangeError if `threads` is not a whole number from 1 to 64
 * @throws Error for several threads where there are none, or after a step was compiled
 */
export function setNumThreads(threads: number): void {
  check("setNumThreads", "threads", threads, wholeNumber(1, mostThreads));
  if (pool === undefined && threads === 1) return;
  const start = threadStarter();
  if (start === undefined) {
    throw mismatch(
      "not-supported",
      "setNumThreads",
      "there are no threads here",
      "1",
      "several are for Node 20.16 and later, and for a worker of a page that is cross-origin isolated",
    );
  }
  if (pool === undefined) {
    shareHeap();
    pool = new ThreadPool(start);
  }
  pool.resize(threads);
}

/**
 * Leaves one of the threads to other work, so that compiled steps take no more processors with it
 * than they may.
 * @returns gives it back; undefined if there is no second thread to leave
 */
export function lendThread(): (() => void) | undefined {
  return pool?.lend();
}

/** The threads, once there was more than one. */
export function threadPool(): ThreadPool | undefined {
  return pool;
}
