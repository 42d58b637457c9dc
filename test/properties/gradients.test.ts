import { cat, F, grad, stack, type Tensor, tensor, where } from "evenkeel";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  broadcastable,
  broadcastPairs,
  dims,
  floatDtypes,
  fromFront,
  shapes,
  tensors,
  tensorsOf,
} from "./arbitraries.ts";
import { expectEqual, indicesOf, type Naive, naiveOf } from "./naive.ts";

/** Laws that gradients obey whatever the operation: none of them knows a formula. */

const float64 = { dtypes: ["float64"] as const, special: false };

type Unary = (x: Tensor) => Tensor;

/** Smooth functions of any shape, to a shape of their own. */
const functions: Record<string, Unary> = {
  square: (x) => x.square(),
  "exp of sin": (x) => x.sin().exp(),
  "mul with its own sum": (x) => x.mul(x.sum()),
  "softplus of the transpose": (x) => F.softplus(x.T),
  "mean over the last dimension": (x) => (x.ndim === 0 ? x.tanh() : x.tanh().sum(-1)),
  "logsumexp of flat": (x) =>
    cat([x.reshape(-1), x.reshape(-1).mul(2), tensor([0], { dtype: "float64" })]).logsumexp(0),
  "cubes, one dimension more": (x) => x.unsqueeze(0).mul(x).mul(x),
};
const functionNames = fc.constantFrom(...Object.keys(functions));

/** A fixed, uneven weight for each element: a loss that no symmetry can fool. */
function weighted(y: Tensor): Tensor {
  const weights = Float64Array.from({ length: y.numel() }, (_, i) => Math.cos(1 + 1.7 * i));
  return y.mul(tensor(weights, { shape: y.shape })).sum();
}

const leaf = (x: Tensor) => x.clone().requiresGrad_();

describe("backward", () => {
  it("is linear: the gradient of a f + b g is a times that of f plus b times that of g", () => {
    const factor = fc.constantFrom(0, 1, -2, 0.5);
    fc.assert(
      fc.property(tensors(float64), functionNames, functionNames, factor, factor, (x, f, g, a, b) => {
        const gradient = (loss: (x: Tensor) => Tensor) => {
          const input = leaf(x);
          loss(input).backward();
          return input.grad as Tensor;
        };
        const both = gradient((t) =>
          weighted(functions[f](t))
            .mul(a)
            .add(weighted(functions[g](t)).mul(b)),
        );
        const df = gradient((t) => weighted(functions[f](t)));
        const dg = gradient((t) => weighted(functions[g](t)));
        const expected = df.mul(a).add(dg.mul(b));
        expect(Math.max(0, ...both.sub(expected).abs().data)).toBeLessThan(
          1e-12 * (1 + Math.max(0, ...df.abs().data, ...dg.abs().data)),
        );
      }),
    );
  });

  it("accumulates: two losses one after the other leave the sum of their gradients, bit for bit", () => {
    fc.assert(
      fc.property(tensors(float64), functionNames, functionNames, (x, f, g) => {
        const [one, other] = [leaf(x), leaf(x)];
        weighted(functions[f](one)).backward();
        weighted(functions[g](one)).backward();
        const [df] = grad(weighted(functions[f](other)), other);
        const [dg] = grad(weighted(functions[g](other)), other);
        expect(other.grad).toBeNull();
        expectEqual(one.grad as Tensor, naiveOf(df.add(dg)));
      }),
    );
  });

  it("gives the gradient of a tensor that is used twice the sum over its uses", () => {
    fc.assert(
      fc.property(tensors(float64), functionNames, (x, f) => {
        const [shared, first, second] = [leaf(x), leaf(x), leaf(x)];
        weighted(functions[f](shared).mul(functions[f](shared))).backward();
        weighted(functions[f](first).mul(functions[f](second))).backward();
        const expected = (first.grad as Tensor).add(second.grad as Tensor);
        expectEqual(shared.grad as Tensor, naiveOf(expected), 1e-12);
      }),
    );
  });

  it("seeded with twice the gradient gives twice the gradient", () => {
    fc.assert(
      fc.property(tensors(float64), functionNames, (x, f) => {
        const input = leaf(x);
        const y = functions[f](input);
        const seed = y.detach().cos();
        const [once] = grad(y, input, { gradOutputs: seed, retainGraph: true });
        const [twice] = grad(y, input, { gradOutputs: seed.mul(2) });
        expectEqual(twice, naiveOf(once.mul(2)), 1e-15);
      }),
    );
  });
});

/** How often each element of a broadcast operand stands where the condition has a value. */
function timesPicked(shape: readonly number[], condition: Tensor, value: number): Naive {
  const { at } = naiveOf(condition);
  const counts = new Map<string, number>();
  for (const index of indicesOf(condition.shape)) {
    const own = String(shape.map((n, d) => (n === 1 ? 0 : index[d + condition.ndim - shape.length])));
    if (at(index) === value) counts.set(own, (counts.get(own) ?? 0) + 1);
  }
  return { shape, at: (index) => counts.get(String(index)) ?? 0 };
}

