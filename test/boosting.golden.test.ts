import { expect, it } from "vitest";
import { boostTrees } from "../packages/evenkeel/src/tabular/boosting/boosting.ts";
import type { BoostingOptions } from "../packages/evenkeel/src/tabular/boosting/boostingOptions.types.ts";
import type { TreeFeatures } from "../packages/evenkeel/src/tabular/boosting/growth/binning.ts";
import golden from "./goldens/boosting.json" with { type: "json" };

/** The generator and the table of goldens/make_boosting.py, draw for draw. */
function draws(seed: number): () => number {
  let x = seed;
  return () => {
    x = (x * 48271) % 2147483647;
    return x / 2147483647;
  };
}

function table(seed: number, rows: number, missing: number): { columns: Float64Array[]; y: Float64Array } {
  const draw = draws(seed);
  const columns = Array.from({ length: 5 }, () => new Float64Array(rows));
  const y = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const [a, b, third, d, e, f, g, h] = Array.from({ length: 8 }, draw);
    const c = Math.trunc(third * 8) / 8;
    const kind = Math.trunc(e * e * 30);
    const isMissing = g < missing;
    for (const [k, value] of [a, isMissing ? Number.NaN : b, c, d * d * d, h < missing ? Number.NaN : kind].entries()) {
      columns[k][i] = value;
    }
    const sum = 4 * (a - 0.5) * (b - 0.5) + c * d + ((kind * 7) % 11) / 11 + (isMissing ? 0.5 : 0) + 0.3 * f;
    y[i] = Math.trunc(sum * 4096) / 4096;
  }
  return { columns, y };
}

function labels(y: Float64Array, classes: number): Float64Array {
  const sorted = y.slice().sort();
  const edges = Array.from({ length: classes - 1 }, (_, k) => sorted[Math.floor((y.length * (k + 1)) / classes)]);
  return y.map((value) => edges.filter((edge) => edge <= value).length);
}

it.each(golden.cases)("$name: the trees and outputs of scikit-learn", (known) => {
  const { columns, y } = table(known.seed, known.rows, known.missing);
  const kinds = new Set(columns[4].filter((code) => !Number.isNaN(code)));
  const categories = known.categorical ? [0, 0, 0, 0, Math.max(...kinds) + 1] : [0, 0, 0, 0, 0];
  const features: TreeFeatures = { rows: known.rows, columns, categories };
  const { classes } = known;
  const target =
    classes === 0
      ? ({ task: "regression", truth: y } as const)
      : { task: classes === 2 ? ("binary" as const) : ("multiclass" as const), classes, truth: labels(y, classes) };
  const options: BoostingOptions = { earlyStopping: false, ...known.options };
  const { trees } = boostTrees(features, target, options);
  expect(trees.iterations).toBe(known.nodes.length);
  const { roots } = trees.stateDict();
  const ends = [...roots.data.slice(1), trees.nodes];
  expect(ends.map((end, i) => end - roots.data[i])).toEqual(known.nodes.flat());

  const probes = table(known.seed + 1, 48, 0.2);
  for (let i = 0; i < 48; i += 6) probes.columns[i % 5][i] = Number.NaN;
  // What training did not have is missing, as scikit-learn takes it.
  const [unknown, kind] = [probes.columns[4], (code: number) => (kinds.has(code) ? code : Number.NaN)];
  if (known.categorical) probes.columns[4] = unknown.map(kind);
  const raw = trees.output({ rows: 48, columns: probes.columns, categories });
  const furthest = raw.reduce((most, value, i) => Math.max(most, Math.abs(value - known.raw[i])), 0);
  expect(furthest).toBeLessThan(1e-12);
});
