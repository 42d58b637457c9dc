import { beforeEach, describe, expect, it } from "vitest";
import { DataLoader, TensorDataset } from "../../data/index.ts";
import { BatchNorm1d, Dropout, Linear, Module, MSELoss, ReLU, Sequential } from "../../nn/index.ts";
import { manualSeed } from "../../random/index.ts";
import { cat, noGrad, randn, type Tensor, tensor, zeros } from "../../tensor/index.ts";
import { evaluate } from "../evaluate/evaluate.ts";
import { mae } from "../evaluate/metrics.ts";
import type { Model } from "../modelState.ts";
import { batchNormGap } from "./gap.ts";
import { updateBatchNorm } from "./update.ts";

beforeEach(() => void manualSeed(0));

const loaderOf = (x: Tensor, batchSize: number) =>
  new DataLoader(new TensorDataset(x, zeros([x.shape[0], 1])), { batchSize });
const stateOf = (model: Model) => Object.entries(model.stateDict()).map(([key, value]) => [key, value.data.slice()]);
const modesOf = (model: Model) => model.modules().map(({ training }) => training);

function statistics(x: Tensor): { mean: number[]; variance: number[] } {
  const [rows, columns] = x.shape;
  const column = (c: number) => Array.from({ length: rows }, (_, r) => x.data[r * columns + c]);
  const meanOf = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const all = Array.from({ length: columns }, (_, c) => column(c));
  const mean = all.map(meanOf);
  const variance = all.map((values, c) => values.reduce((sum, v) => sum + (v - mean[c]) ** 2, 0) / (rows - 1));
  return { mean, variance };
}

