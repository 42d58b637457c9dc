import { availableParallelism } from "node:os";
import type { Worker } from "node:worker_threads";
import { arms } from "./arms.ts";
import { localLane, startWorker, workerLane } from "./lane.ts";
import type { MpgTable } from "./mpg.ts";
import type { Settings, TrialResult } from "./results.ts";
import type { TrialSpec } from "./trial.ts";

/** What happens while networks are trained. */
export type CompareEvent =
  | { readonly type: "epoch"; readonly trial: TrialSpec; readonly epoch: number; readonly testMae: number }
  | { readonly type: "trial"; readonly trial: TrialSpec; readonly result: TrialResult };

export interface CompareOptions {
  /** Threads to train on; 1 trains in this one. Results do not depend on it. */
  readonly threads: number;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: CompareEvent) => void;
  /** How a thread is started; tests start theirs from the sources. */
  readonly newWorker?: () => Worker;
}

/** All arms of the first seed, then of the next: after an interrupt, whole seeds are there to be compared. */
export function trialsOf(seeds: readonly number[]): TrialSpec[] {
  return seeds.flatMap((seed) => arms.map(({ id }) => ({ arm: id, seed })));
}

/** As many threads as the machine runs at once, up to 8. */
export function defaultThreads(): number {
  return Math.min(availableParallelism(), 8);
}

/**
 * Trains every arm with every seed. The results come in the order of {@link trialsOf}, whichever thread was first.
 * When the signal is aborted, what was finished until then is returned.
 */
export async function compare(
  table: MpgTable,
  seeds: readonly number[],
  settings: Settings,
  { threads, signal, onEvent, newWorker = startWorker }: CompareOptions,
): Promise<TrialResult[]> {
  const trials = trialsOf(seeds);
  const results = new Map<TrialSpec, TrialResult>();
  const waiting = trials.values();
  const inThreads = threads > 1;
  const lanes = Array.from({ length: Math.min(threads, trials.length) }, () =>
    inThreads ? workerLane(newWorker(), settings) : localLane(table, settings),
  );
  const stop = () => lanes.forEach((lane) => void lane.stop());
  signal?.addEventListener("abort", stop, { once: true });
  try {
    await Promise.all(
      lanes.map(async (lane) => {
        // The lanes share one iterator: each takes the next trial that nobody has taken.
        for (const trial of waiting) {
          if (signal?.aborted) return;
          const result = await lane.run(trial, (epoch, testMae) => onEvent?.({ type: "epoch", trial, epoch, testMae }));
          results.set(trial, result);
          onEvent?.({ type: "trial", trial, result });
        }
      }),
    );
  } catch (error) {
    if (!signal?.aborted) throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
    await Promise.all(lanes.map((lane) => lane.stop()));
  }
  return trials.flatMap((trial) => results.get(trial) ?? []);
}
