import { describe, expect, test } from "vitest";
import { Generator } from "../../../random/index.ts";
import { full, ones, randn, type Tensor, tensor, zeros } from "../../../tensor/index.ts";
import { batchNorm } from "./batchNorm.ts";

const x = tensor([
  [1, 10],
  [3, 30],
  [8, 20],
]);
// mean [4, 20], biased variance [26/3, 200/3], unbiased [13, 100]

const close = (actual: Tensor, expected: number[]) => {
  expect(actual.numel()).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(actual.data[i]).toBeCloseTo(value, 5);
  });
};

test("training normalizes by the biased variance and keeps the unbiased one", () => {
  const runningMean = tensor([1, 2]);
  const runningVar = tensor([1, 2]);
  const y = batchNorm(x, { runningMean, runningVar, training: true, momentum: 0.25, eps: 0 });
  const [a, b] = [Math.sqrt(26 / 3), Math.sqrt(200 / 3)];
  close(y, [-3 / a, -10 / b, -1 / a, 10 / b, 4 / a, 0]);
  close(runningMean, [0.75 * 1 + 0.25 * 4, 0.75 * 2 + 0.25 * 20]);
  close(runningVar, [0.75 * 1 + 0.25 * 13, 0.75 * 2 + 0.25 * 100]);
});

test("defaults: no training, eps 1e-5, momentum 0.1", () => {
  const runningMean = zeros([1]);
  const runningVar = full([1], 1e-5);
  close(batchNorm(ones([1, 1]), { runningMean, runningVar }), [1 / Math.sqrt(2e-5)]);
  expect(runningMean.item()).toBe(0);
  batchNorm(tensor([[1], [3]]), { runningMean, runningVar, training: true });
  close(runningMean, [0.2]);
});

test("evaluation uses the running statistics and leaves them alone; scale and shift come after", () => {
  const runningMean = tensor([1, 2]);
  const runningVar = tensor([4, 9]);
  const options = { runningMean, runningVar, weight: tensor([10, 100]), bias: tensor([1, -1]), eps: 0 };
  close(batchNorm(tensor([[3, 5]]), options), [11, 99]);
  expect([runningMean.version, runningVar.version]).toEqual([0, 0]);
});

test("[N, C, L] takes its statistics over N and L", () => {
  const columns = tensor([
    [
      [1, 3],
      [10, 30],
    ],
    [
      [5, 7],
      [20, 20],
    ],
  ]);
  const runningMean = zeros([2]);
  const runningVar = zeros([2]);
  const y = batchNorm(columns, { runningMean, runningVar, training: true, momentum: 1 });
  close(runningMean, [4, 20]);
  close(runningVar, [20 / 3, 200 / 3]);
  close(y.sum([0, 2]), [0, 0]);
});

test("the statistics to be learned may be left out in training, and one row may have several positions", () => {
  close(batchNorm(x, { training: true }).mean(0), [0, 0]);
  close(batchNorm(tensor([[[1, 3]]]), { training: true, eps: 0 }), [-1, 1]);
});

test("a momentum from a tensor, for cumulative averages", () => {
  const runningMean = tensor([1, 2]);
  const momentum = tensor(0.5, { dtype: "float64" });
  batchNorm(x, { runningMean, runningVar: ones([2]), training: true, momentum });
  close(runningMean, [2.5, 11]);
});

test("an empty batch gives an empty output and changes no statistics", () => {
  const runningMean = tensor([1, 2]);
  const runningVar = tensor([3, 4]);
  expect(batchNorm(zeros([0, 2]), { runningMean, runningVar, training: true }).shape).toEqual([0, 2]);
  expect([runningMean.toArray(), runningVar.toArray()]).toEqual([
    [1, 2],
    [3, 4],
  ]);
});

test("gradients: dx sums to 0 and has no part along xhat; dweight = sum(dy * xhat), dbias = sum(dy)", () => {
  const input = x.double().requiresGrad_();
  const weight = tensor([2, 3]).double().requiresGrad_();
  const bias = tensor([0, 0]).double().requiresGrad_();
  const dy = tensor([
    [1, 2],
    [-1, 0.5],
    [3, 4],
  ]).double();
  const xhat = batchNorm(input.detach(), { training: true });
  batchNorm(input, { weight, bias, training: true }).backward(dy);
  const invstd = [1 / Math.sqrt(26 / 3 + 1e-5), 1 / Math.sqrt(200 / 3 + 1e-5)];
  const means = dy.mean(0).data;
  const shares = dy.mul(xhat).mean(0).data;
  const expected = Array.from(dy.data, (g, i) => {
    const c = i % 2;
    return weight.data[c] * invstd[c] * (g - means[c] - xhat.data[i] * shares[c]);
  });
  close(input.grad as Tensor, expected);
  close(bias.grad as Tensor, Array.from(dy.sum(0).data));
  close(weight.grad as Tensor, Array.from(dy.mul(xhat).sum(0).data));
});

test("in evaluation dx = dy * weight / sqrt(running variance + eps), and running statistics get no gradient", () => {
  const input = x.clone().requiresGrad_();
  const runningMean = tensor([1, 2]).requiresGrad_();
  const runningVar = tensor([4, 9]).requiresGrad_();
  batchNorm(input, { runningMean, runningVar, weight: tensor([10, 60]), eps: 0 })
    .sum()
    .backward();
  close(input.grad as Tensor, [5, 20, 5, 20, 5, 20]);
  expect([runningMean.grad, runningVar.grad]).toEqual([null, null]);
});

