/** Words of state, and the distance of the recurrence. */
export const stateLength = 624;
const middle = 397;
/** Words, and room for the count that a compiled program keeps after them. */
const blockLength = stateLength + 4;

const upperBit = 0x80000000 | 0;
const lowerBits = 0x7fffffff;
const matrix = 0x9908b0df | 0;

/** The upper bit of `u` and the lower bits of `v`, one step of the recurrence. */
function twist(u: number, v: number): number {
  return (((u & upperBit) | (v & lowerBits)) >>> 1) ^ (-(v & 1) & matrix);
}

/**
 * MT19937, the engine below every random number (Matsumoto & Nishimura 1998), with the same two
 * counters as PyTorch's, to exchange its state with PyTorch.
 */
export class MersenneTwister {
  /**
   * The words.
   * @internal The array is replaced, with the same contents, when compiled programs take the memory
   *   over.
   */
  readonly block = { data: new Int32Array(blockLength) };
  /** Draws until the words are renewed, the renewing one included: 1 right after seeding. */
  left = 1;
  /** Index of the next word to hand out. */
  next = 0;

  get words(): Int32Array {
    return this.block.data.subarray(0, stateLength);
  }

  /**
   * Words handed out since they were renewed, as compiled programs count them: right after seeding
   * all of them.
   */
  get used(): number {
    return this.left === 1 ? stateLength : this.next;
  }

  set used(count: number) {
    this.next = count;
    this.left = stateLength + 1 - count;
  }

  /** Starts over from a 32-bit seed. */
  seed(seed: number): void {
    const { words } = this;
    words[0] = seed;
    for (let i = 1; i < stateLength; i++) {
      words[i] = Math.imul(1812433253, words[i - 1] ^ (words[i - 1] >>> 30)) + i;
    }
    this.left = 1;
    this.next = 0;
  }

  /** The next word, an integer in [0, 2^32). */
  random32(): number {
    if (--this.left === 0) this.#renew();
    let word = this.block.data[this.next++];
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  /** Passes over words, in a fraction of the time that drawing them takes. */
  skip(words: number): void {
    let rest = words;
    while (rest >= this.left) {
      rest -= this.left;
      this.#renew();
      // The draw that renews gives the first word.
      this.next = 1;
    }
    this.next += rest;
    this.left -= rest;
  }

  #renew(): void {
    const { words } = this;
    let i = 0;
    for (; i < stateLength - middle; i++) words[i] = words[i + middle] ^ twist(words[i], words[i + 1]);
    for (; i < stateLength - 1; i++) words[i] = words[i + middle - stateLength] ^ twist(words[i], words[i + 1]);
    words[i] = words[middle - 1] ^ twist(words[i], words[0]);
    this.left = stateLength;
    this.next = 0;
  }
}
