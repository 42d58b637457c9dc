import { describe, expect, test } from "vitest";
import { fillNormal, Generator } from "../random/index.ts";
import {
  estimateMean,
  estimateRatio,
  estimateSpreadRatio,
  mean,
  median,
  slope,
  standardDeviation,
  tQuantile,
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

describe("the ratio of spreads", () => {
  const pairs = [3.1, 2.2, 4.8, 1.9, 3.3, 5.6, 2.7].map((a, i) => [a, [2.9, 2.4, 3.5, 2.3, 2.8, 3.9, 2.6][i]] as const);

  test("its interval ends where Pitman's test of equal spreads begins to reject", () => {
    const { value, interval } = estimateSpreadRatio(pairs, 0.9) ?? expect.fail();
    expect(value).toBeCloseTo(
      standardDeviation(pairs.map(([a]) => a)) / standardDeviation(pairs.map(([, b]) => b)),
      12,
    );
    for (const end of [interval?.low ?? 0, interval?.high ?? 0]) {
      // If the true ratio were `end`, a and end * b would spread alike, and their sum and difference be uncorrelated.
      const r = correlation(pairs.map(([a, b]) => [a + end * b, a - end * b]));
      const t = (Math.abs(r) * Math.sqrt(5)) / Math.sqrt(1 - r * r);
      expect(t).toBeCloseTo(tQuantile(0.9, 5), 9);
    }
  });

  test("covers the truth as often as it says, for pairs that go together", () => {
    const generator = new Generator(7);
    const draws = new Float64Array(30);
    let covered = 0;
    const times = 2000;
    for (let i = 0; i < times; i++) {
      fillNormal(draws, 0, 1, generator);
      const shared = draws.subarray(0, 10);
      // Standard deviations sqrt(1 + 0.25) and 0.5 * sqrt(1 + 0.25), correlated by what they share.
      const made = Array.from(shared, (s, k) => [s + 0.5 * draws[10 + k], 0.5 * (s + 0.5 * draws[20 + k])] as const);
      const { interval } = estimateSpreadRatio(made) ?? expect.fail();
      if (interval !== null && interval.low < 2 && 2 < interval.high) covered++;
    }
    // 95%, with 4 standard errors of 2000 draws.
    expect(covered / times).toBeGreaterThan(0.93);
    expect(covered / times).toBeLessThan(0.97);
  });

  test("there is none where nothing spreads, or of two pairs", () => {
    expect(estimateSpreadRatio(pairs.map(([a]) => [a, 1]))).toBeNull();
    expect(estimateSpreadRatio(pairs.slice(0, 2))).toBeNull();
  });
});

function correlation(points: readonly (readonly [number, number])[]): number {
  const [mx, my] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const sum = (of: (x: number, y: number) => number) => points.reduce((all, [x, y]) => all + of(x - mx, y - my), 0);
  return sum((x, y) => x * y) / Math.sqrt(sum((x) => x * x) * sum((_, y) => y * y));
}
