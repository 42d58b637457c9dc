import * as Comlink from "comlink";
import TrainingWorkerScript from "#training-worker";
import type { TrainingWorker } from "../training/worker.ts";

export type RemoteTraining = Comlink.Remote<TrainingWorker>;

/** A worker with a training in it. In the page of one file its code is in the page. */
export function newTrainingWorker(): RemoteTraining {
  return Comlink.wrap<TrainingWorker>(new TrainingWorkerScript());
}

/** A function that a worker may call. */
export const callback = Comlink.proxy;
