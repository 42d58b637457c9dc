import { describe, expect, it } from "vitest";
import type { Chart, Line } from "./chart.ts";
import { chartSvg } from "./svg.ts";

const line = (changes: Partial<Line>): Line => ({ label: "a", colour: "left", x: [0, 1, 2], y: [1, 2, 3], ...changes });
const chart = (lines: Line[], changes: Partial<Chart> = {}): Chart => ({
  ...{ title: "error", x: { label: "step" }, y: { label: "error" }, areas: [], lines },
  ...changes,
});
const drawn = (given: Chart) => chartSvg(given, { width: 400, height: 200, id: "c1" }).text;
const paths = (given: Chart) => [...drawn(given).matchAll(/<path d="([^"]*)"/g)].map(([, path]) => path);

describe("a chart as SVG", () => {
  it("draws a line from its lowest value at the left to its highest at the right", () => {
    const [path] = paths(chart([line({})]));
    const points = path
      .slice(1)
      .split("L")
      .map((point) => point.split(" ").map(Number));
    expect(points).toHaveLength(3);
    expect(points[0][0]).toBeLessThan(points[2][0]);
    expect(points[0][1]).toBeGreaterThan(points[2][1]);
    for (const [x, y] of points) expect([x > 30 && x < 400, y >= 8 && y <= 160]).toEqual([true, true]);
  });

  it("ends a line where a value cannot be drawn, and begins again behind it", () => {
    const [path] = paths(chart([line({ x: [0, 1, 2, 3, 4], y: [1, 2, Number.NaN, 3, Number.POSITIVE_INFINITY] })]));
    expect(path.match(/M/g)).toHaveLength(2);
    const [onLog] = paths(chart([line({ y: [1, 0, 3] })], { y: { label: "y", log: true } }));
    expect(onLog.match(/M/g)).toHaveLength(2);
    expect(onLog).not.toMatch(/NaN|Infinity/);
  });

  it("draws points as rings or discs, steps as steps, areas as areas", () => {
    expect(drawn(chart([line({ form: "points" })])).match(/<circle/g)).toHaveLength(3);
    expect(drawn(chart([line({ form: "points" })]))).toContain('fill="none" stroke="var(--left)"');
    expect(drawn(chart([line({ form: "discs" })]))).toContain('<g fill="var(--left)"');
    expect(paths(chart([line({ form: "steps" })]))[0].split("L")).toHaveLength(5);
    const area = {
      label: "b",
      names: ["low", "high"] as const,
      colour: "left-area" as const,
      x: [0, 1],
      low: [0, 0],
      high: [1, 2],
    };
    expect(paths(chart([], { areas: [area] }))[0]).toMatch(/^M.*L.*L.*L.*Z$/);
  });

  it("has ticks within its axes, also of values that are all alike, and of none", () => {
    for (const y of [
      [1, 2, 3],
      [5, 5, 5],
      [0, 0, 0],
      [Number.NaN, Number.NaN, Number.NaN],
      [1e-12, 1e9, 1e300],
    ]) {
      const text = drawn(chart([line({ y })]));
      expect(text).not.toMatch(/NaN|Infinity/);
      expect(text.match(/text-anchor="end"/g)!.length).toBeGreaterThan(0);
      expect(text.match(/text-anchor="end"/g)!.length).toBeLessThan(12);
    }
    expect(drawn(chart([]))).toContain("<svg");
    const ranged = drawn(chart([line({})], { x: { label: "step", range: [0, 2000], format: (value) => `s${value}` } }));
    expect(ranged).toContain(">s2000<");
    expect(drawn(chart([line({ y: [1e-6, 1, 20] })], { y: { label: "y", log: true } }))).toContain(">1e−6<");
  });

  it("writes names of a stranger's table as text", () => {
    const text = drawn(chart([line({})], { title: '"><script>', x: { label: "</svg><script>alert(1)</script>" } }));
    expect(text).not.toContain("<script>");
    expect(text).toContain("&lt;/svg&gt;");
  });
});
