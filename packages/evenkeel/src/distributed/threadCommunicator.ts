import {
  checkOptions,
  checkValue,
  now,
  numberAbove,
  refuse,
  type TypedArray,
  wholeNumber,
  wrongType,
} from "../core/index.ts";
import type { Communicator, Reduction } from "../ops/collective/index.ts";

/**
 * Ranks that are threads of one process: workers that share a memory, and wait for each other with
 * `Atomics.wait`. Everything goes through slots of a fixed size, one for each rank, in two sets that
 * alternate: who writes for the next round does not disturb who still reads the last one.
 */

/** Where the words of the head are. Those of ranks follow it, `perRank` words each. */
const place = { size: 0, capacity: 1, arrived: 2, round: 3, failed: 4, reason: 5 } as const;
const headWords = 8;
/** Rounds that a rank has begun; then for each set of slots what it calls, and how much it gives. */
const perRank = 5;
const failureBytes = 2048;
/** A wait first looks so many times: most ranks come at about the same time. */
const looks = 500;

const calls = ["barrier", "allReduce of float32", "allReduce of float64", "broadcast", "allGather"] as const;
type Call = (typeof calls)[number];

const wordsBefore = (size: number) => headWords + perRank * size;
/** Slots begin at a multiple of 16 bytes. */
const slotsAt = (size: number) => Math.ceil((4 * wordsBefore(size) + failureBytes) / 16) * 16;

/**
 * The memory through which as many threads communicate: a worker gets it with its number, and
 * makes {@link threadCommunicator} of both.
 * @param options `capacity`: bytes of each rank that are exchanged at a time, 1 MiB by default
 * @throws RangeError if a number is out of range
 */
export function threadMemory(
  size: number,
  options: { readonly capacity?: number | undefined } = {},
): SharedArrayBuffer {
  checkOptions("threadMemory", options, ["capacity"]);
  checkValue("threadMemory", "size", size, wholeNumber(1, 1024));
  const { capacity = 2 ** 20 } = options;
  checkValue("threadMemory", "capacity", capacity, wholeNumber(16));
  const rounded = Math.ceil(capacity / 16) * 16;
  const memory = new SharedArrayBuffer(slotsAt(size) + 2 * size * rounded);
  const words = new Int32Array(memory);
  words[place.size] = size;
  words[place.capacity] = rounded;
  return memory;
}

/**
 * A rank of a group of threads, for `distributed.init`. Only workers can wait for others: not the
 * main thread of a browser.
 * @param options `timeout`: milliseconds after which a rank that does not come is taken to be gone;
 *   60,000 by default
 * @throws TypeError if the memory is not one of {@link threadMemory} @throws RangeError if there is
 *   no such rank
 */
export function threadCommunicator(
  memory: SharedArrayBuffer,
  rank: number,
  options: { readonly timeout?: number | undefined } = {},
): Communicator {
  checkOptions("threadCommunicator", options, ["timeout"]);
  const { timeout = 60_000 } = options;
  checkValue("threadCommunicator", "timeout", timeout, numberAbove(0));
  if (!(memory instanceof SharedArrayBuffer)) {
    throw wrongType("threadCommunicator", "the memory", memory, "what distributed.threadMemory(size) gives");
  }
  const size = new Int32Array(memory)[place.size];
  checkValue("threadCommunicator", "rank", rank, wholeNumber(0, size - 1));
  return new ThreadCommunicator(memory, rank, timeout);
}

class ThreadCommunicator implements Communicator {
  readonly rank: number;
  readonly size: number;
  readonly #memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #capacity: number;
  readonly #timeout: number;
  #rounds = 0;

  constructor(memory: SharedArrayBuffer, rank: number, timeout: number) {
    this.#memory = memory;
    this.#words = new Int32Array(memory, 0, slotsAt(new Int32Array(memory)[place.size]) / 4);
    this.size = this.#words[place.size];
    this.#capacity = this.#words[place.capacity];
    this.rank = rank;
    this.#timeout = timeout;
  }

