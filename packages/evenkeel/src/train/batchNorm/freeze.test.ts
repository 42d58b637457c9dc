import { beforeEach, describe, expect, it } from "vitest";
import { compile } from "../../compile/index.ts";
import * as F from "../../nn/functional/index.ts";
import { BatchNorm1d, clone, Linear, ReLU, Sequential } from "../../nn/index.ts";
import { AdamW } from "../../optim/index.ts";
import { manualSeed } from "../../random/index.ts";
import { randn, type Tensor } from "../../tensor/index.ts";
import { freezeBatchNorm } from "./freeze.ts";
import { updateBatchNorm } from "./update.ts";

beforeEach(() => void manualSeed(0));

const network = () =>
  new Sequential({
    backbone: new Sequential(new Linear(3, 4, { bias: false }), new BatchNorm1d(4), new ReLU()),
    head: new Sequential(new Linear(4, 4, { bias: false }), new BatchNorm1d(4), new ReLU(), new Linear(4, 1)),
  });
const norm = (net: Sequential, path: string) => net.getSubmodule(path) as BatchNorm1d<true, true>;
const values = (tensors: readonly Tensor[]) => tensors.map(({ data }) => [...data]);

describe("freezeBatchNorm", () => {
  it("keeps statistics, scale and shift through train() and steps, and leaves the rest to be trained", () => {
    const net = network();
    const optimizer = new AdamW(net.parameters(), { lr: 0.1, weightDecay: 0.5 });
    const [x, y] = [randn([16, 3]), randn([16, 1])];
    const step = () => {
      optimizer.zeroGrad();
      F.mseLoss(net(x), y).backward();
      optimizer.step();
    };
    step();
    F.mseLoss(net(x), y).backward(); // gradients that an optimizer would otherwise use
    const frozen = norm(net, "backbone.1");
    freezeBatchNorm(net, { paths: ["backbone"] });
    const before = values([...frozen.parameters(), ...frozen.buffers()]);
    const [linear, other] = [norm(net, "backbone.0"), norm(net, "head.1")].map((layer) => values(layer.parameters()));
    optimizer.step();
    net.eval();
    net.train();
    step();
    expect(frozen.training).toBe(false);
    expect(norm(net, "head.1").training).toBe(true);
    expect(values([...frozen.parameters(), ...frozen.buffers()])).toEqual(before);
    expect(values(net.getSubmodule("backbone.0").parameters())).not.toEqual(linear);
    expect(values(norm(net, "head.1").parameters())).not.toEqual(other);
  });

  it("with affine false trains scale and shift on", () => {
    const net = network();
    freezeBatchNorm(net, { affine: false });
    net(randn([8, 3]))
      .square()
      .mean()
      .backward();
    expect(norm(net, "backbone.1").weight.grad).not.toBeNull();
    expect(norm(net, "backbone.1").num_batches_tracked.item()).toBe(0);
  });

  it("is undone by what it returns, once", () => {
    const net = network();
    norm(net, "head.1").bias.requiresGrad_(false);
    const thaw = freezeBatchNorm(net);
    net.eval();
    thaw();
    expect(norm(net, "backbone.1").training).toBe(false);
    net.train();
    expect([norm(net, "backbone.1"), norm(net, "head.1")].map(({ training }) => training)).toEqual([true, true]);
    expect(net.parameters().filter(({ requiresGrad }) => !requiresGrad)).toEqual([norm(net, "head.1").bias]);
    freezeBatchNorm(net);
    thaw();
    expect(norm(net, "backbone.1").frozen).toBe(true);
  });

  it("thaws only what it froze where it is called again", () => {
    const net = network();
    freezeBatchNorm(net, { paths: ["backbone"] });
    const thaw = freezeBatchNorm(net);
    thaw();
    expect(norm(net, "backbone.1").frozen).toBe(true);
    expect(norm(net, "backbone.1").weight.requiresGrad).toBe(false);
    expect(norm(net, "head.1").frozen).toBe(false);
  });

  it("goes with a copy, and updateBatchNorm leaves it alone", () => {
    const net = network();
    freezeBatchNorm(net, { paths: ["backbone"] });
    const copy = clone(net).train();
    updateBatchNorm(copy, [randn([32, 3])]);
    expect(norm(copy, "backbone.1").num_batches_tracked.item()).toBe(0);
    expect(norm(copy, "head.1").num_batches_tracked.item()).toBe(1);
  });

  it("has effect on a step that was compiled before, and so has its end", () => {
    const [eager, compiled] = [false, true].map((compiles) => {
      manualSeed(1);
      const net = network();
      const optimizer = new AdamW(net.parameters(), { lr: 0.05 });
      const step = compile(
        (x: Tensor) => {
          optimizer.zeroGrad();
          const loss = net(x).square().mean();
          loss.backward();
          optimizer.step();
          return loss;
        },
        { compile: compiles },
      );
      const states: number[][][] = [];
      const run = () => {
        for (let i = 0; i < 3; i++) step(randn([8, 3]));
        states.push(values(Object.values(net.stateDict())));
      };
      run();
      const thaw = freezeBatchNorm(net);
      const kept = values([...norm(net, "backbone.1").parameters(), ...norm(net, "backbone.1").buffers()]);
      run();
      expect(values([...norm(net, "backbone.1").parameters(), ...norm(net, "backbone.1").buffers()])).toEqual(kept);
      thaw();
      run();
      expect(norm(net, "backbone.1").num_batches_tracked.item()).toBe(6);
      return states;
    });
    for (const [i, state] of compiled.flat(2).entries())
      expect(Math.abs(state - eager.flat(2)[i])).toBeLessThanOrEqual(2e-5 * Math.max(1, Math.abs(eager.flat(2)[i])));
  });
});
