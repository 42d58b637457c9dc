/** Milliseconds of a clock that only runs forward. */
export type Clock = () => number;

const monotonic: Clock = () => Number(process.hrtime.bigint() / 1_000_000n);

/** The part of the lease that the time between two looks counts for at most. */
const mostAtOnce = 1 / 4;

/**
 * Says whether something has not changed for a while: the heartbeat of a process on another machine.
 * No clock of that machine is asked. Only time counts in which this process looked: after a pause of
 * its own, such as a SIGSTOP, one look does not make the whole pause.
 */
export class Stillness {
  readonly #lease: number;
  readonly #now: Clock;
  readonly #seen = new Map<string, { text: string; at: number; still: number }>();

  /** @param seconds after which a thing counts as still */
  constructor(seconds: number, now: Clock = monotonic) {
    this.#lease = seconds * 1000;
    this.#now = now;
  }

  /**
   * Told what the thing looks like now.
   * @returns whether it has looked so for the whole lease
   */
  isStill(thing: string, text: string): boolean {
    const now = this.#now();
    const seen = this.#seen.get(thing);
    if (seen === undefined || seen.text !== text) {
      this.#seen.set(thing, { text, at: now, still: 0 });
      return false;
    }
    seen.still += Math.min(now - seen.at, this.#lease * mostAtOnce);
    seen.at = now;
    return seen.still >= this.#lease;
  }
}