describe("updateBatchNorm", () => {
  it.each(["population", "average"] as const)(
    "compiled gives the %s of the eager passes, and the same masks",
    (estimate) => {
      const network = () => {
        manualSeed(3);
        return new Sequential(
          new Linear(3, 8),
          new BatchNorm1d(8),
          new ReLU(),
          new Dropout(0.4),
          new Linear(8, 4),
          new BatchNorm1d(4),
        );
      };
      const [eager, compiled] = [network(), network()];
      const x = randn([70, 3]);
      const after = [eager, compiled].map((model, i) => {
        manualSeed(9);
        expect(updateBatchNorm(model, loaderOf(x, 32), { estimate, compile: i === 1 })).toEqual({
          batches: 3,
          rows: 70,
        });
        return randn([1]).item(); // the state of the generator
      });
      expect(after[0]).toBe(after[1]);
      const values = ([, buffer]: [string, Tensor]) => [...buffer.data];
      const [a, b] = [eager, compiled].map((model) => [...model.namedBuffers()].flatMap(values));
      for (const [i, value] of b.entries())
        expect(Math.abs(value - a[i])).toBeLessThanOrEqual(1e-6 + 1e-5 * Math.abs(a[i]));
      expect(eager.training && compiled.training).toBe(true);
    },
  );

  it("gives exactly the statistics of the rows when one batch holds them all", () => {
    const norm = new BatchNorm1d(3);
    const x = randn([40, 3]).mul(8).add(4000);
    norm(randn([5, 3]));
    expect(updateBatchNorm(norm, loaderOf(x, 40))).toEqual({ batches: 1, rows: 40 });
    const { mean, variance } = statistics(x);
    expect([...norm.running_mean.data]).toEqual(mean.map(Math.fround));
    for (const [i, value] of variance.entries()) expect(norm.running_var.data[i]).toBeCloseTo(value, 5);
    expect(norm.num_batches_tracked.item()).toBe(1);
  });

  it("pools batches of any size to the statistics of all rows, whatever their order", () => {
    const norm = new BatchNorm1d(3);
    const x = randn([41, 3]).mul(8).add(4000);
    noGrad(() => x.copy_(tensor([...x.data].sort((a, b) => Number(a) - Number(b))).reshape([41, 3])));
    noGrad(() => norm.running_mean.fill_(1e6));
    const { mean, variance } = statistics(x);
    for (const batchSize of [2, 7, 40]) {
      updateBatchNorm(norm, loaderOf(x, batchSize));
      for (const c of [0, 1, 2]) {
        expect(norm.running_mean.data[c]).toBeCloseTo(mean[c], 3); // a digit of float32 is 2.4e-4 here
        expect(norm.running_var.data[c] / variance[c]).toBeCloseTo(1, 4);
      }
    }
    expect(norm.momentum).toBe(0.1);
  });

  it("pools positions and rows alike, and every call of a layer that is called twice", () => {
    const norm = new BatchNorm1d(2);
    const [a, b] = [randn([6, 2, 5]), randn([6, 2, 5]).add(3)];
    class Twice extends Module {
      norm = norm;
      override forward(one: Tensor, other: Tensor): Tensor {
        return this.norm(one).add(this.norm(other));
      }
    }
    const flat = (x: Tensor) => x.permute(0, 2, 1).reshape([-1, 2]);
    const { mean, variance } = statistics(cat([flat(a), flat(b)]));
    for (const compile of [false, true]) {
      const batches = [0, 1, 2].map((i) => [a.narrow(0, 2 * i, 2), b.narrow(0, 2 * i, 2), zeros([2, 1])]);
      expect(updateBatchNorm(new Twice(), batches, { compile })).toEqual({ batches: 3, rows: 6 });
      for (const c of [0, 1]) {
        expect(norm.running_mean.data[c]).toBeCloseTo(mean[c], 5);
        expect(norm.running_var.data[c]).toBeCloseTo(variance[c], 4);
      }
      expect(norm.num_batches_tracked.item()).toBe(6);
    }
  });

  it('estimate "average" averages the batches equally, as PyTorch does, without a trace of what was there before', () => {
    const norm = new BatchNorm1d(2, { momentum: 0.25 });
    const x = randn([10, 2]);
    noGrad(() => norm.running_mean.fill_(1e6));
    expect(updateBatchNorm(norm, loaderOf(x, 4), { estimate: "average" })).toEqual({ batches: 3, rows: 10 });
    const parts = x.split(4).map(statistics);
    for (const c of [0, 1]) {
      const average = (values: number[]) => (values[0] + values[1] + values[2]) / 3;
      expect(norm.running_mean.data[c]).toBeCloseTo(average(parts.map(({ mean }) => mean[c])), 6);
      expect(norm.running_var.data[c]).toBeCloseTo(average(parts.map(({ variance }) => variance[c])), 6);
    }
    expect(norm.num_batches_tracked.item()).toBe(3);
    expect(norm.momentum).toBe(0.25);
  });

  it("runs the whole model in training mode, dropout included, and sets modes and momenta back", () => {
    const model = new Sequential(new Dropout(0.5), new BatchNorm1d(2, { momentum: null }), new BatchNorm1d(2));
    model.eval();
    model.getSubmodule("2").train();
    const modes = modesOf(model);
    const x = randn([8, 2]);
    manualSeed(3);
    updateBatchNorm(model, [x]);
    const drawn = randn([1]).item();
    expect(modesOf(model)).toEqual(modes);
    expect([1, 2].map((i) => (model.getSubmodule(String(i)) as BatchNorm1d).momentum)).toEqual([null, 0.1]);
    manualSeed(3);
    const dropped = statistics(new Dropout(0.5)(x)).mean;
    expect(randn([1]).item()).toBe(drawn);
    for (const c of [0, 1]) expect(model.getBuffer("1.running_mean").data[c]).toBeCloseTo(dropped[c], 6);
  });

  it("without dropout takes the statistics that evaluation meets, and draws nothing", () => {
    const [norm, x] = [new BatchNorm1d(2), randn([30, 2]).add(1)];
    const model = new Sequential(new Dropout(0.5), norm).eval();
    manualSeed(3);
    updateBatchNorm(model, [x], { dropout: false });
    const next = randn([1]).item();
    manualSeed(3);
    expect(randn([1]).item()).toBe(next);
    for (const c of [0, 1]) expect(norm.running_var.data[c]).toBeCloseTo(statistics(x).variance[c], 5);
    expect(modesOf(model)).toEqual([false, false, false]);
  });

  it("leaves parameters alone and records no gradients", () => {
    const model = new Sequential(new Linear(2, 3), new BatchNorm1d(3));
    const before = model.parameters().map(({ data }) => data.slice());
    updateBatchNorm(model, [randn([8, 2])]);
    expect(model.parameters().map(({ data }) => data)).toEqual(before);
    expect(model.parameters().every(({ grad }) => grad === null)).toBe(true);
    expect(model.buffers().every(({ requiresGrad }) => !requiresGrad)).toBe(true);
  });

  it("joins a last batch of one row to the one before", () => {
    expect(updateBatchNorm(new BatchNorm1d(2), loaderOf(randn([9, 2]), 4))).toEqual({ batches: 2, rows: 9 });
  });

  it("does nothing, and draws nothing, without running statistics", () => {
    let started = false;
    const loader = {
      *[Symbol.iterator]() {
        started = true;
        yield randn([4, 2]);
      },
    };
    expect(updateBatchNorm(new Linear(2, 1), loader)).toEqual({ batches: 0, rows: 0 });
    expect(updateBatchNorm(new BatchNorm1d(2, { trackRunningStats: false }), loader)).toEqual({ batches: 0, rows: 0 });
    expect(started).toBe(false);
  });

  it("leaves a layer alone that its module keeps in eval mode", () => {
    class Frozen extends Module {
      kept = new BatchNorm1d(2);
      updated = new BatchNorm1d(2);
      override train(mode = true): this {
        super.train(mode);
        this.kept.training = false;
        return this;
      }
      override forward(x: Tensor): Tensor {
        return this.updated(this.kept(x));
      }
    }
    const model = new Frozen();
    noGrad(() => model.kept.running_mean.fill_(5));
    updateBatchNorm(model, [randn([64, 2])]);
    expect([...model.kept.running_mean.data]).toEqual([5, 5]);
    expect(model.updated.running_mean.data[0]).toBeLessThan(-4);
  });

  it("changes nothing if it fails", () => {
    const model = new Sequential(new Dropout(0.5), new BatchNorm1d(2));
    model(randn([8, 2]));
    model.eval();
    const before = stateOf(model);
    manualSeed(1);
    const next = randn([1]).item();
    for (const loader of [[], [randn([1, 2])], [randn([4, 2]), randn([4, 3])]]) {
      manualSeed(1);
      expect(() => updateBatchNorm(model, loader)).toThrow();
      expect(randn([1]).item()).toBe(next);
      expect(stateOf(model)).toEqual(before);
      expect(modesOf(model)).not.toContain(true);
      expect((model.getSubmodule("1") as BatchNorm1d).momentum).toBe(0.1);
    }
    expect(() => updateBatchNorm(model, randn([4, 2]) as never)).toThrow("the loader is Tensor");
    const estimate = "precise" as never;
    expect(() => updateBatchNorm(model, [], { estimate })).toThrow(
      'estimate is "precise", expected one of population, average',
    );
  });
});

