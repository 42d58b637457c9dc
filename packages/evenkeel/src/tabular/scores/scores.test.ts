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
    const { accuracy, balancedAccuracy, f1, ...summed } = scores;
    expect([accuracy, balancedAccuracy, f1]).toEqual([0, 0, 0]);
    expect(Object.values(summed)).toEqual(Object.keys(summed).map(() => Number.NaN));
    expect(scoresOf("regression", { values: numbers(Number.NaN) }, numbers(0)).mae).toBeNaN();
  });

  it("decides two classes by the threshold that the predictions have", () => {
    const said = { classes: ["a", "b", "b"], probabilities: numbers(0.8, 0.2, 0.7, 0.3, 0.4, 0.6) };
    const by = (threshold?: number) =>
      scoresOf("binary", { ...said, ...(threshold && { threshold }) }, numbers(0, 1, 1), ["accuracy", "f1", "logLoss"]);
    expect(by()).toMatchObject({ accuracy: 2 / 3, f1: 2 / 3 });
    expect(by(0.3)).toMatchObject({ accuracy: 1, f1: 1, logLoss: by().logLoss });
    expect(by(0.1)).toMatchObject({ accuracy: 2 / 3, f1: 0.8 });
  });

  it("computes the scores that are named, and refuses others", () => {
    const one = { values: numbers(1) };
    expect(scoresOf("regression", one, numbers(3), ["rmse"])).toEqual({ rmse: 2 });
    expect(() => scoresOf("regression", one, numbers(3), ["f1"])).toThrow(/"f1", expected mae, rmse, r2/);
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
