import { createHash } from "node:crypto";
import { countTrials, type StudyData, type StudyPlan } from "evenkeel/study";
import { openStudySide } from "../../../records/queue/open.ts";
import type { QueueHead } from "../../../records/queue/types.ts";
import { digestOf } from "../../../records/studies/dataDigest.ts";
import type { TrialStore } from "../../../records/studies/trialStore.ts";
import type { ActionContext } from "../../../shell/context.ts";
import { thisProcess } from "../../../shell/process.ts";
import { version } from "../../../shell/version.ts";
import type { StudyFlags } from "../studyFlags.ts";
import type { TrialThreadsOptions } from "../threads.ts";
import { type QueueEvents, StudyQueue } from "./studyQueue.ts";
import { workerNames } from "./workerName.ts";

interface OpenQueueOptions extends TrialThreadsOptions {
  readonly data: StudyData;
  readonly plan: StudyPlan;
  readonly table: { readonly source: string };
  readonly flags: StudyFlags;
  readonly context: ActionContext;
  readonly events: QueueEvents;
}

/** A queue that is open, and hands out trials once it is started. */
export interface OpenedQueue {
  /** @param store where the study records what it uses */
  readonly start: (store: TrialStore) => StudyQueue;
  readonly unverified: readonly string[];
  /** Gives it up, unless that was done. */
  readonly close: () => Promise<void>;
}

/** Seconds. */
const usualLease = 30;

/**
 * Opens the queue of a study.
 * @param place a folder, or the address of a database
 * @throws CommandError if it cannot be the queue of this study, or another process hands it out
 */
export async function openQueue(
  place: string,
  { data, plan, table, flags, context, events, threads, newWorker }: OpenQueueOptions,
): Promise<OpenedQueue> {
  const { cwd, signal, progress } = context;
  const { lease = usualLease, takeOver } = flags;
  const digest = digestOf(data);
  const networks = countTrials(plan).all;
  const head: QueueHead = {
    ...{ format: "evenkeel queue", version: 1, evenkeel: version },
    study: createHash("sha256")
      .update(JSON.stringify([digest, plan]))
      .digest("hex"),
    ...{ data: digest, table: table.source, target: plan.target, networks },
  };
  const [name] = workerNames(undefined);
  const facts = { process: thisProcess(), threads };
  const onWait = (why: string) => progress?.doing(why);
  const side = await openStudySide(place, cwd, {
    ...{ head, data, name, facts, lease, takeOver, onWait, signal },
  }).finally(progress?.stop);
  let queue: StudyQueue | undefined;
  return {
    start: (store) => {
      const { onWorkers, onRefused } = events;
      const options = { threads, networks, signal, onWorkers, onRefused, hasRecorded: store.has };
      queue = new StudyQueue(side, data, { ...options, ...(newWorker && { newWorker }) });
      return queue;
    },
    get unverified() {
      return queue?.unverified ?? [];
    },
    close: async () => {
      if (queue === undefined) await side.close(false);
    },
  };
}
