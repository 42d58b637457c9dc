/**
 * Runs tasks one at a time. Of those that wait meanwhile only the last is run: a slider gives dozens
 * of values a second, and nobody wants to see the results of the earlier ones.
 */
export class Latest {
  #running: Promise<unknown> | undefined;
  #newest = 0;

  /** The task's result; undefined if a later task took its place before it began. */
  async run<T>(task: () => Promise<T>): Promise<T | undefined> {
    const mine = ++this.#newest;
    while (this.#running !== undefined) {
      await this.#running;
      if (mine !== this.#newest) return undefined;
    }
    const running = task();
    // The task's own error goes to whoever asked for it, and not to those who wait.
    this.#running = running.catch(() => undefined);
    try {
      return await running;
    } finally {
      this.#running = undefined;
    }
  }
}
