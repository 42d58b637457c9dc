import { describe, expect, it } from "vitest";
import { tableFromRows } from "../../tabular/index.ts";
import { trainTable } from "./trainTable.ts";

/** From 0 to 1. */
const noise = (i: number, k: number) => {
  const many = 43758.5453 * Math.sin(12.9898 * i + 78.233 * k);
  return many - Math.floor(many);
};

/** Stones whose price follows their three lengths, which nearly determine each other. */
function stones(mistyped: boolean) {
  return Array.from({ length: 400 }, (_, i) => {
    const size = 4 + 4 * noise(i, 0);
    const length = (k: number) => Math.round(100 * (size + 0.02 * noise(i, k))) / 100;
    const [x, y, z] = [length(1), length(2), Math.round(62 * size) / 100];
    const price = Math.round(size ** 3 * (8 + noise(i, 3)));
    // The decimal point has been forgotten, or is one place off, in two of the rows to test on.
    if (mistyped && i === 350) return { x, y: 100 * y, z, price };
    if (mistyped && i === 380) return { x, y, z: 10 * z, price };
    return { x, y, z, price };
  });
}

const positions = (from: number, to: number) => Int32Array.from({ length: to - from }, (_, i) => from + i);
const split = { train: positions(0, 260), validation: positions(260, 320), test: positions(320, 400) };

const train = async (mistyped: boolean, preprocessing = {}) => {
  const { model, scores, baselines } = await trainTable(tableFromRows(stones(mistyped)), {
    ...{ recipe: "simple", target: "price", split, epochs: 40, network: { hidden: [32, 16] }, preprocessing },
  });
  const ridge = baselines.find(({ name }) => name === "ridge")?.scores.test;
  return { model, rmse: scores.test?.rmse ?? Number.NaN, ridge: ridge?.rmse ?? Number.NaN };
};

describe("two mistyped rows among those to test on", () => {
  it("cost a network little, and no more than ridge regression", async () => {
    const clean = await train(false);
    const { rmse, ridge } = await train(true);
    expect(rmse).toBeLessThan(ridge);
    expect(rmse).toBeLessThan(10 * clean.rmse);
    const { rmse: free } = await train(true, { scale: "zscore", clampPredictions: false });
    expect(free).toBeGreaterThan(3 * rmse);
  });

  it("are predicted within the training's prices, by clamping alone as well", async () => {
    const { model } = await train(true, { scale: "zscore" });
    const prices = stones(true).map(({ price }) => price);
    const known = prices.slice(0, 320); // a refit trains on the validation rows too
    const { values, clamped } = model.predict(tableFromRows(stones(true)), split.test);
    expect(Math.max(...(values ?? []))).toBe(Math.max(...known));
    expect([...(clamped ?? [])]).toContain(30);
  });
});
