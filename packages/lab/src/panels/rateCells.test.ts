import { describe, expect, it } from "vitest";
import { defaultSetup } from "../state/setup.ts";
import { rates } from "../training/rateRange.ts";
import { cellPhrase, placeOf, rateCells, rateGrid } from "./rateCells.ts";

const left = [
  { lr: rates[0], error: 8 },
  { lr: rates[1], error: 4 },
  { lr: rates[15], error: Number.POSITIVE_INFINITY },
];
const right = [
  { lr: rates[0], error: 3 },
  { lr: rates[1], error: 2 },
  { lr: rates[2], error: 1e6 },
];
const cells = rateCells({ left, right });

describe("the strip of learning rates", () => {
  it("shades both sides on one scale, which a wild error does not flatten", () => {
    const shares = [cells.left[0], cells.left[1], cells.right[1], cells.right[2]].map(({ share }) => share);
    expect(shares[2]).toBe(1);
    expect(shares[3]).toBe(0);
    expect(shares[1]).toBeCloseTo(4 / 6, 12);
    expect(shares[0]).toBe(0);
    expect(cells.left).toHaveLength(rates.length);
  });

  it("says which rate is the best of a side, which diverged, and which is not known yet", () => {
    expect(cells.left.filter(({ isBest }) => isBest).map(({ lr }) => lr)).toEqual([rates[1]]);
    expect(cells.right.filter(({ isBest }) => isBest).map(({ lr }) => lr)).toEqual([rates[1]]);
    const phrases = [cells.left[1], cells.left[15], cells.left[4]].map((cell) => cellPhrase(cell, "regression", "mpg"));
    expect(phrases).toEqual([
      "Learning rate 0.00018: off by 4 mpg, the lowest of this network",
      "Learning rate 0.56: the training diverged",
      "Learning rate 0.001: not trained yet",
    ]);
  });

  it("has no best rate where all diverged, and one shade where all are equal", () => {
    const lost = rates.map((lr) => ({ lr, error: Number.POSITIVE_INFINITY }));
    const even = rates.map((lr) => ({ lr, error: 0 }));
    const all = rateCells({ left: lost, right: even });
    expect(all.left.some(({ isBest, share }) => isBest || share > 0)).toBe(false);
    expect(all.right.every(({ share }) => share === 1)).toBe(true);
  });

  it("marks a rate at the middle of its cell, between cells, and at the ends", () => {
    expect(placeOf(rates[0])).toBeCloseTo(0.5 / 16, 12);
    expect(placeOf(1e-9)).toBe(0);
    expect(placeOf(100)).toBe(1);
    expect(placeOf(0.001) * 16).toBeCloseTo(4.5, 1);
    expect(placeOf(0.0013)).toBeGreaterThan(placeOf(0.001));
  });

  it("is a grid of texts, with a cross for what diverged", () => {
    const { rows, columns } = rateGrid(defaultSetup, "regression", cells);
    expect(columns[15]).toBe("0.56");
    expect(rows.map(({ label }) => label)).toEqual(["No normalization", "BatchNorm"]);
    expect(rows[0].cells[15]).toEqual({ text: "diverged", share: 0, isCrossed: true });
    expect(rows[1].cells[1].text).toBe("2");
  });
});
