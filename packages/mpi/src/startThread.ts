import { Worker } from "node:worker_threads";

/**
 * Starts a thread that does not keep the process alive.
 * @param name that of its file, without an ending
 * @param beside the module that the file lies beside: built, or a source where Node is given a loader
 */
export function startThread(name: string, beside: string, workerData: unknown): Worker {
  const isSource = beside.endsWith(".ts");
  const worker = new Worker(new URL(`./${name}.${isSource ? "ts" : "js"}`, beside), {
    workerData,
    ...(!isSource && { execArgv: [] }),
    resourceLimits: { maxOldGenerationSizeMb: 64 },
  });
  worker.unref();
  return worker;
}
