import { type DType, ones, type Tensor } from "evenkeel";
import fc from "fast-check";
import { expect, it } from "vitest";
import { broadcastable, floatDtypes, shapes, tensorsOf } from "./arbitraries.ts";
import * as naive from "./naive.ts";
import { expectEqual, naiveOf } from "./naive.ts";

/**
 * Products of matrices, vectors and batches against the triple loop. Values are such that sums are
 * exact.
 */

const sizes = fc.integer({ min: 0, max: 5 });

/**
 * Operands that can be multiplied: matrices with batches that broadcast, or vectors in their place.
 */
const operands = (dtypes: readonly DType[]): fc.Arbitrary<[Tensor, Tensor]> =>
  fc
    .record({ batch: shapes({ maxRank: 2 }), m: sizes, k: sizes, n: sizes, dtype: fc.constantFrom(...dtypes) })
    .chain(({ batch, m, k, n, dtype }) => {
      const options = { dtypes: [dtype], special: false };
      const left = fc.oneof(
        { weight: 4, arbitrary: broadcastable(batch).map((leading) => [...leading, m, k]) },
        { weight: 1, arbitrary: fc.constant([k]) },
      );
      const right = fc.oneof(
        { weight: 4, arbitrary: broadcastable(batch).map((leading) => [...leading, k, n]) },
        { weight: 1, arbitrary: fc.constant([k]) },
      );
      return fc.tuple(
        left.chain((shape) => tensorsOf(shape, options)),
        right.chain((shape) => tensorsOf(shape, options)),
      );
    });

it("is the sum of products over the inner dimension", () => {
  fc.assert(
    fc.property(operands([...floatDtypes, "int32"]), ([a, b]) => {
      const product = a.matmul(b);
      expect(product.dtype).toBe(a.dtype);
      expectEqual(product, naive.matmul(naiveOf(a), naiveOf(b)));
    }),
    { numRuns: 500 },
  );
});

it("of transposed operands is the transposed product, in value and in gradient", () => {
  const matrices = fc.record({ m: sizes, k: sizes, n: sizes }).chain(({ m, k, n }) => {
    const options = { dtypes: ["float64"] as const, special: false };
    return fc.tuple(tensorsOf([m, k], options), tensorsOf([k, n], options), tensorsOf([m, n], options));
  });
  fc.assert(
    fc.property(matrices, ([a, b, dy]) => {
      expectEqual(b.T.matmul(a.T), naiveOf(a.matmul(b).T));
      const [x, y] = [a.clone().requiresGrad_(), b.clone().requiresGrad_()];
      x.matmul(y).backward(dy);
      // d/da tr(dyT a b) = dy bT, d/db = aT dy
      expectEqual(x.grad as Tensor, naive.matmul(naiveOf(dy), naiveOf(b.T)));
      expectEqual(y.grad as Tensor, naive.matmul(naiveOf(a.T), naiveOf(dy)));
    }),
  );
});

it("refuses inner sizes that differ, in words that name both shapes", () => {
  fc.assert(
    fc.property(shapes({ minRank: 2, maxRank: 3 }), shapes({ minRank: 2, maxRank: 3 }), (m, n) => {
      const fits = m[m.length - 1] === n[n.length - 2] && naive.broadcastShape(m.slice(0, -2), n.slice(0, -2)) !== null;
      if (fits) expect(ones(m).matmul(ones(n)).ndim).toBe(Math.max(m.length, n.length));
      else expect(() => ones(m).matmul(ones(n))).toThrow(RangeError);
      if (m[m.length - 1] !== n[n.length - 2]) {
        expect(() => ones(m).matmul(ones(n))).toThrow(`[${m.join(", ")}] x [${n.join(", ")}]`);
      }
    }),
  );
});
