import { defaultGenerator, Generator, grad, nn, noGrad, ones, optim, type Tensor, tensor } from "evenkeel";
import { expect, it } from "vitest";
import { network, snapshot } from "./misuse.ts";

/** The tables are worth as much as the snapshot sees: each of these changes must show. */

function everything() {
  const x = tensor([1, -0, Number.NaN], { requiresGrad: true });
  x.sum().backward();
  const y = x.mul(2);
  const loss = y.square().sum();
  const model = network();
  const optimizer = new optim.Adam(model.parameters());
  optimizer.step();
  return { x, y, loss, model, optimizer, generator: new Generator(3), list: [1, 2], view: ones([4]) };
}

it("is the same for the same state", () => {
  const given = everything();
  expect(snapshot(given)).toEqual(snapshot(given));
});

it.each<[string, (given: ReturnType<typeof everything>) => unknown]>([
  ["a value", ({ x }) => (x.data[0] += 1e-7)],
  ["the sign of a zero", ({ x }) => (x.data[1] = 0)],
  ["a version, though the values are the same", ({ x }) => noGrad(() => x.copy_(x.clone()))],
  ["a value of a gradient", ({ x }) => ((x.grad as Tensor).data[0] = 5)],
  ["a gradient that is gone", ({ x }) => (x.grad = null)],
  ["a gradient that is new", ({ y }) => (y.grad = ones([3]))],
  ["whether a gradient is recorded", ({ x }) => (x.requiresGrad = false)],
  ["a history", ({ y }) => y.add_(1)],
  ["a graph that was freed", ({ loss, x }) => grad(loss, x)],
  ["a hook", ({ y }) => y.registerHook(() => {})],
  ["a retained gradient", ({ y }) => y.retainGrad()],
  ["a view", ({ view }) => view.reshape(2, 2)],
  ["a parameter", ({ model }) => (model.at(0).weight.data[0] += 1)],
  ["a buffer", ({ model }) => model.at(1).running_mean.data.fill(9)],
  ["a count of batches", ({ model }) => model(ones([2, 3]))],
  ["the mode of one layer", ({ model }) => (model.at(2).training = false)],
  ["the gradient of a parameter", ({ model }) => model.zeroGrad()],
  ["a layer", ({ model }) => model.append(new nn.ReLU())],
  ["a learning rate", ({ optimizer }) => (optimizer.paramGroups[0].lr = 1)],
  ["a moment", ({ optimizer }) => ([...optimizer.state.values()][0].exp_avg.data[0] += 1)],
  ["a count of steps", ({ optimizer }) => ([...optimizer.state.values()][0].step.data[0] += 1)],
  ["a state that is gone", ({ optimizer }) => optimizer.state.clear()],
  ["a group", ({ optimizer }) => optimizer.addParamGroup({ params: [ones([1])] })],
  ["a draw", ({ generator }) => generator.random32()],
  ["a draw from the default generator", () => defaultGenerator.random32()],
  ["a seed", ({ generator }) => generator.manualSeed(2 ** 32 + 3)],
  ["an element of a list", ({ list }) => (list[1] = 3)],
])("sees %s", (_, change) => {
  const given = everything();
  const before = snapshot(given);
  change(given);
  expect(snapshot(given)).not.toEqual(before);
});
