import { describe, expect, expectTypeOf, it } from "vitest";
import { camelCase, load } from "../../../../../../test/goldens/golden.ts";
import { compile } from "../../../compile/index.ts";
import { manualSeed } from "../../../random/index.ts";
import { grad, randn, type Tensor, tensor } from "../../../tensor/index.ts";
import * as F from "../../functional/index.ts";
import * as nn from "../../index.ts";

interface Print {
  readonly layer: string;
  readonly places: readonly unknown[];
  readonly args: Readonly<Record<string, unknown>>;
  readonly repr: string;
}

describe("layers of pooling and resizing print as torch's", () => {
  it.each(load<{ prints: Print[] }>("pool.json").prints)("$repr", ({ layer, places, args, repr }) => {
    const options = Object.keys(args).length > 0 ? [camelCase(args)] : [];
    const Layer = new Map<string, unknown>(Object.entries(nn)).get(layer) as new (...given: unknown[]) => nn.Module;
    expect(String(new Layer(...places, ...options))).toBe(repr);
  });
});

manualSeed(5);
const line = randn([2, 4, 9]);
const picture = randn([2, 4, 6, 8]);
const volume = randn([1, 2, 4, 6, 5]);
const window = { stride: 2, padding: 1, ceilMode: true };

/** Each layer, an input, and the function that it is. */
const cases: [layer: nn.Module, input: Tensor, same: (x: Tensor) => Tensor][] = [
  [
    new nn.MaxPool1d(3, 2, { padding: 1, dilation: 2 }),
    line,
    (x) => F.maxPool1d(x, 3, { stride: 2, padding: 1, dilation: 2 }),
  ],
  [new nn.MaxPool2d(2), picture, (x) => F.maxPool2d(x, 2, 2)],
  [
    new nn.MaxPool2d([3, 2], window),
    picture,
    (x) => F.maxPool2d(x, [3, 2], [2, 2], { padding: [1, 1], ceilMode: true }),
  ],
  [new nn.MaxPool3d(2, window), volume, (x) => F.maxPool3d(x, 2, window)],
  [
    new nn.AvgPool1d(3, { countIncludePad: false, padding: 1 }),
    line,
    (x) => F.avgPool1d(x, 3, 3, { padding: 1, countIncludePad: false }),
  ],
  [
    new nn.AvgPool2d(3, { ...window, divisorOverride: 5 }),
    picture,
    (x) => F.avgPool2d(x, 3, { ...window, divisorOverride: 5 }),
  ],
  [new nn.AvgPool2d(2, 1), picture, (x) => F.avgPool2d(x, 2, 1)],
  [new nn.AvgPool3d(2, { stride: 1 }), volume, (x) => F.avgPool3d(x, 2, 1)],
  [new nn.AdaptiveAvgPool1d(4), line, (x) => F.adaptiveAvgPool1d(x, 4)],
  [new nn.AdaptiveAvgPool2d(1), picture, (x) => x.mean([2, 3], { keepdim: true })],
  [new nn.AdaptiveAvgPool2d([null, 3]), picture, (x) => F.adaptiveAvgPool2d(x, [6, 3])],
  [new nn.AdaptiveAvgPool3d([null, 2, 3]), volume, (x) => F.adaptiveAvgPool3d(x, [4, 2, 3])],
  [new nn.AdaptiveMaxPool1d(4), line, (x) => F.adaptiveMaxPool1d(x, 4)],
  [new nn.AdaptiveMaxPool2d(1), picture, (x) => x.amax([2, 3], { keepdim: true })],
  [new nn.AdaptiveMaxPool3d(2), volume, (x) => F.adaptiveMaxPool3d(x, [2, 2, 2])],
  [new nn.LPPool1d(2, 3), line, (x) => F.lpPool1d(x, 2, 3)],
  [new nn.LPPool2d(2, [2, 3], 1), picture, (x) => F.lpPool2d(x, 2, [2, 3], { stride: 1 })],
  [new nn.Upsample({ scaleFactor: 2 }), line, (x) => F.interpolate(x, { scaleFactor: [2] })],
  [
    new nn.Upsample({ size: [5, 11], mode: "bilinear" }),
    picture,
    (x) => F.interpolate(x, { size: [5, 11], mode: "bilinear" }),
  ],
  [
    new nn.Upsample({ scaleFactor: 1.5, mode: "trilinear", recomputeScaleFactor: true }),
    volume,
    (x) => F.interpolate(x, { size: [6, 9, 7], mode: "trilinear" }),
  ],
  [new nn.UpsamplingNearest2d({ scaleFactor: 2 }), picture, (x) => F.interpolate(x, { size: [12, 16] })],
  [
    new nn.UpsamplingBilinear2d({ size: 9 }),
    picture,
    (x) => F.interpolate(x, { size: 9, mode: "bilinear", alignCorners: true }),
  ],
  [new nn.PixelShuffle(2), picture, (x) => F.pixelShuffle(x, 2)],
  [new nn.PixelUnshuffle(2), picture, (x) => F.pixelUnshuffle(x, 2)],
  [new nn.ChannelShuffle(2), picture, (x) => F.channelShuffle(x, 2)],
];

