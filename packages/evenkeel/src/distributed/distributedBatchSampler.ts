import { checkOptions, checkValue, wholeNumber, wrongType } from "../core/index.ts";
import type { Sampler } from "../data/index.ts";
import { groupFor } from "./group.ts";

type Batches = Iterable<readonly number[]> & { readonly length?: number };

export interface DistributedBatchSamplerOptions {
  /** How many ranks share each batch (those of the process group). */
  readonly numReplicas?: number | undefined;
  /** Whose positions these are (those of this process). */
  readonly rank?: number | undefined;
}

/**
 * The part of every batch that is one rank's: the first rank has the first positions, and shares
 * differ by one at most. A batch with fewer positions than ranks leaves some with an empty list, so
 * that all ranks have as many batches, and together those of `batches`. All ranks give the same
 * batches, in the same order.
 *
 * @example
 * const batches = new BatchSampler(new RandomSampler(dataset, { generator: new Generator(1) }), 64);
 * const loader = new DataLoader(dataset, { batchSampler: new distributed.DistributedBatchSampler(batches) });
 */
export class DistributedBatchSampler implements Sampler<number[]> {
  readonly batches: Batches;
  readonly numReplicas: number;
  readonly rank: number;

  /**
   * @throws TypeError if `batches` cannot be iterated, or an option is unknown or of the wrong kind
   * @throws RangeError if there is no such rank
   * @throws Error without a process group, unless numReplicas and rank are given
   */
  constructor(batches: Batches, options: DistributedBatchSamplerOptions = {}) {
    const caller = "DistributedBatchSampler";
    if (typeof batches !== "object" || batches === null || !(Symbol.iterator in batches)) {
      throw wrongType(caller, "batches", batches, "a BatchSampler or an iterable of lists of positions");
    }
    checkOptions(caller, options, ["numReplicas", "rank"]);
    const { numReplicas = groupFor(caller).size, rank = groupFor(caller).rank } = options;
    checkValue(caller, "numReplicas", numReplicas, wholeNumber(1));
    checkValue(caller, "rank", rank, wholeNumber(0, numReplicas - 1));
    this.batches = batches;
    this.numReplicas = numReplicas;
    this.rank = rank;
  }

  /** How many batches there are: NaN if that is not known. */
  get length(): number {
    return this.batches.length ?? Number.NaN;
  }

  *[Symbol.iterator](): IterableIterator<number[]> {
    const { numReplicas, rank } = this;
    for (const batch of this.batches) {
      const start = Math.floor((rank * batch.length) / numReplicas);
      const end = Math.floor(((rank + 1) * batch.length) / numReplicas);
      yield batch.slice(start, end);
    }
  }
}
