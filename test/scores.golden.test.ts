import { type Predictions, scoresOf } from "evenkeel/tabular";
import { describe, expect, it } from "vitest";
import { rankScores } from "../packages/evenkeel/src/tabular/scores/ranking.ts";
import { meanRankScores, scorable } from "../packages/evenkeel/src/tabular/scores/scores.ts";
import { load } from "./goldens/golden.ts";

/** The scores of classes beside scikit-learn's: see goldens/make_scores.py. */

interface Case {
  readonly name: string;
  readonly truth: readonly number[];
  readonly probabilities: readonly (readonly number[])[];
  readonly scores: Readonly<Record<string, number>>;
  readonly weights: readonly number[];
  readonly weighted: Readonly<Record<string, number>>;
}

describe.each(load<Case[]>("scores.json"))("$name", ({ truth, probabilities, scores, weights, weighted }) => {
  const task = probabilities[0].length === 2 ? "binary" : "multiclass";
  const predictions: Predictions = {
    classes: truth.map(() => ""),
    probabilities: Float64Array.from(probabilities.flat()),
  };
  const labels = Float64Array.from(truth);

  it("has scikit-learn's scores, and NaN where it has none", () => {
    const got = scoresOf(task, predictions, labels);
    for (const [name, value] of Object.entries(got)) {
      if (name in scores) expect(value, name).toBeCloseTo(scores[name], 13);
      else expect(value, name).toBeNaN();
    }
  });

  it("counts a row as often as its weight", () => {
    const { tally, rankings } = scorable(task, predictions, labels);
    const sums = new Float64Array(tally.width);
    for (const [row, weight] of weights.entries()) for (let k = 0; k < weight; k++) tally.add(row, sums, 0);
    const ranked = rankings().map((ranking) => rankScores(ranking, Float64Array.from(weights), ranking.order));
    const got = { ...tally.scores(sums), ...meanRankScores(ranked) };
    for (const [name, value] of Object.entries(got)) {
      if (name in weighted) expect(value, name).toBeCloseTo(weighted[name], 12);
      else expect(value, name).toBeNaN();
    }
  });
});
