import { expect, test } from "vitest";
import { Stillness } from "./stillness.ts";

test("a thing is still once it was seen to be so for the whole lease", () => {
  let now = 0;
  const stillness = new Stillness(10, () => now);
  const look = (text: string, after: number) => {
    now += after;
    return stillness.isStill("a", text);
  };
  expect(look("1", 0)).toBe(false);
  for (let second = 1; second < 10; second++) expect(look("1", 1000), String(second)).toBe(false);
  expect(look("1", 1000)).toBe(true);
  expect(look("2", 1000)).toBe(false);
  expect(look("2", 1000)).toBe(false);
  expect(stillness.isStill("b", "2")).toBe(false);
});

test("a pause of the one who looks makes nobody still", () => {
  let now = 0;
  const stillness = new Stillness(10, () => now);
  stillness.isStill("a", "1");
  now += 3600_000;
  expect(stillness.isStill("a", "1")).toBe(false);
  // What had stopped as well goes on.
  now += 1000;
  expect(stillness.isStill("a", "2")).toBe(false);
});
