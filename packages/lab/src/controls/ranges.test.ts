import { expect, it } from "vitest";
import { limits } from "../state/fields.ts";
import { inWords } from "./ranges.ts";

it("says what a number can be, without exponents", () => {
  expect(inWords(limits.lr)).toBe("a number from 0.000001 to 100, with a point for decimals.");
  expect(inWords(limits.batchSize, true)).toBe("a whole number from 1 to 4,096.");
});
