import { expect, it } from "vitest";
import { Generator, randperm } from "../../random/index.ts";
import { BoostedTrees } from "./boostedTrees.ts";
import { boostTrees } from "./boosting.ts";
import type { TreeFeatures } from "./growth/binning.ts";
import { outputInBins } from "./outputInBins.ts";

const rows = 20_000; // more than go into bins at a time
const drawn = (seed: number) =>
  Float64Array.from(randperm(rows, new Generator(seed)), (value, i) => (i % 11 === 3 ? Number.NaN : value / rows));
const features: TreeFeatures = {
  rows,
  columns: [drawn(1), drawn(2).map((value) => Math.floor(value * 6)), drawn(3).map((value) => Math.tan(value * 3))],
  categories: [0, 6, 0],
};
const first = (count: number) => ({
  ...features,
  rows: count,
  columns: features.columns.map((c) => c.slice(0, count)),
});

it.each([
  ["regression", undefined],
  ["binary", 2],
  ["multiclass", 3],
] as const)("says of many rows and of few what the trees of a %s say", (task, classes) => {
  const truth = features.columns[0].map((value, i) => {
    const sum = 3 * (value || 0) + (features.columns[1][i] === 2 ? 1 : 0);
    return classes === undefined ? sum : Math.floor(sum) % classes;
  });
  const { trees } = boostTrees(features, { task, classes, truth }, { maxIter: 20 });
  expect(outputInBins(trees, features)).toEqual(trees.output(features));
  expect(outputInBins(trees, first(4097))).toEqual(trees.output(first(4097)));
  expect(outputInBins(trees, first(9))).toEqual(trees.output(first(9)));
});

it("leaves trees with more thresholds than a byte tells apart to themselves", () => {
  const stumps = 300;
  const children = Array.from({ length: stumps }, (_, i) => [3 * i + 1, -1, -1]).flat();
  const each = (values: number[]) => Array.from({ length: stumps }, () => values).flat();
  const trees = BoostedTrees.of(
    { categories: [0, 6, 0], outputs: 1 },
    {
      start: Float64Array.of(0),
      roots: Int32Array.from({ length: stumps }, (_, i) => 3 * i),
      child: Int32Array.from(children),
      feature: Int32Array.from(each([0, 0, 0])),
      threshold: Float64Array.from(children, (child) => (child < 0 ? 0 : child / (3 * stumps))),
      missingLeft: Uint8Array.from(each([0, 0, 0])),
      categorySet: Int32Array.from(each([-1, -1, -1])),
      categories: new Int32Array(0),
      value: Float64Array.from(each([0, 0, 1])),
    },
  );
  expect(outputInBins(trees, features)).toEqual(trees.output(features));
});
