import { describe, expect, test } from "vitest";
import { Generator } from "../../random/index.ts";
import { fillNormal } from "../../random/normal.ts";
import {
  estimateMean,
  estimateRatio,
  isBelow,
  mean,
  median,
  slope,
  standardDeviation,
  tQuantile,
  varianceOfMean,
} from "./statistics.ts";

describe("spread and centre", () => {
  test("mean, standard deviation and median of known values", () => {
    const values = [2, 4, 4, 4, 5, 5, 7, 9];
    expect(mean(values)).toBe(5);
    expect(standardDeviation(values)).toBeCloseTo(Math.sqrt(32 / 7), 12);
    expect(median(values)).toBe(4.5);
    expect(median([3, 1, 2])).toBe(2);
    expect(standardDeviation([3])).toBeNaN();
  });

  test("sums of the same numbers in another order are equal", () => {
    const [first, second] = [0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1];
    expect(first).not.toBe(second);
    expect([isBelow(first, second), isBelow(second, first), isBelow(0.599, 0.6), isBelow(0, 0)]).toEqual([
      ...[false, false, true, false],
    ]);
  });

  test("the median of runs that never arrived is infinite", () => {
    expect(median([5, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY])).toBe(Number.POSITIVE_INFINITY);
    expect(median([5, Number.POSITIVE_INFINITY])).toBe(Number.POSITIVE_INFINITY);
    expect(median([5, 6, Number.POSITIVE_INFINITY])).toBe(6);
  });

  test("the slope of a line, and of three points beside one", () => {
    const line = [0, 1, 5].map((x) => [x, 2 - 3 * x] as const);
    expect(slope(line)).toBeCloseTo(-3, 12);
    // numpy.polyfit([-2, -1, 0], [1, 0.5, 0.75], 1)[0]
    const points = [
      [-2, 1],
      [-1, 0.5],
      [0, 0.75],
    ] as const;
    expect(slope(points)).toBeCloseTo(-0.125, 12);
  });
});

// scipy.stats.t.ppf((1 + probability) / 2, degrees)
test.each([
  [0.95, 1, 12.706204736174694],
  [0.95, 2, 4.302652729749462],
  [0.95, 3, 3.1824463052837078],
  [0.95, 9, 2.262157162798205],
  [0.95, 10, 2.228138851986274],
  [0.95, 29, 2.045229642132703],
  [0.95, 100, 1.9839715185235518],
  [0.99, 9, 3.249835541592126],
  [0.5, 4, 0.7406970841126829],
])("Student's t: %f within %i degrees of freedom is %f", (probability, degrees, expected) => {
  expect(tQuantile(probability, degrees)).toBeCloseTo(expected, 9);
});

describe("estimates", () => {
  const first = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
  const second = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
  const pairs = first.map((value, i) => [value, second[i]] as const);

  test("the mean of differences", () => {
    // scipy: mean(d) -+ stats.t.ppf(0.975, 8) * std(d, ddof=1) / 3
    const { count, value, interval } = estimateMean(pairs.map(([a, b]) => a - b));
    expect(count).toBe(9);
    expect(value).toBeCloseTo(0.43188889, 8);
    expect(interval?.low).toBeCloseTo(0.10377871, 8);
    expect(interval?.high).toBeCloseTo(0.75999907, 8);
    expect(estimateMean([3])).toEqual({ count: 1, value: 3, interval: null });
  });

  test("of splits that share rows is as far apart as the corrected resampled t-test has it", () => {
    // mean(d) -+ t * std(d, ddof=1) * sqrt(1/9 + 80/318), where t = scipy.stats.t.ppf(0.995, 8) =
    // 3.3553873313
    const differences = pairs.map(([a, b]) => a - b);
    const { interval } = estimateMean(differences, { confidence: 0.99, overlap: 80 / 318 });
    expect(interval?.low).toBeCloseTo(-0.4306673, 8);
    expect(interval?.high).toBeCloseTo(1.29444508, 8);
  });

  test("an interval reaches at least as far as it is told", () => {
    expect(estimateMean([0.5, 0.5, 0.5], { reach: 0.25 }).interval).toEqual({ low: 0.25, high: 0.75 });
    expect(estimateMean([0, 1], { reach: 0.02 })).toEqual(estimateMean([0, 1]));
  });

  test("a geometric mean of ratios does not care which way round, and lies where its logarithms do", () => {
    const { value, interval } = estimateRatio([
      [10, 40],
      [20, 40],
      [10, 20],
    ]);
    const other = estimateRatio([
      [40, 10],
      [40, 20],
      [20, 10],
    ]);
    expect(value).toBeCloseTo(2 ** (-4 / 3), 12);
    expect(other.value).toBeCloseTo(1 / value, 12);
    expect(other.interval?.low).toBeCloseTo(1 / (interval?.high ?? 0), 12);
    // log2 of the ratios: -2, -1, -1; their standard error is 1/3
    expect(interval?.high).toBeCloseTo(2 ** (-4 / 3 + 4.302652729749462 / 3), 9);
  });
});

