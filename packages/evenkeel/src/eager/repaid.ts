/**
 * What is made once it is repaid: a program that has done less work than `worth` would wait longer
 * for the code than for the work. Not at all if the engine refuses to compile, as under a page's
 * security policy.
 */
export class Repaid<T> {
  readonly #make: () => T;
  readonly #worth: number;
  #done = 0;
  #made: T | null | undefined;

  constructor(worth: number, make: () => T) {
    this.#worth = worth;
    this.#make = make;
  }

  /** It, if work of this size with all before is worth it; undefined where references are to run. */
  forWork(size: number): T | undefined {
    if (this.#made === undefined) {
      this.#done += size;
      if (this.#done < this.#worth) return undefined;
      try {
        this.#made = this.#make();
      } catch {
        this.#made = null;
      }
    }
    return this.#made ?? undefined;
  }
}
