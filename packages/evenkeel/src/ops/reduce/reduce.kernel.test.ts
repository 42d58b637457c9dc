import { describe, expect, it } from "vitest";
import { buildProgram, ndArray, noise, runKernel, runReference } from "../../../../../test/kernelHarness.ts";
import type { AnyOp, DType, NdArray } from "../../core/index.ts";
import type { Kernel } from "../../wasm/index.ts";
import {
  allKernel,
  amaxKernel,
  aminKernel,
  anyKernel,
  argmaxKernel,
  argminKernel,
  meanKernel,
  prodKernel,
  stdKernel,
  sumKernel,
  varianceKernel,
  vectorNormKernel,
} from "./reduce.kernel.ts";
import { all, amax, amin, any, argmax, argmin, mean, prod, std, sum, variance, vectorNorm } from "./reduce.ts";

const sizes = [0, 1, 3, 4, 5, 17, 64, 65, 1000];
const random = noise(3);
const array = (shape: readonly number[], dtype: DType = "float32"): NdArray =>
  ndArray(
    shape,
    dtype === "bool" ? () => Number(random() > 0) : () => random() * (dtype === "int32" ? 1000 : 1),
    dtype,
  );

/** Dimensions with others between them. */
const apart: [shape: number[], dims: number[]][] = [
  [
    [3, 4, 5],
    [0, 2],
  ],
  [
    [0, 4, 5],
    [0, 2],
  ],
  [
    [3, 0, 5],
    [0, 2],
  ],
  [
    [3, 4, 1, 5],
    [0, 2, 3],
  ],
  [
    [2, 3, 4, 5],
    [0, 2],
  ],
  [
    [2, 3, 4, 5],
    [1, 3],
  ],
  [
    [2, 3, 4, 5, 6],
    [0, 1, 3],
  ],
];

/** Shapes and dimensions: all, leading, trailing, in the middle, at both sides of every tile. */
const cases: [shape: number[], dims: number[]][] = [
  [[], []],
  ...apart,
  ...sizes.map((n): [number[], number[]] => [[n], [0]]),
  ...[16, 31, 63, 256, 257, 511, 513, 5000].map((n): [number[], number[]] => [[n], [0]]),
  ...[0, 1, 3, 4, 5, 17, 65].flatMap((rows) =>
    [0, 1, 3, 4, 5, 15, 16, 17, 31, 33, 48, 65].flatMap((columns): [number[], number[]][] => [
      [[rows, columns], [0]],
      [[rows, columns], [1]],
    ]),
  ),
  ...[3, 8, 20, 21, 22].flatMap((columns): [number[], number[]][] => [
    [[1000, columns], [0]],
    [[3, 37, columns], [1]],
    [
      [2, 5, 7, columns],
      [1, 2],
    ],
    [
      [2, 5, 7, columns],
      [2, 3],
    ],
    [
      [2, 1, 7, columns],
      [0, 1, 2],
    ],
  ]),
];

function compare<A>(row: AnyOp, kernel: Kernel<A>, x: NdArray, attrs: A, tolerance = 0): void {
  const [actual] = runKernel(row, kernel, [x], attrs);
  const [expected] = runReference(row, [x], attrs);
  // A call of expect takes longer than many of these kernels: only what differs is handed to one.
  const agrees = (value: number, i: number) =>
    Object.is(actual.data[i], value) || (tolerance > 0 && Math.abs(actual.data[i] - value) <= tolerance);
  const differs = [...expected.data].some((value, i) => !agrees(value, i));
  const isLike = actual.dtype === expected.dtype && actual.shape.join() === expected.shape.join();
  if (differs || !isLike) expect(actual, `${row.name} of [${x.shape}], tolerance ${tolerance}`).toEqual(expected);
}

