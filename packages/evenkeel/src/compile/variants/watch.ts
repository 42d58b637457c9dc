/** How often a compiled step is traced again, to see whether it would do something else by now. */
export type Check = "always" | "doubling" | "never";

/** A check may follow when this many times its own duration has passed: checks take a hundredth of the time, at most. */
const patience = 100;

/** Milliseconds: the clock of a page may stand still for as long. */
const clockTick = 0.1;

/** The clock is looked at once in so many calls, less one: it takes as long as a few operations. */
const clockCalls = 7;

/** So many calls in a row must be as before until a step that has changed is trusted again; twice as many each time. */
const quietCalls = 16;

/**
 * Decides when to check. JavaScript cannot see what a function closes over: a number, a list, a tensor that was replaced.
 * So the step is traced again and compared, at calls 2, 4, 8, … and whenever the checks have taken no more than a hundredth
 * of the time; at every call once a change was found, until it has been quiet for a while.
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
    return (calls & clockCalls) === 0 && performance.now() >= this.#next;
  }

  /** A check that began at a time (performance.now()) has ended. */
  checked(since: number, foundChange: boolean): void {
    const now = performance.now();
    this.#next = now + patience * Math.max(now - since, clockTick);
    if (foundChange) this.#wary = quietCalls * 2 ** Math.min(this.#changes++, 20);
    else if (this.#wary > 0) this.#wary--;
  }
}
