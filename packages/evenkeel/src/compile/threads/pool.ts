import { heap } from "../memory/heap.ts";
import type { StartThread, Thread } from "./startThread.ts";
import { workerSource } from "./worker.ts";

/**
 * Threads that help with the parts of large tasks. The main thread writes what is to be done into a
 * control block of the shared memory, and then a ticket: how many parts are left, and in the bits
 * above a number of the task. Who lowers a ticket by one has the part of that number. A ticket of
 * another task cannot be taken by mistake, because its number differs. The main thread takes tickets
 * too, and so ends alone where no worker is scheduled; at the end it waits for parts that workers
 * have begun.
 */

/** Where the words of the control block are. */
const place = { ticket: 0, program: 1, first: 2, done: 3, threads: 4, address: 5, length: 6 } as const;

/** What of a program a pool needs. */
export interface Divisible {
  /** Of this process, different for each program. */
  readonly id: number;
  /** Where its module's bytes are in the heap, and how many. */
  readonly module: { readonly address: number; readonly length: number };
  /** The most threads that may work on it. */
  readonly threads: number;
}

/** A wait for a worker first spins for so many rounds, about 20 microseconds. */
const spins = 2000;

export class ThreadPool {
  readonly #words: Int32Array;
  readonly #control: number;
  readonly #startThread: StartThread;
  readonly #workers = new Set<Thread>();
  #threads = 1;
  /** How many of the threads do other work. */
  #lent = 0;
  /** How many workers died: they are not replaced, as the next would die of the same. */
  #lost = 0;
  #number = 0;
  /** How many parts workers have run so far. */
  helped = 0;

  constructor(startThread: StartThread) {
    this.#startThread = startThread;
    this.#control = heap().allocate(64);
    this.#words = new Int32Array(heap().memory.buffer, this.#control, 16);
  }

  /** The number of threads, the main one among them. */
  get threads(): number {
    return this.#threads;
  }

  /** How many workers are there: those that died are not. */
  get workers(): number {
    return this.#workers.size;
  }

  /** Ends workers that are too many; those that lack are started when there is something to do. */
  resize(threads: number): void {
    this.#threads = threads;
    this.#lost = 0;
    for (const worker of [...this.#workers].slice(threads - 1)) {
      this.#workers.delete(worker);
      worker.end();
    }
  }

  /**
   * Leaves one of the threads to other work.
   * @returns gives it back; undefined if that leaves none
   */
  lend(): (() => void) | undefined {
    if (this.#lent + 1 >= this.#threads) return undefined;
    this.#lent++;
    let isLent = true;
    return () => {
      if (isLent) this.#lent--;
      isLent = false;
    };
  }

  #start(): void {
    while (this.#lacks()) {
      const own = 1 + this.#workers.size + this.#lost;
      // Out of memory, say. A worker has what a part needs before it takes one, so that no part is
      // lost with it, and the others do what is left. Of one that was too many the end is no loss.
      const died = () => {
        if (worker !== undefined && this.#workers.delete(worker)) this.#lost++;
      };
      const given = { memory: heap().memory, control: this.#control, own, place };
      const worker = this.#startThread(workerSource, given, died);
      if (worker === undefined) this.#lost++;
      else this.#workers.add(worker);
    }
  }

  #lacks(): boolean {
    return this.#workers.size + this.#lost < this.#threads - 1 - this.#lent;
  }

  /**
   * Runs some parts of a task, here and in the workers. They are all done when it returns.
   * @param parts - the functions "part_<number>" of the program
   */
  run(
    { id, module, threads: most }: Divisible,
    parts: Readonly<Record<string, () => void>>,
    first: number,
    count: number,
  ): void {
    if (this.#lacks()) this.#start();
    const words = this.#words;
    const threads = Math.min(most, this.#threads - this.#lent);
    words[place.program] = id;
    words[place.first] = first;
    words[place.done] = 0;
    words[place.threads] = threads;
    words[place.address] = module.address;
    words[place.length] = module.length;
    this.#number = (this.#number + 1) & 0x3fffff;
    Atomics.store(words, place.ticket, (this.#number << 8) | count);
    if (threads > 1) Atomics.notify(words, place.ticket);
    let own = 0;
    for (;;) {
      const ticket = Atomics.load(words, place.ticket);
      const left = ticket & 255;
      if (left === 0) break;
      if (Atomics.compareExchange(words, place.ticket, ticket, ticket - 1) !== ticket) continue;
      own++;
      parts[`part_${first + left - 1}`]();
    }
    for (let spun = 0; ; spun++) {
      const done = Atomics.load(words, place.done);
      if (done === count - own) break;
      if (spun > spins) Atomics.wait(words, place.done, done, 1);
    }
    this.helped += count - own;
  }
}
