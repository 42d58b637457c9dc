import { describe, expect, test } from "vitest";
import { Generator } from "../random/index.ts";
import { full, type Tensor, zeros } from "../tensor/index.ts";
import * as init from "./init.ts";
import { Parameter } from "./module/parameter.ts";

const generator = () => new Generator(11);
const filled = (...shape: number[]) => full(shape, 7);
const uniform = (bound: number, ...shape: number[]) =>
  filled(...shape).uniform_(-bound, bound, { generator: generator() });
const normal = (std: number, ...shape: number[]) => filled(...shape).normal_(0, std, { generator: generator() });

test("calculateGain", () => {
  expect(init.calculateGain("linear")).toBe(1);
  expect(init.calculateGain("sigmoid")).toBe(1);
  expect(init.calculateGain("tanh")).toBe(5 / 3);
  expect(init.calculateGain("relu")).toBe(Math.sqrt(2));
  expect(init.calculateGain("selu")).toBe(0.75);
  expect(init.calculateGain("leakyRelu")).toBe(Math.sqrt(2 / (1 + 0.01 ** 2)));
  expect(init.calculateGain("leakyRelu", 0.2)).toBe(Math.sqrt(2 / (1 + 0.2 ** 2)));
  // @ts-expect-error: PyTorch's spelling
  expect(() => init.calculateGain("leaky_relu")).toThrow('unknown nonlinearity "leaky_relu", expected linear');
  // @ts-expect-error: what every object has
  expect(() => init.calculateGain("toString")).toThrow(RangeError);
});

test("constants", () => {
  expect(init.constant_(filled(2), 0.5).toArray()).toEqual([0.5, 0.5]);
  expect(init.ones_(filled(2)).toArray()).toEqual([1, 1]);
  expect(init.zeros_(filled(2)).toArray()).toEqual([0, 0]);
  const [wide, tall] = [init.eye_(filled(2, 3)), init.eye_(filled(3, 2))];
  expect(wide.toArray()).toEqual([
    [1, 0, 0],
    [0, 1, 0],
  ]);
  expect(tall.toArray()).toEqual([
    [1, 0],
    [0, 1],
    [0, 0],
  ]);
});

test("uniform_ and normal_ are the tensor's own draws", () => {
  const options = { generator: generator() };
  expect(init.uniform_(filled(5), -0.3, 0.3, options).toArray()).toEqual(uniform(0.3, 5).toArray());
  expect(init.normal_(filled(5), 0, 2, { generator: generator() }).toArray()).toEqual(normal(2, 5).toArray());
});

describe("fans: [out, in, ...kernel]", () => {
  const cases: [name: string, actual: Tensor, expected: Tensor][] = [
    [
      "xavierUniform_",
      init.xavierUniform_(filled(5, 3), { generator: generator() }),
      uniform(Math.sqrt(3) * Math.sqrt(2 / 8), 5, 3),
    ],
    [
      "xavierUniform_ gain",
      init.xavierUniform_(filled(5, 3), { gain: 2, generator: generator() }),
      uniform(Math.sqrt(3) * (2 * Math.sqrt(2 / 8)), 5, 3),
    ],
    [
      "xavierNormal_ with a kernel",
      init.xavierNormal_(filled(5, 3, 2), { generator: generator() }),
      normal(Math.sqrt(2 / 16), 5, 3, 2),
    ],
    [
      "kaimingUniform_",
      init.kaimingUniform_(filled(5, 3), { generator: generator() }),
      uniform(Math.sqrt(3) * (Math.sqrt(2) / Math.sqrt(3)), 5, 3),
    ],
    [
      "kaimingUniform_ fanOut",
      init.kaimingUniform_(filled(5, 3), { mode: "fanOut", generator: generator() }),
      uniform(Math.sqrt(3) * (Math.sqrt(2) / Math.sqrt(5)), 5, 3),
    ],
    [
      "kaimingUniform_ a",
      init.kaimingUniform_(filled(5, 3), { a: 3, generator: generator() }),
      uniform(Math.sqrt(3) * (Math.sqrt(2 / 10) / Math.sqrt(3)), 5, 3),
    ],
    [
      "kaimingNormal_ tanh with a kernel",
      init.kaimingNormal_(filled(5, 3, 4), { nonlinearity: "tanh", generator: generator() }),
      normal(5 / 3 / Math.sqrt(12), 5, 3, 4),
    ],
  ];

  test.each(cases)("%s", (_, actual, expected) => {
    expect(actual.toArray()).toEqual(expected.toArray());
  });
});

test("truncNormal_ stays in its bounds and is normal within them", () => {
  const x = init.truncNormal_(zeros([20_000], { dtype: "float64" }), {
    mean: 1,
    std: 2,
    a: 0,
    b: 4,
    generator: generator(),
  });
  const values = Array.from(x.data).sort((a, b) => a - b);
  expect(values[0]).toBeGreaterThanOrEqual(0);
  expect(values[19_999]).toBeLessThanOrEqual(4);
  // The distribution function of the normal at -0.5, 0 and 1.5 sigmas gives the share below the
  // mean.
  const share = (0.5 - 0.3085375387) / (0.9331927987 - 0.3085375387);
  expect(values.filter((v) => v < 1).length / 20_000).toBeCloseTo(share, 2);
});

test("truncNormal_ keeps its bounds where float32 draws would round across them", () => {
  const [a, b] = [3.5, 3.5 + 2 ** -10]; // erf at the lower bound rounds down
  const x = init.truncNormal_(zeros([500]), { a, b, generator: generator() });
  expect(x.data.every((v) => v >= a && v <= b)).toBe(true);
});

