import { describe, expect, it } from "vitest";
import { doublingStops, evenStops, logStops, nearestStop } from "./stops.ts";

describe("the stops of a slider", () => {
  it("of two digits ascend and end where they should", () => {
    const stops = logStops(1e-5, 10);
    expect([stops[0], stops[1], stops.at(-1)]).toEqual([1e-5, 1.1e-5, 10]);
    expect(stops).toHaveLength(121);
    expect(stops).toContain(0.001);
    for (let i = 1; i < stops.length; i++) expect(stops[i]).toBeGreaterThan(stops[i - 1]);
  });

  it("are each found again, so that a key always moves a slider on", () => {
    for (const stops of [logStops(1e-4, 1), doublingStops(1, 4096), evenStops(0, 0.95, 0.05)]) {
      expect(stops.map((stop) => nearestStop(stop, stops))).toEqual(stops.map((_, i) => i));
    }
  });

  it("double, or lie at equal distances without the errors of sums", () => {
    expect(doublingStops(2, 40)).toEqual([2, 4, 8, 16, 32]);
    expect(evenStops(0, 0.3, 0.1)).toEqual([0, 0.1, 0.2, 0.3]);
  });

  it("are the nearest to a value that lies elsewhere, or the last ones", () => {
    const stops = [1, 2, 4, 8];
    expect([0.5, 1.4, 2.9, 3.1, 100].map((value) => nearestStop(value, stops))).toEqual([0, 0, 1, 2, 3]);
  });
});
