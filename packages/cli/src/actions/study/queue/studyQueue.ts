import type { Execute, ExecuteOptions, StudyData, TrialRun, TrialSpec } from "evenkeel/study";
import type { StudySide, WorkerSeen } from "../../../records/queue/types.ts";
import { faultOf } from "../../../shell/files/fault.ts";
import { type TrialThreadsOptions, trialThreads } from "../threads.ts";
import type { Trainers } from "../trainAll.ts";
import { Ledger, type Refusal } from "./ledger.ts";
import { Retraction } from "./retraction.ts";
import { taskId } from "./taskId.ts";
import { workerLoop } from "./workerLoop.ts";

/** A worker and how many of its results are used. */
export interface WorkerShown extends WorkerSeen {
  readonly used: number;
  /** The study process's own. */
  readonly own: boolean;
}

/** Callbacks while workers train. */
export interface QueueEvents {
  /** Told of all workers that were ever there, every second. */
  readonly onWorkers?: ((workers: readonly WorkerShown[]) => void) | undefined;
  readonly onRefused?: ((refusal: Refusal) => void) | undefined;
}

export interface StudyQueueOptions extends TrialThreadsOptions, QueueEvents {
  /** The networks of the whole plan: so many are put up at once. */
  readonly networks: number;
  readonly signal?: AbortSignal | undefined;
  /** Whether a recorded result has turned out to be wrong. */
  readonly hasRecorded: (isWrong: (run: TrialRun) => boolean) => boolean;
}

/** Milliseconds between two looks at what was delivered. */
const lookEvery = 200;
/** Looks between two lists of workers. */
const listEvery = 5;

interface Waiting {
  readonly signal: AbortSignal | undefined;
  readonly onEpoch: ExecuteOptions["onEpoch"];
  readonly resolve: (run: TrialRun) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Trains the trials of a study by the workers of a queue, this process among them. `execute` puts a
 * trial up and resolves when a result of it may be used.
 */
export class StudyQueue implements Trainers {
  readonly lanes: number;
  readonly #side: StudySide;
  readonly #data: StudyData;
  readonly #options: StudyQueueOptions;
  readonly #ledger: Ledger;
  readonly #waiting = new Map<string, Waiting>();
  readonly #heeded = new WeakSet<AbortSignal>();
  #toOffer: TrialSpec[] = [];
  #present: ReadonlySet<string> = new Set();
  #looks = 0;
  readonly #judging = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();
  readonly #ownLoop: Promise<void>;
  readonly #watching: Promise<void>;
  #failure: { readonly error: unknown } | undefined;
  #hasWrong = false;

  constructor(side: StudySide, data: StudyData, options: StudyQueueOptions) {
    this.lanes = options.networks;
    this.#side = side;
    this.#data = data;
    this.#options = options;
    this.#ledger = new Ledger(side.own.name);
    this.#ownLoop = this.#trainHere().catch(this.#fail);
    this.#watching = this.#watch().catch(this.#fail);
  }

