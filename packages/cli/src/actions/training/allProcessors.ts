import { availableParallelism } from "node:os";
import { setNumThreads } from "evenkeel";
import { problemOf } from "evenkeel/problem";
import type { Launched } from "../../shell/ranks/launched.ts";

/** A product has at most so many parts. */
const mostThreads = 8;

/**
 * Lets the one network that is trained use all processors, or as many as `OMP_NUM_THREADS` says, which
 * PyTorch goes by too. No thread is started before a product is large enough to be divided. One of
 * several ranks has one thread if nothing is said: the others are on the same machine, or may be.
 */
export function useAllProcessors(launched?: Launched): void {
  const wanted = Number(process.env.OMP_NUM_THREADS);
  const usual = launched === undefined ? availableParallelism() : 1;
  const most = Number.isInteger(wanted) && wanted > 0 ? wanted : usual;
  try {
    setNumThreads(Math.min(most, mostThreads));
  } catch (error) {
    // A step was compiled before, in a program that calls the command's functions more than once.
    if (problemOf(error)?.code !== "wrong-state") throw error;
  }
}
