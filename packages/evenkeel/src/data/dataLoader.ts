import { flag, fn, type GivenOptions, optional, resolveOptions, wholeNumber, wrongState } from "../core/index.ts";
import { defaultGenerator, type Generator } from "../random/index.ts";
import { drawInt64 } from "../random/integers.ts";
import { BatchSampler } from "./batchSampler.ts";
import { generators, iterable } from "./checks.ts";
import type { Collated } from "./collate.ts";
import { type Dataset, type DatasetLike, fetchBatch, toDataset } from "./dataset.ts";
import { RandomSampler, SequentialSampler } from "./sampler.ts";

/**
 * Any iterable of positions, or of batches of them; with a length if that of the loader is needed.
 */
type Order<T> = Iterable<T> & { readonly length?: number };

const loaderOptions = {
  /** Items per batch (1). */
  batchSize: optional(wholeNumber(1), 1),
  /** A new random order for each iteration (false). */
  shuffle: optional(flag(), false),
  /** The order of the items, instead of `shuffle`. */
  sampler: optional(iterable<Order<number>>("a Sampler or an iterable")),
  /** The items of each batch, instead of `batchSize`, `shuffle`, `sampler` and `dropLast`. */
  batchSampler: optional(iterable<Order<readonly number[]>>("a Sampler or an iterable")),
  /** Leaves out a last batch that is not full (false). */
  dropLast: optional(flag(), false),
  collate: optional(fn<(items: never[]) => unknown>("a function of a list of items")),
  /** The generator of orders (the default generator, through a private one). */
  generator: optional(generators),
};

export interface DataLoaderOptions<T, B> extends GivenOptions<typeof loaderOptions> {
  /** Makes a batch of a list of items (`defaultCollate`). */
  readonly collate?: ((items: T[]) => B) | undefined;
}

/**
 * Iterates over a dataset in batches; each iteration is one epoch. Orders, and what is drawn to
 * make them, are bit-equal to
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.DataLoader.
 *
 * @example
 * const loader = new DataLoader(new TensorDataset(x, y), { batchSize: 32, shuffle: true });
 * for (const [input, target] of loader) step(input, target);
 */
export class DataLoader<T, B = Collated<T>> implements Iterable<B> {
  readonly dataset: Dataset<T>;
  /** Null with a batch sampler of your own. */
  readonly batchSize: number | null;
  readonly dropLast: boolean;
  /** The order of the items; null with a batch sampler of your own. */
  readonly sampler: Order<number> | null;
  readonly batchSampler: Order<readonly number[]>;
  readonly generator: Generator | undefined;
  readonly #collate: ((items: T[]) => B) | undefined;

  /**
   * @throws TypeError if `dataset` is neither a dataset nor an array of items, or an option is
   *   unknown or of the wrong kind
   * @throws RangeError if batchSize is not a whole number above 0, or an empty dataset is to be
   *   shuffled
   * @throws Error if options exclude each other
   */
  constructor(dataset: DatasetLike<T>, options: DataLoaderOptions<T, B> = {}) {
    const source = toDataset("DataLoader", "dataset", dataset);
    const resolved = resolveOptions("DataLoader", options, loaderOptions);
    const { batchSize, shuffle, sampler, batchSampler, dropLast, generator } = resolved;
    if (sampler !== undefined && shuffle) {
      throw wrongState("DataLoader", "sampler option is mutually exclusive with shuffle", "shuffle in the sampler");
    }
    if (batchSampler !== undefined && (batchSize !== 1 || shuffle || sampler !== undefined || dropLast)) {
      throw wrongState(
        "DataLoader",
        "batchSampler option is mutually exclusive with batchSize, shuffle, sampler, and dropLast",
        "leave those out",
      );
    }
    this.dataset = source;
    this.generator = generator;
    this.#collate = options.collate;
    this.dropLast = dropLast;
    if (batchSampler !== undefined) {
      this.batchSize = null;
      this.sampler = null;
      this.batchSampler = batchSampler;
    } else {
      this.batchSize = batchSize;
      this.sampler = sampler ?? (shuffle ? new RandomSampler(source, { generator }) : new SequentialSampler(source));
      this.batchSampler = new BatchSampler(this.sampler, batchSize, dropLast);
    }
  }

  /** The number of batches. @throws Error if the sampler has no length */
  get length(): number {
    const { length } = this.batchSampler;
    if (length === undefined) {
      throw wrongState(
        "DataLoader",
        "its batchSampler has no length, so the number of batches is not known",
        "add a length to it",
      );
    }
    return length;
  }

  [Symbol.iterator](): IterableIterator<B> {
    const batches = this.batchSampler[Symbol.iterator]();
    // PyTorch draws a seed for worker processes here, even without any: later draws depend on it.
    drawInt64(this.generator ?? defaultGenerator);
    return this.#fetch(batches);
  }

  *#fetch(batches: Iterator<readonly number[]>): IterableIterator<B> {
    for (const indices of { [Symbol.iterator]: () => batches }) {
      yield this.#collate === undefined
        ? (fetchBatch(this.dataset, indices) as B)
        : this.#collate(indices.map((index) => this.dataset.get(index)));
    }
  }
}
