import type { TypedArray } from "../../core/index.ts";

/** How the elements of all ranks are combined. */
export type Reduction = "sum" | "min" | "max";

/**
 * Processes that compute together, each with a number, its rank. Every call is a collective: all
 * ranks make the same calls in the same order, and each returns when its part is done. Calls are
 * synchronous, so that a step that contains one stays synchronous.
 *
 * All ranks get the same bytes, and the same bytes in every run with as many ranks: the order of
 * sums does not depend on which rank comes first.
 *
 * A call throws if another rank is gone or its network is; this rank should then end, too.
 */
export interface Communicator {
  /** From 0. */
  readonly rank: number;
  /** How many ranks there are. */
  readonly size: number;
  /** Replaces the elements on every rank by their sums, minima or maxima over all ranks. */
  allReduce(data: Float32Array | Float64Array, reduction?: Reduction): void;
  /**
   * Starts an `allReduce`, for those that can make it while this rank computes. Data is copied.
   * The function that is returned waits for the result, writes it, and throws if it failed; it is
   * called once, in the order of the starts. All ranks start the same ones in the same order, but
   * other calls may come between two at other places on each.
   */
  readonly startAllReduce?:
    | ((data: Float32Array | Float64Array, reduction?: Reduction) => (into: Float32Array | Float64Array) => void)
    | undefined;
  /** Replaces the elements on every rank by those of `root`. */
  broadcast(data: TypedArray | Uint8Array, root?: number): void;
  /** The bytes of every rank, which may differ in length, in the order of the ranks. */
  allGather(bytes: Uint8Array): Uint8Array[];
  /** As `allGather`, at `root` alone; the others get an empty list. */
  gather(bytes: Uint8Array, root?: number): Uint8Array[];
  /** Returns when every rank has called it. */
  barrier(): void;
  /** Ends the processes of all ranks. The reason is shown with the number of this rank. */
  abort(reason: string): never;
}