  allReduce(data: Float32Array | Float64Array, reduction: Reduction = "sum"): void {
    const isSingle = data instanceof Float32Array;
    const most = this.#capacity / data.BYTES_PER_ELEMENT;
    for (let at = 0; at < data.length || at === 0; at += most) {
      const own = data.subarray(at, at + most);
      this.#begin();
      this.#floats(this.rank, own).set(own);
      this.#exchange(isSingle ? "allReduce of float32" : "allReduce of float64", data.length);
      const all = Array.from({ length: this.size }, (_, rank) => this.#floats(rank, own));
      combine(own, all, reduction);
    }
  }

  broadcast(data: TypedArray | Uint8Array, root = 0): void {
    checkValue("broadcast", "root", root, wholeNumber(0, this.size - 1));
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    for (let at = 0; at < bytes.length || at === 0; at += this.#capacity) {
      const own = bytes.subarray(at, at + this.#capacity);
      this.#begin();
      if (this.rank === root) this.#bytes(root, own.length).set(own);
      this.#exchange("broadcast", bytes.length);
      if (this.rank !== root) own.set(this.#bytes(root, own.length));
    }
  }

  allGather(bytes: Uint8Array): Uint8Array[] {
    const parts: Uint8Array[] = [];
    for (let at = 0, most = 1; at < most; at += this.#capacity) {
      const own = bytes.subarray(at, at + this.#capacity);
      this.#begin();
      this.#bytes(this.rank, own.length).set(own);
      const lengths = this.#exchange("allGather", bytes.length);
      for (const [rank, length] of lengths.entries()) {
        parts[rank] ??= new Uint8Array(length);
        const part = parts[rank].subarray(at, at + this.#capacity);
        part.set(this.#bytes(rank, part.length));
      }
      most = Math.max(...lengths);
    }
    return parts;
  }

  gather(bytes: Uint8Array, root = 0): Uint8Array[] {
    checkValue("gather", "root", root, wholeNumber(0, this.size - 1));
    const all = this.allGather(bytes);
    return this.rank === root ? all : [];
  }

  barrier(): void {
    this.#begin();
    this.#exchange("barrier", 0);
  }

  abort(reason: string): never {
    this.#fail(reason);
    throw this.#failure();
  }

  /** The slots of the other set are free now: all ranks have come to a round after it was read. */
  #begin(): void {
    this.#rounds++;
  }

  /** The first of the words of a rank. */
  #wordOf(rank: number): number {
    return headWords + perRank * rank;
  }

  #slot(rank: number): number {
    const set = this.#rounds % 2;
    return slotsAt(this.size) + (set * this.size + rank) * this.#capacity;
  }

  #bytes(rank: number, length: number): Uint8Array {
    return new Uint8Array(this.#memory, this.#slot(rank), length);
  }

  #floats(rank: number, { length, BYTES_PER_ELEMENT }: Float32Array | Float64Array): Float32Array | Float64Array {
    const at = this.#slot(rank);
    return BYTES_PER_ELEMENT === 4
      ? (new Float32Array(this.#memory, at, length) as unknown as Float32Array)
      : (new Float64Array(this.#memory, at, length) as unknown as Float64Array);
  }

  /**
   * Waits until all ranks have written their slots, which may be read then. Returns how much each
   * gives.
   * @throws Error, on all ranks, if they make different calls
   */
  #exchange(call: Call, length: number): number[] {
    const words = this.#words;
    const said = 1 + 2 * (this.#rounds % 2);
    const own = this.#wordOf(this.rank);
    words[own + said] = calls.indexOf(call);
    words[own + said + 1] = length;
    if (Atomics.load(words, place.failed) > 0) throw this.#failure();
    const round = Atomics.load(words, place.round);
    Atomics.add(words, own, 1);
    if (Atomics.add(words, place.arrived, 1) === this.size - 1) {
      Atomics.store(words, place.arrived, 0);
      Atomics.add(words, place.round, 1);
      Atomics.notify(words, place.round);
    } else this.#wait(round);
    const ranks = Array.from({ length: this.size }, (_, rank) => this.#wordOf(rank) + said);
    const lengths = ranks.map((at) => words[at + 1]);
    const odd = ranks.findIndex((at, rank) => {
      return words[at] !== words[ranks[0]] || (call !== "allGather" && lengths[rank] !== lengths[0]);
    });
    if (odd < 0) return lengths;
    const shown = (rank: number) => `${calls[words[ranks[rank]]]} (${lengths[rank]})`;
    throw refuse(
      "wrong-state",
      "distributed",
      `rank 0 calls ${shown(0)} where rank ${odd} calls ${shown(odd)}`,
      "make the same calls on all ranks, in the same order",
    );
  }

  #wait(round: number): void {
    const words = this.#words;
    for (let i = 0; i < looks; i++) if (Atomics.load(words, place.round) !== round) return;
    const end = now() + this.#timeout;
    while (Atomics.load(words, place.round) === round) {
      if (Atomics.load(words, place.failed) > 0) throw this.#failure();
      const left = end - now();
      if (left <= 0) {
        this.#fail(`rank ${this.rank} waited ${this.#timeout} ms for rank ${this.#late().join(", ")}`);
        throw this.#failure();
      }
      // In pieces, because a failure has no word of its own to wait for.
      Atomics.wait(words, place.round, round, Math.min(left, 100));
    }
  }

  /** The ranks that have begun fewer rounds than this one. */
  #late(): number[] {
    const begun = Array.from({ length: this.size }, (_, rank) => Atomics.load(this.#words, this.#wordOf(rank)));
    return begun.flatMap((rounds, rank) => (rounds < begun[this.rank] ? [rank] : []));
  }

  /** Has all ranks throw at their next call, or in the one where they wait; the first reason counts. */
  #fail(reason: string): void {
    const text = new TextEncoder().encode(reason).subarray(0, failureBytes);
    if (Atomics.compareExchange(this.#words, place.failed, 0, -1) !== 0) return;
    new Uint8Array(this.#memory, 4 * wordsBefore(this.size), text.length).set(text);
    this.#words[place.reason] = text.length;
    Atomics.store(this.#words, place.failed, this.rank + 1);
    Atomics.notify(this.#words, place.round);
  }

  #failure(): Error {
    const length = this.#words[place.reason];
    const text = new Uint8Array(this.#memory, 4 * wordsBefore(this.size), length).slice();
    const rank = this.#words[place.failed] - 1;
    return refuse("wrong-state", "distributed", `rank ${rank} has ended the group: ${new TextDecoder().decode(text)}`);
  }
}

/** In the order of the ranks, in double: the same bytes on all of them. */
function combine(
  into: Float32Array | Float64Array,
  [first, ...others]: readonly (Float32Array | Float64Array)[],
  reduction: Reduction,
): void {
  for (let i = 0; i < into.length; i++) {
    let value = first[i];
    if (reduction === "sum") for (const other of others) value += other[i];
    else if (reduction === "min") for (const other of others) value = Math.min(value, other[i]);
    else for (const other of others) value = Math.max(value, other[i]);
    into[i] = value;
  }
}
