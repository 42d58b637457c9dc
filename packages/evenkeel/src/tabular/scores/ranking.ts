import type { WeightedScore } from "./weightedScore.ts";

/** Rows of two kinds in the order of a score, the highest first. */
export interface Ranking {
  /** Positions of rows. */
  readonly order: Int32Array;
  /** Whether the next row in the order has a lower score: where it has not, the two cannot be told apart. */
  readonly endsTie: Uint8Array;
  /** Whether a row is of the kind that should have high scores. */
  readonly isPositive: Uint8Array;
  /** Whether a score is NaN: then there is no order. */
  readonly hasNaN: boolean;
}

/**
 * @param scores one per row
 * @param isPositive 1 for the rows that should have high scores
 */
export function rankingOf(scores: Float64Array, isPositive: Uint8Array): Ranking {
  const order = Int32Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a]);
  const endsTie = new Uint8Array(scores.length);
  for (let k = 0; k < order.length; k++) {
    endsTie[k] = k + 1 === order.length || scores[order[k]] !== scores[order[k + 1]] ? 1 : 0;
  }
  return { order, endsTie, isPositive, hasNaN: scores.some(Number.isNaN) };
}

/**
 * The area under the ROC curve: how often a row of the kind has a higher score than one that is not, where equal
 * scores count half. NaN if all rows are of one kind. As scikit-learn's roc_auc_score.
 */
export function rocAuc(ranking: Ranking): WeightedScore {
  return (weights) => {
    if (ranking.hasNaN) return Number.NaN;
    let area = 0;
    let above = 0; // positives with a higher score
    const { positives, negatives } = eachTie(ranking, weights, (inTie, outside) => {
      area += outside * (above + inTie / 2);
      above += inTie;
    });
    return area / (positives * negatives);
  };
}

/**
 * Average precision, the area under the steps of the precision-recall curve: the mean over the rows of the kind of
 * the precision among the rows with at least their score. NaN if there are none. As scikit-learn's
 * average_precision_score.
 */
export function averagePrecision(ranking: Ranking): WeightedScore {
  return (weights) => {
    if (ranking.hasNaN) return Number.NaN;
    let [sum, found, seen] = [0, 0, 0];
    const { positives } = eachTie(ranking, weights, (inTie, outside) => {
      found += inTie;
      seen += inTie + outside;
      if (inTie > 0) sum += inTie * (found / seen);
    });
    return sum / positives;
  };
}

/** Goes through the sets of rows with equal scores from the highest, with the weight of each kind. */
function eachTie(
  { order, endsTie, isPositive }: Ranking,
  weights: Float64Array | undefined,
  visit: (positive: number, negative: number) => void,
): { readonly positives: number; readonly negatives: number } {
  let [positives, negatives] = [0, 0];
  let [positive, negative] = [0, 0];
  for (let k = 0; k < order.length; k++) {
    const row = order[k];
    const weight = weights === undefined ? 1 : weights[row];
    if (isPositive[row] === 1) positive += weight;
    else negative += weight;
    if (endsTie[k] === 0) continue;
    visit(positive, negative);
    positives += positive;
    negatives += negative;
    positive = 0;
    negative = 0;
  }
  return { positives, negatives };
}
