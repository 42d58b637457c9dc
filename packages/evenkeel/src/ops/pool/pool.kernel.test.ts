import { describe, expect, it } from "vitest";
import { buildProgram, ndArray, noise, runKernel, runReference } from "../../../../../test/kernelHarness.ts";
import type { AnyOp, NdArray } from "../../core/index.ts";
import type { Kernel } from "../../wasm/index.ts";
import { resizeBackwardKernel, resizeKernel } from "../resize/resize.kernel.ts";
import { resize, resizeBackward } from "../resize/resize.ts";
import { adaptiveAvgPool, adaptiveAvgPoolBackward, avgPool, avgPoolBackward } from "./avgPool.ts";
import { adaptiveMaxPool, maxPool, maxPoolBackward } from "./maxPool.ts";
import * as kernels from "./pool.kernel.ts";

const random = noise(3);
const array = (shape: readonly number[]) => ndArray(shape, random);
const tied = (shape: readonly number[]) => ndArray(shape, () => Math.round(random()));

/** To the bit, but for sums: those of a kernel are in float32, in the same order. */
function agree<A>(row: AnyOp, kernel: Kernel<A>, inputs: readonly NdArray[], attrs: A, exact = true): void {
  const expected = runReference(row, inputs, attrs);
  for (const [i, { data, dtype, shape }] of runKernel(row, kernel, inputs, attrs).entries()) {
    expect([dtype, shape]).toEqual([expected[i].dtype, expected[i].shape]);
    if (exact) expect(data).toEqual(expected[i].data);
    else for (const [j, value] of data.entries()) expect(value).toBeCloseTo(expected[i].data[j], 5);
  }
}

const same = { stride: [2, 2], padding: [0, 0], dilation: [1, 1], ceilMode: false };
const windows: { shape: number[]; attrs: Parameters<typeof maxPool.shape>[1] }[] = [
  { shape: [1, 1, 2, 2], attrs: { kernel: [2, 2], ...same } },
  { shape: [2, 3, 5, 4], attrs: { kernel: [2, 2], ...same } },
  { shape: [3, 17, 5], attrs: { kernel: [3, 3], ...same, padding: [1, 1] } },
  { shape: [2, 1, 6, 7], attrs: { kernel: [3, 2], ...same, stride: [1, 3], padding: [1, 0], ceilMode: true } },
  { shape: [1, 2, 9, 8], attrs: { kernel: [3, 2], ...same, padding: [1, 1], dilation: [2, 3] } },
  { shape: [2, 1, 3, 1], attrs: { kernel: [1, 1], ...same, stride: [1, 1] } },
  { shape: [2, 3, 17], attrs: { kernel: [4], stride: [3], padding: [2], dilation: [1], ceilMode: true } },
  { shape: [5, 4], attrs: { kernel: [2], stride: [1], padding: [0], dilation: [1], ceilMode: false } },
  {
    shape: [2, 2, 4, 5, 3],
    attrs: { kernel: [2, 3, 2], stride: [1, 2, 1], padding: [1, 1, 0], dilation: [1, 1, 2], ceilMode: true },
  },
];

