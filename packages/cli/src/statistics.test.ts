import { describe, expect, test } from "vitest";
import { isBeyondNoise, mean, median, pairedDifference, standardDeviation, tQuantile } from "./statistics.ts";

describe("spread and centre", () => {
  test("mean, standard deviation and median of known values", () => {
    const values = [2, 4, 4, 4, 5, 5, 7, 9];
    expect(mean(values)).toBe(5);
    expect(standardDeviation(values)).toBeCloseTo(Math.sqrt(32 / 7), 12);
    expect(median(values)).toBe(4.5);
    expect(median([3, 1, 2])).toBe(2);
  });

  test("one value has no spread", () => {
    expect(standardDeviation([3])).toBeNaN();
  });

  test("the median of runs that never arrived is infinite", () => {
    expect(median([5, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY])).toBe(Number.POSITIVE_INFINITY);
    expect(median([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY])).toBe(Number.POSITIVE_INFINITY);
    expect(median([5, Number.POSITIVE_INFINITY])).toBe(Number.POSITIVE_INFINITY);
    expect(median([5, 6, Number.POSITIVE_INFINITY])).toBe(6);
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

describe("paired differences", () => {
  // scipy: mean(d) -+ stats.t.ppf(0.975, 8) * std(d, ddof=1) / 3
  const first = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
  const second = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];

  test("interval and counts", () => {
    const difference = pairedDifference(first.map((value, i) => [value, second[i]]));
    expect(difference.mean).toBeCloseTo(0.43188889, 8);
    expect(difference.low).toBeCloseTo(0.10377871, 8);
    expect(difference.high).toBeCloseTo(0.75999907, 8);
    expect(difference.pairs).toBe(9);
    expect(difference.firstLower).toBe(2);
    expect(isBeyondNoise(difference)).toBe(true);
  });

  test("an interval around 0 is noise, and one pair has none", () => {
    expect(
      isBeyondNoise(
        pairedDifference([
          [1, 2],
          [2, 1],
          [3, 2.9],
        ]),
      ),
    ).toBe(false);
    const single = pairedDifference([[1, 2]]);
    expect(single.mean).toBe(-1);
    expect(single.low).toBeNaN();
    expect(isBeyondNoise(single)).toBe(false);
  });
});
