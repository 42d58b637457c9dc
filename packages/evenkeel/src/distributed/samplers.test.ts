import { expect, it } from "vitest";
import { BatchSampler, DataLoader, RandomSampler, TensorDataset } from "../data/index.ts";
import { Generator } from "../random/index.ts";
import { arange } from "../tensor/index.ts";
import { DistributedBatchSampler, DistributedSampler } from "./index.ts";

/** What torch has no word for; its positions are in test/distributed.golden.test.ts. */

it("without padding every position comes once, and shares differ by one at most", () => {
  for (const n of [0, 1, 2, 5, 12, 13]) {
    for (const numReplicas of [1, 2, 3, 7]) {
      const samplers = Array.from({ length: numReplicas }, (_, rank) => {
        return new DistributedSampler({ length: n }, { numReplicas, rank, pad: false, seed: 3 });
      });
      const orders = samplers.map((sampler) => [...sampler]);
      expect(orders.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
      expect(orders.map(({ length }) => length)).toEqual(samplers.map(({ length }) => length));
      const counts = orders.map(({ length }) => length);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }
  }
});

it("an empty dataset has no positions, with padding or without", () => {
  for (const pad of [true, false]) {
    expect([...new DistributedSampler([], { numReplicas: 2, rank: 1, pad })]).toEqual([]);
  }
});

it("the shares of batches are those batches, in order, and all ranks have as many", () => {
  const dataset = new TensorDataset(arange(23));
  const batches = () => new BatchSampler(new RandomSampler(dataset, { generator: new Generator(1) }), 5);
  const whole = [...batches()];
  for (const numReplicas of [1, 2, 3, 7]) {
    const loaders = Array.from({ length: numReplicas }, (_, rank) => {
      const batchSampler = new DistributedBatchSampler(batches(), { numReplicas, rank });
      expect(batchSampler.length).toBe(5);
      return [...new DataLoader(dataset, { batchSampler })];
    });
    for (const [i, batch] of whole.entries()) {
      expect(loaders.flatMap((each) => [...each[i][0].data])).toEqual(batch);
      const counts = loaders.map((each) => each[i][0].shape[0]);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }
  }
});
