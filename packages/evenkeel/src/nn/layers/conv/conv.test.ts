import { describe, expect, it } from "vitest";
import { compile } from "../../../compile/index.ts";
import { Generator, manualSeed } from "../../../random/index.ts";
import { arange, ones, randn, type Tensor, tensor } from "../../../tensor/index.ts";
import { dirac_ } from "../../init.ts";
import { clone } from "../../module/clone.ts";
import { Sequential } from "../../module/containers.ts";
import { summary } from "../../print/summary.ts";
import { BatchNorm1d, Linear } from "../byOptions.ts";
import { Flatten } from "../flatten.ts";
import { Conv1d, Conv2d, Conv3d, ConvTranspose2d } from "./convByOptions.ts";
import { Fold, Unfold } from "./fold.ts";
import { CircularPad1d, CircularPad2d, CircularPad3d, ReflectionPad2d, ZeroPad1d, ZeroPad3d } from "./pad.ts";

const pictures = (...shape: number[]) => arange(shape.reduce((a, b) => a * b)).reshape(shape);

describe("settings", () => {
  it("are one number for all dimensions, or one each", () => {
    const layer = new Conv2d(2, 4, [3, 1], { stride: 2, padding: [1, 0], dilation: [1, 2], groups: 2 });
    const { kernelSize, stride, padding, dilation, groups, weight, bias } = layer;
    expect({ kernelSize, stride, padding, dilation, groups }).toEqual({
      kernelSize: [3, 1],
      stride: [2, 2],
      padding: [1, 0],
      dilation: [1, 2],
      groups: 2,
    });
    expect([weight.shape, bias.shape]).toEqual([[4, 1, 3, 1], [4]]);
  });

  it("are copied from the lists that are given", () => {
    const kernel = [2, 2];
    const layer = new Conv2d(1, 1, kernel);
    kernel[0] = 5;
    expect(layer.kernelSize).toEqual([2, 2]);
  });

  it("a layer without a bias is typed so", () => {
    const none: null = new Conv1d(1, 1, 2, { bias: false }).bias;
    expect(none).toBeNull();
  });

  it("weights are drawn from a custom generator, and drawn again by resetParameters", () => {
    const [a, b] = [1, 1].map((seed) => new Conv3d(1, 2, 2, { generator: new Generator(seed) }));
    expect(a.weight.equal(b.weight)).toBe(true);
    a.resetParameters({ generator: new Generator(2) });
    expect(a.weight.equal(b.weight)).toBe(false);
    a.resetParameters({ generator: new Generator(1) });
    expect([a.weight.equal(b.weight), a.bias.equal(b.bias)]).toEqual([true, true]);
  });

  it("are copied by clone", () => {
    const layer = new ConvTranspose2d(2, 1, 2, { stride: 2, outputPadding: 1 });
    const x = randn([1, 2, 3, 3]);
    expect(clone(layer)(x).equal(layer(x))).toBe(true);
    expect(String(clone(layer))).toBe(String(layer));
  });
});

it("a convolution of Dirac's weights lets its input through", () => {
  const layer = new Conv2d(2, 2, 3, { padding: "same", bias: false });
  dirac_(layer.weight);
  const x = randn([2, 2, 4, 5]);
  expect(layer(x).equal(x)).toBe(true);
});

it("one example is a batch of one without its first dimension", () => {
  const x = randn([3, 6, 7]);
  for (const layer of [
    new Conv2d(3, 2, 3, { padding: 1, paddingMode: "circular" }),
    new ConvTranspose2d(3, 2, 3, { stride: 2 }),
    new Unfold(2),
    new CircularPad2d(2),
  ]) {
    expect(layer(x).equal((layer(x.unsqueeze(0)) as Tensor).squeeze(0)), String(layer)).toBe(true);
  }
});

it("windows that do not overlap are put back by fold", () => {
  const x = randn([2, 3, 4, 6]);
  const columns = new Unfold(2, { stride: 2 })(x);
  expect(new Fold([4, 6], 2, { stride: 2 })(columns).equal(x)).toBe(true);
});

it("layers that Debian's torch has under no name of a layer", () => {
  const x = tensor([[[1, 2, 3]]]);
  expect(new CircularPad1d([1, 2])(x).toArray()).toEqual([[[3, 1, 2, 3, 1, 2]]]);
  expect(new ZeroPad1d([0, 2])(x).toArray()).toEqual([[[1, 2, 3, 0, 0]]]);
  expect(new CircularPad3d(1)(pictures(1, 1, 2, 2, 2)).shape).toEqual([1, 1, 4, 4, 4]);
  expect(
    new ZeroPad3d(1)(ones([1, 1, 1, 1]))
      .sum()
      .item(),
  ).toBe(1);
  expect(String(new CircularPad2d(1))).toBe("CircularPad2d((1, 1, 1, 1))");
});

it("summary shows shapes and parameters", () => {
  const net = new Sequential(
    new Conv2d(1, 4, 3, { padding: 1, stride: 2 }),
    new ReflectionPad2d(1),
    new Flatten(2),
    new BatchNorm1d(4),
    new Flatten(),
    new Linear(4 * 36, 2),
  );
  const { rows, totals } = summary(net, [1, 8, 8]);
  expect(rows.map(({ outputShapes }) => outputShapes[0])).toEqual([
    ["N", 2],
    ["N", 4, 4, 4],
    ["N", 4, 6, 6],
    ["N", 4, 36],
    ["N", 4, 36],
    ["N", 144],
    ["N", 2],
  ]);
  expect(rows.map(({ params }) => params)).toEqual([0, 40, 0, 0, 8, 0, 290]);
  expect(totals.params).toBe(338);
});

describe("a compiled step", () => {
  type Writable<T> = { -readonly [K in keyof T]: T[K] };
  const changes: readonly (readonly [string, (layer: Writable<Conv2d>) => unknown])[] = [
    ["another stride", (layer) => Object.assign(layer, { stride: [2, 1] })],
    ["a stride that is written into its list", (layer) => Object.assign(layer.stride, { 1: 2 })],
    ["another padding", (layer) => Object.assign(layer, { padding: [0, 1] })],
    ["a padding by name", (layer) => Object.assign(layer, { padding: "valid" })],
    ["another dilation", (layer) => Object.assign(layer, { dilation: [1, 2] })],
    ["another border", (layer) => Object.assign(layer, { paddingMode: "reflect" })],
    ["no bias", (layer) => Object.assign(layer, { bias: null })],
    ["other weights", (layer) => layer.weight.data.fill(0.25)],
  ];

  it.each(changes)("sees %s", (_, change) => {
    manualSeed(1);
    const layer = new Conv2d(1, 2, 3, { padding: 1 });
    const x = randn([2, 1, 6, 5]);
    const step = compile((input: Tensor) => layer(input));
    const before = step(x).clone();
    expect(before.allclose(layer(x))).toBe(true);
    change(layer as Writable<Conv2d>);
    const eager = layer(x);
    const after = step(x);
    expect(after.shape).toEqual(eager.shape);
    expect(after.allclose(eager)).toBe(true);
    expect(`${after.shape}` === `${before.shape}` && after.allclose(before)).toBe(false);
  });
});
