import { expect, it } from "vitest";
import { huntTables } from "./hunt.ts";

it("tables that are written in all manners come back, or are refused", async () => {
  const { findings, counts } = await huntTables(1, 150);
  expect(findings.map(({ seed, why }) => `${seed}: ${why}`)).toEqual([]);
  expect(counts.back).toBeGreaterThan(140);
});
