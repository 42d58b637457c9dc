import { describe, expect, it } from "vitest";
import { buildProgram, ndArray, noise, runReference } from "../../../../../test/kernelHarness.ts";
import type { AnyOp, DType, NdArray } from "../../core/index.ts";
import type { Kernel } from "../../wasm/index.ts";
import { gatherKernel, indexAddKernel, indexSelectKernel, scatterAddKernel } from "./gather.kernel.ts";
import { gather, indexAdd, indexSelect, scatterAdd } from "./movement.ts";

const random = noise(9);
const array = (shape: readonly number[], dtype: DType): NdArray =>
  ndArray(shape, dtype === "bool" ? () => Number(random() > 0) : () => random() * 100, dtype);
const below = (shape: readonly number[], size: number): NdArray =>
  ndArray(shape, () => Math.floor((Math.abs(random()) * 1000) % size), "int32");

/** A called reference writes a mark to scratch. */
const mark = 77;

function build<A>(row: AnyOp, kernel: Kernel<A>, inputs: readonly NdArray[], attrs: A) {
  expect(kernel.declines?.(inputs, row.shape(inputs, attrs), attrs)).toBeUndefined();
  // The mark is an additional output, so that the harness shows it.
  const outputs = [...row.shape(inputs, attrs), { shape: [1], dtype: "int32" as const }];
  const program = buildProgram(inputs, outputs, ({ outputs: [y, called], ...call }) =>
    kernel.emit({ ...call, outputs: [y], attrs, reference: () => call.f.storeI32(0, mark, called.address) }),
  );
  program.reset();
  program.run();
  program.check();
  return program;
}

function check<A>(row: AnyOp, kernel: Kernel<A>, inputs: readonly NdArray[], attrs: A): void {
  const [actual, called] = build(row, kernel, inputs, attrs).outputs();
  expect(actual).toEqual(runReference(row, inputs, attrs)[0]);
  expect(called.data[0]).toBe(-1);
}

const shapes: [shape: number[], dim: number][] = [
  [[5], 0],
  [[1], 0],
  [[6, 4], 0],
  [[6, 4], 1],
  [[3, 17], 0],
  [[17, 3], 1],
  [[2, 5, 7], 0],
  [[2, 5, 7], 1],
  [[2, 5, 7], 2],
  [[64, 65], 1],
  [[65, 64], 0],
];

describe.each(["float32", "float64", "int32", "bool"] as const)("index kernels on %s", (dtype) => {
  it.each(shapes)("agree with the references: shape %j, dim %i", (shape, dim) => {
    const other = (size: number, by = 0) => shape.map((n, i) => (i === dim ? size : Math.max(1, n - by)));
    for (const count of [0, 1, 3, 4, 5, 17]) {
      const index = below([count], shape[dim]);
      check(indexSelect, indexSelectKernel, [array(shape, dtype), index], { dim });
      for (const by of [0, 1]) {
        check(gather, gatherKernel, [array(shape, dtype), below(other(count, by), shape[dim])], { dim });
      }
      if (dtype === "bool") continue;
      check(indexAdd, indexAddKernel, [array(other(count), dtype), index], { dim, size: shape[dim] });
      const places = other(count, 1);
      check(scatterAdd, scatterAddKernel, [array(places, dtype), below(places, shape[dim])], { dim, shape });
    }
  });

  it("agree with the references on single values", () => {
    const zero = ndArray([], [0], "int32");
    check(gather, gatherKernel, [array([], dtype), zero], { dim: 0 });
    if (dtype !== "bool") check(scatterAdd, scatterAddKernel, [array([], dtype), zero], { dim: 0, shape: [] });
  });
});

describe("index kernels", () => {
  it.each([-1, 4, 2 ** 31 - 1, -(2 ** 31)])("call the reference for the index %i of 4, and write nothing", (wrong) => {
    const x = array([4, 4], "float32");
    const line = ndArray([4], [0, 1, wrong, 3], "int32");
    const square = ndArray([4, 4], (i) => (i === 9 ? wrong : 1), "int32");
    for (const program of [
      build(indexSelect, indexSelectKernel, [x, line], { dim: 0 }),
      build(indexAdd, indexAddKernel, [x, line], { dim: 1, size: 4 }),
      build(gather, gatherKernel, [x, square], { dim: 0 }),
      build(scatterAdd, scatterAddKernel, [x, square], { dim: 1, shape: [4, 4] }),
    ]) {
      const [y, called] = program.outputs();
      expect(called.data[0]).toBe(mark);
      expect(Array.from(y.data).every(Number.isNaN)).toBe(true);
    }
  });

  it("leave sums of bools to the reference", () => {
    expect(scatterAddKernel.declines?.([array([3], "bool")], [], { dim: 0, shape: [3] })).toMatch(/bool/);
    expect(indexAddKernel.declines?.([array([3], "bool")], [], { dim: 0, size: 3 })).toMatch(/bool/);
  });
});
