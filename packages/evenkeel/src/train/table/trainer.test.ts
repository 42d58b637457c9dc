import { expect, test } from "vitest";
import { mseLoss } from "../../nn/functional/index.ts";
import * as nn from "../../nn/index.ts";
import { getRngState, manualSeed } from "../../random/index.ts";
import { TabularNet } from "../../tabular/index.ts";
import { cloneState, randn, type Tensor, tensor } from "../../tensor/index.ts";
import { updateBatchNorm } from "../batchNorm/update.ts";
import { follow } from "../fit/follow.ts";
import { TableTrainer } from "./trainer.ts";

const plan = { batchSize: 8, epochs: 3, lr: 0.05, weightDecay: 0.1, patience: false, seed: 3 } as const;
const rows = () => {
  manualSeed(8);
  return { train: [randn([30, 3]), randn([30, 1])] as const };
};
const make = () => new TabularNet({ features: 3, outputs: 1 }, { hidden: [5, 4], dropout: 0.2 });

test.each(["adam", "adamw", "sgd"] as const)(
  "%s: after a reset it is as good as new, to the bit",
  async (optimizer) => {
    const data = rows();
    const trained = async (trainer: TableTrainer<TabularNet>, schedule: "onecycle" | "cosine" | "none", lr: number) => {
      const own = { ...plan, lr, schedule };
      trainer.reset(own);
      await follow(trainer.run(data, own, { keepsBest: false }), () => undefined);
      return cloneState(trainer.network.stateDict());
    };
    const used = new TableTrainer(make, { optimizer, loss: mseLoss });
    await trained(used, "onecycle", 0.3);
    for (const schedule of ["cosine", "none", "onecycle"] as const) {
      const fresh = new TableTrainer(make, { optimizer, loss: mseLoss });
      expect(await trained(used, schedule, 0.02)).toEqual(await trained(fresh, schedule, 0.02));
    }
  },
);

test("networks that draw more or less from the default generator get the same batches", async () => {
  const data = rows();
  const seen = async (dropout: number, hidden: number[]) => {
    const batches: string[] = [];
    class Watched extends TabularNet {
      override forward(x: Tensor): Tensor {
        if (this.training) batches.push(x.data.join());
        return super.forward(x);
      }
    }
    const trainer = new TableTrainer(() => new Watched({ features: 3, outputs: 1 }, { hidden, dropout }), {
      ...{ optimizer: "adam", loss: mseLoss, compile: false },
    });
    trainer.reset(plan);
    const validation = data.train;
    const own = { ...plan, schedule: "none" } as const;
    await follow(trainer.run({ ...data, validation }, own, { keepsBest: false }), () => undefined);
    return batches;
  };
  const first = await seen(0, [4]);
  expect(first).toHaveLength(12);
  expect(await seen(0.5, [6, 5])).toEqual(first);
});

test("statistics are recomputed as updateBatchNorm does it, and the training's come back", () => {
  const trainer = new TableTrainer(make, { optimizer: "adam", loss: mseLoss });
  const { train } = rows();
  const [x] = train;
  trainer.reset(plan);
  for (const _ of trainer.run({ train }, { ...plan, schedule: "none" }, { keepsBest: false }));
  const before = trainer.outputs([x]).data.slice();
  const state = getRngState();
  const recomputed = trainer.recomputed(train, () => trainer.outputs([x]).data.slice());
  expect(getRngState()).toEqual(state);
  expect(trainer.outputs([x]).data).toEqual(before);
  expect(recomputed).not.toEqual(before);
  expect(trainer.recomputed(train, () => trainer.outputs([x]).data.slice())).toEqual(recomputed);
});

test("pictures go through a network in parts, and come out as they would all at once", () => {
  const seen = new Set<number>();
  class Watched extends nn.Linear {
    override forward(x: Tensor): Tensor {
      seen.add(x.shape[0]);
      return super.forward(x);
    }
  }
  const small = () => new nn.Sequential(new Watched(4, 3), new nn.BatchNorm1d(3), new nn.Linear(3, 1));
  manualSeed(8);
  const x = randn([601, 4]);
  const read = (rowsAtOnce?: { scored: number; statistics: number }) => {
    const trainer = new TableTrainer(small, { optimizer: "adam", loss: mseLoss, ...(rowsAtOnce && { rowsAtOnce }) });
    trainer.reset(plan);
    const asTrained = trainer.outputs([x]).data.slice();
    const scored = [...seen];
    seen.clear();
    const recomputed = trainer.recomputed([x, x], () => trainer.network.stateDict()["1.running_var"].data.slice());
    updateBatchNorm(trainer.network, [x]);
    const whole = trainer.network.stateDict()["1.running_var"].data.slice();
    return { asTrained, recomputed, whole, parts: [scored, [...seen]] };
  };
  const whole = read();
  seen.clear();
  const parts = read({ scored: 256, statistics: 256 });
  expect([whole.parts[0], parts.parts[0]]).toEqual([[601], [200, 201]]);
  expect(parts.parts[1]).toEqual([201, 199, 601]);
  expect(parts.asTrained).toEqual(whole.asTrained);
  // BatchNorm is the first layer, so pooling the statistics of three parts gives those of all rows.
  for (const { recomputed } of [whole, parts]) {
    recomputed.forEach((value, i) => {
      expect(value).toBeCloseTo(whole.whole[i], 5);
    });
  }
});

test("statistics of very many rows are those of a random sample, whatever their order", () => {
  const count = 2 ** 18 + 20_000;
  const sorted = tensor(Float32Array.from({ length: count }, (_, i) => i / count)).view([count, 1]);
  const trainer = new TableTrainer(() => new nn.Sequential(new nn.BatchNorm1d(1), new nn.Linear(1, 1)), {
    ...{ optimizer: "adam", loss: mseLoss },
  });
  trainer.recompute([sorted, sorted]);
  const norm = trainer.network.at(0) as nn.BatchNorm1d;
  expect(norm.num_batches_tracked?.item()).toBe(32);
  const deviation = Math.sqrt(1 / 12);
  const error = Math.abs((norm.running_mean?.item() ?? 0) - 0.5);
  expect(error).toBeGreaterThan(0);
  // Four standard errors of a mean.
  expect(error).toBeLessThan((4 * deviation) / 512);
  expect(Math.sqrt(norm.running_var?.item() ?? 0)).toBeCloseTo(deviation, 3);
});
