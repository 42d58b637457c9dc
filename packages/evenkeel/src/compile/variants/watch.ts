import { type Checked, now, oneOf } from "../../core/index.ts";

export const watches = /* @__PURE__ */ oneOf(["always", "doubling", "never"]);

/** How often a compiled step is traced again, to detect changes. */
export type Check = Checked<typeof watches>;

/**
 * The next check may run after this many times the duration of the last: checks take at most a
 * hundredth of the time.
 */
const patience = 100;

/** Milliseconds: the resolution of the clock in a browser. */
const clockTick = 0.1;

/**
 * A mask of call counts: the clock is read at every eighth call, because reading it takes as long
 * as a few operations.
 */
const clockCalls = 7;

/**
 * This many unchanged calls in a row are needed until a step that has changed is trusted again;
 * twice as many each time.
 */
const quietCalls = 16;

/**
 * Decides when to check. JavaScript cannot observe the closure of a function: a number, a list, a
 * tensor that was replaced. So the step is traced again and compared, at calls 2, 4, 8, … and
 * whenever the checks have taken at most a hundredth of the time; at every call after a change,
 * until no change was found for a while.
 */
export class Watch {
  readonly #check: Check;
  #next = Number.POSITIVE_INFINITY;
  #wary = 0;
  #changes = 0;

  constructor(check: Check) {
    this.#check = check;
  }

  /** Whether a program that is called for the `calls`-th time is to be checked first. */
  isDue(calls: number, isSuspect: boolean): boolean {
    if (isSuspect) return true;
    if (this.#check !== "doubling" || calls < 2) return this.#check === "always";
    if (this.#wary > 0 || (calls & (calls - 1)) === 0) return true;
    return (calls & clockCalls) === 0 && now() >= this.#next;
  }

  /** A check that began at a time ({@link now}) has ended. */
  checked(since: number, foundChange: boolean): void {
    const ended = now();
    this.#next = ended + patience * Math.max(ended - since, clockTick);
    if (foundChange) this.#wary = quietCalls * 2 ** Math.min(this.#changes++, 20);
    else if (this.#wary > 0) this.#wary--;
  }
}
