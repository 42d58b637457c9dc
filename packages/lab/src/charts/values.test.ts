import { describe, expect, it } from "vitest";
import type { Chart, Line } from "./chart.ts";
import { mostRows, valuesOf } from "./values.ts";

const chartOf = (lines: Line[]): Chart => ({
  title: "error",
  x: { label: "step", format: String },
  y: { label: "error" },
  areas: [],
  lines,
});

describe("the values behind a chart", () => {
  it("are a row for each place, with what has no number said so", () => {
    const table = valuesOf(
      chartOf([
        { label: "left", colour: "left", x: [0, 10], y: [5.12345, Number.NaN] },
        { label: "right", colour: "right", x: [0, 10, 20], y: [0, 3, 2] },
      ]),
    );
    expect(table.columns).toEqual(["step", "left", "right"]);
    expect(table.rows).toEqual([
      ["0", "5.12", "0"],
      ["10", "no number", "3"],
      ["20", "", "2"],
    ]);
  });

  it("of a long training are some, with the first and the last", () => {
    const x = Array.from({ length: 201 }, (_, i) => 10 * i);
    const { rows } = valuesOf(chartOf([{ label: "left", colour: "left", x, y: x }]));
    expect(rows).toHaveLength(mostRows);
    expect([rows[0][0], rows.at(-1)![0]]).toEqual(["0", "2000"]);
    expect(new Set(rows.map(([step]) => step)).size).toBe(mostRows);
  });

  it("have every point of a curve that has few", () => {
    const x = Array.from({ length: 201 }, (_, i) => 10 * i);
    const single: Line = { label: "recomputed", colour: "right", form: "discs", x: [1333], y: [1.85] };
    const { columns, rows } = valuesOf(chartOf([{ label: "eval mode", colour: "right", x, y: x }, single]));
    expect(columns).toEqual(["step", "eval mode", "recomputed"]);
    expect(rows.filter((row) => row[2] !== "")).toEqual([["1333", "", "1.85"]]);
    expect(rows.map(([step]) => Number(step))).toEqual(rows.map(([step]) => Number(step)).sort((a, b) => a - b));
  });
});
