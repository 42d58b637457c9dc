import { describe, expect, it } from "vitest";
import { Generator } from "../../random/index.ts";
import { bootstrapScores } from "./bootstrap.ts";

const normals = (seed: number) => {
  const generator = new Generator(seed);
  const uniform = () => (generator.random53() + 0.5) / 2 ** 53;
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
};
const filled = (n: number, of: (i: number) => number) => Float64Array.from({ length: n }, (_, i) => of(i));

describe("bootstrapScores", () => {
  it("has the standard error of a mean, also of few rows", () => {
    const normal = normals(1);
    const truth = filled(12, () => normal());
    const { scores, draws, blocks } = bootstrapScores("regression", { values: new Float64Array(12) }, truth, {
      draws: 20_000,
    });
    const errors = [...truth].map(Math.abs);
    const mean = errors.reduce((sum, e) => sum + e / 12, 0);
    const deviation = Math.sqrt(errors.reduce((sum, e) => sum + (e - mean) ** 2, 0) / 11);
    // 3.92 standard errors with the divisor n - 1; draws of all 12 rows would give 4% less.
    expect((scores.mae.high - scores.mae.low) / ((3.92 * deviation) / Math.sqrt(12))).toBeCloseTo(1, 1.6);
    expect([draws, blocks]).toEqual([20_000, 12]);
  });

  it("covers the true score about as often as it says", () => {
    const normal = normals(2);
    let covered = 0;
    const times = 300;
    for (let t = 0; t < times; t++) {
      const { scores } = bootstrapScores(
        "regression",
        { values: new Float64Array(80) },
        filled(80, () => normal()),
        {
          ...{ draws: 400, seed: t },
        },
      );
      const expected = Math.sqrt(2 / Math.PI);
      if (scores.mae.low <= expected && expected <= scores.mae.high) covered++;
    }
    expect(covered / times).toBeGreaterThan(0.91);
    expect(covered / times).toBeLessThan(0.98);
  });

  it("compares models on the same draw: what moves both alike does not blur their difference", () => {
    const normal = normals(3);
    const truth = filled(80, () => 20 + 10 * normal());
    const off = (by: number) => ({ values: truth.map((value) => value * (1 + by)) });
    const { scores, differences } = bootstrapScores("regression", off(0.1), truth, {
      others: { worse: off(0.12), same: off(-0.1) },
    });
    const { mae } = differences.worse;
    expect(scores.mae.high - scores.mae.low).toBeGreaterThan(0.3);
    expect(mae.high).toBeLessThan(0);
    expect(mae.less?.low).toBeCloseTo(1 / 6, 10);
    expect(mae.less?.high).toBeCloseTo(1 / 6, 10);
    expect(differences.same.mae).toMatchObject({ value: expect.closeTo(0, 12), low: expect.closeTo(0, 12) });
    expect(differences.worse.r2.less).toBeUndefined();
  });

  it("draws the rows of a block together", () => {
    const normal = normals(4);
    const levels = filled(20, () => normal());
    const blocks = Int32Array.from({ length: 200 }, (_, i) => 7 * (i % 20));
    const truth = filled(200, (i) => 5 + levels[i % 20]);
    const width = (given?: Int32Array) => {
      const { scores, blocks } = bootstrapScores("regression", { values: new Float64Array(200) }, truth, {
        blocks: given,
      });
      return { width: scores.mae.high - scores.mae.low, blocks };
    };
    expect(width(blocks).blocks).toBe(20);
    expect(width(blocks).width / width().width).toBeGreaterThan(2.5);
  });

  it("leaves draws out that do not have the score, and says nothing where most are such", () => {
    const said = (n: number) => ({
      classes: new Array<string>(n).fill("a"),
      probabilities: filled(2 * n, (i) => (i % 2 ? 0.4 : 0.6)),
    });
    const rare = bootstrapScores(
      "binary",
      said(30),
      filled(30, (i) => (i < 2 ? 1 : 0)),
    );
    expect(rare.scores.rocAuc).toEqual({ low: 0.5, high: 0.5 });
    const never = bootstrapScores("binary", said(30), new Float64Array(30));
    expect(never.scores.rocAuc).toEqual({ low: Number.NaN, high: Number.NaN });
    const single = bootstrapScores("binary", said(1), Float64Array.of(1));
    expect(single.scores.logLoss.low).toBeNaN();
    expect(
      bootstrapScores("regression", { values: new Float64Array(0) }, new Float64Array(0)).scores.mae.low,
    ).toBeNaN();
  });

  it("gives the same intervals again, and keeps names that objects have", () => {
    const truth = filled(10, (i) => i);
    const others = Object.fromEntries(
      ["constructor", "__proto__"].map((name) => [name, { values: new Float64Array(10) }]),
    );
    const again = () => bootstrapScores("regression", { values: truth.map((v) => v + (v % 3)) }, truth, { others });
    expect(again()).toEqual(again());
    expect(Object.keys(again().differences)).toEqual(["constructor", "__proto__"]);
  });

  it("refuses what does not fit", () => {
    const of = (options: object) => () =>
      bootstrapScores("regression", { values: new Float64Array(3) }, new Float64Array(3), options);
    expect(of({ level: 1 })).toThrow(/level is 1, expected a number between 0 and 1/);
    expect(of({ blocks: new Int32Array(2) })).toThrow(/blocks has 2 rows, the truth 3/);
    expect(of({ others: { a: { values: new Float64Array(4) } } })).toThrow(/predictions of 4 rows/);
  });
});