describe("the variance of a mean in two parts", () => {
  test("by hand", () => {
    // Averages 2, 2, 6 of variance 16/3; within seeds 4/3, of an average half of that; half of this is taken off.
    const both = [
      [1, 3],
      [2, 2],
      [5, 7],
    ];
    expect(varianceOfMean(both, 0)).toBeCloseTo(16 / 9, 12);
    expect(varianceOfMean(both, 0.25)).toBeCloseTo(16 / 9 + 0.25 * (16 / 3 - 2 / 3 / 2), 12);
    // Of an interrupted study: 2 within seeds, and averages of 2, 1 and 2 trainings.
    expect(varianceOfMean([[1, 3], 2, [5, 7]], 0.25)).toBeCloseTo(16 / 9 + 0.25 * (16 / 3 - (2 * 2) / 3 / 2), 12);
    // Without second trainings, all of it may be the luck of splits.
    expect(varianceOfMean([2, 2, 6], 0.25)).toBeCloseTo((1 / 3 + 0.25) * (16 / 3), 12);
    // It never falls below that of independent values.
    expect(
      varianceOfMean(
        [
          [0, 9],
          [9, 1],
          [1, 9],
        ],
        0.25,
      ),
    ).toBe(
      varianceOfMean(
        [
          [0, 9],
          [9, 1],
          [1, 9],
        ],
        0,
      ),
    );
  });

  test.each([
    ["splits", 1, 0.1],
    ["trainings", 0.1, 1],
    ["both", 1, 1],
  ])("gives intervals that hold the true mean in 95%: the luck of %s", (_, ofSplits, ofTraining) => {
    const generator = new Generator(9);
    const [seeds, times, overlap] = [10, 3000, 0.25];
    const shared = overlap / (1 + overlap);
    const draws = new Float64Array(3 * seeds + 1);
    let [held, heldWhole, width, wholeWidth] = [0, 0, 0, 0];
    for (let i = 0; i < times; i++) {
      fillNormal(draws, 0, 1, generator);
      const values = Array.from({ length: seeds }, (_, s) => {
        const split = ofSplits * (Math.sqrt(shared) * draws[30] + Math.sqrt(1 - shared) * draws[s]);
        return [10, 20].map((from) => split + ofTraining * draws[from + s]);
      });
      const parts = estimateMean(values, { overlap }).interval ?? expect.fail();
      const whole = estimateMean(values.map(mean), { overlap }).interval ?? expect.fail();
      if (parts.low <= 0 && parts.high >= 0) held++;
      if (whole.low <= 0 && whole.high >= 0) heldWhole++;
      width += parts.high - parts.low;
      wholeWidth += whole.high - whole.low;
    }
    // 4 standard errors of 3000 means, 0.4% each.
    expect(held / times).toBeGreaterThan(0.95 - 0.016);
    expect(heldWhole).toBeGreaterThanOrEqual(held);
    if (ofTraining > ofSplits) expect(width).toBeLessThan(0.85 * wholeWidth);
  });
});
