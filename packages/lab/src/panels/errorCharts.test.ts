import { describe, expect, it } from "vitest";
import { defaultSetup } from "../state/setup.ts";
import type { Point } from "../training/frames.ts";
import { errorAxis, errorLines, lossLines } from "./errorCharts.ts";

const point = (step: number, evalMode: number, trainMode = evalMode): Point => {
  return { step, loss: step === 0 ? Number.NaN : 1 / step, trainMode, evalMode };
};
const points = { left: [point(0, 20), point(10, 8)], right: [point(0, 300, 19), point(10, 4, 3), point(20, 3)] };

describe("the charts of errors", () => {
  it("has four lines: sides differ by colour and dash, modes by width", () => {
    const lines = errorLines(defaultSetup, points);
    expect(lines.map(({ label }) => label)).toEqual([
      "No normalization, train mode",
      "No normalization, eval mode",
      "BatchNorm, train mode",
      "BatchNorm, eval mode",
    ]);
    expect(new Set(lines.map(({ dash, width }) => `${dash} ${width}`)).size).toBe(4);
    expect(lines[2].y).toEqual([19, 3, 3]);
    expect(lines[3].y).toEqual([300, 4, 3]);
    expect(lines[3].x).toEqual([0, 10, 20]);
  });

  it("has a point for what recomputed statistics gave, in another shape for each side", () => {
    const recomputed = { step: 17, rows: 254, before: 4, after: 30 };
    const both = errorLines({ ...defaultSetup, left: "batch" }, points, { left: recomputed, right: recomputed });
    expect(both.slice(4).map(({ label, form, x, y }) => [label, form, x, y])).toEqual([
      ["BatchNorm, left, eval mode with recomputed statistics", "points", [17], [30]],
      ["BatchNorm, right, eval mode with recomputed statistics", "discs", [17], [30]],
    ]);
    expect(errorLines(defaultSetup, points, { left: undefined, right: recomputed })).toHaveLength(5);
    expect(errorLines(defaultSetup, points, { left: undefined, right: undefined })).toHaveLength(4);
    const topWith = (after: number) =>
      errorAxis("regression", "mpg", points, { left: { ...recomputed, after }, right: undefined }).range![1];
    const top = errorAxis("regression", "mpg", points).range![1];
    expect([topWith(1), topWith(top), topWith(1e9), topWith(Number.NaN)]).toEqual([top, 1.05 * top, top, top]);
  });

  it("has the target's unit on its axis, or a share", () => {
    const axis = errorAxis("regression", "Miles_per_Gallon", points);
    expect(axis.label).toBe("off by (Miles_per_Gallon)");
    expect(axis.range![1]).toBeLessThan(40);
    expect(errorAxis("multiclass", "Species", points).format!(0.125)).toBe("12.5%");
    expect(errorAxis("binary", "Sex", { left: [], right: [] }).range).toBeUndefined();
  });

  it("has no loss at step 0, before any batch", () => {
    const [left, right] = lossLines(defaultSetup, points);
    expect([left.x, left.y]).toEqual([[10], [0.1]]);
    expect(right.x).toEqual([10, 20]);
  });
});
