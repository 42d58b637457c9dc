import { describe, expect, it } from "vitest";
import { ndArray, noise, runKernel, runReference } from "../../../../../test/kernelHarness.ts";
import type { AnyOp, DType, NdArray } from "../../core/index.ts";
import type { Kernel } from "../../wasm/index.ts";
import { cast, clone } from "../elementwise/functions.ts";
import {
  castKernel,
  cloneKernel,
  concatKernel,
  expandKernel,
  permuteKernel,
  sliceKernel,
  splitKernel,
  unsliceKernel,
} from "./movement.kernel.ts";
import { concat, expand, permute, slice, split, unslice } from "./movement.ts";

const dtypes = ["float32", "float64", "int32", "bool"] as const;

/** Numbers that tell places apart, in any dtype. */
const numbered = (shape: readonly number[], dtype: DType): NdArray =>
  ndArray(shape, (i) => (dtype === "bool" ? ((i * 7919) >> 3) & 1 : i + 1), dtype);

function check<A>(row: AnyOp, kernel: Kernel<A>, inputs: readonly NdArray[], attrs: A): void {
  expect(runKernel(row, kernel, inputs, attrs)).toEqual(runReference(row, inputs, attrs));
}

const sizes = [0, 1, 3, 4, 5, 17, 64, 65, 1000];

describe.each(dtypes)("movement kernels on %s", (dtype) => {
  it.each(sizes)("copy, repeat and join %i elements", (n) => {
    const x = numbered([n], dtype);
    check(clone, cloneKernel, [x], {});
    check(expand, expandKernel, [x], { shape: [3, n] });
    check(expand, expandKernel, [numbered([3, 1], dtype)], { shape: [3, n] });
    check(expand, expandKernel, [numbered([], dtype)], { shape: [n] });
    check(concat as AnyOp, concatKernel, [x, numbered([2], dtype), x], { dim: 0 });
    check(concat as AnyOp, concatKernel, [numbered([3, n], dtype), numbered([3, 2], dtype)], { dim: 1 });
    check(split as AnyOp, splitKernel, [numbered([2, n + 3, 2], dtype)], { dim: 1, sizes: [1, n, 0, 2] });
    check(split as AnyOp, splitKernel, [x], { dim: 0, sizes: [n] });
  });

  it.each([
    [1, 1],
    [3, 5],
    [4, 4],
    [5, 4],
    [7, 3],
    [17, 9],
    [25, 50],
    [0, 4],
    [64, 65],
  ])("transpose %i x %i", (rows, columns) => {
    check(permute, permuteKernel, [numbered([rows, columns], dtype)], { dims: [1, 0] });
    check(permute, permuteKernel, [numbered([3, rows, columns], dtype)], { dims: [0, 2, 1] });
    check(permute, permuteKernel, [numbered([rows, 3, columns], dtype)], { dims: [1, 0, 2] });
    check(permute, permuteKernel, [numbered([rows, 6, columns], dtype)], { dims: [2, 0, 1] });
    check(permute, permuteKernel, [numbered([rows, 6, columns], dtype)], { dims: [2, 1, 0] });
  });

  it("permute four dimensions and none", () => {
    check(permute, permuteKernel, [numbered([2, 3, 4, 5], dtype)], { dims: [3, 1, 0, 2] });
    check(permute, permuteKernel, [numbered([], dtype)], { dims: [] });
    check(expand, expandKernel, [numbered([2, 1, 3, 1], dtype)], { shape: [4, 2, 5, 3, 2] });
  });

  it.each([
    { dim: 0, start: 0, length: 0, step: 1 },
    { dim: 0, start: 1, length: 3, step: 1 },
    { dim: 0, start: 1, length: 2, step: 3 },
    { dim: 1, start: 2, length: 6, step: 1 },
    { dim: 1, start: 0, length: 4, step: 2 },
    { dim: 1, start: 0, length: 9, step: 1 },
    { dim: 2, start: 0, length: 4, step: 1 },
    { dim: 2, start: 1, length: 1, step: 1 },
    { dim: 2, start: 1, length: 2, step: 2 },
  ])("slice and its transpose: %o", (attrs) => {
    const shape = [5, 9, 4];
    check(slice, sliceKernel, [numbered(shape, dtype)], attrs);
    const part = shape.map((n, i) => (i === attrs.dim ? attrs.length : n));
    check(unslice, unsliceKernel, [numbered(part, dtype)], { ...attrs, size: shape[attrs.dim] });
  });
});

describe("movement kernels", () => {
  it.each(sizes)("cast %i elements between all dtypes", (n) => {
    const random = noise(n);
    for (const from of dtypes) {
      for (const to of dtypes) {
        const x = ndArray([n], (i) => (i % 3 === 0 ? 0 : from === "bool" ? 1 : random() * 100), from);
        check(cast, castKernel, [x], { dtype: to });
      }
    }
  });

  it("cast what int32 does not hold as typed arrays do", () => {
    const values = [
      Number.NaN,
      1 / 0,
      -1 / 0,
      -0,
      2.5,
      -2.5,
      2 ** 31,
      -(2 ** 31),
      2 ** 32 + 5,
      -(2 ** 33) - 7,
      1e300,
      1e-300,
    ];
    for (const from of ["float32", "float64"] as const) {
      for (const to of dtypes) check(cast, castKernel, [ndArray([12], values, from)], { dtype: to });
    }
  });

  it("leave a concatenation of several dtypes to the reference", () => {
    const inputs = [numbered([2], "float32"), numbered([2], "int32")];
    expect(concatKernel.declines?.(inputs, concat.shape(inputs, { dim: 0 }), { dim: 0 })).toMatch(
      /int32 joins float32/,
    );
  });
});
