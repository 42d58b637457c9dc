import { inferSchema, Preprocessing, type PreprocessingOptions, tableFromRows } from "evenkeel/tabular";
import { expect, test } from "vitest";
import { guesses } from "./guesses.ts";

// The training rows are 1, 10 and 100, the scored rows 20 and 50.
const table = tableFromRows([1, 10, 100, 20, 50].map((y, i) => ({ x: Math.sin(i), y })));
const schema = inferSchema(table, { target: "y", kinds: { y: "numeric" } });
const truth = Float64Array.of(20, 50);

const maeBy = (target: PreprocessingOptions["target"]) => {
  const preprocessing = Preprocessing.fit(table, schema, Int32Array.of(0, 1, 2), { target });
  return Object.entries(guesses(preprocessing, truth)).map(([name, { mae }]) => [name, mae]);
};

test.each([
  ["log", "geometric mean of the training rows", (10 + 40) / 2],
  ["zscore", "mean of the training rows", (17 + 13) / 2],
  ["none", "mean of these rows", 15],
] as const)("a model of a target that is scaled by %s is compared with the %s", (target, name, mae) => {
  expect(maeBy(target)).toEqual([[name, expect.closeTo(mae, 10)]]);
});
