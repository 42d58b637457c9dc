import { cat, stack, type Tensor, tensor } from "evenkeel";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { broadcastable, dims, fromFront, shapes, tensors, tensorsOf } from "./arbitraries.ts";
import * as naive from "./naive.ts";
import { expectEqual, naiveOf } from "./naive.ts";

/** What moves values, against where each index says its value comes from. */

const withDim = (options = {}) => tensors(options).chain((x) => fc.tuple(fc.constant(x), dims(x.ndim)));
const withRank = withDim({ minRank: 1 });
const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
const toIndex = (values: readonly number[], shape = [values.length]) =>
  tensor(Int32Array.from(values), { shape, dtype: "int32" });

/**
 * All shapes of the same number of elements, made by cutting the factors of the size into
 * dimensions.
 */
function reshapedShapes(shape: readonly number[]): fc.Arbitrary<number[]> {
  if (sizeOf(shape) === 0) {
    return shapes({ minRank: 1 }).map((other) => other.map((n, d) => (d === 0 ? 0 : n)));
  }
  const factors = shape.flatMap((n) => (n === 1 ? [] : [n]));
  return fc
    .tuple(fc.shuffledSubarray(factors, { minLength: factors.length }), fc.array(fc.nat(3), { maxLength: 4 }))
    .map(([order, cuts]) => {
      const target = new Array<number>(cuts.length + 1).fill(1);
      for (const [i, factor] of order.entries()) target[(cuts[i] ?? 0) % target.length] *= factor;
      return target;
    });
}

describe("shapes", () => {
  it("reshape keeps the row-major order, also with a -1 to fill in", () => {
    const cases = tensors().chain((x) => fc.tuple(fc.constant(x), reshapedShapes(x.shape), fc.nat(3)));
    fc.assert(
      fc.property(cases, ([x, shape, unknown]) => {
        expectEqual(x.reshape(shape), naive.reshape(naiveOf(x), shape));
        expectEqual(x.view(...shape), naive.reshape(naiveOf(x), shape));
        const d = unknown % shape.length;
        const open = shape.map((n, i) => (i === d ? -1 : n));
        if (shape.some((n, i) => i !== d && n === 0)) expect(() => x.reshape(open)).toThrow(RangeError);
        else expectEqual(x.reshape(open), naive.reshape(naiveOf(x), shape));
      }),
    );
  });

  it("reshape shares storage, and refuses another number of elements", () => {
    fc.assert(
      fc.property(tensors(), shapes(), (x, shape) => {
        if (sizeOf(shape) === x.numel()) expect(x.reshape(shape).data).toBe(x.data);
        else expect(() => x.reshape(shape)).toThrow(`cannot reshape [${x.shape.join(", ")}] (${x.numel()} values)`);
      }),
    );
  });

  it("flatten joins a range of dimensions", () => {
    const cases = withRank.chain(([x, a]) => fc.tuple(fc.constant(x), fc.constant(a), dims(x.ndim)));
    fc.assert(
      fc.property(cases, ([x, a, b]) => {
        const [start, end] = [fromFront(a, x.ndim), fromFront(b, x.ndim)];
        if (start > end) {
          expect(() => x.flatten(a, b)).toThrow(RangeError);
          return;
        }
        const joined = sizeOf(x.shape.slice(start, end + 1));
        const shape = [...x.shape.slice(0, start), joined, ...x.shape.slice(end + 1)];
        expectEqual(x.flatten(a, b), naive.reshape(naiveOf(x), shape));
      }),
    );
  });

  it("unsqueeze adds a dimension of size 1, squeeze takes it away again", () => {
    const cases = tensors().chain((x) => fc.tuple(fc.constant(x), dims(x.ndim + 1)));
    fc.assert(
      fc.property(cases, ([x, dim]) => {
        const at = fromFront(dim, x.ndim + 1);
        const taller = x.unsqueeze(dim);
        expectEqual(taller, naive.reshape(naiveOf(x), [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]));
        expectEqual(taller.squeeze(dim), naiveOf(x));
        expect([...x.squeeze().shape]).toEqual(x.shape.filter((n) => n !== 1));
        if (x.ndim > 0 && x.shape[0] !== 1) expect([...x.squeeze(0).shape]).toEqual([...x.shape]);
      }),
    );
  });

  it("expand repeats, also with a -1 that keeps a size", () => {
    const cases = shapes().chain((target) =>
      fc.tuple(
        broadcastable(target).chain((shape) => tensorsOf(shape)),
        fc.constant(target),
      ),
    );
    fc.assert(
      fc.property(cases, ([x, target]) => {
        expectEqual(x.expand(target), naive.expand(naiveOf(x), target));
        const kept = target.map((n, d) => (x.shape[d - (target.length - x.ndim)] === n ? -1 : n));
        expectEqual(x.expand(...kept), naive.expand(naiveOf(x), target));
      }),
    );
  });
});

