import { describe, expect, test } from "vitest";
import { errorRates, madeUpStudy } from "../../../../../test/madeUpStudy.ts";
import { inferSchema, tableFromRows } from "../../tabular/index.ts";
import { describeWorth, worthBeside } from "../claims/claim.ts";
import { planStudy } from "../plan/plan.ts";
import { StudyView } from "./view.ts";

const raw = { scale: "raw", norm: "none", dropout: 0 } as const;

describe("the rate of an arm", () => {
  const rateOf = (validation: (lr: number) => number) =>
    madeUpStudy((_, { lr }) => ({ validation: validation(lr) }), { lrs: [0.1, 0.01, 1] }).view.rate(raw, "kept");

  test("is the one with the smallest validation error", () => {
    expect(rateOf((lr) => Math.abs(lr - 0.1))).toEqual({ lr: 0.1, validation: 0 });
  });

  test("is the smaller one of two that are equal, in whatever order they were planned", () => {
    expect(rateOf(() => 2)).toEqual({ lr: 0.01, validation: 2 });
    expect(rateOf((lr) => (lr === 0.01 ? 3 : 2))).toEqual({ lr: 0.1, validation: 2 });
  });
});

test("the overlap is Nadeau and Bengio's: the rows that are scored by those that are not", () => {
  const table = tableFromRows(Array.from({ length: 398 }, (_, i) => ({ x: Math.sin(i), y: Math.cos(i) })));
  const view = new StudyView(planStudy({ table, schema: inferSchema(table, { target: "y" }) }), []);
  expect(view.overlap()).toBe(80 / 318);
  expect(view.overlap("validation")).toBe(64 / 334);
});

describe("errors above the best constant's", () => {
  const { view } = madeUpStudy(({ norm }, { seed }) =>
    norm === "batch" ? { validation: 2 } : { validation: 2, train: 50, test: seed === 3 ? 1e300 : 20 },
  );

  test("count as the constant's, and are told as they were", () => {
    const seen = view.seen(raw).get(3);
    expect([seen?.train, seen?.validation, seen?.test, seen?.uncappedTest]).toEqual([8, 2, 8, 1e300]);
    expect(view.average(view.trainings(raw)).value).toBeCloseTo(8, 9);
  });

  test("set the scale: its threshold is a tenth of the constant's", () => {
    expect(view.scale.threshold).toBeCloseTo(0.8, 12);
  });

  test("limit a difference: an error falls to 0 at least, and rises by the constant's at most", () => {
    const step = { count: 10, value: -9, interval: { low: -20, high: 20 } };
    const { value, interval } = view.asDifference(step, 2);
    expect([value, interval?.low]).toEqual([-2, -2]);
    expect(interval?.high).toBeCloseTo(8, 12);
  });
});

describe("copies and groups", () => {
  const rows = Array.from({ length: 125 }, (_, i) => ({
    x: Math.sin(i),
    z: Math.sin(7 * i),
    y: Math.cos(i),
    g: `g${i}`,
  }));
  const four = [rows, rows, rows, rows].flat();
  const viewOf = (all: readonly object[], options = {}) => {
    const table = tableFromRows(all as typeof rows);
    const plan = planStudy({ table, schema: inferSchema(table, { target: "y" }) }, options);
    return errorRates({ plan, trials: [] });
  };

  test("count as one row where the smallest difference of error rates is asked for", () => {
    const [once, copied] = [viewOf(rows), viewOf(four)];
    expect(copied.plan.rows).toMatchObject({ all: 500, test: 100, distinct: 125, independent: 125 });
    expect(copied.reach(10)).toBeCloseTo(once.reach(10), 12);
    expect(worthBeside(copied, 0)).toBeCloseTo(worthBeside(once, 0), 12);
    expect(worthBeside(copied, 0)).toBeCloseTo(1 / 25, 12);
    expect(copied.scale.threshold).toBe(once.scale.threshold);
    expect(describeWorth(copied)).toBe("1% of the error without, but one of the 25 different test rows at least");
    expect(describeWorth(once)).toBe("1% of the error without, but one of the 25 test rows at least");
  });

  test("the rows of a group differ, but may all be alike", () => {
    const grouped = four.map((row, i) => ({ ...row, z: Math.sin(0.37 * i) }));
    const [free, split] = [viewOf(grouped), viewOf(grouped, { group: "g" })];
    expect(split.plan.rows).toMatchObject({ distinct: 500, independent: 125 });
    expect(split.reach(10)).toBeCloseTo(4 * free.reach(10), 12);
    expect(worthBeside(split, 0)).toBe(0.01);
  });
});
