import { describe, expect, test } from "vitest";
import { Generator } from "../../random/index.ts";
import { fillNormal } from "../../random/normal.ts";
import { powerOf } from "./power.ts";
import { estimateMean } from "./statistics.ts";

const overlap = 0.25;
const options = { overlap, confidence: 0.95, worth: 0.1, reach: () => 0 };

/** How often a study of two trainings on each of 10 splits finds an effect, by the rule of a claim. */
function foundOf(effect: number, ofSplits: number, ofTraining: number, reach: number): number {
  const generator = new Generator(5);
  const [seeds, times] = [10, 4000];
  const draws = new Float64Array(3 * seeds + 1);
  const shared = overlap / (1 + overlap);
  let found = 0;
  for (let i = 0; i < times; i++) {
    fillNormal(draws, 0, 1, generator);
    const values = Array.from({ length: seeds }, (_, s) => {
      const split = ofSplits * (Math.sqrt(shared) * draws[30] + Math.sqrt(1 - shared) * draws[s]);
      return [10, 20].map((from) => -effect + split + ofTraining * draws[from + s]);
    });
    const { interval } = estimateMean(values, { overlap, reach });
    if (interval !== null && interval.high <= -options.worth) found++;
  }
  return found / times;
}

/** Values whose averages and trainings have exactly these standard deviations. */
function spreadOf(average: number, training: number): number[][] {
  const step = average * Math.sqrt(9 / 10);
  const half = training / Math.SQRT2;
  return Array.from({ length: 10 }, (_, i) => {
    const centre = i % 2 === 0 ? step : -step;
    return [centre + half, centre - half];
  });
}

describe("the smallest effect that a study would find", () => {
  test.each([
    ["mostly the luck of splits", 1, 0.2, 0],
    ["mostly the luck of trainings", 0.2, 1, 0],
    ["an interval that reaches further", 0.2, 0.2, 0.5],
  ])("is found in 4 of 5 studies: %s", (_, ofSplits, ofTraining, reach) => {
    // What the averages of a seed vary by: the shared part of the splits' luck does not show.
    const average = Math.sqrt((ofSplits ** 2 * 1) / (1 + overlap) + ofTraining ** 2 / 2);
    const power = powerOf(spreadOf(average, ofTraining), { ...options, reach: () => reach });
    const found = foundOf(power?.smallest ?? Number.NaN, ofSplits, ofTraining, reach);
    // 4 standard errors of 4000 studies, 0.6% each; and Student's t twice is not quite the
    // noncentral one.
    expect(found).toBeGreaterThan(0.8 - 0.04);
    expect(found).toBeLessThan(0.8 + 0.04);
  });

  test("takes so many seeds for its half", () => {
    const values = spreadOf(1, 1);
    const { smallest, seedsForHalf } = powerOf(values, { ...options, overlap: 0, worth: 0 }) ?? expect.fail();
    // The standard error falls with the root of the number, and t a little: less than 4 times 10.
    expect(seedsForHalf).toBeGreaterThan(30);
    expect(seedsForHalf).toBeLessThan(40);
    const many = Array.from({ length: seedsForHalf ?? 0 }, (_, i) => values[i % 10]);
    expect(powerOf(many, { ...options, overlap: 0, worth: 0 })?.smallest).toBeLessThanOrEqual(1.03 * (smallest / 2));
  });

  test("of splits that share rows is not halved by seeds, but by rows; and nothing halves the smallest of interest", () => {
    expect(powerOf(spreadOf(1, 0), { ...options, overlap: 0.5 })?.seedsForHalf).toBeNull();
    const { rowsForHalf } = powerOf(spreadOf(1, 0), { ...options, worth: 0 }) ?? expect.fail();
    expect(rowsForHalf).toBeCloseTo(4, 9);
    expect(powerOf(spreadOf(0.001, 0), options)).toMatchObject({ seedsForHalf: null, rowsForHalf: null });
  });

  test("is not told by two seeds", () => {
    expect(
      powerOf(
        [
          [1, 2],
          [3, 4],
        ],
        options,
      ),
    ).toBeUndefined();
  });
});
