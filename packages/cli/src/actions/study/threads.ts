import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import {
  type Execute,
  type ExecuteOptions,
  type StudyData,
  type TrialRun,
  type TrialSpec,
  trialRunner,
} from "evenkeel/study";
import { misuse } from "../../shell/errors.ts";

/** Threads that train trials: the options `execute` and `lanes` of `runStudy`. */
export interface TrialThreads {
  readonly execute: Execute;
  readonly lanes: number;
  /** Ends the threads. A second call does nothing. */
  readonly close: () => Promise<void>;
}

export interface TrialThreadsOptions {
  /** 1 trains in this thread. Results do not depend on it. */
  readonly threads: number;
  /** Whether even a single one trains beside this thread, which has other things to do. */
  readonly beside?: boolean | undefined;
  /** Starts a thread; tests start theirs from the sources. */
  readonly newWorker?: ((data: StudyData) => Worker) | undefined;
}

/** A message to a thread. */
export interface TrialRequest {
  readonly spec: TrialSpec;
}

/** A message from a thread: any number of epochs, then a result. An error ends the thread. */
export type TrialReply =
  | { readonly type: "epoch"; readonly epoch: number; readonly validation: number }
  | { readonly type: "run"; readonly run: TrialRun };

/** As many threads as the machine runs in parallel, up to 8. */
export function defaultThreads(): number {
  return Math.min(availableParallelism(), 8);
}

/** The code of a thread in the built program. */
export const workerFile = new URL("./worker.js", import.meta.url);

/** A thread of the built program, with a copy of the data. */
function startWorker(data: StudyData): Worker {
  return new Worker(workerFile, { workerData: data });
}

/** Threads are started as trials come, and kept for the next trial. */
export function trialThreads(
  data: StudyData,
  { threads, beside = false, newWorker = startWorker }: TrialThreadsOptions,
): TrialThreads {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new RangeError(`threads is ${threads}, expected a whole number of at least 1`);
  }
  if (threads === 1 && !beside) return { execute: trialRunner(data), lanes: 1, close: async () => {} };
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  const end = async (worker: Worker) => {
    all.delete(worker);
    await worker.terminate();
  };
  const start = () => {
    const worker = newWorker(data);
    all.add(worker);
    return worker;
  };
  return {
    lanes: threads,
    close: async () => {
      idle.length = 0;
      await Promise.all([...all].map(end));
    },
    execute: async (spec, options) => {
      options.signal?.throwIfAborted();
      const worker = idle.pop() ?? start();
      try {
        const run = await trainIn(worker, spec, options);
        idle.push(worker);
        return run;
      } catch (error) {
        // The thread may be in the middle of a training, so it cannot be used again.
        await end(worker);
        throw error;
      }
    },
  };
}

const isMemory = (error: unknown) => (error as NodeJS.ErrnoException)?.code === "ERR_WORKER_OUT_OF_MEMORY";

function outOfMemory(cause: unknown): Error {
  return misuse("wrong-state", "a thread of the study ran out of memory", undefined, { cause });
}

function trainIn(worker: Worker, spec: TrialSpec, { signal, onEpoch }: ExecuteOptions): Promise<TrialRun> {
  return new Promise((resolve, reject) => {
    const settle = (action: () => void) => {
      worker.off("message", listen).off("error", fail).off("exit", exited);
      signal?.removeEventListener("abort", abort);
      action();
    };
    const listen = (reply: TrialReply) => {
      if (reply.type === "epoch") onEpoch?.(reply.epoch, reply.validation);
      else settle(() => resolve(reply.run));
    };
    const fail = (error: unknown) => settle(() => reject(isMemory(error) ? outOfMemory(error) : error));
    const exited = (code: number) => {
      fail(misuse("wrong-state", `a thread of the study ended while it trained a network, with exit code ${code}`));
    };
    const abort = () => fail(signal?.reason);
    worker.on("message", listen).on("error", fail).on("exit", exited);
    signal?.addEventListener("abort", abort, { once: true });
    worker.postMessage({ spec } satisfies TrialRequest);
  });
}
