import { guard } from "../../core/index.ts";
import type { Communicator, Reduction } from "./communicator.ts";

/** Processes that compute together, as rows name them: an object that compiled steps do not copy. */
export class ProcessGroup {
  readonly communicator: Communicator;

  constructor(communicator: Communicator) {
    this.communicator = communicator;
  }

  get rank(): number {
    return this.communicator.rank;
  }

  get size(): number {
    return this.communicator.size;
  }

  /** The elements over all ranks, in place. */
  reduce(data: Float32Array | Float64Array, reduction: Reduction): void {
    ownMemory(data, (own) => this.communicator.allReduce(own, reduction));
  }

  /** The numbers of every rank, which are equally many, in the order of the ranks. */
  gatherNumbers(own: Float64Array): Float64Array {
    const all = new Float64Array(this.size * own.length);
    all.set(own, this.rank * own.length);
    // Each place is a number of one rank and zeros of the others: one message, and exact.
    this.communicator.allReduce(all, "sum");
    return all;
  }
}

/** The group of this process, if there is one. */
export const ranks: { group: ProcessGroup | null } = { group: null };

/** The group, if it has more than one rank: one alone has nothing to exchange. */
export function severalRanks(): ProcessGroup | undefined {
  guard(ranks, ["group"]);
  const { group } = ranks;
  return group !== null && group.size > 1 ? group : undefined;
}

/** Communicators get memory that no other thread shares: not every native library takes such. */
export function ownMemory<T extends { readonly buffer: ArrayBufferLike; slice(): T; set(from: T): void }>(
  data: T,
  use: (own: T) => void,
): void {
  const isShared = typeof SharedArrayBuffer === "function" && data.buffer instanceof SharedArrayBuffer;
  const own = isShared ? data.slice() : data;
  use(own);
  if (own !== data) data.set(own);
}
