import { throttle } from "../charts/throttle.ts";

/**
 * Runs tasks at most every so many milliseconds, all that came meanwhile at once and in their order.
 * Four workers tell of their trainings, each at its own pace: a page that drew after each message
 * would draw four times as often.
 */
export class Together {
  #waiting: (() => void)[] = [];
  readonly #wake;

  constructor(milliseconds: number) {
    this.#wake = throttle<undefined>(milliseconds, () => this.runNow());
  }

  /** Runs a task: at once, unless others ran just before. */
  add(task: () => void): void {
    this.#waiting.push(task);
    this.#wake(undefined);
  }

  /** Runs what waits. */
  runNow(): void {
    const tasks = this.#waiting;
    this.#waiting = [];
    for (const task of tasks) task();
  }

  /** Runs what waits, and will run the next task at once. */
  beginAnew(): void {
    this.#wake.cancel();
    this.runNow();
  }
}
