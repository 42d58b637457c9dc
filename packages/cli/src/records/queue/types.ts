import type { StudyData, TrialRun, TrialSpec } from "evenkeel/study";
import type { ProcessMark } from "../../shell/process.ts";

/**
 * A queue: where a study hands out its trials and gets their results, on a shared disk (folder/) or
 * in a database (postgres/). Both keep these promises:
 *
 * - a result that `deliver` has taken is on the disk, and the study gets it, whatever dies later
 * - a task is taken by one worker at a time, until that worker has left, or gives no sign of life
 * - no clock of one machine is compared with that of another
 */

/** A trial to train. */
export interface Task {
  /** A digest of the spec, with "-check" behind it where another worker's result is checked. */
  readonly id: string;
  readonly spec: TrialSpec;
  /** The workers whose results are checked, who do not take it. */
  readonly not?: readonly string[];
}

/** What a worker delivered: the run as JSON has it, not yet checked. */
export interface Delivery {
  readonly worker: string;
  readonly task: string;
  readonly run: unknown;
}

/** What there is to know before the first trial. */
export interface QueueHead {
  readonly format: "evenkeel queue";
  readonly version: 1;
  /** The version of evenkeel that trains all trials. */
  readonly evenkeel: string;
  /** Identifies the study: a digest of its table and its plan. */
  readonly study: string;
  /** The digest of table and schema, as trials.jsonl has it. */
  readonly data: string;
  /** For the worker's first line. */
  readonly table: string;
  readonly target: string;
  readonly networks: number;
}

/** Who a worker is. */
export interface WorkerFacts {
  readonly process: ProcessMark;
  readonly threads: number;
  /** The number that Slurm or Kubernetes gave it. */
  readonly task?: number | undefined;
  /** Of the study's own worker: which study process of this queue it is, counted from 1. */
  readonly session?: number | undefined;
}

/** A worker as the study sees it. */
export interface WorkerSeen {
  readonly name: string;
  readonly threads: number;
  /** "silent" if its heartbeat has stood still for the lease. */
  readonly life: "alive" | "silent" | "left";
}

/** The study's side of a queue. */
export interface StudySide {
  /** This process's own worker: whether it trains or not, its heartbeat is the study's. */
  readonly own: WorkerSide;
  /** Puts tasks up; those that are done are put up again. */
  readonly offer: (tasks: readonly Task[]) => Promise<void>;
  /** Nobody needs to train these any more. */
  readonly done: (ids: readonly string[]) => Promise<void>;
  /** Nothing of this worker counts any more; what it has taken is free. */
  readonly refuse: (worker: string) => Promise<void>;
  /** What was delivered since the last call, each worker's in its order; at first all there is. */
  readonly deliveries: () => Promise<readonly Delivery[]>;
  readonly workers: () => Promise<readonly WorkerSeen[]>;
  /**
   * Ends this process's part.
   * @param finished whether the study has ended, so that workers may leave
   */
  readonly close: (finished: boolean) => Promise<void>;
}

/** The state of a queue, as a worker sees it. */
export type QueueState = "open" | "waiting" | "ended" | "refused";

/** A worker's side of a queue. */
export interface WorkerSide {
  readonly name: string;
  readonly head: QueueHead;
  readonly data: () => Promise<StudyData>;
  /** Seconds after which a worker without a sign of life loses what it has taken. */
  readonly lease: () => number;
  /** "waiting" while no study process has put anything up. */
  readonly look: () => Promise<QueueState>;
  /** Takes a task; undefined if there is none to take now. One call at a time. */
  readonly take: () => Promise<Task | undefined>;
  /** On the disk when this resolves. */
  readonly deliver: (task: Task, run: TrialRun) => Promise<void>;
  /** A sign of life. */
  readonly beat: () => Promise<void>;
  /** Gives back what was taken and not delivered. */
  readonly leave: () => Promise<void>;
}

/** What a study opens a queue with. */
export interface OpenQueue {
  readonly head: QueueHead;
  readonly data: StudyData;
  /** Of the study's own worker. */
  readonly name: string;
  readonly facts: Omit<WorkerFacts, "session">;
  /** Seconds. */
  readonly lease: number;
  /** Whether a study process that cannot be checked from here counts as dead. */
  readonly takeOver?: boolean | undefined;
  /** Told of what takes a while. */
  readonly onWait?: ((why: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a worker enters a queue with. */
export interface OpenWorker {
  /** Names to try. */
  readonly names: () => Iterable<string>;
  readonly facts: WorkerFacts;
  readonly rank: number;
  /** Called once if there is no queue yet, and it waits for one. */
  readonly onWait?: (() => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}
