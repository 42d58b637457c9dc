import { tableFromRows } from "evenkeel/tabular";
import { trainTable } from "evenkeel/train";
import { describe, expect, it } from "vitest";
import { defaultSetup, type Setup } from "../state/setup.ts";
import { prepareRows } from "./rows.ts";
import { Trainer } from "./trainer.ts";

const table = tableFromRows(
  Array.from({ length: 161 }, (_, i) => {
    const weight = 1800 + ((i * 937) % 2900);
    const origin = ["USA", "Europe", "Japan"][i % 3];
    return { weight, power: i % 7 === 0 ? null : 50 + ((i * 31) % 150), origin, mpg: 60000 / (weight + 300 * (i % 3)) };
  }),
);

/** The state that `trainTable` ends with, for the settings of a side. */
async function commandState(setup: Setup, side: "left" | "right", target: string, epochs: number) {
  const { model } = await trainTable(table, {
    ...{ target, recipe: "simple", seed: setup.seed, epochs, lr: setup.lr, batchSize: setup.batchSize },
    ...{ schedule: "none", patience: false, refit: false, statistics: "asTrained" },
    ...{ optimizer: setup.optimizer, ...(setup.optimizer === "adamw" && { weightDecay: 0.01 }) },
    preprocessing: { scale: setup.scale === "raw" ? "none" : "zscore" },
    network: {
      ...{ hidden: setup.hidden, norm: setup[side], activation: setup.activation, dropout: setup.dropout },
      biasBeforeNorm: setup.biasBeforeNorm,
    },
  });
  return model.network.stateDict();
}

describe("a training of the page", () => {
  // 103 training rows: with batches of 17 the last has one row, and joins the one before it.
  const setups: readonly [string, string, Partial<Setup>][] = [
    ["the tutorial's network", "mpg", {}],
    ["dropout, z-scores, AdamW", "mpg", { dropout: 0.3, scale: "zscore", optimizer: "adamw", lr: 0.003, seed: 5 }],
    [
      "a batch of one row left over",
      "mpg",
      { batchSize: 17, left: "layer", optimizer: "sgd", lr: 0.01, scale: "zscore" },
    ],
    ["classes", "origin", { hidden: [8], activation: "tanh", biasBeforeNorm: false }],
  ];
  it.each(setups)("ends with the bits of trainTable: %s", async (_, target, changes) => {
    const setup = { ...defaultSetup, ...changes };
    for (const side of ["left", "right"] as const) {
      // Both networks of the page have the batches that batch normalization needs.
      if (setup.batchSize === 17 && side === "left") continue;
      const trainer = new Trainer(prepareRows(table, target, setup), setup, setup[side]);
      for (let i = 0; i < 6 * trainer.stepsPerEpoch; i++) trainer.next();
      const expected = await commandState(setup, side, target, 6);
      const state = trainer.network.stateDict();
      expect(Object.keys(state)).toEqual(Object.keys(expected));
      for (const [name, { data }] of Object.entries(state)) {
        expect(Array.from(data as ArrayLike<number>), name).toEqual(Array.from(expected[name].data));
      }
    }
  });

  it("gives the same bits after a restart, and others with another seed", () => {
    const setup = { ...defaultSetup, dropout: 0.2 };
    const rows = prepareRows(table, "mpg", setup);
    const trainer = new Trainer(rows, setup, "batch");
    const run = (seed: number, lr: number) => {
      trainer.restart(rows, { ...setup, seed, lr });
      return Array.from({ length: 25 }, () => trainer.next());
    };
    const first = run(0, 0.001);
    expect(run(0, 0.01)).not.toEqual(first);
    expect(run(1, 0.001)).not.toEqual(first);
    expect(run(0, 0.001)).toEqual(first);
  });

  it("says how many steps an epoch has", () => {
    const count = (batchSize: number, right: "batch" | "none") => {
      const setup = { ...defaultSetup, batchSize, right };
      return new Trainer(prepareRows(table, "mpg", setup), setup, right).stepsPerEpoch;
    };
    const rows = prepareRows(table, "mpg", defaultSetup).train[0].shape[0];
    expect(rows).toBe(103);
    expect([
      count(17, "batch"),
      count(17, "none"),
      count(103, "batch"),
      count(102, "batch"),
      count(200, "none"),
    ]).toEqual([6, 7, 1, 1, 1]);
  });
});
