import { describe, expect, it } from "vitest";
import { scoresOf } from "./scores.ts";

const numbers = (...values: number[]) => new Float64Array(values);

describe("scoresOf", () => {
  it("scores numbers", () => {
    const { mae, rmse, r2 } = scoresOf("regression", { values: numbers(1, 2, 6) }, numbers(2, 2, 4));
    expect(mae).toBeCloseTo(1, 14);
    expect(rmse).toBeCloseTo(Math.sqrt(5 / 3), 14);
    expect(r2).toBeCloseTo(1 - 5 / (8 / 3), 14);
    expect(scoresOf("regression", { values: numbers(1, 3) }, numbers(2, 2)).r2).toBeNaN();
  });

  it("scores classes", () => {
    // Right, wrong, a tie that goes to the first, and an impossible truth; of three classes the
    // last never occurs.
    const probabilities = numbers(0.7, 0.2, 0.1, 0.5, 0.4, 0.1, 0.5, 0.5, 0, 1, 0, 0);
    const scores = scoresOf("multiclass", { classes: ["a", "a", "a", "a"], probabilities }, numbers(0, 1, 0, 1));
    expect(scores.accuracy).toBe(0.5);
    expect(scores.balancedAccuracy).toBe(0.5);
    expect(scores.logLoss).toBeCloseTo(-(Math.log(0.7) + Math.log(0.4) + Math.log(0.5) + Math.log(2 ** -52)) / 4, 13);
  });

  it("gives a tie to the first class, whichever is true", () => {
    const tie = { classes: ["a"], probabilities: numbers(0.5, 0.5) };
    expect(scoresOf("binary", tie, numbers(0)).accuracy).toBe(1);
    expect(scoresOf("binary", tie, numbers(1)).accuracy).toBe(0);
  });

  it("weighs classes alike for balanced accuracy", () => {
    const probabilities = numbers(1, 0, 1, 0, 1, 0, 1, 0);
    const scores = scoresOf("binary", { classes: ["a", "a", "a", "a"], probabilities }, numbers(0, 0, 0, 1));
    expect([scores.accuracy, scores.balancedAccuracy]).toEqual([0.75, 0.5]);
  });

  it("takes NaN for wrong", () => {
    const scores = scoresOf("binary", { classes: ["a"], probabilities: numbers(Number.NaN, Number.NaN) }, numbers(0));
    expect(scores).toEqual({ accuracy: 0, balancedAccuracy: 0, logLoss: Number.NaN });
    expect(scoresOf("regression", { values: numbers(Number.NaN) }, numbers(0)).mae).toBeNaN();
  });

  it("refuses what does not fit", () => {
    expect(() => scoresOf("regression", { values: numbers(1) }, numbers(1, 2))).toThrow(
      /of 1 rows, and the truth of 2/,
    );
    expect(() => scoresOf("binary", { values: numbers(1) }, numbers(1))).toThrow(/scored by probabilities, got values/);
    expect(() => scoresOf("binary", { classes: ["a"], probabilities: numbers(1, 0) }, numbers(2))).toThrow(
      /is class 2, expected 0 to 1/,
    );
    expect(() => scoresOf("binary", { classes: ["a"], probabilities: numbers(1, 0) }, numbers(0.5))).toThrow(
      /is class 0.5/,
    );
    expect(() => scoresOf("ranking" as never, { values: numbers(1) }, numbers(1))).toThrow(/task is "ranking"/);
  });
});