describe("orders", () => {
  const permuted = tensors().chain((x) => {
    const order = Array.from({ length: x.ndim }, (_, d) => d);
    return fc.tuple(fc.constant(x), fc.shuffledSubarray(order, { minLength: x.ndim }), fc.boolean());
  });

  it("permute puts dimension dims[i] at i", () => {
    fc.assert(
      fc.property(permuted, ([x, order, back]) => {
        const given = back ? order.map((d) => d - x.ndim) : order;
        expectEqual(x.permute(given), naive.permute(naiveOf(x), order));
        expectEqual(x.permute(order).permute(order.map((_, d) => order.indexOf(d))), naiveOf(x));
      }),
    );
  });

  it("transpose swaps two dimensions, T turns them all around", () => {
    const cases = withDim().chain(([x, a]) => fc.tuple(fc.constant(x), fc.constant(a), dims(x.ndim)));
    fc.assert(
      fc.property(cases, ([x, a, b]) => {
        const order = x.shape.map((_, d) => d);
        const [i, j] = [fromFront(a, x.ndim), fromFront(b, x.ndim)];
        if (x.ndim > 0) [order[i], order[j]] = [order[j], order[i]];
        expectEqual(x.transpose(a, b), naive.permute(naiveOf(x), order));
        expectEqual(x.T, naive.permute(naiveOf(x), x.shape.map((_, d) => d).reverse()));
      }),
    );
  });
});

describe("places", () => {
  it("slice takes what Python's start:stop:step takes", () => {
    const bound = fc.option(fc.integer({ min: -5, max: 5 }), { nil: undefined });
    fc.assert(
      fc.property(withRank, bound, bound, fc.integer({ min: 1, max: 3 }), ([x, dim], start, stop, step) => {
        const at = fromFront(dim, x.ndim);
        const picked = naive.slicePlaces(x.shape[at], start, stop, step);
        expectEqual(x.slice(dim, start, stop, step), naive.pick(naiveOf(x), at, picked));
      }),
      { numRuns: 500 },
    );
  });

  it("narrow takes `length` places from `start`, or refuses", () => {
    fc.assert(
      fc.property(withRank, fc.integer({ min: -4, max: 4 }), fc.integer({ min: -1, max: 4 }), ([x, dim], start, n) => {
        const at = fromFront(dim, x.ndim);
        const from = start < 0 ? start + x.shape[at] : start;
        if (from < 0 || n < 0 || from + n > x.shape[at]) {
          expect(() => x.narrow(dim, start, n)).toThrow(RangeError);
        } else {
          const picked = Array.from({ length: n }, (_, i) => from + i);
          expectEqual(x.narrow(dim, start, n), naive.pick(naiveOf(x), at, picked));
        }
      }),
      { numRuns: 400 },
    );
  });

  it("select and get take one place, or refuse", () => {
    fc.assert(
      fc.property(withRank, fc.integer({ min: -4, max: 4 }), ([x, dim], i) => {
        const at = fromFront(dim, x.ndim);
        const place = i < 0 ? i + x.shape[at] : i;
        if (place < 0 || place >= x.shape[at]) {
          expect(() => x.select(dim, i)).toThrow(RangeError);
          return;
        }
        expectEqual(x.select(dim, i), naive.select(naiveOf(x), at, place));
        if (at === 0) expectEqual(x.get(i), naive.select(naiveOf(x), 0, place));
      }),
      { numRuns: 400 },
    );
  });

  it("indexSelect takes the places an index names, in its order", () => {
    fc.assert(
      fc.property(withRank, fc.array(fc.nat(6), { maxLength: 5 }), ([x, dim], wanted) => {
        const at = fromFront(dim, x.ndim);
        const n = x.shape[at];
        const picked = n === 0 ? [] : wanted.map((i) => i % n);
        expectEqual(x.indexSelect(dim, toIndex(picked)), naive.pick(naiveOf(x), at, picked));
        expect(() => x.indexSelect(dim, toIndex([...picked, n]))).toThrow(RangeError);
      }),
    );
  });

  it("gather replaces one coordinate by the index", () => {
    const cases = withDim().chain(([x, dim]) => {
      const at = fromFront(dim, x.ndim);
      const shape = fc.tuple(...x.shape.map((n, d) => fc.nat(d === at ? 4 : n)));
      return fc.tuple(fc.constant(x), fc.constant(dim), shape, fc.array(fc.nat(6), { minLength: 7, maxLength: 7 }));
    });
    fc.assert(
      fc.property(cases, ([x, dim, shape, values]) => {
        const at = fromFront(dim, x.ndim);
        const n = x.shape[at] ?? 1;
        if (n === 0 && sizeOf(shape) > 0) return;
        const index = toIndex(
          Array.from({ length: sizeOf(shape) }, (_, i) => values[i % 7] % n),
          shape,
        );
        expectEqual(x.gather(dim, index), naive.gather(naiveOf(x), at, naiveOf(index)));
      }),
    );
  });
});

