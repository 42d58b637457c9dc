import { describe, expect, test } from "vitest";
import { madeUpStudy } from "../../../../../test/madeUpStudy.ts";
import { inferSchema, tableFromRows } from "../../tabular/index.ts";
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
