import type { Tensor } from "evenkeel";
import * as ek from "evenkeel";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  allDtypes,
  broadcastable,
  broadcastPairs,
  dims as dimsOf,
  floatDtypes,
  shapes,
  tensors,
  tensorsOf,
} from "./arbitraries.ts";
import { broadcastShape, elementwise, expand, expectEqual, naiveOf } from "./naive.ts";

/** Operands of every shape that broadcasts, against the definition index by index. */

type Binary = (a: number, b: number) => number;

const bool =
  (holds: (a: number, b: number) => boolean): Binary =>
  (a, b) =>
    holds(a, b) ? 1 : 0;
const truth = (x: number) => x !== 0;

const arithmetic: Record<string, Binary> = {
  add: (a, b) => a + b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  maximum: Math.max,
  minimum: Math.min,
};

const comparisons: Record<string, Binary> = {
  eq: bool((a, b) => a === b),
  ne: bool((a, b) => a !== b),
  lt: bool((a, b) => a < b),
  le: bool((a, b) => a <= b),
  gt: bool((a, b) => a > b),
  ge: bool((a, b) => a >= b),
  logicalAnd: bool((a, b) => truth(a) && truth(b)),
  logicalOr: bool((a, b) => truth(a) || truth(b)),
  logicalXor: bool((a, b) => truth(a) !== truth(b)),
};

/** Those that are not defined for bools. */
const ofNumbers: Record<string, Binary> = {
  sub: (a, b) => a - b,
  pow: (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b), // IEEE 754, not JavaScript
  remainder: (a, b) => {
    const rest = a % b;
    return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
  },
};

type Method = (other: Tensor | number) => Tensor;

function call(name: string, a: Tensor, b: Tensor | number): Tensor {
  return (a[name as keyof Tensor] as Method).call(a, b);
}

describe.each([
  ["of any dtype", { ...arithmetic, ...comparisons }, allDtypes],
  ["of numbers", ofNumbers, floatDtypes],
  ["of integers", { sub: ofNumbers.sub }, ["int32"] as const],
])("binary operations %s", (_, operations, dtypes) => {
  it.each(Object.entries(operations))("%s", (name, f) => {
    fc.assert(
      fc.property(broadcastPairs({ dtypes }), ([a, b]) => {
        expectEqual(call(name, a, b), elementwise(f, naiveOf(a), naiveOf(b)));
      }),
    );
  });

  it.each(Object.entries(operations))("%s with a number", (name, f) => {
    fc.assert(
      fc.property(tensors({ dtypes }), fc.constantFrom(2, -1, 0.5), (a, b) => {
        expectEqual(call(name, a, b), elementwise(f, naiveOf(a), { shape: [], at: () => b }));
      }),
      { numRuns: 50 },
    );
  });
});

it("remainder of integers has the sign of the divisor, and is refused for 0", () => {
  fc.assert(
    fc.property(broadcastPairs({ dtypes: ["int32"] }), ([a, b]) => {
      const shape = broadcastShape(a.shape, b.shape) as number[];
      if (!shape.includes(0) && b.data.includes(0)) expect(() => a.remainder(b)).toThrow(RangeError);
      else expectEqual(a.remainder(b), elementwise(ofNumbers.remainder, naiveOf(a), naiveOf(b)));
    }),
  );
});

it("where picks from three operands", () => {
  const triples = shapes().chain((target) => {
    const one = (dtypes = allDtypes) => broadcastable(target).chain((shape) => tensorsOf(shape, { dtypes }));
    return fc.tuple(one(["bool"]), one(), one());
  });
  fc.assert(
    fc.property(triples, ([condition, a, b]) => {
      const expected = elementwise((c, x, y) => (c ? x : y), naiveOf(condition), naiveOf(a), naiveOf(b));
      expectEqual(ek.where(condition, a, b), expected);
    }),
  );
});

it("any two shapes broadcast as defined, or are refused in words that name both", () => {
  fc.assert(
    fc.property(shapes(), shapes(), (m, n) => {
      const [a, b] = [ek.ones(m), ek.ones(n)];
      const common = broadcastShape(m, n);
      if (common !== null) expect([...a.add(b).shape]).toEqual(common);
      else {
        const text = `shapes [${m.join(", ")}] and [${n.join(", ")}] do not broadcast`;
        expect(() => a.add(b)).toThrow(text);
        expect(() => ek.where(a.gt(0), a, b)).toThrow(text);
      }
    }),
    { numRuns: 1000 },
  );
});

it("broadcastTensors repeats all to the common shape", () => {
  fc.assert(
    fc.property(broadcastPairs(), ([a, b]) => {
      const common = broadcastShape(a.shape, b.shape) as number[];
      const [x, y] = ek.broadcastTensors(a, b);
      expectEqual(x, expand(naiveOf(a), common));
      expectEqual(y, expand(naiveOf(b), common));
    }),
  );
});

it("an in-place write gives what the operation gives, if the target's shape and dtype can hold it", () => {
  const operands = tensors({ dtypes: floatDtypes }).chain((a) =>
    fc.tuple(
      fc.constant(a),
      shapes().chain((shape) => tensorsOf(shape, { dtypes: [a.dtype, "int32"] })),
    ),
  );
  fc.assert(
    fc.property(operands, fc.constantFrom("add", "sub", "mul", "div"), ([a, b], name) => {
      const target = a.clone();
      const before = [...target.data];
      const fits = String(broadcastShape(a.shape, b.shape)) === String(a.shape) && broadcastShape(a.shape, b.shape);
      if (fits) {
        expect(call(`${name}_`, target, b)).toBe(target);
        expectEqual(target, naiveOf(call(name, a, b)));
        expect(target.version).toBe(1);
      } else {
        expect(() => call(`${name}_`, target, b)).toThrow(RangeError);
        expect([...target.data]).toEqual(before);
        expect(target.version).toBe(0);
      }
    }),
    { numRuns: 400 },
  );
});

it("softmax along a dimension is exp over its sum", () => {
  const cases = tensors({ dtypes: floatDtypes, special: false }).chain((x) => fc.tuple(fc.constant(x), dimsOf(x.ndim)));
  fc.assert(
    fc.property(cases, ([x, dim]) => {
      const weights = x.double().exp();
      const expected = weights.div(weights.sum(dim, { keepdim: true }));
      expectEqual(x.softmax(dim).double(), naiveOf(expected), x.dtype === "float32" ? 1e-6 : 1e-13);
      expectEqual(x.logSoftmax(dim).double().exp(), naiveOf(expected), x.dtype === "float32" ? 1e-5 : 1e-12);
    }),
  );
});