describe("joins and cuts", () => {
  /** Tensors of any dtypes that differ in the size of one dimension only. */
  const joinable = withRank.chain(([x, dim]) => {
    const at = fromFront(dim, x.ndim);
    const one = fc.nat(3).chain((n) => tensorsOf(x.shape.map((m, d) => (d === at ? n : m))));
    return fc.tuple(fc.constant(dim), fc.array(one, { minLength: 1, maxLength: 4 }));
  });

  it("cat puts tensors end to end", () => {
    fc.assert(
      fc.property(joinable, ([dim, parts]) => {
        const at = fromFront(dim, parts[0].ndim);
        const joined = cat(parts, dim);
        expectEqual(joined, naive.cat(parts.map(naiveOf), at));
        const cut = joined.split(
          parts.map((part) => part.shape[at]),
          dim,
        );
        expect(cut).toHaveLength(parts.length);
        for (const [i, part] of cut.entries()) expectEqual(part.to(parts[i].dtype), naiveOf(parts[i]));
      }),
    );
  });

  it("stack puts tensors side by side along a new dimension", () => {
    const cases = tensors().chain((x) =>
      fc.tuple(fc.array(tensorsOf(x.shape), { minLength: 1, maxLength: 3 }), dims(x.ndim + 1)),
    );
    fc.assert(
      fc.property(cases, ([parts, dim]) => {
        const at = fromFront(dim, parts[0].ndim + 1);
        const stacked = stack(parts, dim);
        expectEqual(stacked, naive.stack(parts.map(naiveOf), at));
        for (const [i, part] of parts.entries()) expectEqual(stacked.select(dim, i).to(part.dtype), naiveOf(part));
      }),
    );
  });

  it("split and chunk cut into parts that cat joins again", () => {
    const fits = (parts: Tensor[], x: Tensor, dim: number) => expectEqual(cat(parts, dim), naiveOf(x));
    fc.assert(
      fc.property(withRank, fc.integer({ min: 1, max: 4 }), ([x, dim], n) => {
        const size = x.shape[fromFront(dim, x.ndim)];
        const sizes = (parts: Tensor[]) => parts.map((part) => part.shape[fromFront(dim, x.ndim)]);
        const pieces = x.split(n, dim);
        fits(pieces, x, dim);
        expect(
          sizes(pieces)
            .slice(0, -1)
            .every((m) => m === n),
        ).toBe(true);
        expect(sizes(pieces).at(-1)).toBe(size === 0 ? 0 : size % n || n);
        const chunks = x.chunk(n, dim);
        fits(chunks, x, dim);
        expect(chunks.length).toBeLessThanOrEqual(n);
        expect(new Set(sizes(chunks).slice(0, -1)).size).toBeLessThanOrEqual(1);
      }),
    );
  });
});
