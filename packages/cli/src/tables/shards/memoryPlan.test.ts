import { describe, expect, test } from "vitest";
import { planMemory } from "./memoryPlan.ts";

const flags = { memory: 512, heldRows: 40_000 };
const megabyte = 2 ** 20;

describe("planMemory", () => {
  test("holds fewer rows where there are many columns or large row groups, and no more than is asked for", () => {
    const few = planMemory(flags, 5, 0);
    expect(few).toMatchObject({ held: 32_212, sampled: 48_318, database: 64 });
    expect(planMemory({ ...flags, memory: 4096 }, 5, 0)).toMatchObject({
      held: 40_000,
      sampled: 60_000,
      window: 4_000_000,
    });
    expect(planMemory({ ...flags, heldRows: 100 }, 5, 0)).toMatchObject({ held: 100, sampled: 60_000 });
    const groups = planMemory(flags, 5, 80 * megabyte);
    expect(groups.database).toBe(120);
    expect(groups.held).toBeLessThan(few.held);
    expect(groups.window).toBeLessThan(few.window);
  });

  test("what is too little is refused with a number that is enough", () => {
    const enough = (columns: number, rowGroup: number) => {
      try {
        planMemory(flags, columns, rowGroup);
      } catch (error) {
        return Number(/take at least (\d+)/.exec((error as Error).message)?.[1]);
      }
      return undefined;
    };
    for (const [columns, rowGroup] of [
      ...[
        [500, 0],
        [30, 240 * megabyte],
        [2000, 900 * megabyte],
      ],
    ]) {
      const memory = enough(columns, rowGroup)!;
      expect(memory).toBeGreaterThan(512);
      expect(planMemory({ ...flags, memory }, columns, rowGroup).held).toBeGreaterThan(0);
    }
    expect(enough(5, 0)).toBeUndefined();
    expect(() => planMemory({ ...flags, window: 1 }, 5, 0)).toThrow("--window 1 is less than the 1024 rows");
    expect(planMemory({ ...flags, window: 1024 }, 5, 0).window).toBe(1024);
    expect(() => planMemory({ ...flags, window: 10_000_000 }, 5, 0)).toThrow("--window 10000000 is more than the");
  });
});
