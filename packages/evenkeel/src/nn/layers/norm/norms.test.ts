import { describe, expect, expectTypeOf, it, vi } from "vitest";
import { compile } from "../../../compile/index.ts";
import { DataLoader, TensorDataset } from "../../../data/index.ts";
import { SGD } from "../../../optim/index.ts";
import { Generator } from "../../../random/index.ts";
import { ones, randn, type Tensor, zeros } from "../../../tensor/index.ts";
import { batchNormLayers } from "../../../train/batchNorm/layers.ts";
import { fit, updateBatchNorm } from "../../../train/index.ts";
import * as nn from "../../index.ts";

const generator = new Generator(5);
const normal = (...shape: number[]) => randn(shape, { generator });

it("types read the options", () => {
  expectTypeOf(new nn.BatchNorm2d(3).weight).toEqualTypeOf<nn.Parameter>();
  expectTypeOf(new nn.BatchNorm2d(3, { affine: false }).bias).toEqualTypeOf<null>();
  expectTypeOf(new nn.BatchNorm3d(3, { trackRunningStats: false }).running_var).toEqualTypeOf<null>();
  expectTypeOf<nn.BatchNorm2d["running_mean"]>().toEqualTypeOf<nn.Buffer | null>();
  expectTypeOf(new nn.InstanceNorm1d(3).weight).toEqualTypeOf<null>();
  expectTypeOf(new nn.InstanceNorm2d(3, { affine: true }).weight).toEqualTypeOf<nn.Parameter>();
  expectTypeOf(new nn.InstanceNorm3d(3, { trackRunningStats: true }).running_mean).toEqualTypeOf<nn.Buffer>();
  expectTypeOf(new nn.GroupNorm(1, 3).weight).toEqualTypeOf<nn.Parameter>();
  expectTypeOf(new nn.GroupNorm(1, 3, { affine: false }).weight).toEqualTypeOf<null>();
  expectTypeOf(new nn.RMSNorm(3).weight).toEqualTypeOf<nn.Parameter>();
  expectTypeOf(new nn.RMSNorm(3, { elementwiseAffine: false }).weight).toEqualTypeOf<null>();
});

it("RMSNorm prints as in torch 2.4, and has one weight", () => {
  expect(String(new nn.RMSNorm(3))).toBe("RMSNorm((3,), eps=None, elementwise_affine=True)");
  const other = new nn.RMSNorm([2, 3], { eps: 1e-6, elementwiseAffine: false });
  expect(String(other)).toBe("RMSNorm((2, 3), eps=1e-06, elementwise_affine=False)");
  expect(Object.keys(new nn.RMSNorm(3).stateDict())).toEqual(["weight"]);
});

it("the default epsilon of RMSNorm is that of the input's dtype", () => {
  const zero = zeros([1, 2]).add(2 ** -30);
  const scaled = new nn.RMSNorm(2)(zero);
  expect(scaled.data[0]).toBeCloseTo(2 ** -30 / Math.sqrt(2 ** -60 + 2 ** -23), 12);
  expect(new nn.RMSNorm(2).double()(zero.double()).data[0]).toBeCloseTo(2 ** -30 / Math.sqrt(2 ** -60 + 2 ** -52), 12);
});

it("GroupNorm of one group is LayerNorm over all but the batch, of a group per channel InstanceNorm", () => {
  const x = normal(2, 4, 3, 3);
  const close = (a: Tensor, b: Tensor) => expect(a.sub(b).abs().max().item()).toBeLessThan(1e-6);
  close(new nn.GroupNorm(1, 4)(x), new nn.LayerNorm([4, 3, 3])(x));
  close(new nn.GroupNorm(4, 4)(x), new nn.InstanceNorm2d(4)(x));
});

describe("InstanceNorm", () => {
  it("with momentum null leaves its running statistics, as in torch", () => {
    const layer = new nn.InstanceNorm1d(2, { trackRunningStats: true, momentum: null });
    layer(normal(3, 2, 5));
    expect([...layer.running_mean.data, ...layer.running_var.data]).toEqual([0, 0, 1, 1]);
  });

  it("warns once of a number of channels on which nothing hangs", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const layer = new nn.InstanceNorm1d(3);
    layer(normal(2, 4, 5));
    layer(normal(2, 4, 5));
    expect(warn.mock.calls).toEqual([
      ["evenkeel: InstanceNorm1d: input has shape [2, 4, 5], 4 channels, and numFeatures is 3"],
    ]);
    warn.mockRestore();
  });

  it("leaves running statistics alone at an empty batch", () => {
    const layer = new nn.InstanceNorm1d(2, { trackRunningStats: true });
    expect(layer(zeros([0, 2, 5])).shape).toEqual([0, 2, 5]);
    expect([...layer.running_mean.data]).toEqual([0, 0]);
  });
});

it("empty batches give empty outputs", () => {
  expect(new nn.GroupNorm(2, 4)(zeros([0, 4, 3])).shape).toEqual([0, 4, 3]);
  expect(new nn.RMSNorm(3)(zeros([0, 3])).shape).toEqual([0, 3]);
  expect(new nn.LocalResponseNorm(2)(zeros([0, 3, 2])).shape).toEqual([0, 3, 2]);
  expect(new nn.BatchNorm2d(3)(zeros([0, 3, 2, 2])).shape).toEqual([0, 3, 2, 2]);
});

