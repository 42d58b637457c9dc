import type { ScoreIntervals } from "evenkeel/tabular";
import { expect, it } from "vitest";
import { standings, verdict } from "./verdict.ts";

const baselines = {
  mean: { mae: 3000, rmse: 4000, r2: -0.001 },
  ridge: { mae: 740, rmse: 1146, r2: 0.917 },
};
const said = (own: Record<string, number>) => verdict(standings(own, baselines), "test");

it("says one thing where all metrics agree", () => {
  expect(said({ mae: 300, rmse: 560, r2: 0.98 })).toBe(
    "The network is better than every baseline on the test rows: MAE 300, ridge 740; RMSE 560, ridge 1,146.",
  );
  expect(said({ mae: 741, rmse: 1150, r2: 0.916 })).toMatch(
    /^The network is no better than a baseline on the test rows: MAE 741/,
  );
  expect(said({ mae: 900, rmse: 1500, r2: 0.5 })).toMatch(
    /^A baseline is better than the network on the test rows: .* More rows/,
  );
});

it("says so where they disagree, and where large errors may be the reason", () => {
  expect(said({ mae: 330, rmse: 3116, r2: 0.39 })).toBe(
    "The scores disagree: on the test rows the network is better than every baseline by MAE (330; ridge 740); and worse than one by " +
      "RMSE (3,116; ridge 1,146). RMSE weighs the largest errors most: evaluate shows their rows.",
  );
  const noise = { mean: { mae: 0.82, rmse: 1.008, r2: 0.0017 } };
  expect(verdict(standings({ mae: 0.82, rmse: 1.0065, r2: 0.0047 }, noise), "test")).toMatch(
    /^The network is no better/,
  );
  expect(said({ mae: 900, rmse: 900, r2: 0.95 })).not.toContain("largest errors");
  expect(said({ mae: 700, rmse: 1140, r2: 0.918 })).toBe(
    "The scores differ: on the test rows the network is better than every baseline by MAE (700; ridge 740); and no better than one by " +
      "RMSE (1,140; ridge 1,146).",
  );
});

it("compares each metric with the baseline that is best by it, and leaves out what none has", () => {
  const others = { mean: { mae: 2, rmse: 9 }, median: { mae: 1, rmse: 10, r2: Number.NaN } };
  const found = standings({ mae: 0.5, rmse: 8, r2: Number.NaN }, { ...others, ridge: undefined });
  expect(found.map(({ metric, best }) => [metric, best.name])).toEqual([
    ["mae", "median"],
    ["rmse", "mean"],
  ]);
  expect(verdict(standings({ mae: 1 }, {}), "test")).toBeUndefined();
  expect(verdict(standings({ mae: Number.NaN }, others), "test")).toMatch(/^A baseline is better/);
});

/** Intervals of the differences to ridge, as shares of its errors. */
const intervalsOf = (by: Record<string, readonly [low: number, high: number]>): ScoreIntervals => ({
  ...{ level: 0.95, draws: 2000, rows: 80, blocks: 80 },
  scores: { mae: { low: 250, high: 350 } },
  differences: {
    ridge: Object.fromEntries(
      Object.entries(by).map(([name, [low, high]]) => {
        const [least, most] = [740 * low, 740 * high];
        const less = { value: -(low + high) / 2, low: -high, high: -low };
        return [name, { value: (least + most) / 2, low: least, high: most, less }];
      }),
    ),
  },
});

it("calls a difference a finding only where its interval leaves 0 out", () => {
  const judged = (own: Record<string, number>, by: Parameters<typeof intervalsOf>[0]) =>
    verdict(standings(own, baselines, intervalsOf(by)), "test");
  expect(judged({ mae: 300 }, { mae: [-0.24, -0.03] })).toBe(
    "The network is better than every baseline on the test rows: MAE 300 (250 to 350), ridge 740: 14% less (3 to 24%).",
  );
  expect(judged({ mae: 300, rmse: 1140 }, { mae: [-0.3, 0.04], rmse: [-0.1, 0.1] })).toBe(
    "Not a finding: the test rows do not tell the network from a baseline: MAE 300 (250 to 350), ridge 740: " +
      "13% less (30% less to 4% more); RMSE 1,140, ridge 1,146: no difference (10% less to 10% more). More test rows would.",
  );
  expect(judged({ mae: 900 }, { mae: [0.02, 0.3] })).toMatch(/^A baseline is better .* 16% more \(2 to 30%\)/);
  expect(judged({ mae: 900 }, { mae: [1, 69] })).toMatch(/^A baseline is better .* 36 times as much \(2 to 70\)/);
  expect(judged({ mae: 900 }, { mae: [-0.02, 0.3] })).toMatch(/^Not a finding/);
  expect(judged({ mae: 300, rmse: 900 }, { mae: [-0.3, -0.1], rmse: [-0.3, 0.1] })).toBe(
    "The scores differ: on the test rows the network is better than every baseline by MAE (300; ridge 740: 20% less, 10 to 30%); " +
      "and not told from one by RMSE (900; ridge 1,146: 10% less, 30% less to 10% more).",
  );
});

it("takes more of an accuracy for better", () => {
  const beside = { logistic: { accuracy: 0.8 } };
  const intervals = (low: number, high: number): ScoreIntervals => ({
    ...{ level: 0.95, draws: 2000, rows: 80, blocks: 80, scores: {} },
    differences: { logistic: { accuracy: { value: 0.05, low, high } } },
  });
  const judged = (own: number, low: number, high: number) =>
    verdict(standings({ accuracy: own }, beside, intervals(low, high)), "test");
  expect(judged(0.85, 0.01, 0.09)).toBe(
    "The network is better than every baseline on the test rows: accuracy 0.850, logistic 0.800: 0.050 more (0.010 to 0.090).",
  );
  expect(judged(0.85, -0.01, 0.11)).toMatch(/^Not a finding/);
  expect(judged(0.7, -0.15, -0.05)).toMatch(/^A baseline is better/);
});
