import { expect, test } from "vitest";
import { scoreText } from "./figures.ts";

test("scores are written with the digits that say something", () => {
  const values = [0, 0.9537, 0.99961, 1, 1.888, 9.9999, 12.34, 99.96, 100, 2310.4, 1.23e14, 0.00412, -0.0001, 3e-5];
  expect(values.map(scoreText)).toEqual([
    ...[
      "0.000",
      "0.954",
      "1.00",
      "1.00",
      "1.89",
      "10.0",
      "12.3",
      "100",
      "100",
      "2,310",
      "1.2e+14",
      "0.0041",
      "-0.0001",
    ],
    "3.0e-5",
  ]);
  expect([Number.NaN, Number.POSITIVE_INFINITY].map(scoreText)).toEqual(["–", "Infinity"]);
});
