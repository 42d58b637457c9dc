import "evenkeel/node";
import { openWorkerSide } from "../../records/queue/open.ts";
import { withoutPassword } from "../../records/queue/place.ts";
import type { QueueHead, Task } from "../../records/queue/types.ts";
import type { ActionContext } from "../../shell/context.ts";
import { misuse } from "../../shell/errors.ts";
import { thisProcess } from "../../shell/process.ts";
import { type Leaving, workerLoop } from "../study/queue/workerLoop.ts";
import { rankOf, taskNumber, workerNames } from "../study/queue/workerName.ts";
import { defaultThreads, type TrialThreadsOptions, trialThreads } from "../study/threads.ts";

/** What a worker is asked for. */
export interface WorkRequest {
  /** The folder or the database that the study was given with `--workers-from`. */
  readonly place: string;
  readonly threads?: number | undefined;
  /** Seconds without a task after which it leaves. */
  readonly idle?: number | undefined;
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
}

/** What is known before the first trial. */
export interface WorkBeginning {
  readonly name: string;
  readonly head: QueueHead;
  readonly threads: number;
}

export interface WorkEvents {
  /** There is no study yet, or for now nothing to do. */
  readonly onWait?: ((what: "study" | "trials") => void) | undefined;
  readonly onStart?: ((beginning: WorkBeginning) => void) | undefined;
  readonly onDelivered?: ((trained: number) => void) | undefined;
}

/** What a worker did. */
export interface Worked extends WorkBeginning {
  /** Networks that it trained and delivered. */
  readonly trained: number;
  /** How many of them to check another worker's. */
  readonly checked: number;
  readonly seconds: number;
  readonly why: Leaving;
}

/**
 * Trains trials of a study that another process runs, until that study has ended.
 * @throws CommandError if the queue cannot be worked for, or the study refuses this worker
 */
export async function work(
  { place, threads = defaultThreads(), idle, environment = {} }: WorkRequest,
  { cwd, signal }: ActionContext,
  events: WorkEvents = {},
  { newWorker }: Pick<TrialThreadsOptions, "newWorker"> = {},
): Promise<Worked> {
  const task = taskNumber(environment);
  const names = () => workerNames(task);
  const facts = { process: thisProcess(), threads, ...(task !== undefined && { task }) };
  const late = idle === undefined ? undefined : AbortSignal.timeout(idle * 1000);
  const ends = [signal, late].filter((end) => end !== undefined);
  const side = await openWorkerSide(place, cwd, {
    ...{ names, facts, rank: rankOf(task), signal: AbortSignal.any(ends) },
    onWait: () => events.onWait?.("study"),
  }).catch((error) => {
    const isLate = late?.aborted === true && error instanceof Error && error.name === "AbortError";
    if (!isLate || signal?.aborted) throw error;
    throw misuse("wrong-state", `no study has begun in ${withoutPassword(place)} within ${idle} seconds`);
  });
  const { name, head } = side;
  const beginning = { name, head, threads };
  const started = performance.now();
  let [trained, checked] = [0, 0];
  const onDelivered = ({ not }: Task) => {
    trained++;
    if (not !== undefined) checked++;
    events.onDelivered?.(trained);
  };
  try {
    const data = await side.data();
    events.onStart?.(beginning);
    const lanes = trialThreads(data, { threads, beside: true, ...(newWorker && { newWorker }) });
    try {
      const why = await workerLoop(side, {
        ...{ execute: lanes.execute, threads, signal, idle, onDelivered },
        onIdle: () => events.onWait?.("trials"),
      });
      if (why === "refused") {
        throw misuse(
          "wrong-state",
          `the study refuses the worker ${name}: a network that it trained differs from the same one trained by the study`,
          "look whether this machine has the same build of evenkeel, and sound memory",
        );
      }
      return { ...beginning, trained, checked, seconds: (performance.now() - started) / 1000, why };
    } finally {
      await lanes.close();
    }
  } finally {
    await side.leave().catch(() => {}); // a queue that is gone needs no farewell
  }
}
