import { expect, expectTypeOf, it } from "vitest";
import { BatchNorm1d, Linear, Sequential } from "../nn/index.ts";
import { Adam } from "../optim/index.ts";
import { getRngState } from "../random/index.ts";
import { cloneState, noGrad, randn, tensor } from "./index.ts";

it("a module's state dict stays as it was while the module goes on", () => {
  const net = new Sequential(new Linear(2, 3), new BatchNorm1d(3));
  const kept = cloneState(net.stateDict());
  expectTypeOf(kept).toEqualTypeOf(net.stateDict());
  const before = JSON.stringify(net.stateDict());
  net(randn([4, 2]))
    .sum()
    .backward();
  noGrad(() => net.parameters()[0].zero_());
  expect(JSON.stringify(net.stateDict())).not.toBe(before);
  expect([JSON.stringify(kept), Object.keys(kept)]).toEqual([before, Object.keys(net.stateDict())]);
  net.loadStateDict(kept);
  expect(JSON.stringify(net.stateDict())).toBe(before);
});

it("an optimizer's state dict too, within a checkpoint", () => {
  const w = tensor([1, 2], { requiresGrad: true });
  const optimizer = new Adam([w]);
  const step = () => {
    optimizer.zeroGrad();
    w.square().sum().backward();
    optimizer.step();
  };
  step();
  const checkpoint = cloneState({ optimizer: optimizer.stateDict(), random: getRngState(), epoch: 3, note: null });
  const before = JSON.stringify(checkpoint);
  step();
  optimizer.paramGroups[0].lr = 7;
  expect(JSON.stringify(checkpoint)).toBe(before);
  expect(checkpoint.random).toEqual(getRngState());
  expect([checkpoint.optimizer.state[0].step.item(), checkpoint.optimizer.paramGroups[0].lr]).toEqual([1, 1e-3]);
  expect(checkpoint.optimizer.paramGroups[0].betas).not.toBe(optimizer.paramGroups[0].betas);
});

it("copies are leaves without history or gradient, with the dtype and shape of the tensor", () => {
  const w = tensor([[1], [2]], { requiresGrad: true, dtype: "float64" });
  const { y } = cloneState({ y: w.mul(2) });
  expect([y.isLeaf, y.requiresGrad, y.dtype, y.toArray()]).toEqual([true, false, "float64", [[2], [4]]]);
  expect(cloneState(w).storage).not.toBe(w.storage);
});

it("plain data are copied as they are", () => {
  const data = { a: [1, "two", { b: true }], c: null, d: undefined, e: Float32Array.of(1), f: 5n };
  const copy = cloneState(data);
  expect(copy).toEqual(data);
  expect([copy.a === data.a, copy.a[2] === data.a[2], copy.e === data.e]).toEqual([false, false, false]);
});

it.each([
  ["a function", { fit: [() => 1] }, "state.fit[0] is the function"],
  ["a map", { weights: new Map() }, "state.weights is Map"],
  ["a model", new Linear(1, 1), "state is Linear"],
])("refuses %s", (_, state, what) => {
  expect(() => cloneState(state)).toThrow(TypeError);
  expect(() => cloneState(state)).toThrow(`cloneState: ${what}, expected tensors and plain data`);
});
