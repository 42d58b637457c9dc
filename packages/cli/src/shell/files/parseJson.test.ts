import { expect, test } from "vitest";
import { parseJson } from "./parseJson.ts";

test("refuses what would overflow the stack of who goes through it", () => {
  const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
  expect(parseJson(nested(64))).toEqual(JSON.parse(nested(64)));
  expect(() => parseJson(nested(65))).toThrow(RangeError);
  expect(() => parseJson(nested(100_000))).toThrow("it is nested more than 64 deep");
});
