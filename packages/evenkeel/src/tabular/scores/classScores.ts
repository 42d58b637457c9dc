import { log } from "../../core/math/portableMath.ts";
import { calibrationError } from "./calibration.ts";
import { averagePrecision, type Ranking, rankingOf, rocAuc } from "./ranking.ts";
import { type WeightedScore, weightedMean } from "./weightedScore.ts";

/** What classes were predicted with which probabilities, and which are true. */
export class ClassRows {
  readonly truth: Float64Array;
  readonly classes: number;
  /** [rows, classes] */
  readonly probabilities: Float64Array;
  /**
   * The position of the class that was predicted; -1 where a probability is NaN: it is wrong,
   * whichever is true.
   */
  readonly decided: Int32Array;
  #rankings: readonly Ranking[] | undefined;

  /**
   * @param threshold two classes: the probability of the second from which on a row is of it; else
   *   the likeliest, the first of equal ones
   */
  constructor(probabilities: Float64Array, classes: number, truth: Float64Array, threshold?: number) {
    this.probabilities = probabilities;
    this.classes = classes;
    this.truth = truth;
    this.decided = Int32Array.from(truth, (_, i) => decide(probabilities, i * classes, classes, threshold));
  }

  /** The probability of the true class of a row. */
  ofTruth(row: number): number {
    return this.probabilities[row * this.classes + this.truth[row]];
  }

  /** The rows in the order of the second class's probability; of several classes, in that of each. */
  get rankings(): readonly Ranking[] {
    const ranked = this.classes === 2 ? [1] : Array.from({ length: this.classes }, (_, k) => k);
    this.#rankings ??= ranked.map((k) => {
      const scores = this.truth.map((_, i) => this.probabilities[i * this.classes + k]);
      return rankingOf(
        scores,
        Uint8Array.from(this.truth, (label) => (label === k ? 1 : 0)),
      );
    });
    return this.#rankings;
  }
}

function decide(probabilities: Float64Array, start: number, classes: number, threshold: number | undefined): number {
  let best = 0;
  for (let k = 0; k < classes; k++) {
    const probability = probabilities[start + k];
    if (Number.isNaN(probability)) return -1;
    if (probability > probabilities[start + best]) best = k;
  }
  return threshold === undefined ? best : probabilities[start + 1] >= threshold ? 1 : 0;
}

/** Probabilities are cut at 2^-52 for the log loss, as in scikit-learn. */
const least = 2 ** -52;

/** The scores of predicted classes, by name. */
export const classScores = {
  accuracy: (rows: ClassRows): WeightedScore =>
    weightedMean(rows.truth.map((label, i) => (rows.decided[i] === label ? 1 : 0))),
  balancedAccuracy: (rows: ClassRows): WeightedScore => {
    return (weights) => {
      const { right, occurs } = confusion(rows, weights);
      return meanOverClasses(rows.classes, (k) => (occurs[k] > 0 ? right[k] / occurs[k] : undefined));
    };
  },
  rocAuc: (rows: ClassRows): WeightedScore => meanOfRankings(rows, rocAuc),
  averagePrecision: (rows: ClassRows): WeightedScore => meanOfRankings(rows, averagePrecision),
  f1: (rows: ClassRows): WeightedScore => {
    return (weights) => {
      const { right, occurs, predicted } = confusion(rows, weights);
      const f1 = (k: number) => (2 * right[k]) / (occurs[k] + predicted[k]);
      // There is nothing to find, and nothing was said to be found.
      if (rows.classes === 2) return occurs[1] + predicted[1] === 0 ? 0 : f1(1);
      return meanOverClasses(rows.classes, (k) => (occurs[k] + predicted[k] > 0 ? f1(k) : undefined));
    };
  },
  logLoss: (rows: ClassRows): WeightedScore =>
    weightedMean(rows.truth.map((_, i) => -log(Math.min(Math.max(rows.ofTruth(i), least), 1 - least)))),
  brier: (rows: ClassRows): WeightedScore => {
    const { classes, probabilities, truth } = rows;
    const [first, last] = classes === 2 ? [1, 1] : [0, classes - 1];
    return weightedMean(
      truth.map((label, i) => {
        let sum = 0;
        for (let k = first; k <= last; k++) sum += (probabilities[i * classes + k] - (k === label ? 1 : 0)) ** 2;
        return sum;
      }),
    );
  },
  calibrationError: (rows: ClassRows): WeightedScore => {
    const { classes, probabilities, truth } = rows;
    const said = truth.map((_, i) => {
      if (classes === 2) return probabilities[2 * i + 1];
      let most = probabilities[i * classes];
      for (let k = 1; k < classes; k++) most = Math.max(most, probabilities[i * classes + k]);
      return most;
    });
    const happened = truth.map((label, i) => (classes === 2 ? label : likeliest(rows, i) === label ? 1 : 0));
    return calibrationError(said, happened);
  },
};

function likeliest({ probabilities, classes }: ClassRows, row: number): number {
  return decide(probabilities, row * classes, classes, undefined);
}

/** By class: the rows of it, those predicted to be of it, and those that are both. */
function confusion({ truth, decided, classes }: ClassRows, weights?: Float64Array) {
  const [right, occurs, predicted] = [0, 1, 2].map(() => new Float64Array(classes));
  for (let i = 0; i < truth.length; i++) {
    const weight = weights === undefined ? 1 : weights[i];
    occurs[truth[i]] += weight;
    if (decided[i] < 0) continue;
    predicted[decided[i]] += weight;
    if (decided[i] === truth[i]) right[truth[i]] += weight;
  }
  return { right, occurs, predicted };
}

/** The mean over the classes for which there is a value. */
function meanOverClasses(classes: number, of: (k: number) => number | undefined): number {
  let [sum, count] = [0, 0];
  for (let k = 0; k < classes; k++) {
    const value = of(k);
    if (value === undefined) continue;
    sum += value;
    count++;
  }
  return sum / count;
}

/** A score of two kinds of rows; of several classes its mean over each class against all others, where defined. */
function meanOfRankings(rows: ClassRows, of: (ranking: Ranking) => WeightedScore): WeightedScore {
  const scores = rows.rankings.map(of);
  return (weights) =>
    meanOverClasses(scores.length, (k) => {
      const value = scores[k](weights);
      return Number.isNaN(value) && scores.length > 1 && !rows.rankings[k].hasNaN ? undefined : value;
    });
}
