import { expect, test } from "vitest";
import { Generator, manualSeed } from "../../random/index.ts";
import { tensor, zeros } from "../../tensor/index.ts";
import { Linear } from "./byOptions.ts";
import { Identity } from "./linear.ts";

// torch.manual_seed(0); l = nn.Linear(3, 2); l.weight; l.bias; torch.rand(1)
const weight = [
  -0.004322517663240433, 0.3097158372402191, -0.4751853346824646, -0.4248946011066437, -0.2223689705133438,
  0.15482072532176971,
];
const bias = [-0.011439144611358643, 0.45777493715286255];
const next = 0.455627977848053;
const drawn = (layer: Linear) => [Array.from(layer.weight.data), Array.from(layer.bias?.data ?? [])];

test("weight, then bias, are the numbers PyTorch draws", () => {
  const generator = manualSeed(0);
  const layer = new Linear(3, 2);
  expect(drawn(layer)).toEqual([weight, bias]);
  expect(zeros([1]).uniform_(0, 1, { generator }).item()).toBe(next);
  expect(drawn(new Linear(3, 2, { generator: new Generator(0) }))).toEqual([weight, bias]);
  expect(zeros([1]).uniform_(0, 1, { generator }).item()).not.toBe(next);
});

test("without bias only the weight is drawn", () => {
  const generator = new Generator(0);
  const layer = new Linear(3, 2, { bias: false, generator });
  expect(drawn(layer)).toEqual([weight, []]);
  expect(layer.bias).toBeNull();
  expect(Object.keys(layer.stateDict())).toEqual(["weight"]);
  expect(layer.parameters()).toEqual([layer.weight]);
});

test("resetParameters draws new values into the same parameters", () => {
  const layer = new Linear(3, 2);
  const { weight: kept } = layer;
  layer.resetParameters({ generator: new Generator(0) });
  expect(drawn(layer)).toEqual([weight, bias]);
  expect(layer.weight).toBe(kept);
  expect([layer.weight.requiresGrad, layer.weight.isLeaf]).toEqual([true, true]);
});

test("computes x * weight^T + bias and its gradients", () => {
  const layer = new Linear(2, 1);
  layer.weight.data.set([2, 3]);
  layer.bias.data.set([10]);
  const y = layer(
    tensor([
      [1, 0],
      [1, 1],
    ]),
  );
  expect(y.toArray()).toEqual([[12], [15]]);
  y.sum().backward();
  expect([layer.weight.grad?.toArray(), layer.bias.grad?.toArray()]).toEqual([[[2, 1]], [2]]);
});

test("prints as PyTorch does", () => {
  expect(String(new Linear(9, 50))).toBe("Linear(in_features=9, out_features=50, bias=True)");
  expect(String(new Linear(1, 1, { bias: false }))).toBe("Linear(in_features=1, out_features=1, bias=False)");
  expect(String(new Identity())).toBe("Identity()");
});

test("misuses draw nothing from the generator", () => {
  const generator = new Generator(5);
  const before = generator.getState();
  expect(() => new Linear(0, 5, { generator })).toThrow(
    "Linear: inFeatures is 0, expected a whole number of at least 1",
  );
  expect(() => new Linear(5, -1, { generator })).toThrow("Linear: outFeatures is -1");
  expect(() => new Linear(2.5, 1, { generator })).toThrow(RangeError);
  // @ts-expect-error: a size is missing
  expect(() => new Linear(5)).toThrow("outFeatures is undefined");
  // @ts-expect-error: PyTorch's positional flag
  expect(() => new Linear(5, 2, false)).toThrow("the options are false, expected an object such as { bias: ... }");
  // @ts-expect-error: a misspelt option
  expect(() => new Linear(5, 2, { biass: false })).toThrow('unknown option "biass", expected bias, generator');
  expect(generator.getState()).toEqual(before);
  expect(() => new Linear(5, 2)(zeros([4, 3]))).toThrow(/input \[4, 3\] has 3 features in its last dimension/);
});

test("Identity gives its input back", () => {
  const x = tensor([1]);
  expect(new Identity()(x)).toBe(x);
});
