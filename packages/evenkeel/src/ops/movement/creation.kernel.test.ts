import { expect, it } from "vitest";
import { runKernel, runReference } from "../../../../../test/kernelHarness.ts";
import { fillKernel } from "./creation.kernel.ts";
import { fill } from "./creation.ts";

it.each(["float32", "float64", "int32", "bool"] as const)("the kernel of fill makes %s", (dtype) => {
  for (const n of [0, 1, 3, 4, 5, 17, 64, 65, 1000]) {
    for (const value of [0, 1, -0, 0.1, -7.9, ...(dtype === "int32" ? [] : [Number.NaN, Number.POSITIVE_INFINITY])]) {
      const attrs = { shape: [n], dtype, value };
      expect(runKernel(fill, fillKernel, [], attrs)).toEqual(runReference(fill, [], attrs));
    }
  }
});
