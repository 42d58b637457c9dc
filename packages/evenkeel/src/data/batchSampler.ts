import { check, flag, wholeNumber, wrongState } from "../core/index.ts";
import { iterable } from "./checks.ts";
import { RandomSampler, type Sampler } from "./sampler.ts";

/**
 * Lists of positions, `batchSize` at a time, from a sampler or any iterable.
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.BatchSampler
 */
export class BatchSampler implements Sampler<number[]> {
  readonly sampler: Iterable<number> & { readonly length?: number };
  readonly batchSize: number;
  readonly dropLast: boolean;

  /**
   * @param dropLast leaves out a last batch that is not full
   * @throws TypeError if an argument is of the wrong kind
   * @throws RangeError if batchSize is not a whole number above 0
   */
  constructor(sampler: Iterable<number> & { readonly length?: number }, batchSize: number, dropLast = false) {
    check("BatchSampler", "sampler", sampler, iterable("a Sampler or an iterable of positions"));
    check("BatchSampler", "batchSize", batchSize, wholeNumber(1));
    check("BatchSampler", "dropLast", dropLast, flag());
    this.sampler = sampler;
    this.batchSize = batchSize;
    this.dropLast = dropLast;
  }

  /** @throws Error if the sampler has no length */
  get length(): number {
    const { length } = this.sampler;
    if (length === undefined) {
      throw wrongState(
        "BatchSampler",
        "its sampler has no length, so the number of batches is not known",
        "add a length to it",
      );
    }
    return this.dropLast ? Math.floor(length / this.batchSize) : Math.ceil(length / this.batchSize);
  }

  *[Symbol.iterator](): IterableIterator<number[]> {
    let batch: number[] = [];
    for (const chunk of chunksOf(this.sampler)) {
      for (let i = 0; i < chunk.length; i++) {
        batch.push(chunk[i]);
        if (batch.length < this.batchSize) continue;
        yield batch;
        batch = [];
      }
    }
    if (batch.length > 0 && !this.dropLast) yield batch;
  }
}

/**
 * The positions of a sampler, several at a time where that gives the same: a turn of the loop for
 * each takes longer.
 */
function* chunksOf(sampler: Iterable<number>): IterableIterator<ArrayLike<number>> {
  if (sampler instanceof RandomSampler && sampler[Symbol.iterator] === RandomSampler.prototype[Symbol.iterator]) {
    yield* sampler.chunks();
    return;
  }
  const one = [0];
  for (const index of sampler) {
    one[0] = index;
    yield one;
  }
}
