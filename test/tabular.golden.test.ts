import { inferSchema, Preprocessing, tableFromColumns } from "evenkeel/tabular";
import { describe, expect, it } from "vitest";
import { logistic } from "../packages/evenkeel/src/tabular/baselines/logistic.ts";
import { ridge } from "../packages/evenkeel/src/tabular/baselines/ridge.ts";
import { decode, type Golden, load } from "./goldens/golden.ts";

/** Scaling and the linear models beside numpy's, in float64: see goldens/make_tabular.py. */

interface Scaled {
  readonly name: string;
  readonly values: readonly (number | null)[];
  readonly zscore: Golden;
  readonly robust: Golden;
  readonly squash: Golden;
  readonly median: number;
}

interface Ridge {
  readonly name: string;
  readonly x: Golden;
  readonly y: Golden;
  readonly lambda: number;
  readonly w: Golden;
}

interface Logistic {
  readonly name: string;
  readonly x: Golden;
  readonly labels: readonly number[];
  readonly classes: number;
  readonly lambda: number;
  readonly probabilities: Golden;
}

const goldens = load<{ scales: Scaled[]; ridges: Ridge[]; logistic: Logistic[] }>("tabular.json");
const float64 = (golden: Golden) => decode(golden).data as Float64Array;

describe.each(["zscore", "robust", "squash"] as const)("%s", (scale) => {
  it.each(goldens.scales)("$name", ({ values, median, [scale]: expected }) => {
    const table = tableFromColumns({ x: values, y: values.map((_, i) => i) });
    const schema = inferSchema(table, { target: "y", kinds: { x: "numeric" } });
    const rows = Int32Array.from(values, (_, i) => i);
    const preprocessing = Preprocessing.fit(table, schema, rows, { scale });
    const width = preprocessing.features.length;
    const got = preprocessing.inputs(table).x.data.filter((_, i) => i % width === 0);
    const want = float64(expected);
    // Computed in double and rounded once: what float32 can be off by, and nothing more.
    for (let i = 0; i < want.length; i++)
      expect(Math.abs(got[i] - want[i])).toBeLessThanOrEqual(2 ** -24 * Math.abs(want[i]) + 1e-12);
    expect(preprocessing.toJSON().inputs[0]).toMatchObject({ median, indicator: values.includes(null) });
  });
});

describe("ridge", () => {
  it.each(goldens.ridges)("$name", ({ x, y, lambda, w }) => {
    const got = ridge(float64(x), float64(y), x.shape[1], lambda);
    const want = float64(w);
    for (let i = 0; i < want.length; i++) expect(got[i]).toBeCloseTo(want[i], 11);
  });
});

describe("logistic", () => {
  it.each(goldens.logistic)("$name", ({ x, labels, classes, lambda, probabilities }) => {
    const width = x.shape[1];
    const inputs = float64(x);
    const model = logistic(inputs, labels, width, classes, lambda);
    expect(model.converged).toBe(true);
    const want = float64(probabilities);
    const outputs = classes === 2 ? 1 : classes;
    for (let i = 0; i < labels.length; i++) {
      const scores = Array.from({ length: outputs }, (_, k) => {
        const row = model.weights.subarray(k * (width + 1), (k + 1) * (width + 1));
        return row.reduce((sum, w, j) => sum + w * (j === width ? 1 : inputs[i * width + j]), 0);
      });
      const logits = classes === 2 ? [0, ...scores] : scores;
      const sum = logits.reduce((total, logit) => total + Math.exp(logit), 0);
      // Ours stops at a gradient of 1e-6.
      for (const [k, logit] of logits.entries()) {
        expect(Math.abs(Math.exp(logit) / sum - want[i * classes + k])).toBeLessThan(5e-6);
      }
    }
  });
});
