import { refuse } from "evenkeel/problem";
import { type Call, describeCall, tagOf } from "./calls.ts";
import type { Mpi } from "./mpi.ts";
import type { Board } from "./watch/board.ts";
import { nameOf, type Where } from "./watch/peers.ts";

/** A message that is under way. */
interface Posted {
  readonly rank: number;
  readonly isReceived: boolean;
}

/**
 * So often a call looks for its messages before it lets other processes go first: for about a
 * millisecond, and hardly at all where the ranks of a machine outnumber its processors.
 */
const [spins, spinsOfMany] = [3000, 100];
/** Milliseconds of waiting after which a call sleeps a little, and after which a little longer. */
const [untilNap, untilSleep] = [5, 1000];
const [nap, sleep] = [0.05, 1];

export interface TransportOptions {
  readonly rank: number;
  readonly size: number;
  /** Milliseconds that a call may take. */
  readonly timeout: number;
  /** The most bytes of one message of MPI; longer ones travel in pieces. */
  readonly longest?: number;
  /**
   * Whether a second thread makes the calls, of which the first takes note for the watcher. Their messages do not match those of the first.
   */
  readonly isSecond?: boolean;
}

/** Sends and receives the messages of one call at a time, and gives up where one does not come. */
export class Transport {
  readonly rank: number;
  readonly size: number;
  readonly #mpi: Mpi;
  readonly #board: Board;
  readonly #where: readonly Where[];
  readonly #timeout: number;
  readonly #longest: number;
  readonly #isSecond: boolean;
  #spins = spinsOfMany;
  #call: Call | undefined;
  #tag = 0;
  #posted: Posted[] = [];
  /** What MPI reads and writes, kept from the garbage collector; after a failure for good. */
  #held: Uint8Array[] = [];
  #failure: Error | undefined;

  constructor(mpi: Mpi, board: Board, where: readonly Where[], options: TransportOptions) {
    const { rank, size, timeout, longest = 2 ** 30, isSecond = false } = options;
    this.rank = rank;
    this.size = size;
    this.#mpi = mpi;
    this.#board = board;
    this.#where = where;
    this.#timeout = timeout;
    this.#longest = longest;
    this.#isSecond = isSecond;
  }

  /** Says whether every rank has a processor for itself. */
  set hasProcessors(value: boolean) {
    this.#spins = value ? spins : spinsOfMany;
  }

  /**
   * Makes a call, whose messages are sent and received in `body`.
   * @param sum the number of a started sum, if the call is to wait for it
   * @throws Error if an earlier call has failed, or this one does
   */
  run<T>(call: Call, body: () => T, sum?: number): T {
    if (this.#failure !== undefined) {
      throw refuse("wrong-state", call.kind, `an earlier call has failed: ${this.#failure.message}`);
    }
    this.#call = call;
    this.#tag = tagOf(call, this.#isSecond);
    if (sum !== undefined) this.#board.await(this.rank, call, sum);
    else if (!this.#isSecond) this.#board.enter(this.rank, call);
    try {
      const result = body();
      if (!this.#isSecond) this.#board.leave(this.rank);
      return result;
    } catch (error) {
      this.#failure = error as Error;
      this.#board.fail(this.#failure.message);
      throw error;
    }
  }

  /** Notes that a sum is started. Returns its number. */
  started(): number {
    return this.#board.start(this.rank);
  }

  /** Sends bytes, which may not change until `complete` has returned. */
  send(bytes: Uint8Array, to: number): void {
    for (const piece of this.#pieces(bytes)) this.#mpi.send(this.#post(piece, to, false), piece, to, this.#tag);
  }

  /** Receives as many bytes as there is room for; they are there when `complete` has returned. */
  receive(bytes: Uint8Array, from: number): void {
    for (const piece of this.#pieces(bytes)) this.#mpi.receive(this.#post(piece, from, true), piece, from, this.#tag);
  }

  /** Returns when all messages have arrived. @throws Error if one does not */
  complete(): void {
    const count = this.#posted.length;
    if (count > 0 && !this.#spin(count)) this.#wait(count);
    this.#posted = [];
    this.#held = [];
  }

  *#pieces(bytes: Uint8Array): Iterable<Uint8Array> {
    if (bytes.length <= this.#longest) {
      if (bytes.length > 0) yield bytes;
      return;
    }
    for (let at = 0; at < bytes.length; at += this.#longest) yield bytes.subarray(at, at + this.#longest);
  }

  #post(bytes: Uint8Array, rank: number, isReceived: boolean): number {
    this.#held.push(bytes);
    return this.#posted.push({ rank, isReceived }) - 1;
  }

  #spin(count: number): boolean {
    for (let i = 0; i < this.#spins; i++) if (this.#mpi.areDone(count)) return true;
    return false;
  }

  #wait(count: number): void {
    let [last, waited] = [performance.now(), 0];
    // A rank whose program goes on alone after the others' is no failure.
    const timeout = this.#call?.kind === "end" ? Number.POSITIVE_INFINITY : this.#timeout;
    while (!this.#mpi.areDone(count)) {
      if (this.#board.hasFailed) throw refuse("wrong-state", this.#name, this.#board.failure ?? "");
      const now = performance.now();
      // While all processes were stopped, as those of a suspended job are, nobody was late.
      waited += Math.min(now - last, 1000);
      last = now;
      if (waited > timeout) throw this.#late(count);
      if (waited < untilNap) this.#mpi.yield();
      else this.#board.sleep(waited < untilSleep ? nap : sleep);
    }
  }

  get #name(): string {
    return this.#call?.kind ?? "";
  }

  #late(count: number): Error {
    const open = this.#posted.slice(0, count).filter((_, request) => !this.#mpi.isDone(request));
    const missing = open.filter(({ isReceived }) => isReceived);
    const ranks = [...new Set((missing.length > 0 ? missing : open).map(({ rank }) => rank))].sort((a, b) => a - b);
    const named = ranks.map((rank) => {
      const { calls, isInside } = this.#board.of(rank);
      const does = isInside ? "is in" : "computes after";
      return `${nameOf(rank, this.#where)} ${does} its call ${calls}`;
    });
    const own = this.#call === undefined ? "" : describeCall(this.#call);
    return refuse(
      "wrong-state",
      this.#name,
      `${own}, ${this.#isSecond ? "started by" : `call ${this.#board.of(this.rank).calls} of`} rank ${this.rank}, was not done within ${this.#timeout / 1000} seconds: ${named.join(", ")}`,
      "a longer timeout lets ranks compute for longer between two calls",
    );
  }
}
