/**
 * How long all of a work takes, by how much of it was done in the later half of the time so far:
 * the first networks of a thread take several times as long as later ones, because its code is
 * still being compiled.
 */
export class Pace {
  readonly began: number;
  readonly #samples: { readonly time: number; readonly done: number }[];

  constructor(now: number, done = 0) {
    this.began = now;
    this.#samples = [{ time: now, done }];
  }

  /** @param done networks that are finished, and the finished parts of those in training */
  add(now: number, done: number): void {
    const last = this.#samples[this.#samples.length - 1];
    if (now - last.time >= 50) this.#samples.push({ time: now, done });
  }

  /** Milliseconds for this many networks; undefined until it can be said. */
  timeFor(networks: number): number | undefined {
    const last = this.#samples[this.#samples.length - 1];
    const middle = (this.began + last.time) / 2;
    const before = this.#samples.findLast(({ time }) => time <= middle);
    if (before === undefined || last.done <= before.done) return undefined;
    return ((last.time - before.time) / (last.done - before.done)) * networks;
  }
}
