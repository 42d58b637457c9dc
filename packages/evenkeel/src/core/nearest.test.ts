import { expect, it } from "vitest";
import { nearest } from "./nearest.ts";

it.each([
  ["horspower", "horsepower"],
  ["horsepowers", "horsepower"],
  ["HORSEPOWER", "horsepower"],
  ["mgp", "mpg"],
  ["mpq", "mpg"],
  ["weihgt", "weight"],
])("%s means %s", (name, meant) => {
  expect(nearest(name, ["cylinders", "horsepower", "mpg", "weight"])).toBe(meant);
});

it("takes the nearest of several, the first of those that are as near", () => {
  expect(nearest("weigth_kg", ["weight", "weight_lb", "weight_kg"])).toBe("weight_kg");
  expect(nearest("x0", ["x1", "x2"])).toBe("x1");
});

it("is silent where too much is wrong, and about names without an end", () => {
  expect(nearest("year", ["mpg", "weight"])).toBeUndefined();
  expect(nearest("weight", ["eight_inch"])).toBeUndefined();
  expect(nearest("x".repeat(1000), ["x".repeat(1001)])).toBeUndefined();
  expect(nearest("", [""])).toBe("");
});
