/** Rows of two kinds in the order of a score, the highest first. */
export interface Ranking {
  /** Positions of rows. */
  readonly order: Int32Array;
  /** 1 where the next row in the order has a lower score: rows of equal scores cannot be told apart. */
  readonly endsTie: Uint8Array;
  /** In this order: 1 for the rows that should have high scores, the positive ones. */
  readonly isPositive: Uint8Array;
  /** Then there is no order. */
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
  const inOrder = Uint8Array.from(order, (row) => isPositive[row]);
  return { order, endsTie, isPositive: inOrder, hasNaN: scores.some(Number.isNaN) };
}

/** What the order of rows is worth. */
export interface RankScores {
  /**
   * The area under the ROC curve: how often a positive row has a higher score than a negative one,
   * where equal scores count half. NaN if all rows are of one kind.
   */
  readonly rocAuc: number;
  /**
   * Average precision: the mean over the positive rows of the precision among the rows with at least
   * their score, the area under the steps of the precision-recall curve. NaN if there are none.
   */
  readonly averagePrecision: number;
}

/**
 * As scikit-learn's roc_auc_score and average_precision_score.
 * @param weights how often a row counts, or each row of a set
 * @param at where the weight of each row in the order stands: for a weight per row, the order itself
 */
export function rankScores(
  { endsTie, isPositive, hasNaN }: Ranking,
  weights: Float64Array,
  at: Int32Array,
): RankScores {
  if (hasNaN) return { rocAuc: Number.NaN, averagePrecision: Number.NaN };
  let area = 0;
  let precisions = 0;
  // Weights of the rows before this set of equal scores, and in it.
  let positives = 0;
  let negatives = 0;
  let positive = 0;
  let negative = 0;
  for (let k = 0; k < at.length; k++) {
    const weight = weights[at[k]];
    if (isPositive[k] === 1) positive += weight;
    else negative += weight;
    if (endsTie[k] === 0) continue;
    area += negative * (positives + positive / 2);
    positives += positive;
    negatives += negative;
    if (positive > 0) precisions += (positive * positives) / (positives + negatives);
    positive = 0;
    negative = 0;
  }
  return { rocAuc: area / (positives * negatives), averagePrecision: precisions / positives };
}