  execute: Execute = (spec, { signal, onEpoch }) =>
    new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure.error);
      if (signal?.aborted) return reject(signal.reason);
      if (signal !== undefined) this.#heed(signal);
      const id = this.#ledger.want(spec);
      this.#waiting.set(id, { signal, onEpoch, resolve, reject });
      this.#toOffer.push(spec);
    });

  /** One listener for all trials of a stage, which share a signal. */
  #heed(signal: AbortSignal): void {
    if (this.#heeded.has(signal)) return;
    this.#heeded.add(signal);
    const abort = () => {
      for (const [id, waiting] of this.#waiting) {
        if (waiting.signal !== signal) continue;
        this.#waiting.delete(id);
        waiting.reject(signal.reason);
      }
    };
    signal.addEventListener("abort", abort, { once: true });
  }

  /** Workers whose results are used, and that no other worker could check. */
  get unverified(): readonly string[] {
    return this.#ledger.unverified;
  }

  /** Whether a recorded result is wrong. */
  isWrong = (run: TrialRun): boolean => this.#ledger.isWrong(run);

  /**
   * Waits for the checks that are still to come.
   * @returns whether all that was recorded may stay
   * @throws any error of the queue
   */
  settle = async (): Promise<boolean> => {
    const { threads, signal } = this.#options;
    // One look may be under way, and the next one sees all that is known now.
    for (let looked = this.#looks; this.#failure === undefined && !this.#hasWrong && !signal?.aborted; ) {
      if (this.#ledger.isOpen(this.#present, threads > 0)) looked = this.#looks;
      else if (this.#looks >= looked + 2) break;
      await new Promise((resolve) => setTimeout(resolve, lookEvery / 4));
    }
    if (this.#failure !== undefined) throw this.#failure.error;
    const hasWrong = this.#hasWrong;
    this.#hasWrong = false;
    return !hasWrong;
  };

  /**
   * Ends this process's part.
   * @param finished whether workers may leave
   */
  close = async (finished: boolean): Promise<void> => {
    this.#stop.abort();
    await Promise.all([this.#ownLoop, this.#watching, ...this.#judging.values()]);
    // The trials are recorded; workers that are not told of the end wait for their time.
    await this.#side.close(finished).catch((error) => {
      if (faultOf(error) === undefined) throw error;
    });
  };

  readonly #fail = (error: unknown): void => {
    this.#failure ??= { error };
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  };

  async #trainHere(): Promise<void> {
    const { threads, newWorker } = this.#options;
    const lanes = trialThreads(this.#data, { threads: Math.max(1, threads), newWorker, beside: true });
    try {
      // Without threads of its own it still gives signs of life.
      await workerLoop(this.#side.own, {
        ...{ execute: lanes.execute, threads, signal: this.#stop.signal },
        onEpoch: (spec, epoch, validation) => this.#waiting.get(taskId(spec))?.onEpoch?.(epoch, validation),
      });
    } finally {
      await lanes.close();
    }
  }

  async #watch(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#look();
      this.#looks++;
      // Each worker has a file to look into.
      await new Promise((resolve) => setTimeout(resolve, Math.max(lookEvery, 10 * this.#present.size)));
    }
  }

  async #look(): Promise<void> {
    const { threads } = this.#options;
    const trainsItself = threads > 0;
    for (const delivery of await this.#side.deliveries()) this.#ledger.add(delivery);
    if (this.#looks % listEvery === 0) await this.#list();
    const { accepted, checks, checked, disputed, refused } = this.#ledger.decide(this.#present, trainsItself);
    const offered = this.#toOffer.map((spec) => ({ id: taskId(spec), spec }));
    this.#toOffer = [];
    const isAccepted = new Set(accepted.map(({ id }) => id));
    const tasks = [...offered.filter(({ id }) => !isAccepted.has(id)), ...checks];
    if (tasks.length > 0) await this.#side.offer(tasks);
    const done = [...isAccepted, ...checked];
    if (done.length > 0) await this.#side.done(done);
    for (const { id, run } of accepted) {
      this.#waiting.get(id)?.resolve(run);
      this.#waiting.delete(id);
    }
    for (const spec of disputed) this.#judge(spec);
    for (const refusal of refused) await this.#refuse(refusal);
  }

  async #list(): Promise<void> {
    const { onWorkers } = this.#options;
    const seen = await this.#side.workers();
    this.#present = new Set(seen.filter(({ life }) => life === "alive").map(({ name }) => name));
    const { counts } = this.#ledger;
    onWorkers?.(
      seen.map((one) => ({ ...one, used: counts.get(one.name) ?? 0, own: one.name === this.#side.own.name })),
    );
  }

  /** Trains a trial here on which workers disagree. */
  #judge(spec: TrialSpec): void {
    const id = taskId(spec);
    if (this.#judging.has(id)) return;
    const lanes = trialThreads(this.#data, { threads: 1, newWorker: this.#options.newWorker, beside: true });
    const judging = lanes
      .execute(spec, { signal: this.#stop.signal })
      .then((run) => this.#ledger.judge(run))
      .catch((error) => {
        if (!this.#stop.signal.aborted) this.#fail(error);
      })
      .finally(async () => {
        await lanes.close();
        this.#judging.delete(id);
      });
    this.#judging.set(id, judging);
  }

  async #refuse(refusal: Refusal): Promise<void> {
    await this.#side.refuse(refusal.worker);
    this.#options.onRefused?.(refusal);
    if (!this.#options.hasRecorded(this.isWrong)) return;
    this.#hasWrong = true;
    const retraction = new Retraction();
    for (const { reject } of this.#waiting.values()) reject(retraction);
    this.#waiting.clear();
  }
}
