import { Worker } from "node:worker_threads";
import type { MpgTable } from "./mpg.ts";
import type { Settings, TrialResult } from "./results.ts";
import { runTrial, type TrialSpec } from "./trial.ts";

/** Runs one trial after another, here or in a thread. */
export interface Lane {
  /** Rejects if the trial cannot be run, or the lane is stopped meanwhile. */
  readonly run: (trial: TrialSpec, onEpoch: EpochListener) => Promise<TrialResult>;
  /** Ends the trial that is running; afterwards nothing runs any more. May be called twice. */
  readonly stop: () => Promise<void>;
}

export type EpochListener = (epoch: number, testMae: number) => void;

/** What a thread is sent. */
export interface LaneRequest {
  readonly trial: TrialSpec;
  readonly settings: Settings;
}

/** What it sends back: any number of epochs, then a result or an error. */
export type LaneReply =
  | { readonly type: "epoch"; readonly epoch: number; readonly testMae: number }
  | { readonly type: "result"; readonly result: TrialResult };

export function localLane(table: MpgTable, settings: Settings): Lane {
  const controller = new AbortController();
  return {
    run: (trial, onEpoch) => runTrial(table, trial, settings, { onEpoch, signal: controller.signal }),
    stop: async () => controller.abort(),
  };
}

/** The thread of the built program. */
export function startWorker(): Worker {
  return new Worker(new URL("./worker.js", import.meta.url));
}

export function workerLane(worker: Worker, settings: Settings): Lane {
  return {
    run: (trial, onEpoch) =>
      new Promise((resolve, reject) => {
        const settle = (action: () => void) => {
          worker.off("message", listen).off("error", fail).off("exit", exited);
          action();
        };
        const listen = (reply: LaneReply) => {
          if (reply.type === "epoch") onEpoch(reply.epoch, reply.testMae);
          else settle(() => resolve(reply.result));
        };
        const fail = (error: unknown) => settle(() => reject(error));
        const exited = () => fail(new Error(`the thread ended while it trained ${trial.arm} with seed ${trial.seed}`));
        worker.on("message", listen).on("error", fail).on("exit", exited);
        worker.postMessage({ trial, settings } satisfies LaneRequest);
      }),
    stop: async () => void (await worker.terminate()),
  };
}
