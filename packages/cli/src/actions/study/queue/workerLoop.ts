import type { Execute, TrialSpec } from "evenkeel/study";
import type { Task, WorkerSide } from "../../../records/queue/types.ts";

export interface WorkerLoopOptions {
  readonly execute: Execute;
  /** How many tasks at a time. */
  readonly threads: number;
  readonly signal?: AbortSignal | undefined;
  /** Seconds without a task after which it leaves; for ever unless given. */
  readonly idle?: number | undefined;
  readonly onTask?: ((task: Task) => void) | undefined;
  /** Called when the result of a task is on the disk. */
  readonly onDelivered?: ((task: Task) => void) | undefined;
  readonly onEpoch?: ((spec: TrialSpec, epoch: number, validation: number) => void) | undefined;
  /** Called once when there is nothing to do for now, until there was something again. */
  readonly onIdle?: (() => void) | undefined;
}

/** Why a worker leaves. */
export type Leaving = "ended" | "refused" | "idle" | "interrupted";

/** Milliseconds between two looks at a queue that has nothing to do. */
const longestLook = 500;
/** Signs of life in a lease. */
const beats = 10;

/**
 * Takes tasks, trains them and delivers their results, until the study has ended. The trainings run
 * elsewhere (`execute`), so that this thread gives signs of life meanwhile.
 * @throws any error of a training or of the queue; what was taken is given back then
 */
export async function workerLoop(side: WorkerSide, options: WorkerLoopOptions): Promise<Leaving> {
  const { execute, threads, signal, idle, onTask, onDelivered, onEpoch, onIdle } = options;
  const trainings = new AbortController();
  const running = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  const bell = new Bell();
  const fail = (error: unknown) => {
    failure ??= { error };
    bell.ring();
  };
  const train = async (task: Task) => {
    const { spec } = task;
    const epoch = (number: number, validation: number) => onEpoch?.(spec, number, validation);
    const run = await execute(spec, { signal: trainings.signal, onEpoch: epoch });
    await side.deliver(task, run);
    onDelivered?.(task);
  };
  const start = (task: Task) => {
    onTask?.(task);
    const training = train(task)
      .catch(fail)
      .finally(() => {
        running.delete(training);
        bell.ring();
      });
    running.add(training);
  };

  const stop = () => bell.ring();
  signal?.addEventListener("abort", stop, { once: true });
  let beating = true;
  let beat: Promise<void> = Promise.resolve();
  const pulse = () => {
    beat = side.beat().catch((error) => {
      if (beating) fail(error);
    });
  };
  let pace = side.lease();
  let timer = setInterval(pulse, (pace * 1000) / beats);
  let busyAt = performance.now();
  let isIdle = false;
  try {
    for (;;) {
      if (failure !== undefined) throw failure.error;
      if (signal?.aborted) return "interrupted";
      const state = await side.look();
      if (state === "ended" || state === "refused") return state;
      if (pace !== side.lease()) {
        pace = side.lease();
        clearInterval(timer);
        timer = setInterval(pulse, (pace * 1000) / beats);
      }
      while (state === "open" && running.size < threads && failure === undefined && !signal?.aborted) {
        const task = await side.take();
        if (task === undefined) break;
        start(task);
      }
      if (running.size > 0) {
        busyAt = performance.now();
        isIdle = false;
      } else if (threads > 0 && idle !== undefined && performance.now() - busyAt >= idle * 1000) {
        return "idle";
      } else if (!isIdle && performance.now() - busyAt > 2 * longestLook) {
        isIdle = true;
        onIdle?.();
      }
      await bell.wait(Math.min(longestLook, (pace * 1000) / beats));
    }
  } finally {
    signal?.removeEventListener("abort", stop);
    trainings.abort();
    await Promise.all(running);
    beating = false;
    clearInterval(timer);
    await beat;
  }
}

/** Wakes a loop before its time. */
class Bell {
  #wake: (() => void) | undefined;
  #rung = false;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Waits until it rings, or for so many milliseconds. */
  async wait(milliseconds: number): Promise<void> {
    if (!this.#rung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#rung = false;
    this.#wake = undefined;
  }
}
