import { expect, test } from "vitest";
import { Generator } from "../../random/index.ts";
import { ones, tensor } from "../../tensor/index.ts";
import { embedding } from "../functional/embedding.ts";
import { Embedding } from "./embedding.ts";

const int = (data: number[] | number[][]) => tensor(data, { dtype: "int32" });

test("a vector for each number, whatever the shape", () => {
  const layer = new Embedding(3, 2);
  layer.weight.data.set([1, 2, 3, 4, 5, 6]);
  expect(layer(int([2, 0])).toArray()).toEqual([
    [5, 6],
    [1, 2],
  ]);
  expect(layer(int([[1], [1]])).shape).toEqual([2, 1, 2]);
  expect(
    layer(
      int([[1], [1]])
        .select(0, 0)
        .select(0, 0),
    ).toArray(),
  ).toEqual([3, 4]);
});

test("gradients of a number add up over the places that have it; the padding gets none", () => {
  const weight = ones([3, 1], { requiresGrad: true });
  embedding(int([2, 0, 2, 1]), weight, { paddingIdx: -2 })
    .mul(tensor([[1], [2], [4], [8]]))
    .sum()
    .backward();
  expect(weight.grad?.toArray()).toEqual([[2], [0], [5]]);
});

test("the padding starts at 0, and is 0 again after resetParameters", () => {
  const generator = new Generator(3);
  const layer = new Embedding(3, 2, { paddingIdx: -1, generator });
  expect(layer.paddingIdx).toBe(2);
  const { weight } = layer;
  const drawn = new Embedding(3, 2, { generator: new Generator(3) }).weight.data;
  expect(Array.from(weight.data)).toEqual([...Array.from(drawn.slice(0, 4)), 0, 0]);
  layer.resetParameters({ generator: new Generator(3) });
  expect(layer.weight).toBe(weight);
  expect(Array.from(weight.data.slice(0, 4))).toEqual(Array.from(drawn.slice(0, 4)));
  expect(Object.is(weight.data[4], 0) && Object.is(weight.data[5], 0)).toBe(true);
});
