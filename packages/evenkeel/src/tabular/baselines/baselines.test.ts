import { describe, expect, it } from "vitest";
import { Preprocessing } from "../encoding/preprocessing.ts";
import type { PreprocessingOptions } from "../encoding/preprocessingOptions.types.ts";
import { inferSchema } from "../schema/inferSchema.ts";
import type { SchemaOptions } from "../schema/schemaOptions.types.ts";
import { joinedRows, splitRows } from "../table/split.ts";
import { tableFromColumns } from "../table/tableFrom.ts";
import type { Baseline } from "./baseline.ts";
import { baselines, fittingBaselines } from "./baselines.ts";

const n = 300;
const of = <T>(value: (i: number) => T, rows = n) => Array.from({ length: rows }, (_, i) => value(i));
const noise = (i: number) => Math.sin(i * 12.9898) * 43758.5453 - Math.floor(Math.sin(i * 12.9898) * 43758.5453) - 0.5;

function baselinesOf(
  columns: Record<string, ArrayLike<unknown>>,
  { shares = {}, ...options }: PreprocessingOptions & { shares?: { validation?: number; test?: number } } = {},
  schemaOptions: Partial<SchemaOptions> = {},
): Record<string, Baseline> {
  const table = tableFromColumns(columns);
  const schema = inferSchema(table, { target: "y", ...schemaOptions });
  const split = splitRows(table, schema, shares);
  const preprocessing = Preprocessing.fit(table, schema, split.train, options);
  return Object.fromEntries(baselines(table, preprocessing, split).map((baseline) => [baseline.name, baseline]));
}

