import { expect, test } from "vitest";
import { erf } from "../../../core/math/erf.ts";
import { type Tensor, tensor } from "../../../tensor/index.ts";
import * as F from "../index.ts";

const points = [-30, -5, -1, -0.3, -1e-3, 0, 1e-3, 0.7, 2, 15, 25];
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const tanhGelu = (x: number) => x * sigmoid(2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3));

/** The normal distribution function, below -2 by Laplace's continued fraction. */
function normal(x: number): number {
  if (x > -2) return 0.5 * (1 + erf(x / Math.SQRT2));
  let fraction = -x;
  for (let n = 300; n >= 1; n--) fraction = -x + n / fraction;
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI) / fraction;
}

const cases: [name: string, f: (x: Tensor) => Tensor, exact: (x: number) => number][] = [
  ["relu", F.relu, (x) => Math.max(x, 0)],
  ["leakyRelu", F.leakyRelu, (x) => (x > 0 ? x : 0.01 * x)],
  ["leakyRelu 0.3", (x) => F.leakyRelu(x, { negativeSlope: 0.3 }), (x) => (x > 0 ? x : 0.3 * x)],
  ["elu", F.elu, (x) => (x > 0 ? x : Math.expm1(x))],
  ["elu 0.7", (x) => F.elu(x, { alpha: 0.7 }), (x) => (x > 0 ? x : 0.7 * Math.expm1(x))],
  ["gelu", F.gelu, (x) => x * normal(x)],
  ["gelu tanh", (x) => F.gelu(x, { approximate: "tanh" }), tanhGelu],
  ["silu", F.silu, (x) => x * sigmoid(x)],
  ["tanh", F.tanh, Math.tanh],
  ["sigmoid", F.sigmoid, sigmoid],
  ["logSigmoid", F.logSigmoid, (x) => (x < 0 ? x - Math.log1p(Math.exp(x)) : -Math.log1p(Math.exp(-x)))],
  ["softplus", F.softplus, (x) => (x > 20 ? x : Math.log1p(Math.exp(x)))],
  [
    "softplus 2, 3",
    (x) => F.softplus(x, { beta: 2, threshold: 3 }),
    (x) => (2 * x > 3 ? x : Math.log1p(Math.exp(2 * x)) / 2),
  ],
];

test.each(cases)("%s", (_, f, exact) => {
  const y = f(tensor(new Float64Array(points), { shape: [points.length] }));
  points.forEach((x, i) => {
    expect(Math.abs(y.data[i] - exact(x))).toBeLessThanOrEqual(1e-14 * Math.abs(exact(x)) + 1e-300);
  });
});

test("gelu tanh keeps its digits for negative x, in float32", () => {
  const y = F.gelu(tensor([-4, -6, -8]), { approximate: "tanh" });
  [-4, -6, -8].forEach((x, i) => {
    expect(y.data[i] / tanhGelu(x)).toBeCloseTo(1, 4);
  });
});

test("softmax and logSoftmax along a dimension counted from either end", () => {
  const x = tensor([
    [1, 2, 3],
    [1000, 1000, 1000],
  ]);
  const sums = F.softmax(x, { dim: 1 }).sum(1);
  for (const total of sums.data) expect(total).toBeCloseTo(1, 6);
  expect(F.softmax(x, { dim: -1 }).toArray()).toEqual(F.softmax(x, { dim: 1 }).toArray());
  expect(F.softmax(x, { dim: 0 }).toArray()).toEqual([
    [0, 0, 0],
    [1, 1, 1],
  ]);
  expect(F.logSoftmax(x, { dim: -1 }).data[3]).toBeCloseTo(-Math.log(3), 6);
});

test("misuses", () => {
  // @ts-expect-error: no such approximation
  expect(() => F.gelu(tensor([1]), { approximate: "erf" })).toThrow('approximate is "erf", expected "none" or "tanh"');
  expect(() => F.softmax(tensor([1]), { dim: 1 })).toThrow(RangeError);
  expect(() => F.silu(tensor([1], { dtype: "int32" }))).toThrow(TypeError);
});
