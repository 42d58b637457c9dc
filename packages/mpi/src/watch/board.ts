import { type Call, kinds } from "../calls.ts";

/** Where words of the board are, as indices of an Int32Array. */
const word = { failed: 0, textLength: 1, isTold: 2, ended: 3 } as const;
const words = 4;
const longestText = 2048;
/** Numbers of a rank: how many calls it has begun, whether it is in one, and which. */
const numbers = 5;

/** What a rank does, as its watcher knows it. */
export interface Activity {
  /** How many collectives it has begun. */
  readonly calls: number;
  /** Whether it is in the last one of them. */
  readonly isInside: boolean;
  /** The last one that it began. */
  readonly call: Call;
}

export const idle: Activity = { calls: 0, isInside: false, call: { kind: "none", detail: 0, length: 0 } };

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

  enter(rank: number, { kind, detail, length }: Call): void {
    const at = rank * numbers;
    this.#numbers[at + 2] = kinds.indexOf(kind);
    this.#numbers[at + 3] = detail;
    this.#numbers[at + 4] = length;
    this.#numbers[at]++;
    this.#numbers[at + 1] = 1;
  }

  leave(rank: number): void {
    this.#numbers[rank * numbers + 1] = 0;
  }

  /** What a rank does: of this rank now, of others when they were last heard. */
  of(rank: number): Activity {
    const [calls, isInside, kind, detail, length] = this.#numbers.subarray(rank * numbers, (rank + 1) * numbers);
    return { calls, isInside: isInside === 1, call: { kind: kinds[kind], detail, length } };
  }

  note(rank: number, { calls, isInside, call: { kind, detail, length } }: Activity): void {
    this.#numbers.set([calls, isInside ? 1 : 0, kinds.indexOf(kind), detail, length], rank * numbers);
  }
}
