import type { Checkpoint } from "evenkeel/io";

/** The least milliseconds between two copies of the state: an epoch of a small network takes no longer than a copy. */
const copyEvery = 100;
/** The least milliseconds between two writes. */
const writeEvery = 1000;
/** Writing takes at most this part of the time. */
const writtenShare = 0.02;

/**
 * When a training's checkpoints are copied, and written: so rarely that neither takes much of the
 * training's time, and so often that an interrupt costs a tenth of a second and a kill a second, or
 * an epoch where epochs are longer.
 */
export class Checkpoints {
  readonly #write: (checkpoint: Checkpoint) => void;
  readonly #now: () => number;
  #unwritten: Checkpoint | undefined;
  #copiedAt = Number.NEGATIVE_INFINITY;
  /** The write after the first second is the first. */
  #nextWrite: number;

  /** @param now milliseconds */
  constructor(write: (checkpoint: Checkpoint) => void, now = () => performance.now()) {
    this.#write = write;
    this.#now = now;
    this.#nextWrite = now() + writeEvery;
  }

  /**
   * An epoch has ended.
   * @param last whether no epoch may follow, so that this one is to be kept in any case
   */
  epoch(checkpoint: () => Checkpoint, last: boolean): void {
    const now = this.#now();
    if (!last && now - this.#copiedAt < copyEvery) return;
    this.#unwritten = checkpoint();
    this.#copiedAt = now;
    if (now >= this.#nextWrite) this.flush();
  }

  /** Writes the last copy, unless it is written. */
  flush(): void {
    if (this.#unwritten === undefined) return;
    const began = this.#now();
    this.#write(this.#unwritten);
    this.#unwritten = undefined;
    const ended = this.#now();
    this.#nextWrite = ended + Math.max(writeEvery, (ended - began) / writtenShare);
  }
}
