import { describe, expect, it } from "vitest";
import { ndArray, noise, runKernel, runReference } from "../../../../../test/kernelHarness.ts";
import type { DType } from "../../core/index.ts";
import { updateRunningStats } from "./normalize.ts";
import { updateRunningStatsKernel } from "./runningStats.kernel.ts";

describe("updateRunningStats gives the bits of the reference", () => {
  const run = (channels: number, running: DType, factorDtype: DType, count: number) => {
    const make = () => {
      const next = noise(channels);
      const values = (dtype: DType) => ndArray([channels], () => 3 + next(), dtype);
      const variance = ndArray([channels], () => (count === 1 ? 0 : 1 + next() ** 2), "float64");
      return [values(running), values(running), values("float64"), variance, ndArray([], [0.1], factorDtype)];
    };
    const [expected, actual] = [make(), make()];
    runReference(updateRunningStats, expected, { count });
    runKernel(updateRunningStats, updateRunningStatsKernel, actual, { count });
    for (const i of [0, 1]) expect(actual[i].data).toEqual(expected[i].data);
    return actual;
  };

  for (const channels of [0, 1, 2, 3, 4, 5, 17, 50]) {
    for (const [running, factor] of [
      ["float32", "float64"],
      ["float64", "float32"],
    ] as const) {
      it(`${channels} channels in ${running}, factor in ${factor}`, () => void run(channels, running, factor, 32));
    }
  }

  it("of one value per channel: the unbiased variance is not a number", () => {
    const [mean, variance] = run(3, "float32", "float64", 1);
    expect(mean.data.every(Number.isFinite)).toBe(true);
    expect(variance.data.every(Number.isNaN)).toBe(true);
  });

  it("declines whole numbers", () => {
    const whole = ndArray([2], [1, 2], "int32");
    expect(updateRunningStatsKernel.declines?.([whole], [], { count: 2 })).toContain("float32 or float64");
  });
});
