import { wrongState } from "../../core/index.ts";
import { type ProcessGroup, severalRanks } from "../../ops/collective/index.ts";
import { agreed, goOn, OtherRankError, type Reason, reasonOf } from "./agreed.ts";

/** The rows of a batch that one rank computes. */
export interface Share {
  readonly from: number;
  readonly rows: number;
  /** The rows of the whole batch. */
  readonly total: number;
}

/**
 * The ranks that train one network together, seen from one of them. All of them do the same, so
 * that their exchanges follow in the same order; what may happen to one of them alone, a signal or
 * an error, takes effect where they agree on it.
 */
export class Ranks {
  readonly group: ProcessGroup;
  readonly #isAsked: () => boolean;
  readonly #stop = new AbortController();

  /** @param isAsked whether this rank was asked to stop */
  constructor(group: ProcessGroup, isAsked: () => boolean) {
    this.group = group;
    this.#isAsked = isAsked;
  }

  /** The ranks of this process's group; undefined if it is alone. */
  static of(signal: AbortSignal | undefined): Ranks | undefined {
    const group = severalRanks();
    return group && new Ranks(group, () => signal?.aborted === true);
  }

  /** Aborted on all ranks at the same place, once any of them was asked to stop. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Whether this is the rank that scores what all have computed alike. */
  get isFirst(): boolean {
    return this.group.rank === 0;
  }

  /**
   * The contiguous part of a batch that this rank computes. Undefined if there are fewer rows than
   * ranks: then each of them computes all, which takes no longer and needs no exchange.
   */
  shareOf(total: number): Share | undefined {
    const { rank, size } = this.group;
    if (total < size) return undefined;
    const from = startOf(total, rank, size);
    return { from, rows: startOf(total, rank + 1, size) - from, total };
  }

  /** The rows that each rank computes of a batch. */
  rowsOf(total: number): number[] {
    const { size } = this.group;
    return Array.from({ length: size }, (_, rank) => startOf(total, rank + 1, size) - startOf(total, rank, size));
  }

  /** 1 if this rank was asked to stop, to be summed over the ranks. */
  vote(): number {
    return this.#isAsked() ? 1 : 0;
  }

  /** Takes the sum of the votes, which every exchange brings along. */
  count(votes: number): void {
    goOn();
    if (votes > 0) this.#stop.abort();
  }

  /** The numbers of each rank, which may differ in length. */
  gather(numbers: Float64Array): Float64Array[] {
    const all = this.group.communicator.allGather(new Uint8Array(numbers.slice().buffer));
    return all.map((bytes) => new Float64Array(bytes.slice().buffer));
  }

  /** The text of each rank. */
  gatherTexts(own: string): string[] {
    const all = this.group.communicator.allGather(new TextEncoder().encode(own));
    return all.map((bytes) => new TextDecoder().decode(bytes));
  }

  /** Agrees on the signal. */
  agree(): void {
    this.sumOf(false);
  }

  /** How many ranks say yes. Agrees on the signal, too. */
  sumOf(yes: boolean): number {
    const told = Float64Array.of(yes ? 1 : 0, this.vote());
    this.group.communicator.allReduce(told, "sum");
    this.count(told[1]);
    return told[0];
  }

  /**
   * Does work without exchanges, and agrees on how it ended: if it failed on some rank, every rank
   * throws: the first of those its own error, the others an {@link OtherRankError}.
   */
  together<T>(work: () => T): T {
    let outcome: { readonly value: T } | { readonly error: unknown };
    try {
      outcome = { value: work() };
    } catch (error) {
      outcome = { error };
    }
    return this.#outcome(outcome);
  }

  /** As `together`, for work that waits. */
  async togetherAsync<T>(work: () => T | Promise<T>): Promise<T> {
    let outcome: { readonly value: T } | { readonly error: unknown };
    try {
      outcome = { value: await work() };
    } catch (error) {
      outcome = { error };
    }
    return this.#outcome(outcome);
  }

  /** @throws Error unless all ranks give the same text */
  same(what: string, own: string, cure: string): void {
    const all = this.gatherTexts(own);
    const odd = all.findIndex((one) => one !== all[0]);
    goOn();
    if (odd >= 0) throw agreed(wrongState("", `rank ${odd} has another ${what} than rank 0`, cure), 0);
  }

  #outcome<T>(outcome: { readonly value: T } | { readonly error: unknown }): T {
    if ("value" in outcome) {
      this.#settle(undefined);
      return outcome.value;
    }
    this.#settle({ error: outcome.error });
    throw outcome.error; // never: the ranks have agreed on an error
  }

  #settle(failed: { readonly error: unknown } | undefined): void {
    const { communicator, rank } = this.group;
    if (this.sumOf(failed !== undefined) === 0) return;
    const own = failed === undefined ? "" : JSON.stringify(reasonOf(failed.error));
    const all = communicator.allGather(new TextEncoder().encode(own));
    const first = all.findIndex(({ length }) => length > 0);
    if (failed !== undefined && first === rank) throw agreed(failed.error, rank);
    throw agreed(new OtherRankError(first, JSON.parse(new TextDecoder().decode(all[first])) as Reason), first);
  }
}

/** The first row of a rank: shares differ by one row at most. */
function startOf(total: number, rank: number, size: number): number {
  return Math.floor((rank * total) / size);
}

/** Does work without exchanges; with several ranks they agree on how it ended. */
export function together<T>(ranks: Ranks | undefined, work: () => T): T {
  return ranks === undefined ? work() : ranks.together(work);
}

/** As {@link together}, for work that waits. */
export function togetherAsync<T>(ranks: Ranks | undefined, work: () => T | Promise<T>): T | Promise<T> {
  return ranks === undefined ? work() : ranks.togetherAsync(work);
}