describe("un-broadcasting", () => {
  const binary = ["add", "sub", "mul", "div", "maximum", "minimum", "pow", "remainder"] as const;

  it.each(binary)("the gradient of %s has shape and dtype of its input, whatever the other is", (name) => {
    fc.assert(
      fc.property(broadcastPairs({ dtypes: floatDtypes, special: false }), ([a, b]) => {
        const [x, y] = [leaf(a), leaf(b)];
        x[name](y).sum().backward();
        for (const input of [x, y]) {
          expect([...(input.grad as Tensor).shape]).toEqual([...input.shape]);
          expect(input.grad?.dtype).toBe(input.dtype);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("sums over every place that a value was repeated to", () => {
    fc.assert(
      fc.property(broadcastPairs(float64), ([a, b]) => {
        const [x, y] = [leaf(a), leaf(b)];
        const z = x.sub(y);
        z.sum().backward();
        const repeats = (of: Tensor) => (of.numel() === 0 ? 0 : z.numel() / of.numel());
        expectEqual(x.grad as Tensor, { shape: x.shape, at: () => repeats(x) });
        expectEqual(y.grad as Tensor, { shape: y.shape, at: () => -repeats(y) });
      }),
    );
  });

  it("where sends each gradient to the operand that was picked", () => {
    fc.assert(
      fc.property(broadcastPairs(float64), ([a, b]) => {
        const [x, y] = [leaf(a), leaf(b)];
        const condition = x.gt(y);
        where(condition, x, y).sum().backward();
        expectEqual(x.grad as Tensor, timesPicked(x.shape, condition, 1));
        expectEqual(y.grad as Tensor, timesPicked(y.shape, condition, 0));
      }),
    );
  });
});

describe("a movement is linear, and its gradient is the transpose: <L x, w> = <x, gradient of <L x, w>>", () => {
  const withDim = tensors({ ...float64, minRank: 1 }).chain((x) => fc.tuple(fc.constant(x), dims(x.ndim), fc.nat(3)));
  const movements: Record<string, (x: Tensor, dim: number, n: number) => Tensor> = {
    reshape: (x) => x.reshape(x.numel()),
    permute: (x) => x.T,
    transpose: (x, dim) => x.transpose(0, dim),
    expand: (x, _, n) => x.unsqueeze(0).expand([n, ...x.shape]),
    slice: (x, dim, n) => x.slice(dim, n - 2, undefined, 1 + (n % 2)),
    narrow: (x, dim, n) => x.narrow(dim, 0, Math.min(n, x.shape[fromFront(dim, x.ndim)])),
    flatten: (x, dim) => x.flatten(dim),
    squeeze: (x) => x.squeeze(),
    indexSelect: (x, dim, n) => {
      const size = x.shape[fromFront(dim, x.ndim)];
      const picked = size === 0 ? [] : [0, n % size, size - 1, n % size];
      return x.indexSelect(dim, tensor(Int32Array.from(picked)));
    },
    gather: (x, dim) => x.gather(dim, tensor(new Int32Array(x.numel()), { shape: x.shape })),
    "cat with itself": (x, dim, n) => cat([x, x.mul(n), x], dim),
    "stack with itself": (x, dim) => stack([x, x.neg()], dim),
    split: (x, dim, n) => cat(x.split(n + 1, dim).reverse(), dim),
    sum: (x, dim) => x.sum(dim, { keepdim: true }),
    mean: (x, dim) => (x.shape[fromFront(dim, x.ndim)] === 0 ? x.sum() : x.mean(dim)),
  };

  it.each(Object.entries(movements))("%s", (_, move) => {
    fc.assert(
      fc.property(withDim, ([x, dim, n]) => {
        const input = leaf(x);
        const inner = weighted(move(input, dim, n));
        inner.backward();
        const outer = (input.grad as Tensor).mul(x).sum();
        expect(Math.abs(inner.item() - outer.item())).toBeLessThan(1e-11);
      }),
      { numRuns: 100 },
    );
  });
});

it("a value that a broadcast shape repeats gets the same gradient as one that was expanded by hand", () => {
  const cases = shapes().chain((target) =>
    fc.tuple(
      broadcastable(target).chain((shape) => tensorsOf(shape, float64)),
      tensorsOf(target, float64),
    ),
  );
  fc.assert(
    fc.property(cases, ([a, b]) => {
      const [implied, byHand] = [leaf(a), leaf(a)];
      weighted(implied.mul(b)).backward();
      weighted(byHand.expand(b.shape).mul(b)).backward();
      expectEqual(implied.grad as Tensor, naiveOf(byHand.grad as Tensor));
    }),
  );
});