describe("reduction kernels", () => {
  it("sum and average float32 to rounding", () => {
    for (const [i, [shape, dims]] of cases.entries()) {
      const x = array(shape);
      const count = dims.reduce((n, dim) => n * shape[dim], 1);
      // Values of 1, sums of 16 in float32: their roundings come to about the root of their
      // number.
      const tolerance = 2 ** -23 * (4 + 4 * Math.sqrt(count));
      const keepdim = i % 2 === 0;
      compare(sum, sumKernel, x, { dims, keepdim }, tolerance);
      compare(mean, meanKernel, x, { dims, keepdim: !keepdim }, tolerance / Math.max(1, count));
    }
  });

  it("find the extremes of float32, NaN before all", () => {
    for (const [shape, dims] of cases) {
      const x = array(shape);
      if (dims.reduce((n, dim) => n * shape[dim], 1) === 0) continue;
      for (const special of [undefined, Number.NaN, Number.NEGATIVE_INFINITY, -0]) {
        if (special !== undefined) for (let i = 0; i < x.data.length; i += 7) x.data[i] = special;
        compare(amax, amaxKernel, x, { dims, keepdim: false });
        compare(amin, aminKernel, x, { dims, keepdim: false });
      }
    }
  });

  it.each(["float32", "float64", "int32", "bool"] as const)("do %s element by element", (dtype) => {
    const rows: [AnyOp, Kernel<never>][] = [
      [any, anyKernel],
      [all, allKernel],
      [prod, prodKernel],
    ];
    if (dtype !== "float32") rows.push([sum, sumKernel], [amax, amaxKernel], [amin, aminKernel]);
    if (dtype === "float64") rows.push([mean, meanKernel]);
    if (dtype.startsWith("float"))
      rows.push([variance, varianceKernel], [std, stdKernel], [vectorNorm, vectorNormKernel]);
    /** The rows that read the correction, or p. */
    const numbered: readonly AnyOp[] = [variance, std, vectorNorm];
    for (const [shape, dims] of cases) {
      const some = dims.every((dim) => shape[dim] > 0);
      for (const [row, kernel] of rows) {
        if (!some && (row === amax || row === amin)) continue;
        for (const number of numbered.includes(row) ? [1, 2] : [1]) {
          const attrs = { dims, keepdim: false, correction: number, p: number };
          // Norms of rows are summed in another order than in the reference.
          const tolerance = row === vectorNorm ? 2 ** -23 * shape.reduce((a, b) => a * b, 1) : 0;
          const x = array(shape, dtype);
          // A product must fit int32.
          if (row === prod && dtype === "int32")
            for (let i = 0; i < x.data.length; i++) x.data[i] = random() < 0 ? -1 : 1;
          compare(row, kernel, x, attrs as never, tolerance);
        }
      }
    }
  });

  it("sum and multiply int32 up to the ends of int32, whatever the way there", () => {
    const ends = [2 ** 31 - 1, 2 ** 31 - 1, -(2 ** 31), -(2 ** 31), 1];
    const factors = [7, 2 ** 30, -1, 2, 2 ** 28, -1];
    compare(sum, sumKernel, ndArray([5], ends, "int32"), { dims: [0], keepdim: false });
    compare(prod, prodKernel, ndArray([3, 2], factors, "int32"), { dims: [0], keepdim: false });
  });

  it.each([
    ["sum", sum, sumKernel, [2 ** 31 - 2, 1, 0], [2 ** 31 - 2, 1, 1]],
    ["sum", sum, sumKernel, [-(2 ** 31), 0, 0], [-(2 ** 31), 1, -2]],
    ["prod", prod, prodKernel, [2 ** 30, -2, 1], [2 ** 30, 2, 1]],
    ["prod", prod, prodKernel, [2 ** 31 - 1, 1, -1], [2 ** 31 - 1, -1, 2]],
  ] as const)("leave a %s beyond int32 to the reference, and no other", (_, row, kernel, within, beyond) => {
    const attrs = { dims: [0], keepdim: false };
    const mark = 77;
    const marked = (column: readonly number[]) => {
      const x = ndArray([3, 2], [5, column[0], 3, column[1], 1, column[2]], "int32");
      const outputs = [...row.shape([x], attrs), { shape: [1], dtype: "int32" as const }];
      const program = buildProgram([x], outputs, ({ outputs: [y, called], ...call }) =>
        kernel.emit({ ...call, outputs: [y], attrs, reference: () => call.f.storeI32(0, mark, called.address) }),
      );
      program.reset();
      program.run();
      program.check();
      return program.outputs()[1].data[0] === mark;
    };
    expect([marked(within), marked(beyond)]).toEqual([false, true]);
    expect(() => runReference(row, [ndArray([3], beyond, "int32")], attrs)).toThrow("does not fit int32");
  });

  it.each(["float32", "float64", "int32", "bool"] as const)("find the places of extremes in %s", (dtype) => {
    for (const [shape, dims] of cases) {
      if (dims.length > 1 || dims.some((dim) => shape[dim] === 0)) continue;
      const x = array(shape, dtype);
      for (const special of [undefined, Number.NaN]) {
        if (special !== undefined) for (let i = 5; i < x.data.length; i += 7) x.data[i] = special;
        const keepdim = special !== undefined;
        compare(argmax, argmaxKernel, x, { dim: dims[0] ?? 0, keepdim });
        compare(argmin, argminKernel, x, { dim: dims[0] ?? 0, keepdim: !keepdim });
      }
    }
  });

  it("leave to the reference what they do not do", () => {
    const x = array([2, 3, 4]);
    expect(vectorNormKernel.declines?.([x], [], { dims: [0], keepdim: false, p: 3 })).toMatch(/p = 3/);
    const many = { shape: [2 ** 22 + 1], dtype: "int32" } as const;
    expect(sumKernel.declines?.([many], [], { dims: [0], keepdim: false })).toContain("more than 4194304 in a sum");
  });
});
