import { describe, expect, it } from "vitest";
import { defaultSetup } from "../state/setup.ts";
import type { Picture } from "../training/frames.ts";
import { countMagnitudes, gradientBins } from "../training/spread.ts";
import { alongLines, binEdge, histogramLines, ratioLines } from "./gradientCharts.ts";

function picture(step: number, gradients: number[], updateRatio = 0.002): Picture {
  const layer = { name: "layers.0", given: [0, 0, 0, 0, 0], preActivation: [0, 0, 0, 0, 0] } as const;
  return {
    step,
    layers: [{ ...layer, batch: { mean: 0, deviation: 1 }, gradients: countMagnitudes(gradients), updateRatio }],
    along: { lengths: [0, 0.01, 0.02], losses: [4, 2, 8 * step] },
  };
}
const none = { left: [], right: [] };

describe("the charts of gradients", () => {
  const pictures = { left: [picture(1, [1]), picture(10, [0.02, 0.02, 0.02, 500])], right: [picture(1, [0.02, 0])] };

  it("show the loss along the latest gradient as a multiple of the loss at its beginning", () => {
    const [left, right] = alongLines(defaultSetup, pictures);
    expect(left.x).toEqual([0, 0.01, 0.02]);
    expect(left.y).toEqual([1, 0.5, 20]);
    expect(right.y).toEqual([1, 0.5, 2]);
  });

  it("show shares of sizes between an empty bin on both ends, in bins that hold them", () => {
    const [left, right] = histogramLines(defaultSetup, pictures, 0);
    const peak = left.y.indexOf(0.75);
    expect(left.x[peak]).toBeLessThanOrEqual(0.02);
    expect(left.x[peak + 1]).toBeGreaterThan(0.02);
    expect([left.y[0], left.y.at(-1)]).toEqual([0, 0]);
    expect(left.y.reduce((sum, share) => sum + share)).toBe(1);
    expect(right.y[peak]).toBe(1);
    expect([binEdge(0), binEdge(gradientBins.count)]).toEqual([1e-10, 1e4]);
  });

  it("show the outermost bins and dead layers", () => {
    const ends = { left: [picture(1, [1e-30, 1e30])], right: [picture(1, [0, 0])] };
    const [left, right] = histogramLines(defaultSetup, ends, 0);
    expect([left.y[0], left.y[gradientBins.count - 1], left.y.length]).toEqual([0.5, 0.5, gradientBins.count + 1]);
    expect(right.y).toEqual([]);
  });

  it("show the ratio of each step beside the rule of thumb over the whole training", () => {
    const [rule, left, right] = ratioLines(defaultSetup, pictures, 0);
    expect([rule.x, rule.y]).toEqual([
      [0, defaultSetup.steps],
      [0.001, 0.001],
    ]);
    expect([left.x, right.x]).toEqual([[1, 10], [1]]);
    expect(left.y).toEqual([0.002, 0.002]);
  });

  it("are empty before anything is known", () => {
    const lines = [alongLines(defaultSetup, none), histogramLines(defaultSetup, none, 0)].flat();
    expect(lines.flatMap(({ x, y }) => [...x, ...y])).toEqual([]);
  });
});
