import { check, mismatch, wholeNumber } from "../../core/index.ts";
import { shareHeap } from "../memory/heap.ts";
import { nodeBuiltin } from "../nodeBuiltin.ts";
import { ThreadPool, type WorkerThreads } from "./pool.ts";

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
 * In Node, before the first compiled step runs. Threads start
 * with the first product that is large enough.
 * @throws TypeError or RangeError if `threads` is not a whole number from 1 to 64
 * @throws Error for several threads where there is no Node, or after a step was compiled
 */
export function setNumThreads(threads: number): void {
  check("setNumThreads", "threads", threads, wholeNumber(1, mostThreads));
  if (pool === undefined && threads === 1) return;
  const workers = nodeBuiltin<WorkerThreads>("node:worker_threads");
  if (workers === undefined) {
    throw mismatch(
      "not-supported",
      "setNumThreads",
      "this engine has no threads of Node",
      "1, or Node 20.16 and later",
    );
  }
  if (pool === undefined) {
    shareHeap();
    pool = new ThreadPool(workers);
  }
  pool.resize(threads);
}

/** The threads, once there was more than one. */
export function threadPool(): ThreadPool | undefined {
  return pool;
}
