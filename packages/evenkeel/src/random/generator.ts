import { refuse, refuseGiven, refuseInStep } from "../core/index.ts";
import { decodeState, encodeState } from "./generatorState.ts";
import { MersenneTwister } from "./mersenneTwister.ts";

/** The seed of a `torch.Generator()` that was given none. */
const defaultSeed = 67280421310721n;

/**
 * An integer from -2^63 to 2^64 - 1; a number must be a safe integer, larger seeds are written as
 * bigint.
 */
export type Seed = number | bigint;

/** The seed as PyTorch keeps it: 64 unsigned bits, negative ones wrapped. */
function toUint64(seed: Seed): bigint {
  if (typeof seed !== "number" && typeof seed !== "bigint") {
    throw refuseGiven("wrong-type", "", "a seed must be a number or a bigint", seed);
  }
  if (typeof seed === "number" && !Number.isSafeInteger(seed)) {
    throw refuseGiven(
      "wrong-value",
      "",
      "a seed must be an integer",
      seed,
      "round it, or write a seed beyond 2^53 as a bigint (123n)",
    );
  }
  const value = BigInt(seed);
  if (value < -(2n ** 63n) || value >= 2n ** 64n) {
    throw refuse(
      "wrong-value",
      "",
      `a seed must lie from -2^63 to 2^64 - 1, got ${value}`,
      "take BigInt.asUintN(64, seed)",
    );
  }
  return BigInt.asUintN(64, value);
}

/** An unpredictable seed: 64 bits from the platform's source of randomness. */
export function unpredictableSeed(): bigint {
  return crypto.getRandomValues(new BigUint64Array(1))[0];
}

/**
 * A source of random numbers: PyTorch's CPU generator, bit for bit. Equal seeds and equal calls
 * give equal numbers. https://pytorch.org/docs/stable/generated/torch.Generator.html
 */
export class Generator {
  readonly #engine = new MersenneTwister();
  #initialSeed = defaultSeed;
  /** Supplies the seed on first use. */
  #seedLater: (() => Seed) | undefined;

  /**
   * The second half of the last pair of normals, handed out by the next draw of a single normal;
   * undefined if none is kept. Part of the state; only distributions write it.
   */
  cachedNormal: number | undefined;
  /**
   * The float32 counterpart of `cachedNormal`: PyTorch's state has a field for it that nothing
   * uses.
   */
  #cachedFloatNormal: number | undefined;

  /**
   * @param seed as for `manualSeed`; without one every generator starts with the same seed, as in
   *   PyTorch.
   * @throws as `manualSeed`
   */
  constructor(seed: Seed = defaultSeed) {
    this.manualSeed(seed);
  }

  /**
   * @internal A generator that is seeded on first use: the sources of randomness of browsers and
   *   Node take time to load.
   */
  static seededLater(seed: () => Seed): Generator {
    const generator = new Generator();
    generator.#seedLater = seed;
    return generator;
  }

  /** @internal For compiled programs, which draw in their own memory. */
  get engine(): MersenneTwister {
    if (this.#seedLater !== undefined) this.manualSeed(this.#seedLater());
    return this.#engine;
  }

  /**
   * Starts over from a seed and forgets the cached normal. Only its low 32 bits reach the numbers
   * (as in PyTorch), but `initialSeed` returns all 64. Returns this generator.
   * @throws TypeError if the seed is no number or bigint
   * @throws RangeError if it is not an integer from -2^63 to 2^64 - 1, or a number that is not a
   *   safe integer
   */
  manualSeed(seed: Seed): this {
    refuseInStep("seeding a generator", "seed it before the step");
    this.#initialSeed = toUint64(seed);
    this.#seedLater = undefined;
    this.#engine.seed(Number(BigInt.asIntN(32, this.#initialSeed)));
    this.cachedNormal = undefined;
    this.#cachedFloatNormal = undefined;
    return this;
  }

  /** Starts over from an unpredictable seed and returns it. */
  seed(): bigint {
    this.manualSeed(unpredictableSeed());
    return this.#initialSeed;
  }

  /**
   * The seed this generator started from, as 64 unsigned bits: a seed of -1 comes back as 2^64 - 1.
   */
  initialSeed(): bigint {
    if (this.#seedLater !== undefined) this.manualSeed(this.#seedLater());
    return this.#initialSeed;
  }

  /** One word: an integer in [0, 2^32). */
  random32(): number {
    return this.engine.random32();
  }

  /** The low 53 bits of a 64-bit draw (two words): an integer in [0, 2^53). */
  random53(): number {
    const high = this.engine.random32() & 0x1fffff;
    return high * 2 ** 32 + this.engine.random32();
  }

  /** A whole 64-bit draw (two words, the high one first): an integer in [0, 2^64). */
  random64(): bigint {
    const high = BigInt(this.engine.random32());
    return (high << 32n) | BigInt(this.engine.random32());
  }

  /** @internal Passes over words, as if they were drawn. */
  skip(words: number): void {
    this.engine.skip(words);
  }

  /**
   * A copy of the whole state, seed and cached normal included: the 5056 bytes of PyTorch's CPU
   * generator. `torch.Generator().set_state(torch.tensor(list(bytes), dtype=torch.uint8))`
   * continues the same stream.
   */
  getState(): Uint8Array {
    return encodeState({
      initialSeed: this.initialSeed(),
      words: this.engine.words,
      left: this.engine.left,
      next: this.engine.next,
      cachedNormal: this.cachedNormal,
      cachedFloatNormal: this.#cachedFloatNormal,
    });
  }

  /**
   * @internal Copies the state to another generator: `setState(getState())` at the cost of copying
   *   the words.
   */
  copyTo(other: Generator): void {
    other.#initialSeed = this.initialSeed();
    other.#seedLater = undefined;
    other.engine.block.data.set(this.engine.block.data);
    other.engine.left = this.engine.left;
    other.engine.next = this.engine.next;
    other.cachedNormal = this.cachedNormal;
    other.#cachedFloatNormal = this.#cachedFloatNormal;
  }

  /**
   * Continues from a state of `getState`, here or in PyTorch. Returns this generator.
   * @throws TypeError if `state` is no Uint8Array
   * @throws RangeError if its length or its contents are not those of a generator; the generator is
   *   then unchanged
   */
  setState(state: Uint8Array): this {
    refuseInStep("setting the state of a generator", "set it before the step");
    const decoded = decodeState(state);
    this.#seedLater = undefined;
    this.#initialSeed = decoded.initialSeed;
    this.engine.words.set(decoded.words);
    this.engine.left = decoded.left;
    this.engine.next = decoded.next;
    this.cachedNormal = decoded.cachedNormal;
    this.#cachedFloatNormal = decoded.cachedFloatNormal;
    return this;
  }
}