test("truncNormal_ inverts the error function to the last digits, far out too", () => {
  // Values of scipy.special.erfinv at the uniform draws would be the same: the round trip is
  // checked instead.
  const u = zeros([1000], { dtype: "float64" }).uniform_(-1, 1, { generator: generator() });
  const x = init.truncNormal_(zeros([1000], { dtype: "float64" }), {
    std: Math.SQRT1_2,
    a: -9,
    b: 9,
    generator: generator(),
  });
  const back = x.erf().data;
  u.data.forEach((value, i) => {
    expect(Math.abs(back[i] - value)).toBeLessThan(4e-15);
  });
});

test.each([
  [3, 5],
  [5, 3],
  [4, 4],
  [4, 2, 3],
  [1, 1],
  [20, 20],
])("orthogonal_ %i x %i", (...shape) => {
  const q = init.orthogonal_(filled(...shape), { gain: 3, generator: generator() }).reshape(shape[0], -1);
  const product = q.shape[0] <= q.shape[1] ? q.matmul(q.T) : q.T.matmul(q);
  product.data.forEach((value, i) => {
    expect(value).toBeCloseTo(i % (product.shape[0] + 1) === 0 ? 9 : 0, 4);
  });
});

test("orthogonal_ is so to the last digits in float64", () => {
  const q = init.orthogonal_(zeros([100, 100], { dtype: "float64" }), { generator: generator() });
  q.matmul(q.T).data.forEach((value, i) => {
    expect(Math.abs(value - (i % 101 === 0 ? 1 : 0))).toBeLessThan(2e-15);
  });
});

test("orthogonal_ keeps the direction of the first drawn vector", () => {
  const drawn = normal(1, 2, 3);
  const length = Math.hypot(...drawn.data.subarray(0, 3));
  const q = init.orthogonal_(filled(2, 3), { generator: generator() });
  for (let i = 0; i < 3; i++) expect(q.data[i]).toBeCloseTo(drawn.data[i] / length, 6);
});

test("sparse_ sets the share of each column, rounded up, to zero", () => {
  const x = init.sparse_(filled(10, 4), { sparsity: 0.25, generator: generator() });
  expect(x.eq(0).int().sum(0).toArray()).toEqual([3, 3, 3, 3]);
  expect(Math.abs(x.data.find((v) => v !== 0) as number)).toBeLessThan(0.1);
});

test("fills parameters in place, without history, bumping the version", () => {
  const weight = new Parameter(zeros([3, 3]));
  for (const fill of [init.kaimingNormal_, init.orthogonal_, init.eye_, init.truncNormal_, init.ones_]) {
    const before = weight.version;
    expect(fill(weight)).toBe(weight);
    expect(weight.version).toBeGreaterThan(before);
    expect([weight.requiresGrad, weight.isLeaf]).toEqual([true, true]);
  }
});

test("a tensor without values stays as it is", () => {
  expect(init.kaimingUniform_(zeros([0, 3])).shape).toEqual([0, 3]);
  expect(init.orthogonal_(zeros([0, 3])).shape).toEqual([0, 3]);
});

describe("misuses change neither tensor nor generator", () => {
  const shared = generator();
  const vector = filled(3);
  const matrix = filled(3, 3);
  const whole = full([3, 3], 7, { dtype: "int32" });
  const options = { generator: shared };
  const cases: [name: string, call: () => unknown, message: RegExp][] = [
    [
      "xavierUniform_ of a vector",
      () => init.xavierUniform_(vector, options),
      /xavierUniform_: the tensor has shape \[3\], expected at least 2 dimensions/,
    ],
    [
      "kaimingNormal_ of a vector",
      () => init.kaimingNormal_(vector, options),
      /kaimingNormal_: the tensor has shape \[3\]/,
    ],
    ["orthogonal_ of a vector", () => init.orthogonal_(vector, options), /orthogonal_: the tensor has shape \[3\]/],
    ["eye_ of a vector", () => init.eye_(vector), /eye_: the tensor has shape \[3\], expected 2 dimensions/],
    ["sparse_ of a vector", () => init.sparse_(vector, { sparsity: 0.1, ...options }), /expected 2 dimensions/],
    ["sparse_ of a share above 1", () => init.sparse_(matrix, { sparsity: 1.5, ...options }), /sparsity is 1.5/],
    ["whole numbers, uniform", () => init.xavierUniform_(whole, options), /dtype int32, expected float32 or float64/],
    ["whole numbers, orthogonal", () => init.orthogonal_(whole, options), /dtype int32/],
    ["whole numbers, eye", () => init.eye_(whole), /dtype int32/],
    ["whole numbers, sparse", () => init.sparse_(whole, { sparsity: 0.1, ...options }), /dtype int32/],
    [
      "an unknown mode",
      // @ts-expect-error: PyTorch's spelling
      () => init.kaimingUniform_(matrix, { mode: "fan_in", ...options }),
      /mode is "fan_in", expected "fanIn" or "fanOut"/,
    ],
    ["bounds in the wrong order", () => init.truncNormal_(matrix, { a: 2, b: 1, ...options }), /a is 2 and b is 1/],
    ["a deviation of zero", () => init.truncNormal_(matrix, { std: 0, ...options }), /std is 0/],
  ];

  test.each(cases)("%s", (_, call, message) => {
    expect(call).toThrow(message);
    expect(shared.getState()).toEqual(generator().getState());
    for (const x of [vector, matrix, whole]) expect(x.data.every((v) => v === 7)).toBe(true);
  });
});
