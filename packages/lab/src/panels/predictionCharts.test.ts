import { describe, expect, it } from "vitest";
import { confusionGrid, countBeyond, predictionLines, truthRange } from "./predictionCharts.ts";

const numbers = {
  kind: "numbers" as const,
  truth: Float64Array.of(30, 10, 10, 20),
  predicted: Float64Array.of(29, 12, 9, 500),
};

describe("predictions beside the truth", () => {
  it("are points in the order of the truth, over a diagonal from end to end", () => {
    const range = truthRange(numbers);
    expect(range).toEqual([7, 33]);
    const [diagonal, points] = predictionLines("left", numbers, range);
    expect(diagonal.x).toEqual([7, 10, 10, 20, 30, 33]);
    expect(diagonal.y).toEqual(diagonal.x);
    expect(points.y.slice(1, -1)).toEqual([12, 9, 500, 29]);
    expect(points.x).toBe(diagonal.x);
  });

  it("that cannot be seen are counted", () => {
    expect(countBeyond(numbers, [7, 33])).toBe(1);
    expect(countBeyond({ predicted: Float64Array.of(Number.NaN, 7, 33, -1) }, [7, 33])).toBe(2);
  });

  it("have axes even without rows, or with one value", () => {
    expect(truthRange({ truth: new Float64Array() })).toEqual([0, 1]);
    expect(truthRange({ truth: Float64Array.of(0, 0) })).toEqual([-1, 1]);
  });

  it("of classes are counts by true class, shaded by the share of that class", () => {
    const counts = [
      [3, 1],
      [0, 0],
    ];
    const { rows, columns } = confusionGrid({ kind: "classes", classes: ["cat", "dog"], counts });
    expect(columns).toEqual(["cat", "dog"]);
    expect(rows[0]).toEqual({
      label: "cat",
      cells: [
        { text: "3", share: 0.75 },
        { text: "1", share: 0.25 },
      ],
    });
    expect(rows[1].cells.map(({ share }) => share)).toEqual([0, 0]);
  });
});
