import { flag, type GivenOptions, optional, refuse, resolveOptions, wholeNumber } from "../core/index.ts";
import { defaultGenerator, Generator, randperm } from "../random/index.ts";
import { drawInt64, fillRandint } from "../random/integers.ts";
import { checkSized, generators, listNumbers, type Numbers } from "./checks.ts";

/**
 * An order in which to visit a dataset: positions (`Sampler<number>`), or lists of them for
 * batches.
 */
export interface Sampler<T = number> extends Iterable<T> {
  /** How many an iteration gives. */
  readonly length: number;
}

interface Sized {
  readonly length: number;
}

/** 0, 1, 2, ... https://pytorch.org/docs/stable/data.html#torch.utils.data.SequentialSampler */
export class SequentialSampler implements Sampler {
  readonly #source: Sized;

  /** @throws TypeError if `source` has no length */
  constructor(source: Sized) {
    checkSized("SequentialSampler", "source", source);
    this.#source = source;
  }

  get length(): number {
    return this.#source.length;
  }

  *[Symbol.iterator](): IterableIterator<number> {
    for (let i = 0; i < this.#source.length; i++) yield i;
  }
}

const randomOptions = {
  /** Draw each position independently, so that some come twice (false). */
  replacement: optional(flag(), false),
  /** How many to draw (the length of the source). */
  numSamples: optional(wholeNumber(1)),
  /**
   * Where to draw from. Without one, each iteration seeds a private generator from the default one.
   */
  generator: optional(generators),
};

export interface RandomSamplerOptions extends GivenOptions<typeof randomOptions> {}

/**
 * Positions in random order, bit-equal to
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.RandomSampler. An iteration draws when
 * it first gives a position; one that runs to its end draws a last permutation that it does not
 * use, as PyTorch does.
 */
export class RandomSampler implements Sampler {
  readonly replacement: boolean;
  readonly generator: Generator | undefined;
  readonly #source: Sized;
  readonly #numSamples: number | undefined;

  /**
   * @throws TypeError if an argument is of the wrong kind
   * @throws RangeError if numSamples, or without it the length of `source`, is not a whole number
   *   above 0
   */
  constructor(source: Sized, options: RandomSamplerOptions = {}) {
    checkSized("RandomSampler", "source", source);
    const { replacement, numSamples, generator } = resolveOptions("RandomSampler", options, randomOptions);
    checkNotEmpty(source);
    this.#source = source;
    this.#numSamples = numSamples;
    this.replacement = replacement;
    this.generator = generator;
  }

  get length(): number {
    return this.#numSamples ?? this.#source.length;
  }

  *[Symbol.iterator](): IterableIterator<number> {
    // Delegating to the arrays would take three times as long.
    for (const chunk of this.chunks()) for (let i = 0; i < chunk.length; i++) yield chunk[i];
  }

  /** @internal The same positions, as many at a time as are drawn at once. */
  *chunks(): IterableIterator<Int32Array> {
    checkNotEmpty(this.#source);
    const n = this.#source.length;
    const count = this.length;
    const generator = this.generator ?? new Generator(drawInt64(defaultGenerator));
    if (this.replacement) {
      // PyTorch draws 32 at a time, which shows when an iteration is left early.
      for (let drawn = 0; drawn < count; drawn += 32) {
        const chunk = new Int32Array(Math.min(32, count - drawn));
        fillRandint(chunk, 0, n, generator);
        yield chunk;
      }
      return;
    }
    // The last draw from a private generator is not observable.
    const rounds = this.generator === undefined ? Math.ceil(count / n) : Math.floor(count / n) + 1;
    for (let round = 0; round < rounds; round++) {
      const order = randperm(n, generator);
      const left = count - round * n;
      yield left < n ? order.subarray(0, Math.max(left, 0)) : order;
    }
  }
}

function checkNotEmpty(source: Sized): void {
  if (source.length > 0) return;
  throw refuse(
    "wrong-value",
    "RandomSampler",
    "the source is empty, so there is nothing to draw from",
    "check the dataset's length",
  );
}

const subsetOptions = {
  /** Where to draw from (the default generator). */
  generator: optional(generators),
};

/**
 * Some positions in random order.
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.SubsetRandomSampler
 */
export class SubsetRandomSampler implements Sampler {
  readonly indices: readonly number[];
  readonly generator: Generator | undefined;

  /** @throws TypeError if `indices` are no numbers, or an option is unknown or of the wrong kind */
  constructor(indices: Numbers, options: GivenOptions<typeof subsetOptions> = {}) {
    const { generator } = resolveOptions("SubsetRandomSampler", options, subsetOptions);
    this.indices = listNumbers("SubsetRandomSampler", "indices", indices);
    this.generator = generator;
  }

  get length(): number {
    return this.indices.length;
  }

  *[Symbol.iterator](): IterableIterator<number> {
    for (const i of randperm(this.indices.length, this.generator ?? defaultGenerator)) yield this.indices[i];
  }
}
