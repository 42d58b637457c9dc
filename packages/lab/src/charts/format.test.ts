import { describe, expect, it } from "vitest";
import { percent, rate, short, tick } from "./format.ts";

describe("numbers on the page", () => {
  it.each([
    [0, "0"],
    [2.934, "2.93"],
    [0.000561, "0.000561"],
    [0.0000561, "5.61e−5"],
    [-12_345.6, "−12,346"],
    [4.123e9, "4.12e9"],
    [Number.NaN, "not a number"],
    [Number.POSITIVE_INFINITY, "infinite"],
  ])("%s is written %s", (value, text) => {
    expect(short(value)).toBe(text);
  });

  it.each([
    [0, "0"],
    [0.5, "0.5"],
    [2500, "2,500"],
    [-200_000, "−2e5"],
    [0.0001, "1e−4"],
    [1e-10, "1e−10"],
  ])("%s on an axis is %s", (value, text) => {
    expect(tick(value)).toBe(text);
  });

  it("writes rates without exponents and shares in percent", () => {
    expect([0.0001, 0.00018, 0.56, 1].map(rate)).toEqual(["0.0001", "0.00018", "0.56", "1"]);
    expect([0, 0.1234, 1, Number.NaN].map(percent)).toEqual(["0%", "12.3%", "100%", "not a number"]);
  });
});
