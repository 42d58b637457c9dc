import { describe, expect, it } from "vitest";
import { ndArray, noise, runKernel } from "../../../../../test/kernelHarness.ts";
import type { DType, NdArray } from "../../core/index.ts";
import { assignKernel } from "./state.kernel.ts";
import { assign } from "./state.ts";

const random = noise(5);
const array = (shape: readonly number[], dtype: DType): NdArray =>
  ndArray(shape, dtype === "bool" ? () => Number(random() > 0) : () => random() * 100, dtype);

function check(target: NdArray, value: NdArray): void {
  const expected = { ...target, data: target.data.slice() };
  assign.reference([expected, value], [], {});
  runKernel(assign, assignKernel, [target, value], {});
  expect(target).toEqual(expected);
}

const pairs: [to: DType, from: DType][] = [
  ["float32", "float32"],
  ["float32", "float64"],
  ["float32", "int32"],
  ["float64", "float32"],
  ["float64", "bool"],
  ["int32", "bool"],
  ["int32", "int32"],
  ["bool", "bool"],
];

describe("the kernel of assign", () => {
  it.each(pairs)("writes into %s from %s", (to, from) => {
    for (const n of [0, 1, 3, 4, 5, 17, 64, 65, 1000, 5000]) {
      check(array([n], to), array([n], from));
      check(array([n], to), array([], from));
      check(array([n, 3], to), array([1, 1], from));
      if (from !== to) continue;
      check(array([3, n], to), array([n], from));
      check(array([n, 3], to), array([n, 1], from));
    }
  });

  it("leaves repetition with a conversion to the reference", () => {
    const inputs = [array([2, 3], "float32"), array([3], "float64")];
    expect(assignKernel.declines?.(inputs, [], {})).toMatch(/float64 is repeated into float32/);
  });
});
