import { type Call, kinds } from "../calls.ts";

/** Where words of the board are, as indices of an Int32Array. */
const word = { failed: 0, textLength: 1, isTold: 2, ended: 3 } as const;
const words = 4;
const longestText = 2048;
/**
 * Numbers of a rank: how many calls it has begun, whether it is in one, and which; how many sums it
 * has started, and for which it waits.
 */
const numbers = 7;

/** What a rank does, as its watcher knows it. */
export interface Activity {
  /** How many collectives it has begun. */
  readonly calls: number;
  /** Whether it is in the last one of them. */
  readonly isInside: boolean;
  /** The last one that it began, or the sum that it waits for. */
  readonly call: Call;
  /** How many sums it has started, which go on meanwhile. */
  readonly started: number;
  /** The number of the one that it waits for, from 1; 0 in another call. */
  readonly awaited: number;
}

export const idle: Activity = {
  calls: 0,
  isInside: false,
  call: { kind: "none", detail: 0, length: 0 },
  started: 0,
  awaited: 0,
};

/**
 * What the main thread of a rank and its watcher tell each other, in shared memory: each is read
 * while the other is busy.
 */
export class Board {
  readonly buffer: SharedArrayBuffer;
  readonly size: number;
  readonly #words: Int32Array;
  readonly #numbers: Float64Array;
  readonly #text: Uint8Array;

  constructor(size: number, buffer?: SharedArrayBuffer) {
    const textAt = words * 4 + size * numbers * 8;
    this.size = size;
    this.buffer = buffer ?? new SharedArrayBuffer(textAt + longestText);
    this.#words = new Int32Array(this.buffer, 0, words);
    this.#numbers = new Float64Array(this.buffer, words * 4, size * numbers);
    this.#text = new Uint8Array(this.buffer, textAt, longestText);
  }

  /** What is wrong, if anything is. */
  get failure(): string | undefined {
    if (Atomics.load(this.#words, word.failed) === 0) return undefined;
    // The decoder takes no shared memory.
    return new TextDecoder().decode(this.#text.slice(0, this.#words[word.textLength]));
  }

  /** Whether something is wrong: costs next to nothing. */
  get hasFailed(): boolean {
    return Atomics.load(this.#words, word.failed) !== 0;
  }

  /** Says what is wrong; only the first failure is kept. */
  fail(text: string): void {
    if (this.hasFailed) return;
    const bytes = new TextEncoder().encode(text).subarray(0, longestText);
    this.#text.set(bytes);
    this.#words[word.textLength] = bytes.length;
    Atomics.store(this.#words, word.failed, 1);
    Atomics.notify(this.#words, word.failed);
  }

  /** Blocks for some milliseconds, or until something is wrong. */
  sleep(milliseconds: number): void {
    Atomics.wait(this.#words, word.failed, 0, milliseconds);
  }

  /** Whether the program has come to its end on all ranks: no silence is a failure any more. */
  get hasEnded(): boolean {
    return Atomics.load(this.#words, word.ended) !== 0;
  }

  end(): void {
    Atomics.store(this.#words, word.ended, 1);
  }

  /** The watcher's: the others have been told how this rank ends. */
  told(): void {
    Atomics.store(this.#words, word.isTold, 1);
    Atomics.notify(this.#words, word.isTold);
  }

  awaitTold(milliseconds: number): void {
    Atomics.wait(this.#words, word.isTold, 0, milliseconds);
  }

  enter(rank: number, call: Call): void {
    this.#begin(rank, call, 0);
    this.#numbers[rank * numbers]++;
    this.#numbers[rank * numbers + 1] = 1;
  }

  /** A rank has started a sum. Returns its number, from 1. */
  start(rank: number): number {
    return ++this.#numbers[rank * numbers + 5];
  }

  /** A rank waits for a sum that it has started. */
  await(rank: number, call: Call, sum: number): void {
    this.#begin(rank, call, sum);
    this.#numbers[rank * numbers + 1] = 1;
  }

  #begin(rank: number, { kind, detail, length }: Call, awaited: number): void {
    this.#numbers.set([kinds.indexOf(kind), detail, length], rank * numbers + 2);
    this.#numbers[rank * numbers + 6] = awaited;
  }

  leave(rank: number): void {
    this.#numbers[rank * numbers + 1] = 0;
  }

  /** What a rank does: of this rank now, of others when they were last heard. */
  of(rank: number): Activity {
    const [calls, isInside, kind, detail, length, started, awaited] = this.#numbers.subarray(
      rank * numbers,
      (rank + 1) * numbers,
    );
    return { calls, isInside: isInside === 1, call: { kind: kinds[kind], detail, length }, started, awaited };
  }

  note(rank: number, { calls, isInside, call: { kind, detail, length }, started, awaited }: Activity): void {
    const inside = isInside ? 1 : 0;
    this.#numbers.set([calls, inside, kinds.indexOf(kind), detail, length, started, awaited], rank * numbers);
  }
}
