import { describe, expect, it } from "vitest";
import { Generator } from "../../random/index.ts";
import { conformalWidth } from "./conformal.ts";
import { scoresOf } from "./scores.ts";
import { bestThreshold, type ThresholdRule } from "./threshold.ts";

const generator = new Generator(11);
const random = () => generator.random53() / 2 ** 53;

describe("bestThreshold", () => {
  it.each<[string, ThresholdRule]>([
    ["f1", "f1"],
    ["costs", { falsePositive: 1, falseNegative: 5 }],
    ["costs the other way", { falsePositive: 3, falseNegative: 1 }],
  ])("%s: no other threshold is better", (_, rule) => {
    for (let round = 0; round < 40; round++) {
      const n = 2 + Math.floor(random() * 30);
      const truth = Float64Array.from({ length: n }, (_, i) => (i < 2 ? i : Number(random() < 0.3)));
      // Rounded, so that many are equal; 0 and 1 occur.
      const p = truth.map((label) => Math.round(10 * Math.min(1, Math.max(0, 0.3 * label + random()))) / 10);
      const valueAt = (threshold: number) => {
        let [right, wrong, missed] = [0, 0, 0];
        for (const [i, label] of truth.entries()) {
          if (p[i] >= threshold) label === 1 ? right++ : wrong++;
          else if (label === 1) missed++;
        }
        if (rule === "f1") return right === 0 ? 0 : (2 * right) / (2 * right + wrong + missed);
        return -(rule.falsePositive * wrong + rule.falseNegative * missed);
      };
      const { threshold, value } = bestThreshold(p, truth, rule);
      expect(valueAt(threshold)).toBeCloseTo(value, 12);
      for (let k = 0; k <= 20; k++) expect(valueAt(k / 20)).toBeLessThanOrEqual(value + 1e-12);
      if (rule !== "f1") continue;
      const both = Float64Array.from({ length: 2 * n }, (_, i) => (i % 2 ? p[i >> 1] : 1 - p[i >> 1]));
      const said = { classes: new Array<string>(n), probabilities: both, threshold };
      expect(scoresOf("binary", said, truth, ["f1"]).f1).toBeCloseTo(value, 12);
    }
  });

  it("takes the threshold nearest to one half of equally good ones, and tells neighbouring doubles apart", () => {
    expect(bestThreshold(Float64Array.of(0.1, 0.2, 0.7), [0, 0, 1], "f1")).toEqual({
      threshold: expect.closeTo(0.45, 12),
      value: 1,
    });
    const next = 0.5 + 2 ** -53;
    const { threshold } = bestThreshold(Float64Array.of(0.5, next), [0, 1], "f1");
    expect([0.5 >= threshold, next >= threshold]).toEqual([false, true]);
  });

  it("refuses rows of one class", () => {
    expect(() => bestThreshold(Float64Array.of(0.5, 0.6), [1, 1], "f1")).toThrow(/all 2 rows .* are of one class/);
    expect(() => bestThreshold(Float64Array.of(0.5, Number.NaN), [0, 1], "f1")).toThrow(/NaN/);
  });
});

describe("conformalWidth", () => {
  it("is the ceil((n + 1) level)-th smallest error", () => {
    const errors = Float64Array.from({ length: 19 }, (_, i) => (i % 2 ? 1 : -1) * (i + 1));
    expect(conformalWidth(errors, 0.9)).toBe(18);
    expect(conformalWidth(errors, 0.95)).toBe(19);
    expect(conformalWidth(errors, 0.5)).toBe(10);
    expect(() => conformalWidth(errors, 0.96)).toThrow(/96% needs 24 validation rows, there are 19/);
    expect(() => conformalWidth(new Float64Array(8), 0.9)).toThrow(/needs 9 validation rows/);
    expect(conformalWidth(new Float64Array(9), 0.9)).toBe(0);
  });

  it("has the next row inside as often as it says, however few there are", () => {
    let inside = 0;
    const times = 4000;
    for (let t = 0; t < times; t++) {
      const errors = Float64Array.from({ length: 20 }, () => random() ** 3);
      if (random() ** 3 <= conformalWidth(errors, 0.8)) inside++;
    }
    // 17/21: the exact probability.
    expect(inside / times).toBeGreaterThan(17 / 21 - 0.02);
    expect(inside / times).toBeLessThan(17 / 21 + 0.02);
  });
});
