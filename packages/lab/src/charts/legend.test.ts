import { describe, expect, it } from "vitest";
import { legendOf, wrapped } from "./legend.ts";

describe("a legend", () => {
  it("names areas and lines, and what is drawn and called alike once", () => {
    const line = { label: "mean ± deviation", colour: "quiet", x: [], y: [] } as const;
    const area = {
      label: "middle half",
      names: ["25%", "75%"],
      colour: "left-area",
      x: [],
      low: [],
      high: [],
    } as const;
    const points = { ...line, label: "row", form: "points" } as const;
    const items = legendOf({ areas: [area], lines: [line, line, { ...line, dash: [2, 2] }, points] });
    expect(items.map(({ label, mark, dash }) => [label, mark, dash.length])).toEqual([
      ["middle half", "area", 0],
      ["mean ± deviation", "line", 0],
      ["mean ± deviation", "line", 2],
      ["row", "points", 0],
    ]);
  });

  it("goes on in the next row where it is too wide, and never leaves a row empty", () => {
    expect(wrapped([60, 50, 40, 500, 10], 100)).toEqual([
      { row: 0, left: 0 },
      { row: 1, left: 0 },
      { row: 1, left: 50 },
      { row: 2, left: 0 },
      { row: 3, left: 0 },
    ]);
    expect(wrapped([500, 10], 100).map(({ row }) => row)).toEqual([0, 1]);
  });
});