describe("baselines of numbers", () => {
  const a = of(noise);
  const b = of((i) => noise(i + 1000) * 1e6);

  it("find a linear function of numbers and categories, in the target's own unit", () => {
    const kind = of((i) => ["u", "v", "w"][i % 3]);
    const y = of((i) => 500 + 30 * a[i] - 2e-5 * b[i] + { u: 0, v: 7, w: -9 }[kind[i]]!);
    const { mean, median, ridge } = baselinesOf({ a, b, kind, y });
    expect(ridge.scores.test?.mae).toBeLessThan(1e-4);
    expect(ridge.scores.validation?.r2).toBeGreaterThan(1 - 1e-9);
    expect(mean.scores.train.r2).toBeCloseTo(0, 12);
    expect(median.scores.train.mae).toBeLessThanOrEqual(mean.scores.train.mae);
    expect(mean.scores.train.rmse).toBeLessThanOrEqual(median.scores.train.rmse);
    expect([ridge.rows, ridge.note]).toEqual([192, undefined]);
  });

  it.each([
    ["in the first fit", 4],
    ["in the refit", 103],
  ])("leave the trees out that are told to end %s, and nothing else", (_, at) => {
    const table = tableFromColumns({ a, b, y: of((i) => a[i] * b[i]) });
    const schema = inferSchema(table, { target: "y" });
    const split = splitRows(table, schema);
    const preprocessing = Preprocessing.fit(table, schema, split.train);
    const steps = fittingBaselines(table, preprocessing, split, { refit: true });
    let trees = 0;
    let step = steps.next();
    while (!step.done) {
      if (step.value.name === "trees") trees++;
      step = steps.next(trees === at);
    }
    expect(trees).toBe(at);
    const scoresBy = (found: Baseline[]) => found.map(({ name, scores }) => [name, scores]);
    const all = baselines(table, preprocessing, split, { refit: true });
    expect(scoresBy(step.value)).toEqual(scoresBy(all).slice(0, -1));
    expect(all.at(-1)?.name).toBe("trees");
  });

  it("refit: on training and validation rows, with the penalty and the validation scores of the first fit", () => {
    const y = of((i) => 500 + 30 * a[i] + 40 * noise(i + 7000));
    const table = tableFromColumns({ a, b, y });
    const schema = inferSchema(table, { target: "y" });
    const split = splitRows(table, schema);
    const preprocessing = Preprocessing.fit(table, schema, split.train);
    const once = baselines(table, preprocessing, split);
    const again = baselines(table, preprocessing, split, { refit: true });
    const all = { ...split, train: joinedRows(split.train, split.validation), validation: new Int32Array(0) };
    const whole = baselines(table, preprocessing, all);
    expect(again.map(({ name, rows }) => [name, rows])).toEqual([
      ["mean", 240],
      ["median", 240],
      ["ridge", 240],
      ["trees", 240],
    ]);
    for (const [i, { scores, lambda }] of again.entries()) {
      expect(scores.validation).toEqual(once[i].scores.validation);
      expect(scores.test).not.toEqual(once[i].scores.test);
      expect(lambda).toBe(once[i].lambda);
    }
    expect(again[0].scores.test).toEqual(whole[0].scores.test);
    expect(again[2].lambda).not.toBe(whole[2].lambda); // which had no rows to choose by
    expect(() => baselines(table, preprocessing, split, { refit: 1 as never })).toThrow("refit is 1");
  });

  it("refit: the penalty is not chosen again by rows that it is fitted on, which would want a weak one", () => {
    const inputs = Object.fromEntries(of((j) => [`x${j}`, of((i) => noise(i * 31 + j * 977 + 5))], 60));
    const table = tableFromColumns({ ...inputs, y: of((i) => noise(i + 50_000)) });
    const schema = inferSchema(table, { target: "y" });
    const split = splitRows(table, schema);
    const preprocessing = Preprocessing.fit(table, schema, split.train);
    const again = baselines(table, preprocessing, split, { refit: true });
    expect(again.map(({ name, rows, lambda }) => [name, rows, lambda])[2]).toEqual(["ridge", 240, 1]);
    const seen = { ...split, train: joinedRows(split.train, split.validation) };
    expect(baselines(table, preprocessing, seen)[2].lambda).toBeLessThan(1);
  });

  it("do not depend on the unit of an input that is not scaled", () => {
    const { ridge } = baselinesOf({ a: a.map((value) => value * 1e-5), b, y: a }, { scale: "none" });
    expect(ridge.scores.test?.r2).toBeGreaterThan(1 - 1e-6);
  });

  it("are fitted on the logarithm where the target is", () => {
    const y = of((i) => Math.exp(5 + 3 * a[i]));
    expect(baselinesOf({ a, y }, { target: "log" }).ridge.scores.test?.r2).toBeGreaterThan(1 - 1e-6);
    expect(baselinesOf({ a, y }).ridge.scores.test?.r2).toBeLessThan(0.95);
  });

  it("choose a strong penalty where inputs are noise", () => {
    const inputs = Object.fromEntries(of((j) => [`x${j}`, of((i) => noise(i * 31 + j * 977 + 5))], 60));
    const { ridge } = baselinesOf({ ...inputs, y: of((i) => noise(i + 50_000)) });
    expect(ridge.lambda).toBe(1);
  });

  it("use the commonest categories of an embedded column, and say so", () => {
    const many = of((i) => `c${(i * i) % 97}`);
    const y = of((i) => ((i * i) % 97) * 1.5);
    const { ridge, mean } = baselinesOf({ a, many, y });
    expect(ridge.note).toBe("of many only the commonest categories are used");
    expect(ridge.scores.train.rmse).toBeLessThan(0.9 * mean.scores.train.rmse);
    const few = of((i) => `c${i % 20}`);
    const all = baselinesOf({ a, few, y: of((i) => ((i % 20) * 7) % 20) }).ridge;
    expect(all.note).toBeUndefined();
    expect(all.scores.test?.mae).toBeLessThan(0.01);
  });

  it("score only parts that have rows, and need none to choose by", () => {
    const { ridge } = baselinesOf({ a, y: a }, { shares: { validation: 0, test: 0 } });
    expect(Object.keys(ridge.scores)).toEqual(["train"]);
    expect(ridge.lambda).toBe(1e-3);
  });

  it("fit linear models on fewer rows where there are many, and say so", () => {
    const rows = 160_000;
    const x = Float64Array.from({ length: rows }, (_, i) => noise(i));
    const { ridge, mean } = baselinesOf({ x, y: x.map((v) => 3 * v + 1) });
    expect(mean.rows).toBe(102_400);
    expect(ridge.rows).toBe(100_000);
    expect(ridge.note).toBe("fitted on 100000 of 102400 training rows");
    expect(ridge.scores.test?.mae).toBeLessThan(1e-4);
  });

  it("get the same inputs, however a network gets them", () => {
    const columns = {
      a,
      s: of((i) => (i % 3 === 0 ? 1 : 4)),
      c: of((i) => ["u", "v"][i % 2]),
      b: of((i) => i % 5 === 0),
    };
    const days = of((i) => new Date(Date.UTC(2000, 0, 1 + 7 * i)));
    const given = { ...columns, days, y: of((i) => a[i] + (i % 3) + (i % 2) + noise(i + 7)) };
    const coded = { piecewise: true, effectCoding: true, dropConstant: true, yearDay: true, rareBelow: 3 };
    // Scores and rows: how they predict are functions of each call.
    const figures = (how?: typeof coded) => JSON.stringify(baselinesOf(given, how));
    expect(figures(coded)).toBe(figures());
    // 64 columns of 5 inputs each for a network are 64 for a linear model.
    const wide = Object.fromEntries(of((j) => [`x${j}`, of((i) => noise(i * 31 + j))], 64));
    expect(Object.keys(baselinesOf({ ...wide, y: a }, coded))).toContain("ridge");
  });

  it("leave linear models out above 300 inputs", () => {
    const many = of((i) => `c${i % 400}`, 900);
    const found = baselinesOf({ many, y: of(noise, 900) }, { embedAbove: 2000 });
    expect(Object.keys(found)).toEqual(["mean", "median", "trees"]);
  });
});

