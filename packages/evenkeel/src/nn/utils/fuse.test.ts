import { beforeEach, describe, expect, it } from "vitest";
import { manualSeed } from "../../random/index.ts";
import { noGrad, randn, type Tensor } from "../../tensor/index.ts";
import * as F from "../functional/index.ts";
import * as nn from "../index.ts";
import { BatchNormLayer } from "../layers/norm/batchNorm.ts";

beforeEach(() => void manualSeed(0));

/** As after a training: statistics, scales and shifts that are not those of the start. */
function trained<M extends nn.Module>(model: M): M {
  noGrad(() => {
    for (const module of model.modules()) {
      if (!(module instanceof BatchNormLayer)) continue;
      module.running_mean?.normal_(0, 2);
      module.running_var?.uniform_(0.1, 4);
      module.weight?.normal_(1, 0.5);
      module.bias?.normal_();
    }
  });
  return model.eval() as M;
}

const fuse = (model: nn.Module, input: Tensor) => nn.utils.fuse(model, { input });
const reasons = (model: nn.Module, input: Tensor) => fuse(trained(model), input).kept.map(({ reason }) => reason);

describe("fuse", () => {
  it("folds into the Linear before, or else into the one behind, and leaves the original as it was", () => {
    const net = trained(
      new nn.Sequential(
        new nn.BatchNorm1d(3),
        new nn.Linear(3, 5, { bias: false }),
        new nn.BatchNorm1d(5),
        new nn.ReLU(),
        new nn.BatchNorm1d(5, { affine: false }),
        new nn.Dropout(0.5),
        new nn.Linear(5, 2),
      ),
    );
    const x = randn([40, 3]);
    const before = Object.entries(net.stateDict()).map(([name, value]) => [name, [...value.data]]);
    const output = net(x);
    const { model, folded, kept, difference } = fuse(net, x);
    expect(folded).toEqual([
      { norm: "0", into: "1", place: "behind" },
      { norm: "2", into: "1", place: "before" },
      { norm: "4", into: "6", place: "behind" },
    ]);
    expect(kept).toEqual([]);
    expect(model.modules().some((module) => module instanceof nn.BatchNorm1d)).toBe(false);
    expect(model.namedModules().map(([path]) => path)).toEqual(net.namedModules().map(([path]) => path));
    expect(Object.entries(net.stateDict()).map(([name, value]) => [name, [...value.data]])).toEqual(before);
    const apart = model(x).sub(output).abs().max().item();
    expect(difference.absolute).toBe(apart);
    expect(difference.absolute).toBeGreaterThan(0);
    expect(difference.relative).toBeLessThan(1e-6);
    expect(difference.relative).toBe(apart / output.abs().max().item());
  });

  it("sees what feeds what in a network of one's own, and prints what it did", () => {
    class Net extends nn.Module {
      norm1 = new nn.BatchNorm1d(4); // not in the order of the calls
      first = new nn.Linear(3, 4);
      second = new nn.Linear(4, 4);
      norm2 = new nn.BatchNorm1d(4);
      override forward(x: Tensor): Tensor {
        return this.norm2(F.relu(this.second(F.relu(this.norm1(this.first(x))))));
      }
    }
    const found = fuse(trained(new Net()), randn([8, 3]));
    expect(found.difference.relative).toBeLessThan(1e-6);
    expect(String(found).split("\n").slice(0, 3)).toEqual([
      "1 of 2 batch normalizations folded",
      '  "norm1" into "first" before it',
      '  "norm2" stays: no Linear or convolution is right before it, and none right behind',
    ]);
    expect(found.model.getSubmodule("norm1")).toBeInstanceOf(nn.Identity);
  });

  it("folds into convolutions of all kinds, with groups, borders and strides", () => {
    const net = trained(
      new nn.Sequential(
        new nn.Conv2d(3, 8, 3, { padding: 1, paddingMode: "circular", bias: false }),
        new nn.BatchNorm2d(8),
        new nn.ReLU(),
        new nn.Conv2d(8, 12, 3, { groups: 4, stride: 2 }),
        new nn.BatchNorm2d(12, { affine: false }),
        new nn.ConvTranspose2d(12, 6, 3, { groups: 3, stride: 2 }) as nn.AnyModule as nn.Module,
        new nn.BatchNorm2d(6),
        new nn.ConvTranspose2d(6, 4, 2, { bias: false }) as nn.AnyModule as nn.Module,
        new nn.BatchNorm2d(4),
      ),
    );
    const { folded, difference } = fuse(net, randn([2, 3, 9, 8]));
    expect(folded.map(({ norm, into, place }) => `${norm} ${into} ${place}`)).toEqual([
      "1 0 before",
      "4 3 before",
      "6 5 before",
      "8 7 before",
    ]);
    expect(difference.relative).toBeLessThan(2e-6);
    expect(difference.absolute).toBeGreaterThan(0);
    const first = new nn.Sequential(new nn.BatchNorm2d(3), new nn.Conv2d(3, 4, 3));
    expect(reasons(first, randn([2, 3, 9, 8]))).toEqual([
      '"1" behind it has borders of zeros, which are not normalized',
    ]);
  });

  it("keeps what it cannot fold, and says why", () => {
    const x = randn([8, 4]);
    const linear = () => new nn.Linear(4, 4);
    const norm = () => new nn.BatchNorm1d(4);
    class Model extends nn.Module {
      linear = linear();
      norm = norm();
      readonly run: (x: Tensor, linear: nn.Linear, norm: nn.BatchNorm1d) => Tensor;
      constructor(run: (x: Tensor, linear: nn.Linear, norm: nn.BatchNorm1d) => Tensor) {
        super();
        this.run = run;
      }
      override forward(x: Tensor): Tensor {
        return this.run(x, this.linear, this.norm);
      }
    }
    const of = (run: Model["run"], input = x) => reasons(new Model(run), input);
    const before = '"linear" is before it, but ';
    expect(of((x, linear, norm) => norm(linear(linear(x))))).toEqual([`${before}it is called 2 times`]);
    expect(of((x, linear, norm) => norm(norm(linear(x))))).toEqual(["it is called 2 times"]);
    expect(of((x, linear) => linear(x))).toEqual(["the model does not call it"]);
    expect(
      of((x, linear, norm) => {
        const y = linear(x);
        return norm(y).add(y);
      }),
    ).toEqual([`${before}what is between them is used elsewhere too`]);
    expect(of((x, linear, norm) => norm(linear(x).add_(1)))).toEqual([`${before}what is between them is written to`]);
    expect(of((x, linear, norm) => norm(linear(x)).add(linear.weight.sum()))).toEqual([
      `${before}its weight is used elsewhere too`,
    ]);
    expect(
      of((x, linear, norm) =>
        norm(linear(x))
          .add(norm.eps)
          .add(norm.running_var ?? 0),
      ),
    ).toEqual(["its running_var is used elsewhere too"]);
    expect(
      of((x, linear, norm) => {
        const y = norm(x);
        return linear(y).add(y);
      }),
    ).toEqual(['"linear" is behind it, but what is between them is used elsewhere too']);
    // The channels of a Linear are its last dimension, those of a BatchNorm1d the second.
    const none = "no Linear or convolution is right before it, and none right behind";
    expect(of((x, linear, norm) => norm(linear(x)), randn([2, 4, 4]))).toEqual([none]);
    expect(of((x, linear, norm) => linear(norm(x)), randn([2, 4, 4]))).toEqual([
      '"linear" behind it works on another dimension',
    ]);
    const untracked = new nn.Sequential(linear(), new nn.BatchNorm1d(4, { trackRunningStats: false }));
    expect(reasons(untracked, x)).toEqual(["it keeps no running statistics"]);
    const hooked = new nn.Sequential(linear(), norm());
    hooked.at(1).registerForwardHook(() => {});
    expect(reasons(hooked, x)).toEqual(["it has hooks, which would be gone"]);
    const other = new nn.Sequential(linear(), norm());
    other.at(0).registerForwardHook(() => {});
    expect(reasons(other, x)).toEqual(['"0" is before it, but it has hooks, which would see other values']);
    expect(reasons(norm(), x)).toEqual(["it is the whole model"]);
  });

  it("wants lazy layers to know their sizes", () => {
    const net = new nn.Sequential(new nn.LazyLinear(3), new nn.BatchNorm1d(3)).eval();
    expect(() => fuse(net, randn([4, 2]))).toThrow('"0" (LazyLinear) has not seen an input yet; call the model once');
    net(randn([4, 2]));
    expect(fuse(trained(net), randn([4, 2])).folded).toEqual([{ norm: "1", into: "0", place: "before" }]);
  });

  it("folds in float64 and rounds once, also where two are folded into one layer", () => {
    const net = trained(new nn.Sequential(new nn.BatchNorm1d(6), new nn.Linear(6, 7), new nn.BatchNorm1d(7)));
    const exact = nn.clone(net).double();
    const x = randn([5, 6]);
    const [single, double] = [fuse(net, x), fuse(exact, x.double())].map(({ model }) => model.getSubmodule("1"));
    const rounded = (module: nn.Module) => module.parameters().map(({ data }) => [...Float32Array.from(data)]);
    expect(rounded(single)).toEqual(rounded(double));
  });

  it("trains on, if its parameters did, and not where they were frozen", () => {
    const net = trained(new nn.Sequential(new nn.Linear(2, 2, { bias: false }), new nn.BatchNorm1d(2)));
    net.at(0).requiresGrad_(false);
    const { model } = fuse(net, randn([4, 2]));
    expect(model.parameters().map(({ requiresGrad }) => requiresGrad)).toEqual([false, false]);
  });
});
