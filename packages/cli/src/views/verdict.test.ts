import { expect, it } from "vitest";
import { standings, verdict } from "./verdict.ts";

const baselines = {
  mean: { mae: 3000, rmse: 4000, r2: -0.001 },
  ridge: { mae: 740, rmse: 1146, r2: 0.917 },
};
const said = (own: Record<string, number>) => verdict(standings(own, baselines), "test");

it("says one thing where all metrics agree", () => {
  expect(said({ mae: 300, rmse: 560, r2: 0.98 })).toBe(
    "The network is better than every baseline: MAE 300 on the test rows, 740 by ridge; RMSE 560, 1,146 by ridge; R² 0.980, 0.917 by ridge.",
  );
  expect(said({ mae: 741, rmse: 1150, r2: 0.916 })).toMatch(/^The network is no better than a baseline: MAE 741/);
  expect(said({ mae: 900, rmse: 1500, r2: 0.5 })).toMatch(/^A baseline is better than the network: .* More rows/);
});

it("says so where they disagree, and where large errors may be the reason", () => {
  expect(said({ mae: 330, rmse: 3116, r2: 0.39 })).toBe(
    "The scores disagree: on the test rows the network is better than every baseline by MAE (330; ridge 740), and worse than one by " +
      "RMSE (3,116; ridge 1,146), R² (0.390; ridge 0.917). RMSE weighs the largest errors most: evaluate shows their rows.",
  );
  const noise = { mean: { mae: 0.82, rmse: 1.008, r2: 0.0017 } };
  expect(verdict(standings({ mae: 0.82, rmse: 1.0065, r2: 0.0047 }, noise), "test")).toMatch(
    /^The network is no better/,
  );
  expect(said({ mae: 900, rmse: 900, r2: 0.95 })).not.toContain("largest errors");
  expect(said({ mae: 700, rmse: 1140, r2: 0.918 })).toBe(
    "The scores differ: on the test rows the network is better than every baseline by MAE (700; ridge 740), and no better than one by " +
      "RMSE (1,140; ridge 1,146), R² (0.918; ridge 0.917).",
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
