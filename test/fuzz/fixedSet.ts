import { expect } from "vitest";
import { describeFinding, hunt } from "./hunt.ts";

/**
 * Checks the compositions of these seeds: none may part, and few may be excused, or the check would
 * prove little.
 */
export async function checkSeeds(first: number, count: number): Promise<void> {
  const { findings, compositions, settled } = await hunt({ seed: first, count, mostFindings: 2 });
  expect(findings.map(describeFinding).join("\n\n")).toBe("");
  expect(compositions).toBe(count);
  const { illConditioned, invalid, known } = settled;
  expect(illConditioned).toBeLessThan(count / 100);
  expect(invalid).toBeLessThan(count / 50);
  expect(known).toBeLessThan(count / 20);
}
