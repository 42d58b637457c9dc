import type { Tensor } from "evenkeel";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allDtypes, dims, floatDtypes, fromFront, show, someDims, tensors } from "./arbitraries.ts";
import { expectEqual, type Naive, naiveOf, reduce } from "./naive.ts";

/**
 * Reductions over any dimensions, in any order and counted from either end, against the definition.
 */

const total = (values: number[]) => values.reduce((a, b) => a + b, 0);
const mean = (values: number[]) => total(values) / values.length;

function variance(correction: number) {
  return (values: number[]) => {
    const centre = mean(values);
    return total(values.map((x) => (x - centre) ** 2)) / Math.max(0, values.length - correction);
  };
}

function norm(p: number) {
  return (values: number[]) =>
    p === Infinity ? Math.max(...values.map(Math.abs)) : total(values.map((x) => Math.abs(x) ** p)) ** (1 / p);
}

interface Reduction {
  readonly call: (x: Tensor, dim: number[] | undefined, keepdim: boolean) => Tensor;
  readonly of: (values: number[]) => number;
  readonly dtypes?: typeof allDtypes;
  /** Whether it is refused where there is nothing to reduce. */
  readonly choosesOne?: boolean;
}

const reductions: Record<string, Reduction> = {
  sum: { call: (x, dim, keepdim) => x.sum(dim, { keepdim }), of: total },
  prod: { call: (x, dim, keepdim) => x.prod(dim, { keepdim }), of: (v) => v.reduce((a, b) => a * b, 1) },
  any: { call: (x, dim, keepdim) => x.any(dim, { keepdim }), of: (v) => (v.some((x) => x !== 0) ? 1 : 0) },
  all: { call: (x, dim, keepdim) => x.all(dim, { keepdim }), of: (v) => (v.every((x) => x !== 0) ? 1 : 0) },
  amax: { call: (x, dim, keepdim) => x.amax(dim, { keepdim }), of: (v) => Math.max(...v), choosesOne: true },
  amin: { call: (x, dim, keepdim) => x.amin(dim, { keepdim }), of: (v) => Math.min(...v), choosesOne: true },
  mean: { call: (x, dim, keepdim) => x.mean(dim, { keepdim }), of: mean, dtypes: floatDtypes },
  var: { call: (x, dim, keepdim) => x.var(dim, { keepdim }), of: variance(1), dtypes: floatDtypes },
  "var, correction 0": {
    call: (x, dim, keepdim) => x.var(dim, { keepdim, correction: 0 }),
    of: variance(0),
    dtypes: floatDtypes,
  },
  std: {
    call: (x, dim, keepdim) => x.std(dim, { keepdim, correction: 2 }),
    of: (v) => Math.sqrt(variance(2)(v)),
    dtypes: floatDtypes,
  },
  logsumexp: {
    call: (x, dim, keepdim) => x.logsumexp(dim as number[], { keepdim }),
    of: (v) => Math.log(total(v.map(Math.exp))),
    dtypes: floatDtypes,
  },
  "norm 2": { call: (x, dim, keepdim) => x.norm(2, dim, { keepdim }), of: norm(2), dtypes: floatDtypes },
  "norm 1": { call: (x, dim, keepdim) => x.norm(1, dim, { keepdim }), of: norm(1), dtypes: floatDtypes },
  "norm 3": { call: (x, dim, keepdim) => x.norm(3, dim, { keepdim }), of: norm(3), dtypes: floatDtypes },
  "norm Infinity": {
    call: (x, dim, keepdim) => x.norm(Infinity, dim, { keepdim }),
    of: norm(Infinity),
    dtypes: floatDtypes,
    choosesOne: true,
  },
};

describe("reductions over several dimensions", () => {
  it.each(Object.entries(reductions))("%s", (_, { call, of, dtypes = allDtypes, choosesOne = false }) => {
    const cases = tensors({ dtypes }).chain((x) => fc.tuple(fc.constant(x), someDims(x.ndim), fc.boolean()));
    fc.assert(
      fc.property(cases, ([x, dim, keepdim]) => {
        const front = dim?.map((d) => fromFront(d, x.ndim)) ?? x.shape.map((_, d) => d);
        if (choosesOne && front.some((d) => x.shape[d] === 0)) {
          expect(() => call(x, dim, keepdim), show(x)).toThrow(RangeError);
        } else {
          const tolerance = x.dtype === "float32" ? 1e-6 : x.dtype === "float64" ? 1e-12 : 0;
          expectEqual(call(x, dim, keepdim), reduce(naiveOf(x), front, keepdim, of), tolerance);
        }
      }),
    );
  });

  it("take a single dimension as a number, and options alone to mean all dimensions", () => {
    const cases = tensors({ special: false }).chain((x) => fc.tuple(fc.constant(x), dims(x.ndim)));
    fc.assert(
      fc.property(cases, ([x, dim]) => {
        const same = (a: Tensor, b: Tensor) => expectEqual(a, naiveOf(b));
        same(x.sum(dim), x.sum([dim]));
        same(x.sum({ keepdim: true }), x.sum(undefined, { keepdim: true }));
        same(x.any(dim), x.any([dim]));
      }),
      { numRuns: 100 },
    );
  });
});

/** The place of the first value that no other beats; NaN beats all numbers. */
function best(beats: (a: number, b: number) => boolean) {
  return (values: number[]) => {
    const nan = values.findIndex(Number.isNaN);
    return nan >= 0 ? nan : values.findIndex((x) => !values.some((y) => beats(y, x)));
  };
}

describe.each([
  { name: "max", index: "argmax", beats: (a: number, b: number) => a > b },
  { name: "min", index: "argmin", beats: (a: number, b: number) => a < b },
] as const)("$name and $index", ({ name, index, beats }) => {
  const place = best(beats);
  const cases = tensors().chain((x) => fc.tuple(fc.constant(x), dims(x.ndim), fc.boolean()));

  it("find the first one along a dimension", () => {
    fc.assert(
      fc.property(cases, ([x, dim, keepdim]) => {
        const front = fromFront(dim, x.ndim);
        const along = x.ndim === 0 ? [] : [front];
        if (x.shape[front] === 0) {
          expect(() => x[index](dim)).toThrow(RangeError);
          expect(() => x[name](dim)).toThrow(RangeError);
          return;
        }
        const at: Naive = reduce(naiveOf(x), along, keepdim, place);
        const { values, indices } = x[name](dim, { keepdim });
        expect([indices.dtype, values.dtype]).toEqual(["int32", x.dtype]);
        expectEqual(indices, at);
        expectEqual(x[index](dim, { keepdim }), at);
        expectEqual(
          values,
          reduce(naiveOf(x), along, keepdim, (v) => v[place(v)]),
        );
      }),
    );
  });

  it("find the first one of all", () => {
    fc.assert(
      fc.property(tensors(), (x) => {
        if (x.numel() === 0) {
          expect(() => x[index]()).toThrow(RangeError);
          expect(() => x[name]()).toThrow(RangeError);
          return;
        }
        const values = Array.from(x.data);
        expectEqual(x[index](), { shape: [], at: () => place(values) });
        expectEqual(x[name](), { shape: [], at: () => values[place(values)] });
      }),
    );
  });
});
