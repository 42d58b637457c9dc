import { describe, expect, it } from "vitest";
import { errorRange, linearRange, linearTicks, logRange, logTicks } from "./range.ts";

describe("the ends of an axis", () => {
  it("leave room, and include 0 where it is near", () => {
    expect(linearRange(10, 20)).toEqual([9.5, 20.5]);
    expect(linearRange(1, 20)[0]).toBe(0);
    expect(linearRange(-1, 1)).toEqual([-1.1, 1.1]);
  });

  it("are apart for one value and for none", () => {
    for (const [least, most] of [linearRange(3, 3), linearRange(0, 0), linearRange(null, null)]) {
      expect(most).toBeGreaterThan(least);
    }
    for (const [least, most] of [logRange(3, 3), logRange(null, null), logRange(0, 5)]) {
      expect(least).toBeGreaterThan(0);
      expect(most).toBeGreaterThan(2 * least);
    }
  });

  it("hold all values on a logarithmic axis", () => {
    const [least, most] = logRange(1e-6, 50);
    expect(least).toBeLessThan(1e-6);
    expect(most).toBeGreaterThan(50);
  });

  it("have ticks between them on a logarithmic axis: round ones, neither none nor many", () => {
    expect(logTicks(0.107, 80)).toEqual([0.2, 0.5, 1, 2, 5, 10, 20, 50]);
    expect(logTicks(0.9e-6, 20)).toEqual([1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10]);
    expect(logTicks(1e-12, 1e12).length).toBeLessThan(10);
    expect(logTicks(1e-12, 1e12)).toContain(1);
    expect(logTicks(...logRange(3, 3)).length).toBeGreaterThan(0);
  });

  it("have round ticks between them, about as many as are wanted", () => {
    expect(linearTicks(0, 2000, 8)).toEqual([0, 500, 1000, 1500, 2000]);
    expect(linearTicks(-0.21, 0.43, 6)).toEqual([-0.2, 0, 0.2, 0.4]);
    expect(linearTicks(0, 0.32, 10)).toEqual([0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3]);
    expect(linearTicks(9.5, 20.5, 2)).toEqual([10, 20]);
    expect(linearTicks(3, 3, 5)).toEqual([3]);
    expect(linearTicks(Number.NaN, 1, 5)).toEqual([]);
  });

  it("of errors are not those of the first steps", () => {
    const falling = [900, 400, ...Array.from({ length: 38 }, (_, i) => 10 - i / 10)];
    expect(errorRange([falling])![1]).toBeLessThan(16);
    expect(errorRange([falling])![1]).toBeGreaterThan(10);
  });

  it("of errors that stay large are large, and hold the largest of even ones", () => {
    const stale = Array.from({ length: 40 }, () => 500);
    expect(errorRange([stale, stale.map(() => 3)])![1]).toBeGreaterThan(500);
    expect(errorRange([[2, 2.2]])![1]).toBeGreaterThan(2.2);
    expect(errorRange([[Number.NaN, Number.POSITIVE_INFINITY], []])).toBeUndefined();
    expect(errorRange([[0, 0]])).toEqual([0, 1]);
  });
});
