import fc from "fast-check";
import { expect, it } from "vitest";
import { ofTurns, timeOf, turnOf, yearOf, yearsOf } from "./calendar.ts";

it("agrees with Date", () => {
  const times = fc.oneof(
    fc.integer({ min: -8.6e15, max: 8.6e15 }),
    fc.integer({ min: -1e14, max: 1e14 }),
    fc.constantFrom(
      0,
      -1,
      Date.UTC(2000, 1, 29),
      Date.UTC(1900, 1, 28),
      Date.UTC(2000, 11, 31, 23, 59, 59, 999),
      -62167219200000,
    ),
  );
  fc.assert(
    fc.property(times, (time) => {
      const date = new Date(time);
      expect(turnOf("month", time)).toBe(date.getUTCMonth() / 12);
      const newYear = new Date(0).setUTCFullYear(date.getUTCFullYear(), 0, 1);
      expect(turnOf("yearDay", time)).toBe(Math.floor((time - newYear) / 86_400_000) / 366);
      expect(turnOf("weekday", time)).toBe(((date.getUTCDay() + 6) % 7) / 7);
      const year = date.getUTCFullYear();
      const [start, end] = [year, year + 1].map((y) => new Date(0).setUTCFullYear(y, 0, 1));
      expect(yearOf(time)).toBeCloseTo(year + (time - start) / (end - start), 8);
      // Doubles near the year 270,000 are two milliseconds apart.
      expect(Math.abs(timeOf(yearOf(time)) - time)).toBeLessThanOrEqual(Math.abs(year) < 5000 ? 0 : 4);
      const clock = ((date.getUTCHours() * 60 + date.getUTCMinutes()) * 60 + date.getUTCSeconds()) * 1000;
      expect(turnOf("hour", time)).toBe((clock + date.getUTCMilliseconds()) / 86_400_000);
    }),
    { numRuns: 2000 },
  );
  for (const last of [-8.64e15, 8.64e15]) expect(new Date(timeOf(yearOf(last))).toISOString()).toMatch(/^[+-]27/);
  expect([yearOf(Date.UTC(1970, 0, 1)), yearOf(Date.UTC(1982, 0, 1)), yearOf(Number.NaN)]).toEqual([
    1970,
    1982,
    Number.NaN,
  ]);
});

it("says of many times what it says of each", () => {
  const hour = 3_600_000;
  // More days than are remembered, some of them twice, and times of the day.
  const times = Float64Array.from({ length: 12_000 }, (_, i) => ((i * 37) % 9001) * 24 * hour - 3e11 + (i % 50) * hour);
  times[5] = Number.NaN;
  expect(yearsOf(times)).toEqual(times.map(yearOf));
  for (const part of ["month", "yearDay", "weekday", "hour"] as const) {
    const turns = ofTurns(part, (turn) => 2 * turn);
    expect(times.map(turns)).toEqual(times.map((time) => 2 * turnOf(part, time)));
  }
});
