import { describe, expect, it } from "vitest";
import { aligned, curvesOf } from "./chart.ts";

const curve = (x: number[], y: number[]) => ({ label: "", x, y });

describe("the curves of a chart", () => {
  it("are brought to common places: lines cross places of others, and end where there is no number", () => {
    const slow = curve([0, 2], [5, Number.NaN]);
    const fast = curve([0, 1, 2, 3], [9, 8, Number.POSITIVE_INFINITY, 6]);
    expect(aligned([slow, fast])).toEqual([
      [0, 1, 2, 3],
      [5, undefined, null, undefined],
      [9, 8, null, 6],
    ]);
  });

  it("of different places that are equally many stay apart", () => {
    expect(aligned([curve([0, 2], [1, 2]), curve([1, 3], [3, 4])])).toEqual([
      [0, 1, 2, 3],
      [1, undefined, 2, undefined],
      [undefined, 3, undefined, 4],
    ]);
  });

  it("keep several values at one place where they share their places", () => {
    const x = [1, 1, 2];
    expect(aligned([curve(x, [3, 4, 5]), curve(x, x)])).toEqual([x, [3, 4, 5], x]);
    expect(aligned([])).toEqual([[]]);
  });

  it("have no values on a logarithmic axis that it cannot show", () => {
    expect(aligned([curve([1, 2, 3], [0, -1, 1e-9])], true)[1]).toEqual([null, null, 1e-9]);
  });

  it("are the edges of the areas, then the lines", () => {
    const area = { label: "half", names: ["25%", "75%"], colour: "left", x: [1], low: [2], high: [3] } as const;
    const line = { label: "median", colour: "left", x: [1], y: [2.5] } as const;
    expect(curvesOf({ areas: [area], lines: [line] }).map(({ label, y }) => [label, y[0]])).toEqual([
      ["25%", 2],
      ["75%", 3],
      ["median", 2.5],
    ]);
  });
});
