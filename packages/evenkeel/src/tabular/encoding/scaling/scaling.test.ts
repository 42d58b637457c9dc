import { describe, expect, it } from "vitest";
import { tensor } from "../../../tensor/index.ts";
import { inferSchema } from "../../schema/inferSchema.ts";
import { tableFromColumns } from "../../table/tableFrom.ts";
import { Preprocessing } from "../preprocessing.ts";
import type { PreprocessingOptions } from "../preprocessingOptions.types.ts";
import { fitScaling, inputOf } from "./scaling.ts";

const squash = (values: number[]) => fitScaling(Float64Array.from(values), "squash");

describe("squash", () => {
  // median 3, quartiles 2 and 4
  const scaling = squash([5, 3, 1, 2, 4]);

  it("is z / sqrt(1 + (z / 3)^2) of the distance to the median in interquartile ranges", () => {
    expect(scaling).toEqual({ median: 3, center: 3, scale: 2, squash: true, least: 1, most: 5 });
    expect(inputOf(3, scaling)).toBe(0);
    expect(inputOf(5, scaling)).toBeCloseTo(1 / Math.sqrt(10 / 9), 15);
    expect(inputOf(-15, scaling)).toBeCloseTo(-9 / Math.sqrt(10), 15);
  });

  it("never passes 3, however far the value, and never falls", () => {
    let last = 0;
    for (let exponent = -3; exponent <= 308; exponent++) {
      const input = inputOf(10 ** exponent + 3, scaling);
      expect(input).toBeGreaterThanOrEqual(last);
      expect(input).toBeLessThanOrEqual(3);
      expect(inputOf(3 - 10 ** exponent, scaling)).toBeCloseTo(-input, 12);
      last = input;
    }
    expect(inputOf(Number.MAX_VALUE, { ...scaling, scale: 5e-324 })).toBe(3);
    expect(inputOf(-Number.MAX_VALUE, { ...scaling, scale: 5e-324 })).toBe(-3);
  });

  it("takes half the range where the quartiles are equal, and 0 where nothing varies", () => {
    const rare = squash([0, 0, 0, 0, 0, 0, 0, 8]);
    expect([rare.scale, inputOf(0, rare)]).toEqual([4, 0]);
    expect(inputOf(8, rare)).toBeCloseTo(2 / Math.sqrt(1 + 4 / 9), 15);
    const constant = squash([7, 7, 7]);
    expect([7, 8, -1e300, Number.NaN].map((value) => inputOf(value, constant))).toEqual([0, 0, 0, 0]);
    const none = squash([]);
    expect([0, 5, Number.NaN].map((value) => inputOf(value, none))).toEqual([0, 0, 0]);
    const wide = squash([-3.4e38, 3.4e38, 3.4e38, 3.4e38, 3.4e38, 3.4e38]);
    expect(wide.scale).toBe(3.4e38);
  });

  it("is the default for numbers and the years of dates, and refuses infinite values", () => {
    const y = [1, 2, 3, 4, 5];
    const day = (year: number) => new Date(Date.UTC(year, 0, 1));
    const table = tableFromColumns({ a: y, d: [2001, 2002, 2003, 2004, 2005].map(day), y });
    const schema = inferSchema(table, { target: "y", features: ["a", "d"] });
    const preprocessing = Preprocessing.fit(table, schema, Int32Array.of(0, 1, 2, 3, 4));
    const far = tableFromColumns({ a: [1e300, -1e300, null], d: [day(200_000), day(-9999), null] });
    expect([...preprocessing.inputs(far).x.data]).toEqual([3, 3, -3, expect.closeTo(-3, 5), 0, 0]);
    const infinite = tableFromColumns({ a: [Number.NEGATIVE_INFINITY], d: [null] });
    expect(() => preprocessing.inputs(infinite)).toThrow(/column "a" holds -Infinity in row 0, which is infinite/);
  });
});

describe("clamped predictions", () => {
  const fitted = (values: number[], options: PreprocessingOptions) => {
    const table = tableFromColumns({ a: values.map((_, i) => i), y: values });
    const schema = inferSchema(table, { target: "y", task: "regression", features: ["a"] });
    return Preprocessing.fit(table, schema, Int32Array.from(values.keys()), options);
  };
  const outputs = tensor([[-9], [0], [Number.NaN], [9], [1e30]]);

  it.each(["none", "zscore", "log"] as const)("%s: lie in the range of the training rows' targets", (target) => {
    const { values, clamped } = fitted([1, 2, 4, 5], { target }).decode(outputs);
    expect([values?.[0], values?.[3], values?.[4]]).toEqual([1, 5, 5]);
    expect(values?.[2]).toBeNaN();
    expect([...(clamped ?? [])]).toEqual(target === "none" ? [0, 1, 3, 4] : [0, 3, 4]);
  });

  it("are said only where there are some, and may lie outside when told", () => {
    expect(fitted([1, 2, 4, 5], {}).decode(tensor([[0]]))).not.toHaveProperty("clamped");
    const free = fitted([1, 2, 4, 5], { clampPredictions: false, target: "none" }).decode(outputs);
    expect([...(free.values ?? [])]).toEqual([-9, 0, Number.NaN, 9, expect.closeTo(1e30, -24)]);
    expect(free).not.toHaveProperty("clamped");
  });
});