describe("kernels of windows agree with the references", () => {
  it.each(windows)("$shape by $attrs.kernel", ({ shape, attrs }) => {
    for (const make of [array, tied]) agree(maxPool, kernels.maxPoolKernel, [make(shape)], attrs);
    const wild = array(shape);
    [Number.NaN, -Infinity, Infinity, Number.NaN, -0, 0].forEach((value, i) => {
      wild.data[(i * 7) % wild.data.length] = value;
    });
    agree(maxPool, kernels.maxPoolKernel, [wild], attrs);
    agree(maxPool, kernels.maxPoolKernel, [ndArray(shape, () => -Infinity)], attrs);
    const [y, indices] = runReference(maxPool, [array(shape)], attrs);
    const size = shape.slice(-attrs.kernel.length);
    agree(maxPoolBackward, kernels.maxPoolBackwardKernel, [array(y.shape), indices], { size }, false);
    for (const countIncludePad of [true, false]) {
      for (const divisorOverride of [undefined, 5]) {
        const { dilation: _, ...window } = attrs;
        const average = { ...window, countIncludePad, divisorOverride };
        agree(avgPool, kernels.avgPoolKernel, [array(shape)], average);
        const [{ shape: pooled }] = avgPool.shape([array(shape)], average);
        const back = { ...average, size };
        agree(avgPoolBackward, kernels.avgPoolBackwardKernel, [array(pooled)], back as never, false);
      }
    }
  });

  it.each([
    { shape: [1, 1, 1, 1], outputSize: [1, 1] },
    { shape: [2, 3, 5, 4], outputSize: [1, 1] },
    { shape: [2, 3, 5, 7], outputSize: [3, 4] },
    { shape: [3, 2, 3], outputSize: [5, 2] },
    { shape: [2, 3, 17], outputSize: [4] },
    { shape: [1, 2, 3, 4, 5], outputSize: [2, 1, 3] },
  ])("$shape to $outputSize", ({ shape, outputSize }) => {
    agree(adaptiveMaxPool, kernels.adaptiveMaxPoolKernel, [tied(shape)], { outputSize });
    agree(adaptiveAvgPool, kernels.adaptiveAvgPoolKernel, [array(shape)], { outputSize });
    const size = shape.slice(-outputSize.length);
    const dy = array([...shape.slice(0, -outputSize.length), ...outputSize]);
    agree(adaptiveAvgPoolBackward, kernels.adaptiveAvgPoolBackwardKernel, [dy], { size }, false);
  });

  it.each([
    { shape: [1, 1, 1], outputSize: [1], scales: [null] },
    { shape: [2, 3, 5], outputSize: [17], scales: [null] },
    { shape: [2, 1, 4, 3], outputSize: [3, 7], scales: [null, 2.4] },
    { shape: [1, 2, 3, 4, 5], outputSize: [2, 5, 7], scales: [null, null, null] },
  ])("the nearest of $shape for $outputSize", ({ shape, outputSize, scales }) => {
    for (const mode of ["nearest", "nearestExact"] as const) {
      const attrs = { mode, outputSize, scales, alignCorners: false };
      agree(resize, resizeKernel, [array(shape)], attrs);
      const back = { ...attrs, size: shape.slice(2) };
      agree(resizeBackward, resizeBackwardKernel, [array([...shape.slice(0, 2), ...outputSize])], back as never, false);
    }
  });
});

it.each([-1, 6, 2 ** 31 - 1])("the backward of max pooling calls the reference for index %i of 6", (wrong) => {
  const [dy, indices] = [array([1, 2, 2]), ndArray([1, 2, 2], [0, 5, wrong, 1], "int32")];
  const attrs = { size: [6] };
  const outputs = [...maxPoolBackward.shape([dy, indices], attrs), { shape: [1], dtype: "int32" as const }];
  const program = buildProgram([dy, indices], outputs, ({ outputs: [dx, called], ...call }) =>
    kernels.maxPoolBackwardKernel.emit({
      ...call,
      outputs: [dx],
      attrs,
      reference: () => call.f.storeI32(0, 77, called.address),
    }),
  );
  program.reset();
  program.run();
  program.check();
  const [dx, called] = program.outputs();
  expect(called.data[0]).toBe(77);
  expect(Array.from(dx.data).every(Number.isNaN)).toBe(true);
});

it("declines other dtypes, modes and empty batches", () => {
  const attrs = windows[1].attrs;
  const why = (shape: number[], dtype: "float32" | "float64") =>
    kernels.maxPoolKernel.declines?.([{ shape, dtype }], [], attrs);
  expect(why([2, 3, 4, 4], "float64")).toContain("float32");
  expect(why([0, 3, 4, 4], "float32")).toContain("empty");
  expect(why([2, 3, 4, 4], "float32")).toBeUndefined();
  const linear = { mode: "linear", outputSize: [4], scales: [null], alignCorners: false } as const;
  expect(resizeKernel.declines?.([{ shape: [1, 1, 3], dtype: "float32" }], [], linear)).toContain("nearest");
});
