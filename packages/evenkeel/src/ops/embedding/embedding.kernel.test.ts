import { describe, expect, it } from "vitest";
import { buildProgram, ndArray, noise, runKernel, runReference } from "../../../../../test/kernelHarness.ts";
import type { AnyOp, NdArray } from "../../core/index.ts";
import type { Kernel } from "../../wasm/index.ts";
import { embeddingBackwardKernel, embeddingKernel } from "./embedding.kernel.ts";
import { embedding, embeddingBackward } from "./embedding.ts";

const random = noise(5);
const array = (shape: readonly number[], dtype: "float32" | "float64") => ndArray(shape, random, dtype);
const below = (shape: readonly number[], rows: number) =>
  ndArray(shape, () => Math.floor((Math.abs(random()) * 1000) % rows), "int32");

const same = <A>(row: AnyOp, kernel: Kernel<A>, inputs: readonly NdArray[], attrs: A) =>
  expect(runKernel(row, kernel, inputs, attrs)).toEqual(runReference(row, inputs, attrs));

describe.each(["float32", "float64"] as const)("embedding kernels on %s agree with the references", (dtype) => {
  for (const [rows, width] of [
    [1, 1],
    [5, 3],
    [4, 4],
    [7, 5],
    [9, 17],
    [100, 66],
  ]) {
    it(`[${rows}, ${width}]`, () => {
      for (const places of [[], [0], [1], [3], [5], [17], [2, 3], [3, 1, 2]]) {
        const index = below(places, rows);
        same(embedding, embeddingKernel, [array([rows, width], dtype), index], { paddingIdx: null });
        for (const paddingIdx of [null, 0, rows - 1]) {
          same(embeddingBackward, embeddingBackwardKernel, [array([...places, width], dtype), index], {
            rows,
            paddingIdx,
          });
        }
      }
    });
  }
});

/** A called reference writes a mark to an additional output. */
const mark = 77;

function marked<A>(row: AnyOp, kernel: Kernel<A>, inputs: readonly NdArray[], attrs: A): NdArray[] {
  const outputs = [...row.shape(inputs, attrs), { shape: [1], dtype: "int32" as const }];
  const program = buildProgram(inputs, outputs, ({ outputs: [y, called], ...call }) =>
    kernel.emit({ ...call, outputs: [y], attrs, reference: () => call.f.storeI32(0, mark, called.address) }),
  );
  program.reset();
  program.run();
  program.check();
  return program.outputs();
}

it.each([-1, 4, 2 ** 31 - 1, -(2 ** 31)])("calls the reference for row %i of 4, and writes nothing", (wrong) => {
  const index = ndArray([2, 2], [0, 3, wrong, 1], "int32");
  const attrs = { rows: 4, paddingIdx: null };
  for (const [y, called] of [
    marked(embedding, embeddingKernel, [array([4, 3], "float32"), index], attrs),
    marked(embeddingBackward, embeddingBackwardKernel, [array([2, 2, 3], "float32"), index], attrs),
  ]) {
    expect(called.data[0]).toBe(mark);
    expect(Array.from(y.data).every(Number.isNaN)).toBe(true);
  }
});

it("declines an empty table", () => {
  const [x, index] = [
    { shape: [3, 0], dtype: "float32" },
    { shape: [2], dtype: "int32" },
  ] as const;
  expect(embeddingKernel.declines?.([x, index], [], { paddingIdx: null })).toContain("empty");
});
