import { expect, test } from "vitest";
import { formatBool, formatFloat } from "./format.ts";

test("floats as Python's repr prints them", () => {
  // python3 -c "print([repr(x) for x in (0.0, 1.0, 0.1, 1e-4, 1e-5, 1.5e-7, 123.25, 1e15, 1e16,
  // 1e22, -2.0, -1e-8)])"
  const printed: [number, string][] = [
    [0, "0.0"],
    [1, "1.0"],
    [0.1, "0.1"],
    [1e-4, "0.0001"],
    [1e-5, "1e-05"],
    [1.5e-7, "1.5e-07"],
    [123.25, "123.25"],
    [1e15, "1000000000000000.0"],
    [1e16, "1e+16"],
    [1e22, "1e+22"],
    [-2, "-2.0"],
    [-1e-8, "-1e-08"],
    [1 / 3, "0.3333333333333333"],
    [Number.POSITIVE_INFINITY, "inf"],
    [Number.NEGATIVE_INFINITY, "-inf"],
    [Number.NaN, "nan"],
  ];
  for (const [value, text] of printed) expect(formatFloat(value)).toBe(text);
});

test("booleans", () => {
  expect([formatBool(true), formatBool(false)]).toEqual(["True", "False"]);
});
