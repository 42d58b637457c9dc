import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BuiltCommand } from "./command.ts";
import { faults } from "./faults.ts";
import { kills } from "./kills.ts";
import { queue } from "./queue.ts";

/** A seeded sample of `npm run siege`, which takes all. */

let command: BuiltCommand;
beforeAll(async () => {
  command = await BuiltCommand.make();
});
afterAll(() => command.remove());

describe("what is left of a command goes on to the same bytes", () => {
  test.each([
    ["train", 5],
    ["predict -o, a new file", 3],
  ])("kills of %s", { timeout: 180_000 }, async (only, count) => {
    const { problems, counts } = await kills({ seed: 13, count, only, command });
    expect(problems).toEqual([]);
    expect([...counts.values()].reduce((sum, one) => sum + one)).toBe(count);
  });

  test.each([
    ["train", 5],
    ["inspect -", 3],
  ])("faults under %s", { timeout: 180_000 }, async (only, count) => {
    const { problems, counts } = await faults({ seed: 13, count, only, command });
    expect(problems).toEqual([]);
    expect([...counts.values()].reduce((sum, one) => sum + one)).toBe(count);
  });

  test("a study with workers, any of whom are killed or stopped", { timeout: 300_000 }, async ({ skip }) => {
    skip(process.env.WORKERS !== "all", "it takes half a minute: WORKERS=all runs it, and npm run siege -- queue more");
    const { problems, counts } = await queue({ seed: 13, count: 2, only: "folder", command });
    expect(problems).toEqual([]);
    expect([...counts.values()].reduce((sum, one) => sum + one)).toBeGreaterThan(5);
  });
});
