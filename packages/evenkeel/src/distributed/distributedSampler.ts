import { checkValue, flag, type GivenOptions, mismatch, optional, resolveOptions, wholeNumber } from "../core/index.ts";
import { checkSized } from "../data/checks.ts";
import type { Sampler } from "../data/index.ts";
import { Generator, randperm } from "../random/index.ts";
import { groupFor } from "./group.ts";

const options = {
  /** How many ranks share the dataset (those of the process group). */
  numReplicas: optional(wholeNumber(1)),
  /** Whose positions these are (those of this process). */
  rank: optional(wholeNumber(0)),
  /** A new random order for each epoch (true). */
  shuffle: optional(flag(), true),
  /** All ranks draw the order of epoch e from a generator of seed + e (0). */
  seed: optional(wholeNumber(), 0),
  /** Leaves out the last positions that do not divide evenly (false). */
  dropLast: optional(flag(), false),
  /**
   * Repeats positions from the start, so that all ranks get as many. Without it, ranks may get one
   * position less than others, and every position comes once (true).
   */
  pad: optional(flag(), true),
};

export interface DistributedSamplerOptions extends GivenOptions<typeof options> {}

/**
 * The positions of one rank: every one in `numReplicas`, from the one of its rank on. With `pad`,
 * bit-equal to https://pytorch.org/docs/stable/data.html#torch.utils.data.distributed.DistributedSampler.
 *
 * @example
 * const sampler = new distributed.DistributedSampler(dataset);
 * const loader = new DataLoader(dataset, { batchSize: 32, sampler });
 * for (let epoch = 0; epoch < 10; epoch++) {
 *   sampler.setEpoch(epoch);
 *   for (const [x, y] of loader) step(x, y);
 * }
 */
export class DistributedSampler implements Sampler {
  readonly numReplicas: number;
  readonly rank: number;
  readonly shuffle: boolean;
  readonly seed: number;
  readonly dropLast: boolean;
  readonly pad: boolean;
  epoch = 0;
  readonly #source: { readonly length: number };

  /**
   * @throws TypeError if `source` has no length, or an option is unknown or of the wrong kind
   * @throws RangeError if there is no such rank, or options exclude each other
   * @throws Error without a process group, unless numReplicas and rank are given
   */
  constructor(source: { readonly length: number }, given: DistributedSamplerOptions = {}) {
    checkSized("DistributedSampler", "source", source);
    const resolved = resolveOptions("DistributedSampler", given, options);
    const { shuffle, seed, dropLast, pad } = resolved;
    const { numReplicas = groupFor("DistributedSampler").size, rank = groupFor("DistributedSampler").rank } = resolved;
    checkValue("DistributedSampler", "rank", rank, wholeNumber(0, numReplicas - 1));
    if (dropLast && !pad) {
      throw mismatch(
        "conflict",
        "DistributedSampler",
        "dropLast: true and pad: false are given",
        "one of them: dropLast leaves positions out, pad: false keeps each once",
      );
    }
    this.#source = source;
    this.numReplicas = numReplicas;
    this.rank = rank;
    this.shuffle = shuffle;
    this.seed = seed;
    this.dropLast = dropLast;
    this.pad = pad;
  }

  /** How many positions this rank gets. */
  get length(): number {
    const { numReplicas, rank, dropLast, pad } = this;
    const n = this.#source.length;
    if (!pad) return Math.max(0, Math.ceil((n - rank) / numReplicas));
    return dropLast ? Math.floor(n / numReplicas) : Math.ceil(n / numReplicas);
  }

  /** Chooses the order of the next iterations. @throws RangeError if it is no whole number */
  setEpoch(epoch: number): void {
    checkValue("DistributedSampler", "epoch", epoch, wholeNumber());
    this.epoch = epoch;
  }

  *[Symbol.iterator](): IterableIterator<number> {
    const n = this.#source.length;
    if (n === 0) return;
    const order = this.shuffle ? randperm(n, new Generator(this.seed + this.epoch)) : undefined;
    const { length } = this;
    for (let i = 0; i < length; i++) {
      // The order is repeated as often as needed.
      const at = (this.rank + i * this.numReplicas) % n;
      yield order === undefined ? at : order[at];
    }
  }
}