describe("batchNormGap", () => {
  it("shows stale running statistics, changes nothing, and closes after updateBatchNorm", () => {
    const model = new Sequential(new Linear(2, 8), new BatchNorm1d(8), new ReLU(), new Dropout(0.5), new Linear(8, 1));
    const x = randn([64, 2]).add(50);
    updateBatchNorm(model, [x]);
    model.eval();
    const data = [[x, noGrad(() => model(x))]]; // the network's output with good statistics
    noGrad(() => model.getBuffer("1.running_mean").add_(3));
    model.train();
    const before = stateOf(model);
    const modes = modesOf(model);
    const options = { loss: new MSELoss(), metrics: { mae: mae() } };
    const gap = batchNormGap(model, data, options);
    expect(stateOf(model)).toEqual(before);
    expect(modesOf(model)).toEqual(modes);
    expect(gap.running).toEqual(evaluate(model, data, options));
    expect(gap.batch.mae).toBeLessThan(0.02); // biased against unbiased variance
    expect(gap.running.mae).toBeGreaterThan(10 * gap.batch.mae);
    updateBatchNorm(model, data);
    expect(batchNormGap(model, data, options).running.mae).toBeLessThan(0.001);
  });

  it("is nought without BatchNorm, and joins a lone row", () => {
    const linear = new Linear(2, 1);
    const { running, batch } = batchNormGap(linear, loaderOf(randn([9, 2]), 4), { loss: new MSELoss() });
    expect(batch).toEqual(running);
    const norm = new Sequential(new BatchNorm1d(2), linear);
    expect(batchNormGap(norm, loaderOf(randn([9, 2]), 4), { loss: new MSELoss() }).batch.loss).toBeGreaterThan(0);
  });
});
