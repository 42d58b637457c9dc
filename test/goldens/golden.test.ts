import { describe, expect, it } from "vitest";
import { differences, errorRatios, ulp, type Values } from "./golden.ts";

/**
 * The yardstick itself: a comparison that lets everything pass would make every golden worthless.
 */

const float32 = (...data: number[]): Values => ({ dtype: "float32", shape: [data.length], data });

describe("ulp", () => {
  it("is the distance to the next float32", () => {
    expect([1, 1.5, -2, 0.75].map(ulp)).toEqual([2 ** -23, 2 ** -23, 2 ** -22, 2 ** -24]);
    expect(ulp(0)).toBe(2 ** -149);
    expect(ulp(1e-40)).toBe(2 ** -149);
    expect(ulp(1e300)).toBe(2 ** 104);
  });
});

describe("differences", () => {
  const torch = float32(1, 2, 4);

  it("allows a few ulp and no more", () => {
    expect(differences(float32(1 + 3 * ulp(1), 2, 4), torch)).toEqual([]);
    expect(differences(float32(1 + 6 * ulp(1), 2, 4), torch)).toHaveLength(1);
  });

  it("allows what torch itself is off", () => {
    const exact: Values = { ...torch, dtype: "float64", data: [1 + 1e-4, 2, 4] };
    expect(differences(float32(1 + 2e-4, 2, 4), torch, exact)).toEqual([]);
    expect(differences(float32(1 + 1e-3, 2, 4), torch, exact)).toHaveLength(1);
  });

  it("sees another dtype, another shape, NaN and infinities", () => {
    expect(differences({ ...torch, dtype: "float64" }, torch)).toHaveLength(1);
    expect(differences({ ...torch, shape: [3, 1] }, torch)).toHaveLength(1);
    expect(differences(float32(Number.NaN, 2, 4), torch)).toHaveLength(1);
    expect(differences(torch, float32(Number.NaN, 2, 4))).toHaveLength(1);
    expect(differences(float32(1, 2, Number.POSITIVE_INFINITY), torch)).toHaveLength(1);
    expect(differences(float32(Number.NEGATIVE_INFINITY), float32(Number.POSITIVE_INFINITY))).toHaveLength(1);
    expect(
      differences(float32(Number.NaN, Number.POSITIVE_INFINITY), float32(Number.NaN, Number.POSITIVE_INFINITY)),
    ).toEqual([]);
  });

  it("compares integers exactly", () => {
    const one: Values = { dtype: "int32", shape: [1], data: [1_000_000] };
    expect(differences({ ...one, data: [1_000_001] }, one)).toHaveLength(1);
  });
});

describe("errorRatios", () => {
  it("is 1 where both round within half an ulp, and the quotient of the errors beyond", () => {
    const exact: Values = { dtype: "float64", shape: [3], data: [1, 1, 1] };
    const at = (...ulps: number[]) => float32(...ulps.map((k) => 1 + k * ulp(1)));
    expect(errorRatios(at(0.4, 0, 0), at(0, 0.3, 0), exact)).toEqual([1, 1, 1]);
    expect(errorRatios(at(4, 2, 1), at(2, 2, 2), exact)).toEqual([2, 1, 0.5]);
    expect(errorRatios(at(4, 4, 4), at(2, 0, 2), exact)).toEqual([2, 8, 2]);
  });
});
