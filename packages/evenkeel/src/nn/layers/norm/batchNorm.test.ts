import { describe, expect, test } from "vitest";
import type { Tensor } from "../../../tensor/index.ts";
import { tensor, zeros } from "../../../tensor/index.ts";
import { BatchNorm1d } from "../byOptions.ts";

const batches = [
  [[1], [3]], // mean 2, unbiased variance 2
  [[10], [14]], // mean 12, unbiased variance 8
  [[-1], [-1]], // mean -1, variance 0
].map((rows) => tensor(rows));

const stats = (layer: BatchNorm1d) => ({
  mean: layer.running_mean?.toArray(),
  variance: layer.running_var?.toArray(),
  batches: layer.num_batches_tracked?.item(),
});

test("starts at mean 0, variance 1, weight 1, bias 0, no batches; keys are PyTorch's, in its order", () => {
  const layer = new BatchNorm1d(2);
  const keys = ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"];
  expect(Object.keys(layer.stateDict())).toEqual(keys);
  expect(layer.num_batches_tracked).toMatchObject({ dtype: "float64", shape: [] });
  expect(stats(layer)).toEqual({ mean: [0, 0], variance: [1, 1], batches: 0 });
  expect([layer.weight.toArray(), layer.bias.toArray()]).toEqual([
    [1, 1],
    [0, 0],
  ]);
  expect([layer.eps, layer.momentum, layer.affine, layer.trackRunningStats]).toEqual([1e-5, 0.1, true, true]);
});

test("momentum weights the new value; the running variance is the unbiased one", () => {
  const layer = new BatchNorm1d(1, { momentum: 0.25 });
  layer(batches[0]);
  expect(stats(layer)).toEqual({ mean: [0.5], variance: [1.25], batches: 1 });
  layer(batches[1]);
  expect(stats(layer)).toEqual({ mean: [3.375], variance: [2.9375], batches: 2 });
});

test("momentum null averages all batches equally, counting before use", () => {
  const layer = new BatchNorm1d(1, { momentum: null });
  layer(batches[0]);
  expect(stats(layer)).toEqual({ mean: [2], variance: [2], batches: 1 });
  layer(batches[1]);
  expect(stats(layer)).toEqual({ mean: [7], variance: [5], batches: 2 });
  layer(batches[2]);
  expect(layer.running_mean.item()).toBeCloseTo(13 / 3, 6);
  expect(layer.running_var.item()).toBeCloseTo(10 / 3, 6);
});

test("eval uses the running statistics and changes nothing, whatever the momentum", () => {
  for (const momentum of [0.25, null]) {
    const layer = new BatchNorm1d(1, { momentum, eps: 0 });
    layer(batches[0]);
    const before = stats(layer);
    layer.eval();
    const { mean, variance } = before as { mean: number[]; variance: number[] };
    expect(layer(tensor([[7]])).item()).toBeCloseTo((7 - mean[0]) / Math.sqrt(variance[0]), 6);
    expect(stats(layer)).toEqual(before);
    layer.train();
    expect(layer(batches[0]).toArray()).toEqual([[-1], [1]]);
  }
});

test("trackRunningStats false: no buffers, and the batch decides in eval too", () => {
  const layer = new BatchNorm1d(1, { trackRunningStats: false, eps: 0 });
  expect([...layer.namedBuffers()]).toEqual([]);
  for (const mode of [true, false]) {
    layer.train(mode);
    expect(layer(batches[1]).toArray()).toEqual([[-1], [1]]);
    expect(() => layer(tensor([[1]]))).toThrow("Expected more than 1 value per channel");
  }
});

test("affine false: nothing to train; otherwise scale and shift are applied", () => {
  expect([...new BatchNorm1d(3, { affine: false }).parameters()]).toEqual([]);
  const layer = new BatchNorm1d(1, { eps: 0 });
  layer.weight.data.fill(3);
  layer.bias.data.fill(10);
  expect(layer(batches[0]).toArray()).toEqual([[7], [13]]);
});

test("gradients reach input, weight and bias, and no buffer", () => {
  const layer = new BatchNorm1d(1);
  const x = tensor([[1], [3], [8]]).requiresGrad_();
  layer(x).square().sum().backward();
  const size = (t: Tensor | null | undefined) => Math.abs(t?.grad?.data[0] ?? 0);
  expect(size(layer.weight)).toBeGreaterThan(0.1);
  expect(x.grad).not.toBeNull();
  expect(layer.bias.grad).not.toBeNull();
  for (const buffer of layer.buffers()) expect([buffer.requiresGrad, buffer.grad]).toEqual([false, null]);
});