describe("a compiled step", () => {
  const x = normal(2, 4, 3, 3);

  it.each<[string, () => nn.Module, Record<string, unknown>]>([
    ["BatchNorm2d", () => new nn.BatchNorm2d(4), { eps: 0.3, momentum: 0.5 }],
    ["InstanceNorm2d", () => new nn.InstanceNorm2d(4, { trackRunningStats: true }), { eps: 0.3, momentum: 0.5 }],
    ["GroupNorm", () => new nn.GroupNorm(2, 4), { eps: 0.3, numGroups: 4 }],
    ["RMSNorm", () => new nn.RMSNorm(3), { eps: 0.3 }],
    ["LocalResponseNorm", () => new nn.LocalResponseNorm(2), { alpha: 0.5, beta: 0.5, k: 2, size: 3 }],
  ])("sees settings of %s that change", (_, make, changes) => {
    const [layer, twin] = [make(), make()];
    const step = compile((input: Tensor) => layer(input));
    const state = (module: nn.Module) => Object.values(module.stateDict()).flatMap(({ data }) => [...data]);
    const same = () => {
      const [compiled, eager] = [step(x), twin(x)];
      expect(compiled.sub(eager).abs().max().item()).toBeLessThan(1e-6);
      for (const [i, value] of state(layer).entries()) expect(value).toBeCloseTo(state(twin)[i], 6);
      return [...compiled.data];
    };
    let before = same();
    for (const [name, value] of Object.entries(changes)) {
      for (const module of [layer, twin]) Object.assign(module, { [name]: value });
      const now = same();
      // Momentum shows in the statistics, which are compared.
      if (name !== "momentum") expect(now).not.toEqual(before);
      before = now;
    }
    expect(step.programs).toBe(1 + Object.keys(changes).length);
  });

  it("runs the hot ones without the host, forward and backward, and says which it does not", () => {
    const fallbacks = (layer: nn.Module, input: Tensor) => {
      const step = compile((value: Tensor) => {
        const loss = layer(value).relu().square().mean();
        for (const parameter of layer.parameters()) parameter.grad = null;
        loss.backward();
        return loss;
      });
      step(input);
      return step.explain().programs[0].fallbacks;
    };
    const image = () => normal(2, 4, 3, 3).requiresGrad_();
    for (const layer of [
      new nn.BatchNorm2d(4),
      new nn.GroupNorm(2, 4),
      new nn.InstanceNorm2d(4, { affine: true, trackRunningStats: true }),
      new nn.LayerNorm([4, 3, 3]),
      new nn.RMSNorm([3, 3]),
    ]) {
      expect(fallbacks(layer, image()), String(layer)).toBe(0);
    }
    expect(fallbacks(new nn.BatchNorm2d(4).double(), image().detach().double().requiresGrad_())).toBe(0);
    expect(fallbacks(new nn.LocalResponseNorm(2), image())).toBe(2);
    expect(fallbacks(new nn.GroupNorm(2, 4).double(), image().detach().double().requiresGrad_())).toBe(2);
  });
});

describe("training knows every BatchNorm", () => {
  const images = () => new TensorDataset(normal(9, 3, 4, 4), normal(9, 1));
  const net = () =>
    new nn.Sequential(new nn.BatchNorm2d(3), new nn.InstanceNorm2d(3), new nn.Flatten(), new nn.Linear(48, 1));

  it("and no other normalization", () => {
    const model = new nn.Sequential(net(), new nn.BatchNorm1d(1), new nn.BatchNorm3d(2), new nn.GroupNorm(1, 2));
    expect(batchNormLayers(model).map((layer) => layer.constructor.name)).toEqual([
      "BatchNorm2d",
      "BatchNorm1d",
      "BatchNorm3d",
    ]);
  });

  it("updateBatchNorm gives BatchNorm2d the statistics of the images", () => {
    const model = net();
    const dataset = images();
    expect(updateBatchNorm(model, new DataLoader(dataset, { batchSize: 9 }))).toEqual({ batches: 1, rows: 9 });
    const norm = model.getSubmodule("0") as nn.BatchNorm2d<true, true>;
    const x = dataset.tensors[0];
    const close = (a: Tensor, b: Tensor) => expect(a.sub(b).abs().max().item()).toBeLessThan(1e-6);
    close(norm.running_mean, x.mean([0, 2, 3]));
    close(norm.running_var, x.var([0, 2, 3]));
    expect(norm.momentum).toBe(0.1);
  });

  it("fit joins a lone last image to the batch before, as for rows", async () => {
    const model = net();
    const before = [...model.getParameter("3.weight").data];
    const history = await fit(model, {
      train: new DataLoader(images(), { batchSize: 4 }),
      loss: new nn.MSELoss(),
      optimizer: new SGD(model.parameters(), { lr: 0.01 }),
      epochs: 1,
    });
    expect(history.epochs).toHaveLength(1);
    expect([...model.getParameter("3.weight").data]).not.toEqual(before);
    expect(model.getBuffer("0.num_batches_tracked").item()).toBe(2);
  });
});

it("resetParameters restores the initial state", () => {
  for (const layer of [new nn.GroupNorm(1, 2), new nn.RMSNorm(2), new nn.InstanceNorm1d(2, { affine: true })]) {
    nn.init.constant_(layer.weight, 3);
    layer.resetParameters();
    expect([...layer.weight.data]).toEqual([...ones([2]).data]);
  }
});
