import type { Worker } from "node:worker_threads";
import { refuse } from "evenkeel/problem";
import type { Lock } from "../lock.ts";
import type { Mpi } from "../mpi.ts";
import type { Floats } from "../reduce.ts";
import { startThread } from "../startThread.ts";
import type { Reduction } from "../types.ts";
import type { Board } from "../watch/board.ts";
import { bytesFor, dataOf, type Job, type SecondData, state, wordOf } from "./job.ts";

/** The second thread of this rank, seen from the main one. It starts with the first sum. */
export class SecondThread {
  readonly #mpi: Mpi;
  readonly #lock: Lock;
  readonly #board: Board;
  readonly #data: SecondData;
  #worker: Worker | undefined;
  /** Memory of sums that are done: a training makes those of the same lengths in every step. */
  #free: SharedArrayBuffer[] = [];

  constructor(mpi: Mpi, lock: Lock, board: Board, data: Omit<SecondData, "lock" | "board">) {
    this.#mpi = mpi;
    this.#lock = lock;
    this.#board = board;
    this.#data = { ...data, lock: lock.buffer, board: board.buffer };
  }

  /** Starts a sum over ranks. Data is copied. */
  start(data: Floats, reduction: Reduction): Job {
    this.#worker ??= this.#begin();
    const memory = this.#take(data.byteLength);
    const job: Job = { memory, isSingle: data instanceof Float32Array, length: data.length, reduction };
    Atomics.store(wordOf(job), 0, state.underWay);
    dataOf(job).set(data);
    this.#worker.postMessage(job);
    return job;
  }

  /** Waits until a sum is there, and writes it. @throws Error if it failed */
  finish(job: Job, into: Floats): void {
    const word = wordOf(job);
    // In pieces: a thread that is gone says nothing, but other ranks notice, and tell this one.
    while (Atomics.wait(word, 0, state.underWay, 1000) === "timed-out" && !this.#board.hasFailed);
    if (Atomics.load(word, 0) !== state.done) {
      throw refuse("wrong-state", "allReduce", this.#board.failure ?? "it failed in the second thread");
    }
    into.set(dataOf(job));
    this.#free.push(job.memory);
  }

  #begin(): Worker {
    this.#mpi.lock = this.#lock;
    return startThread("secondThread", import.meta.url, this.#data);
  }

  #take(bytes: number): SharedArrayBuffer {
    const needed = bytesFor(bytes);
    const at = this.#free.findIndex(({ byteLength }) => byteLength === needed);
    return at < 0 ? new SharedArrayBuffer(needed) : this.#free.splice(at, 1)[0];
  }
}
