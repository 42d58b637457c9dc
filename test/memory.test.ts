import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { root } from "./sources.ts";

/**
 * Memory of compiled steps, measured in processes of their own, where collections can be asked for.
 */

const run = promisify(execFile);

async function measure<T>(script: string, ...args: string[]): Promise<T> {
  const path = fileURLToPath(new URL(`memory/${script}`, import.meta.url));
  const { stdout } = await run(process.execPath, ["--expose-gc", "--import", "tsx", path, ...args], { cwd: root });
  return JSON.parse(stdout) as T;
}

describe("memory of compiled steps", () => {
  it("stays flat over 100,000 steps of the tutorial's net", async () => {
    const { used, programs } = await measure<{ used: { heap: number; arrays: number }[]; programs: number }>(
      "flatHeap.ts",
      "100000",
    );
    expect(programs).toBe(1);
    const [first] = used;
    const last = used[used.length - 1];
    // Five bytes a step would show; the engine's own moves by a quarter of a megabyte.
    expect(last.heap - first.heap).toBeLessThan(500_000);
    expect(last.arrays - first.arrays).toBeLessThan(10_000);
  });

  it("is given back with the programs and tensors that nobody refers to", async () => {
    const { inUse, afterAll, intact, memory } = await measure<{
      inUse: number[];
      afterAll: number;
      intact: boolean;
      memory: number;
    }>("released.ts");
    // Each round finds the place that the last one left.
    expect(Math.max(...inUse)).toBeLessThan(2 * inUse[0]);
    expect(afterAll).toBeLessThan(inUse[0] / 2);
    expect(memory).toBeLessThan(1 << 20);
    expect(intact, "tensors outlive the program that took them over").toBe(true);
  });
});
