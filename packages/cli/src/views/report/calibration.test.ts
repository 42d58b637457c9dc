import { expect, test } from "vitest";
import { calibrationOf } from "./calibration.ts";
import { sourceName } from "./sourceName.ts";
import { worstRows } from "./worstRows.ts";

test("two classes: bins of the second one's probability, as scikit-learn's calibration_curve has them", () => {
  const p = [0.05, 0.08, 0.42, 0.48, 0.44, 0.91, 0.97, 1];
  const truth = [0, 1, 0, 1, 1, 1, 1, 0];
  // prob_true, prob_pred = calibration_curve(truth, p, n_bins=10)
  const [share, probability] = [
    [1 / 2, 2 / 3, 2 / 3],
    [0.065, 1.34 / 3, 2.88 / 3],
  ];
  const { bins, error, of } = calibrationOf(
    p.flatMap((of) => [1 - of, of]),
    truth,
    ["no", "yes"],
  );
  expect(of).toBe("yes");
  expect(bins.map(({ rows }) => rows)).toEqual([2, 3, 3]);
  for (const [i, bin] of bins.entries()) {
    expect(bin.share).toBeCloseTo(share[i], 12);
    expect(bin.probability).toBeCloseTo(probability[i], 12);
  }
  const distances = share.map((of, i) => Math.abs(of - probability[i]) * [2, 3, 3][i]);
  expect(error).toBeCloseTo(distances.reduce((a, b) => a + b) / 8, 12);
  // statsmodels' proportion_confint(1, 2, method="wilson")
  expect([bins[0].low, bins[0].high].map((of) => of.toFixed(4))).toEqual(["0.0945", "0.9055"]);
});

test("more classes: how often the predicted one is right; rows of NaN are in no bin", () => {
  const probabilities = [0.7, 0.2, 0.1, 0.15, 0.75, 0.1, Number.NaN, Number.NaN, Number.NaN];
  const { bins, of } = calibrationOf(probabilities, [0, 2, 1], ["a", "b", "c"]);
  expect(of).toBeUndefined();
  expect(bins).toMatchObject([{ rows: 2, share: 0.5, probability: 0.725 }]);
  expect(calibrationOf([], [], ["a", "b", "c"])).toEqual({ bins: [], error: Number.NaN });
});

test("the worst rows: by absolute error, those without a prediction first, with the table's values", () => {
  const columns = [
    { name: "n", type: "number", values: new Float64Array([1, 2, Number.NaN, 4]) },
    { name: "day", type: "date", values: new Float64Array([0, 0, 0, Number.NaN]) },
    { name: "town", type: "text", codes: new Int32Array([-1, 0, 0, 0]), dictionary: ["Bonn"] },
  ] as const;
  const rows = [0, 2, 3];
  const options = { rows, truth: [10, 20, 30], columns, placeOf: (row: number) => `line ${row + 2}` };
  const found = worstRows({ values: new Float64Array([9, 25, Number.NaN]) }, options);
  expect(found.map(({ place, error }) => [place, error])).toEqual([
    ["line 5", Number.NaN],
    ["line 4", 5],
    ["line 2", -1],
  ]);
  expect(found.map(({ values }) => values)).toEqual([
    ["4", "", "Bonn"],
    ["", "1970-01-01", "Bonn"],
    ["1", "1970-01-01", ""],
  ]);
});

test("the worst rows of classes are those whose true class got the least", () => {
  const probabilities = Float64Array.from([0.9, 0.1, 0.6, 0.4, 0.2, 0.8]);
  const predictions = { classes: ["a", "a", "b"], probabilities };
  const found = worstRows(predictions, { rows: [5, 6, 7], truth: [0, 1, 1], classes: ["a", "b"], columns: [] });
  expect(found.map(({ place, truth, predicted, error }) => [place, truth, predicted, error])).toEqual([
    ["row 7", "b", "a", 0.4],
    ["row 8", "b", "b", 0.8],
    ["row 6", "a", "a", 0.9],
  ]);
});

test.each([
  ["/home/x/my data/cars.csv", "cars.csv"],
  ["data/*.csv (3 files)", "*.csv (3 files)"],
  ["C:\\data\\cars.csv", "cars.csv"],
  ["mpg", "mpg"],
  ["the query", "the query"],
])("a report names %s without its folders", (source, name) => expect(sourceName(source)).toBe(name));
