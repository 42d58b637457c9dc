import { distributed } from "evenkeel";
import { type Checkpoint, loadCheckpoint, saveCheckpoint } from "evenkeel/io";
import { agreeOn, crossValidate } from "evenkeel/train";
import type { Run } from "../../records/runs/readRun.ts";
import type { ActionContext } from "../../shell/context.ts";
import { namingPlaces } from "../../tables/places.ts";
import { useAllProcessors } from "./allProcessors.ts";
import { prepare } from "./prepare.ts";
import type { Resumed, TrainRequest } from "./prepared.ts";
import type { ResumedRun } from "./resumedRun.ts";
import { statusOf } from "./runTraining.ts";

/**
 * What `train` is on another rank than the first: it computes its share of every batch, and records
 * nothing. Its exchanges are those of the first rank, in the same order.
 *
 * @returns whether the training was interrupted
 */
export async function trainBeside(request: TrainRequest, context: ActionContext): Promise<boolean> {
  const { signal } = context;
  useAllProcessors(context.launched);
  await agreeOn(() => undefined); // the first rank looks at its files
  const resumed = hearResumed();
  const { folds } = resumed === undefined ? request : (resumed.run.config.outputs ?? {});
  const { table, options, all, train, close } = await prepare(request, resumed, context);
  const training = await namingPlaces(table.placeOf, () =>
    train({ ...all, signal, ...(resumed?.checkpoint && { resume: resumed.checkpoint }) }),
  ).finally(close);
  await agreeOn(() => undefined); // the model is written
  let status = statusOf(training);
  if (folds !== undefined && status === "finished") {
    try {
      await crossValidate(table, { ...options, folds, signal });
    } catch (error) {
      if (!isInterrupt(error)) throw error;
      status = "interrupted";
    }
  }
  await agreeOn(() => undefined); // and everything else
  return status === "interrupted";
}

/** Whether an error says that all ranks were interrupted. */
export function isInterrupt(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

/** Tells the other ranks which run is resumed, if one is: they need not see its folder. */
export function tellResumed(resumed: ResumedRun | undefined): void {
  const { run, checkpoint } = resumed ?? {};
  const communicator = distributed.getCommunicator();
  communicator.allGather(run === undefined ? nothing : new TextEncoder().encode(JSON.stringify(run)));
  communicator.allGather(checkpoint === undefined ? nothing : saveCheckpoint(checkpoint));
}

function hearResumed(): Resumed | undefined {
  const communicator = distributed.getCommunicator();
  const [run] = communicator.allGather(nothing);
  const [checkpoint] = communicator.allGather(nothing);
  if (run.length === 0) return undefined;
  return {
    run: JSON.parse(new TextDecoder().decode(run)) as Run,
    ...(checkpoint.length > 0 && { checkpoint: loadCheckpoint(checkpoint) as Checkpoint<never> }),
  };
}

const nothing = new Uint8Array(0);
