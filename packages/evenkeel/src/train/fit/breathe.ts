import { now } from "../../core/index.ts";

/** Node's `setImmediate`, which browsers lack: making a channel takes several times as long. */
const { setImmediate: nextTurn } = globalThis as { readonly setImmediate?: (callback: () => void) => unknown };

/**
 * One turn of the event loop. Unlike `setTimeout(0)` it costs microseconds, in Node and in
 * browsers.
 */
function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (nextTurn !== undefined) {
      nextTurn(resolve);
      return;
    }
    // A new channel every time, because messages to one that is being emptied come in the same turn.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/**
 * Returns a function to call often. After `interval` milliseconds of work since the last pause, it
 * returns a promise that lets timers, signals and the screen have a turn; otherwise it returns
 * undefined.
 */
export function breather(interval: number): () => Promise<void> | undefined {
  let last = now();
  const pause = async () => {
    await eventLoopTurn();
    last = now();
  };
  return () => (now() - last >= interval ? pause() : undefined);
}

/** How work that was done in steps ended. */
interface Ended<R> {
  readonly value: R;
  /** Whether it ended because a signal told it to. */
  readonly aborted: boolean;
}

/**
 * Does work that stops after each of its steps, with pauses in which timers and signals have their
 * turn. Once the signal is aborted, the work is told `true`, and decides what it then leaves out.
 */
export async function inTurns<S, R>(
  steps: Generator<S, R, boolean | undefined>,
  {
    signal,
    onStep,
  }: { readonly signal?: AbortSignal | undefined; readonly onStep?: ((step: S) => unknown) | undefined },
): Promise<Ended<R>> {
  const breathe = breather(20);
  let aborted = false;
  let step = steps.next();
  while (!step.done) {
    await onStep?.(step.value);
    await breathe();
    aborted = signal?.aborted === true;
    step = steps.next(aborted);
  }
  return { value: step.value, aborted };
}
