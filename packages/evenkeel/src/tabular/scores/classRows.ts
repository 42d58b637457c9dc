import { type Ranking, rankingOf } from "./ranking.ts";

/** The classes that were predicted, with which probabilities, and which are true. */
export class ClassRows {
  readonly truth: Float64Array;
  readonly classes: number;
  /** [rows, classes] */
  readonly probabilities: Float64Array;
  /** The position of the class that was predicted; -1 where a probability is NaN: wrong, whichever is true. */
  readonly decided: Int32Array;
  #rankings: readonly Ranking[] | undefined;

  /**
   * @param threshold two classes: the probability of the second from which on a row is of it, for all
   *   rows or for each; else the likeliest, the first of equal ones
   */
  constructor(probabilities: Float64Array, classes: number, truth: Float64Array, threshold?: number | Float64Array) {
    this.probabilities = probabilities;
    this.classes = classes;
    this.truth = truth;
    this.decided = new Int32Array(truth.length);
    for (let i = 0; i < truth.length; i++) {
      const likeliest = this.#likeliest(i);
      const from = typeof threshold === "object" ? threshold[i] : threshold;
      const isByThreshold = from !== undefined && likeliest >= 0;
      this.decided[i] = isByThreshold ? Number(probabilities[2 * i + 1] >= from) : likeliest;
    }
  }

  /**
   * A probability that was said, and whether it happened: of two classes that of the second, else
   * that of the likeliest.
   */
  forecast(row: number): { readonly said: number; readonly happened: number } {
    const { probabilities, classes, truth } = this;
    if (classes === 2) return { said: probabilities[2 * row + 1], happened: truth[row] };
    const likeliest = this.#likeliest(row);
    if (likeliest < 0) return { said: Number.NaN, happened: 0 };
    return { said: probabilities[row * classes + likeliest], happened: truth[row] === likeliest ? 1 : 0 };
  }

  /** The rows in the order of the second class's probability; of several classes, in that of each. */
  get rankings(): readonly Ranking[] {
    const { truth, classes, probabilities } = this;
    const ranked = classes === 2 ? [1] : Array.from({ length: classes }, (_, k) => k);
    this.#rankings ??= ranked.map((k) => {
      const scores = truth.map((_, i) => probabilities[i * classes + k]);
      return rankingOf(
        scores,
        Uint8Array.from(truth, (label) => (label === k ? 1 : 0)),
      );
    });
    return this.#rankings;
  }

  /** The first of the classes with the largest probability; -1 if one is NaN. */
  #likeliest(row: number): number {
    const { probabilities, classes } = this;
    const start = row * classes;
    let best = 0;
    for (let k = 0; k < classes; k++) {
      if (Number.isNaN(probabilities[start + k])) return -1;
      if (probabilities[start + k] > probabilities[start + best]) best = k;
    }
    return best;
  }
}
