import { expect, test } from "vitest";
import type { ReadNote } from "../../readError.ts";
import { namesIn } from "./headerNames.ts";

const named = (...cells: string[]) => namesIn("a.csv", [cells], []);

test("names that stand twice are numbered, past those that are there", () => {
  expect(named("a", "a", "a_1", "a", "", "a_1")).toEqual(["a", "a_2", "a_1", "a_3", "column4", "a_1_1"]);
});

test("one name for all columns costs no more for each of many than of few", () => {
  const times = [4000, 64_000].map((columns) => {
    const cells = Array<string>(columns).fill("a");
    const notes: ReadNote[] = [];
    const before = process.cpuUsage();
    expect(new Set(namesIn("a.csv", [cells], notes)).size).toBe(columns);
    expect(notes).toHaveLength(columns - 1);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  });
  // Numbering each from 1 takes 256 times as long, and minutes.
  expect(times[1]).toBeLessThan(80 * Math.max(times[0], 2000));
});
