/**
 * A score of predictions as a function of how often each row counts, so that a bootstrap computes it by the same
 * formula as the score itself. Without weights each row counts once. NaN where the score is not defined.
 */
export type WeightedScore = (weights?: Float64Array) => number;

/** The mean of a term of each row, such as its squared error. */
export function weightedMean(terms: Float64Array, finish: (mean: number) => number = (mean) => mean): WeightedScore {
  return (weights) => {
    let sum = 0;
    if (weights === undefined) {
      for (let i = 0; i < terms.length; i++) sum += terms[i];
      return finish(sum / terms.length);
    }
    let total = 0;
    for (let i = 0; i < terms.length; i++) {
      const weight = weights[i];
      // A row that was not drawn may have a NaN, which is not part of the mean then.
      if (weight === 0) continue;
      sum += weight * terms[i];
      total += weight;
    }
    return finish(sum / total);
  };
}
