import { DataLoader, TensorDataset } from "evenkeel/data";
import * as nn from "evenkeel/nn";
import { Adam } from "evenkeel/optim";
import { manualSeed } from "evenkeel/random";
import { fit, predict, updateBatchNorm } from "evenkeel/train";
import { describe, expect, test } from "vitest";
import { arms, Net, sequential } from "./arms.ts";
import { loadMpg } from "./mpg.ts";
import { splitTable } from "./split.ts";
import { runTrial } from "./trial.ts";

const table = loadMpg();
const settings = { epochs: 3, batchSize: 32, learningRate: 0.01 };

test("all arms of a seed start from the same weights", () => {
  const weights = (build: () => { parameters(): Iterable<{ data: Iterable<number>; ndim: number }> }) => {
    manualSeed(5);
    return [...build().parameters()].filter(({ ndim }) => ndim === 2).map(({ data }) => [...data]);
  };
  expect(weights(() => new Net())).toEqual(weights(sequential));
});

describe.each(arms)("$id", ({ id, batchNorm }) => {
  test("learns, and is scored with every kind of statistics that it has", async () => {
    const epochs: number[] = [];
    const { scores, failure } = await runTrial(table, { arm: id, seed: 0 }, settings, {
      onEpoch: (epoch) => epochs.push(epoch),
    });
    expect(failure).toBeUndefined();
    expect(epochs).toEqual([1, 2, 3]);
    expect(Object.keys(scores)).toEqual(batchNorm ? ["asTrained", "recomputed"] : ["asTrained"]);
    for (const score of Object.values(scores)) {
      expect(score.curve).toHaveLength(3);
      expect(score.testMae).toBeLessThan(30);
      expect(score.testRmse).toBeGreaterThan(score.testMae);
      expect(score.testMae).toBe(score.curve[2]);
      expect(score.predictions).toHaveLength(78);
    }
  });

  test("gives the same bits again", async () => {
    const trial = { arm: id, seed: 7 };
    expect(await runTrial(table, trial, settings)).toEqual(await runTrial(table, trial, settings));
  });
});

test("scoring on the way, with statistics recomputed and put back, does not disturb the training", async () => {
  const seed = 1;
  const { scores } = await runTrial(table, { arm: "after", seed }, settings);
  expect(scores.recomputed?.testMae).not.toBe(scores.asTrained?.testMae);

  const { train, test } = splitTable(table, seed);
  manualSeed(seed);
  const model = new Net();
  const loss = new nn.MSELoss();
  await fit(model, {
    train: new DataLoader(new TensorDataset(train.x, train.y), { batchSize: settings.batchSize, shuffle: true }),
    loss,
    optimizer: new Adam(model.parameters(), { lr: settings.learningRate }),
    epochs: settings.epochs,
  });
  expect(scores.asTrained?.predictions).toEqual(Array.from(predict(model, test.x).data));
  updateBatchNorm(model, [[train.x, train.y]]);
  expect(scores.recomputed?.predictions).toEqual(Array.from(predict(model, test.x).data));
});

test("a run that diverges is a result that says why", async () => {
  const { scores, failure } = await runTrial(table, { arm: "raw", seed: 0 }, { ...settings, learningRate: 1e30 });
  expect(scores).toEqual({});
  expect(failure).toMatch(/loss/i);
});

test("an aborted run gives no result", async () => {
  const controller = new AbortController();
  const running = runTrial(table, { arm: "before", seed: 0 }, settings, {
    signal: controller.signal,
    onEpoch: () => controller.abort(),
  });
  await expect(running).rejects.toThrow(/abort/i);
});
