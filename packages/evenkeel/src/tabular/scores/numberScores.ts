import { type WeightedScore, weightedMean } from "./weightedScore.ts";

/** The scores of predicted numbers, by name. */
export const numberScores = {
  mae: (values: Float64Array, truth: Float64Array): WeightedScore =>
    weightedMean(values.map((value, i) => Math.abs(value - truth[i]))),
  rmse: (values: Float64Array, truth: Float64Array): WeightedScore =>
    weightedMean(squaredErrors(values, truth), Math.sqrt),
  r2: (values: Float64Array, truth: Float64Array): WeightedScore => determination(squaredErrors(values, truth), truth),
};

function squaredErrors(values: Float64Array, truth: Float64Array): Float64Array {
  return values.map((value, i) => (value - truth[i]) * (value - truth[i]));
}

/** 1 - squared errors / squared deviations from the mean of the same rows. */
function determination(squares: Float64Array, truth: Float64Array): WeightedScore {
  return (weights) => {
    const weight = (i: number) => (weights === undefined ? 1 : weights[i]);
    let total = 0;
    for (let i = 0; i < truth.length; i++) total += weight(i);
    let mean = 0;
    for (let i = 0; i < truth.length; i++) mean += (weight(i) * truth[i]) / total;
    let [squared, deviations] = [0, 0];
    for (let i = 0; i < truth.length; i++) {
      const w = weight(i);
      if (w === 0) continue;
      squared += w * squares[i];
      deviations += w * (truth[i] - mean) * (truth[i] - mean);
    }
    return deviations === 0 ? Number.NaN : 1 - squared / deviations;
  };
}
