import { describe, expect, test } from "vitest";
import { ErrorScale } from "./errorScale.ts";

describe.each([1, 0.37, 1e300, 1e-300])("the scale of errors with the threshold %d", (threshold) => {
  const scale = new ErrorScale(threshold);
  const parts = [0, 1e-9, 0.3, 0.999999, 1, 1.000001, 2, 10, 1e5];

  test("goes to a position and back", () => {
    for (const part of parts) {
      expect(scale.at(scale.of(part * threshold)) / threshold).toBeCloseTo(part, part < 1e4 ? 9 : 5);
    }
    expect(scale.of(0)).toBe(-1);
    expect(scale.of(threshold)).toBe(0);
  });

  test("rises", () => {
    const positions = parts.map((part) => scale.of(part * threshold));
    expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
  });

  test("has the same slope on both sides of the threshold", () => {
    const slope = (part: number) => (scale.of(threshold * (part + 1e-6)) - scale.of(threshold * part)) / 1e-6;
    expect(slope(1)).toBeCloseTo(slope(1 - 1e-6), 5);
    expect(slope(1)).toBeCloseTo(1, 5);
  });

  test("moves an error by a part of itself, below the threshold by a part of the threshold", () => {
    expect(scale.move(5 * threshold, Math.log(0.9)) / threshold).toBeCloseTo(-0.5, 9);
    expect(scale.move(0.5 * threshold, -0.1) / threshold).toBeCloseTo(-0.1, 9);
    expect(scale.step(5 * threshold, 0.05 * threshold)).toBeCloseTo(0.01, 12);
    expect(scale.step(0, 0.01 * threshold)).toBeCloseTo(0.01, 12);
    // A small step is as long as it says.
    for (const part of [0.2, 3]) {
      expect(
        scale.move(part * threshold, scale.step(part * threshold, 1e-5 * threshold)) / threshold / 1e-5,
      ).toBeCloseTo(1, 3);
    }
  });

  test("tells how far two errors lie apart by what lies between them", () => {
    const [low, high] = [2 * threshold, 18 * threshold];
    expect(scale.apart(scale.mean([low, high]), scale.of(high) - scale.of(low)) / threshold).toBeCloseTo(16, 9);
    expect(scale.mean([low, high]) / threshold).toBeCloseTo(6, 9);
  });
});