describe("boosted trees", () => {
  const a = of(noise);
  const b = of((i) => noise(i + 1000));

  it("see what no straight line does, in the target's own unit, and can be left out", () => {
    const found = baselinesOf({ a, b, y: of((i) => 1000 * Math.sign(a[i]) * Math.sign(b[i])) });
    expect(found.trees.scores.test?.rmse).toBeLessThan(0.5 * (found.ridge.scores.test?.rmse ?? 0));
    const table = tableFromColumns({ a, b, y: a });
    const schema = inferSchema(table, { target: "y" });
    const split = splitRows(table, schema);
    const preprocessing = Preprocessing.fit(table, schema, split.train);
    const names = baselines(table, preprocessing, split, { trees: false }).map(({ name }) => name);
    expect(names).toEqual(["mean", "median", "ridge"]);
  });

  it("give every caller arrays of its own, for the rows of the fit and those of the test", () => {
    const table = tableFromColumns({ a, b, y: of((i) => a[i] * b[i]) });
    const schema = inferSchema(table, { target: "y" });
    const split = splitRows(table, schema);
    const trees = baselines(table, Preprocessing.fit(table, schema, split.train), split).at(-1) as Baseline;
    for (const rows of [split.train, split.test]) {
      const before = trees.predict(rows).values?.slice();
      trees.predict(rows).values?.fill(0);
      expect(trees.predict(rows).values).toEqual(before);
    }
  });

  it("are of the logarithm where the target is: errors are shares of it then", () => {
    const y = of((i) => Math.exp(9 * a[i]));
    const share = ({ scores }: Baseline) => scores.train.mae;
    expect(share(baselinesOf({ a, y }, { target: "log" }).trees)).not.toBe(share(baselinesOf({ a, y }).trees));
    expect(baselinesOf({ a, y }, { target: "log" }).trees.scores.test?.r2).toBeGreaterThan(0.9);
  });
});

describe("baselines of classes", () => {
  it("separate three classes by straight lines", () => {
    const a = of(noise);
    const b = of((i) => noise(i + 1000));
    const y = of((i) => (a[i] > 0.1 ? "right" : b[i] > 0 ? "up" : "down"));
    const { logistic, "commonest class": commonest } = baselinesOf({ a, b, y });
    expect(logistic.scores.test?.accuracy).toBeGreaterThan(0.9);
    expect(logistic.scores.test?.logLoss).toBeLessThan(0.5 * (commonest.scores.test?.logLoss ?? 0));
    expect(commonest.scores.train.balancedAccuracy).toBeCloseTo(1 / 3, 12);
    const share = y.filter((name) => name === "right").length / n;
    expect(commonest.scores.train.accuracy).toBeCloseTo(share, 2);
    expect(logistic.note).toBeUndefined();
  });

  it("say yes or no, with the share of each as probability", () => {
    const a = of(noise);
    const { logistic, "commonest class": commonest } = baselinesOf({
      a,
      y: of((i) => a[i] + 0.2 * noise(i + 99) > 0.2),
    });
    const yes = of((i) => a[i] + 0.2 * noise(i + 99) > 0.2).filter(Boolean).length / n;
    const entropy = -yes * Math.log(yes) - (1 - yes) * Math.log(1 - yes);
    expect(commonest.scores.train.logLoss).toBeCloseTo(entropy, 2);
    expect(logistic.scores.test?.accuracy).toBeGreaterThan(0.9);
  });
});

it("refuses rows that are not there, and unknown options", () => {
  const table = tableFromColumns({ a: of(noise), y: of((i) => noise(i + 3)) });
  const schema = inferSchema(table, { target: "y" });
  const split = splitRows(table, schema);
  const preprocessing = Preprocessing.fit(table, schema, split.train);
  const none = new Int32Array(0);
  expect(() => baselines(table, preprocessing, { ...split, train: none })).toThrow(/there are no training rows/);
  expect(() => baselines(table, preprocessing, { ...split, test: new Int32Array([n]) })).toThrow(/there is no row 300/);
  expect(() => baselines(table, preprocessing, split, { seeds: 1 } as never)).toThrow(/unknown option "seeds"/);
});