describe("as the functions, compiled as eager, with gradients", () => {
  it.each(cases.map((row) => [String(row[0]), ...row] as const))("%s", (_, layer, input, same) => {
    expect(layer(input).toArray()).toEqual(same(input).toArray());
    const step = (x: Tensor) => {
      const y = layer(x);
      return [y, ...grad(y.square().sum(), [x])];
    };
    for (const dtype of ["float32", "float64"] as const) {
      const x = input.to(dtype).requiresGrad_();
      const compiled = compile(step)(x);
      for (const [i, eager] of step(x).entries()) {
        expect(compiled[i].shape).toEqual(eager.shape);
        for (const [j, value] of eager.data.entries()) expect(compiled[i].data[j]).toBeCloseTo(value, 5);
      }
    }
  });
});

describe("a setting that changes between two calls of a compiled step counts", () => {
  const changed: [layer: nn.Module, field: string, value: unknown, input: Tensor][] = [
    [new nn.MaxPool2d(2), "stride", 1, picture],
    [new nn.MaxPool2d([2, 2]), "kernelSize", [1, 2], picture],
    [new nn.MaxPool2d(2), "ceilMode", true, picture.slice(2, 0, 5)],
    [new nn.AvgPool2d(2), "divisorOverride", 2, picture],
    [new nn.AdaptiveAvgPool2d(2), "outputSize", 3, picture],
    [new nn.AdaptiveMaxPool2d(2), "outputSize", [1, 2], picture],
    [new nn.LPPool2d(2, 2), "normType", 3, picture.abs()],
    [new nn.Upsample({ scaleFactor: 2 }), "scaleFactor", 3, picture],
    [new nn.Upsample({ size: 9 }), "mode", "bilinear", picture],
    [new nn.PixelShuffle(2), "upscaleFactor", 1, picture],
    [new nn.ChannelShuffle(2), "groups", 4, picture],
  ];
  it.each(changed.map((row) => [`${row[0]}: ${row[1]}`, ...row] as const))("%s", (_, layer, field, value, input) => {
    const step = compile((x: Tensor) => layer(x));
    const before = step(input);
    expect(before.toArray()).toEqual(layer(input).toArray());
    (layer as unknown as Record<string, unknown>)[field] = value;
    const after = step(input);
    expect(after.shape).toEqual(layer(input).shape);
    for (const [i, eager] of layer(input).data.entries()) expect(after.data[i]).toBeCloseTo(eager, 5);
    expect(after.toArray()).not.toEqual(before.toArray());
  });
});

it("a list that was given may change afterwards", () => {
  const size: [number, number] = [2, 2];
  const pool = new nn.MaxPool2d(size);
  size[0] = 1;
  expect(pool(picture).shape).toEqual([2, 4, 3, 4]);
});

it("returnIndices gives the places too, in types as well", () => {
  const x = tensor([[[1, 3, 2, 2, 5, 5]]]);
  const pool = new nn.MaxPool1d(2, { returnIndices: true });
  expectTypeOf(pool(x)).toEqualTypeOf<[output: Tensor, indices: Tensor]>();
  expectTypeOf(new nn.MaxPool1d(2)(x)).toEqualTypeOf<Tensor>();
  expectTypeOf(F.maxPool1d(x, 2, 2, { returnIndices: true })).toEqualTypeOf<[output: Tensor, indices: Tensor]>();
  expectTypeOf(F.adaptiveMaxPool1d(x, 2)).toEqualTypeOf<Tensor>();
  const [y, places] = pool(x);
  expect([y.toArray(), places.toArray(), places.dtype]).toEqual([[[[3, 2, 5]]], [[[1, 2, 4]]], "int32"]);
  const unpool = new nn.MaxUnpool1d(2);
  expect(unpool(y, places).toArray()).toEqual([[[0, 3, 2, 0, 5, 0]]]);
  expect(unpool(y, places, { outputSize: [7] }).shape).toEqual([1, 1, 7]);
  const [top, at] = new nn.AdaptiveMaxPool1d(1, { returnIndices: true })(x);
  expect([top.toArray(), at.toArray()]).toEqual([[[[5]]], [[[4]]]]);
});

it("nothing flows through indices, and eager writes none that a step would not", () => {
  const x = picture.clone().requiresGrad_();
  const step = (x: Tensor) => {
    const [y, places] = F.maxPool2d(x, 2, 2, { returnIndices: true });
    return [places, F.maxUnpool2d(y, places, 2), ...grad(F.maxUnpool2d(y, places, 2).mul(x).sum(), [x])];
  };
  const eager = step(x);
  expect(eager[0].requiresGrad).toBe(false);
  expect(compile(step)(x).map((y) => y.toArray())).toEqual(eager.map((y) => y.toArray()));
});