describe("precision, as the largest error in sigmas against float64", () => {
  // What torch 1.13 does on such data in float32.
  const table = [
    { mean: 4000, std: 800, rows: 32, torch: 1.4e-6 },
    { mean: 4000, std: 800, rows: 4096, torch: 1.2e-5 },
    { mean: 4000, std: 8, rows: 32, torch: 7e-5 },
    { mean: 4000, std: 8, rows: 4096, torch: 8e-4 },
    { mean: 1e6, std: 1, rows: 32, torch: 0.24 },
    { mean: 1e6, std: 1, rows: 4096, torch: 5 },
  ];

  test.each(table)("$mean +- $std, $rows rows: below torch's $torch", ({ mean, std, rows, torch }) => {
    const input = randn([rows, 5], { generator: new Generator(rows), dtype: "float64" })
      .mul(std)
      .add(mean)
      .float();
    const output = batchNorm(input, { training: true, eps: 0 });
    let worst = 0;
    for (let c = 0; c < 5; c++) {
      // Shifted by the first value, which changes neither variance nor differences and is exact in
      // float64.
      const column = Array.from({ length: rows }, (_, i) => input.data[i * 5 + c] - input.data[c]);
      const centre = column.reduce((a, b) => a + b) / rows;
      const sigma = Math.sqrt(column.reduce((sum, v) => sum + (v - centre) ** 2, 0) / rows);
      column.forEach((v, i) => {
        worst = Math.max(worst, Math.abs(output.data[i * 5 + c] - (v - centre) / sigma));
      });
    }
    expect(worst).toBeLessThan(torch);
    expect(worst).toBeLessThan(2.5e-7); // half a unit in the last place of float32 below 4, rounded up for what double leaves
  });
});

describe("misuses leave the running statistics as they were", () => {
  const runningMean = tensor([1, 2]);
  const runningVar = tensor([3, 4]);
  const given = { runningMean, runningVar, training: true };
  const cases: [name: string, call: () => unknown, error: new () => Error, message: RegExp][] = [
    [
      "one value per channel",
      () => batchNorm(zeros([1, 2]), given),
      RangeError,
      /^Expected more than 1 value per channel when training, got input size \[1, 2\].*another batch size/,
    ],
    [
      "one value per channel in 3-D",
      () => batchNorm(zeros([1, 2, 1]), given),
      RangeError,
      /^Expected more than 1 value.*\[1, 2, 1\]/,
    ],
    [
      "another number of channels",
      () => batchNorm(zeros([4, 3]), given),
      RangeError,
      /runningMean has shape \[2\], expected \[3\].*\[4, 3\]/,
    ],
    ["a vector", () => batchNorm(zeros([4]), given), RangeError, /shape \[4\], expected \[N, C, \.\.\.\]/],
    [
      "a weight of another size",
      () => batchNorm(zeros([4, 2]), { ...given, weight: ones([3]) }),
      RangeError,
      /weight has shape \[3\]/,
    ],
    [
      "a bias that is no vector",
      () => batchNorm(zeros([4, 2]), { ...given, bias: ones([1, 2]) }),
      RangeError,
      /bias has shape \[1, 2\]/,
    ],
    [
      "only one of the statistics",
      () => batchNorm(zeros([4, 2]), { ...given, runningVar: null }),
      TypeError,
      /give both, or neither/,
    ],
    ["whole numbers", () => batchNorm(zeros([4, 2], { dtype: "int32" }), given), TypeError, /int32/],
    [
      "another dtype",
      () => batchNorm(zeros([4, 2], { dtype: "float64" }), given),
      TypeError,
      /float64.*runningMean is float32/,
    ],
    ["evaluation without statistics", () => batchNorm(zeros([4, 2])), Error, /needs runningMean and runningVar/],
  ];

  test.each(cases)("%s", (_, call, error, message) => {
    expect(call).toThrow(error);
    expect(call).toThrow(message);
    expect([runningMean.toArray(), runningVar.toArray()]).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect([runningMean.version, runningVar.version]).toEqual([0, 0]);
  });
});

test.each([
  ["[N, C, H, W]", [2, 3, 4, 5]],
  ["[N, C, D, H, W]", [2, 3, 2, 4, 5]],
])("%s is normalized over all dimensions but the second", (_, shape) => {
  const x = randn(shape, { dtype: "float64" });
  const flat = x.flatten(2);
  const statistics = () => ({
    runningMean: zeros([3], { dtype: "float64" }),
    runningVar: ones([3], { dtype: "float64" }),
  });
  const [own, flattened] = [statistics(), statistics()];
  const y = batchNorm(x, { ...own, training: true });
  expect(y.toArray()).toEqual(
    batchNorm(flat, { ...flattened, training: true })
      .reshape(shape)
      .toArray(),
  );
  expect(own.runningVar.toArray()).toEqual(flattened.runningVar.toArray());
  expect(
    y
      .mean([0, ...shape.slice(2).map((_, i) => i + 2)])
      .abs()
      .max()
      .item(),
  ).toBeLessThan(1e-12);
  expect(batchNorm(x, own).toArray()).toEqual(batchNorm(flat, flattened).reshape(shape).toArray());
});