test("resetRunningStats, resetParameters", () => {
  const layer = new BatchNorm1d(1);
  layer(batches[0]);
  layer.weight.data.fill(3);
  layer.bias.data.fill(4);
  layer.resetRunningStats();
  expect(stats(layer)).toEqual({ mean: [0], variance: [1], batches: 0 });
  expect(layer.weight.item()).toBe(3);
  layer(batches[0]);
  layer.resetParameters();
  expect(stats(layer)).toEqual({ mean: [0], variance: [1], batches: 0 });
  expect([layer.weight.item(), layer.bias.item()]).toEqual([1, 0]);
});

test("the counter is exact beyond what float32 holds, and after a change of dtype", () => {
  const layer = new BatchNorm1d(1);
  layer.num_batches_tracked.data.fill(2 ** 24);
  layer(batches[0]);
  expect(layer.num_batches_tracked.item()).toBe(2 ** 24 + 1);
  layer.double().float();
  layer(batches[0]);
  expect(layer.num_batches_tracked.item()).toBe(2 ** 24 + 2);
});

describe("misuses change nothing", () => {
  const cases: [name: string, input: Tensor, message: RegExp][] = [
    [
      "a batch of one row",
      zeros([1, 25]),
      /^Expected more than 1 value per channel when training, got input size \[1, 25\].*dropLast.*batch size/,
    ],
    [
      "one row of one position",
      zeros([1, 25, 1]),
      /^Expected more than 1 value per channel when training, got input size \[1, 25, 1\]/,
    ],
    ["another number of channels", zeros([4, 24]), /BatchNorm1d: input has shape \[4, 24\], 24 channels, expected 25/],
    ["a vector", zeros([25]), /BatchNorm1d: input has shape \[25\], expected \[N, 25\] or \[N, 25, L\]/],
    ["four dimensions", zeros([2, 25, 3, 3]), /expected \[N, 25\] or \[N, 25, L\]/],
  ];

  test.each(cases)("%s", (_, input, message) => {
    for (const momentum of [0.1, null]) {
      const layer = new BatchNorm1d(25, { momentum });
      expect(() => layer(input)).toThrow(RangeError);
      expect(() => layer(input)).toThrow(message);
      expect(stats(layer)).toEqual({ mean: Array(25).fill(0), variance: Array(25).fill(1), batches: 0 });
    }
  });

  test("another dtype, an empty batch", () => {
    const layer = new BatchNorm1d(2);
    expect(() => layer(zeros([4, 2], { dtype: "float64" }))).toThrow(TypeError);
    expect(layer(zeros([0, 2])).shape).toEqual([0, 2]);
    expect(stats(layer)).toEqual({ mean: [0, 0], variance: [1, 1], batches: 0 });
  });

  test("a row alone is fine in eval", () => {
    expect(new BatchNorm1d(2).eval()(zeros([1, 2])).shape).toEqual([1, 2]);
  });
});

test("arguments of the constructor", () => {
  expect(() => new BatchNorm1d(0)).toThrow("BatchNorm1d: numFeatures is 0, expected a whole number of at least 1");
  expect(() => new BatchNorm1d(2.5)).toThrow(RangeError);
  expect(() => new BatchNorm1d(2, { eps: Number.NaN })).toThrow("eps is NaN");
  expect(() => new BatchNorm1d(2, { momentum: Number.POSITIVE_INFINITY })).toThrow("momentum is Infinity");
  // @ts-expect-error: PyTorch's spelling
  expect(() => new BatchNorm1d(2, { track_running_stats: false })).toThrow('unknown option "track_running_stats"');
  // @ts-expect-error: options are an object
  expect(() => new BatchNorm1d(2, 1e-3)).toThrow("the options are 0.001, expected an object");
});

test("prints as PyTorch does", () => {
  expect(String(new BatchNorm1d(50))).toBe(
    "BatchNorm1d(50, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)",
  );
  expect(String(new BatchNorm1d(3, { eps: 0.001, momentum: null, affine: false, trackRunningStats: false }))).toBe(
    "BatchNorm1d(3, eps=0.001, momentum=None, affine=False, track_running_stats=False)",
  );
});
