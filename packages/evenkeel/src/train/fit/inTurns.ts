import { breather } from "./breathe.ts";

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
