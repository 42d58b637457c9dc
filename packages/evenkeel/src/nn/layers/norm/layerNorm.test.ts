import { expect, test } from "vitest";
import { ones, randn, tensor } from "../../../tensor/index.ts";
import { layerNorm } from "../../functional/norm/layerNorm.ts";
import { LayerNorm } from "../byOptions.ts";

test("one mean and one variance for each example, in training and evaluation alike", () => {
  const layer = new LayerNorm(4, { eps: 0 });
  const x = tensor([
    [1, 2, 3, 6],
    [10, 10, 20, 20],
  ]);
  const expected = [[-2, -1, 0, 3].map((d) => Math.fround(d / Math.sqrt(3.5))), [-1, -1, 1, 1]];
  expect(layer(x).toArray()).toEqual(expected);
  expect(layer.eval()(x).toArray()).toEqual(expected);
  expect(layer(x.slice(0, 0, 1)).toArray()).toEqual(expected.slice(0, 1));
});

test("what is learned", () => {
  const names = (layer: LayerNorm) => layer.namedParameters().map(([name]) => name);
  expect(names(new LayerNorm([2, 3]))).toEqual(["weight", "bias"]);
  expect(names(new LayerNorm(3, { bias: false }))).toEqual(["weight"]);
  expect(names(new LayerNorm(3, { elementwiseAffine: false }))).toEqual([]);
  expect(new LayerNorm([2, 3]).weight.shape).toEqual([2, 3]);
});

test("resetParameters goes back to scale 1 and shift 0, in place", () => {
  const layer = new LayerNorm(2);
  const { weight, bias } = layer;
  for (const parameter of [weight, bias]) parameter?.data.fill(7);
  layer.resetParameters();
  expect([layer.weight, layer.bias]).toEqual([weight, bias]);
  expect([weight?.toArray(), bias?.toArray()]).toEqual([
    [1, 1],
    [0, 0],
  ]);
});

test("the list of sizes is the layer's own", () => {
  const sizes = [2, 3];
  const layer = new LayerNorm(sizes);
  sizes[0] = 9;
  expect(layer(randn([4, 2, 3])).shape).toEqual([4, 2, 3]);
});

test("scale and shift of the function may be left out, one by one", () => {
  const x = tensor([[1, 3]]);
  const at = (options: object) => layerNorm(x, 2, { eps: 0, ...options }).toArray();
  expect(at({})).toEqual([[-1, 1]]);
  expect(at({ weight: tensor([2, 3]) })).toEqual([[-2, 3]]);
  expect(at({ bias: ones([2]) })).toEqual([[0, 2]]);
});
