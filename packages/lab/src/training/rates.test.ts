import { compile, type Tensor } from "evenkeel";
import { tableFromRows } from "evenkeel/tabular";
import { expect, it } from "vitest";
import { defaultSetup, type Setup } from "../state/setup.ts";
import { heldOutError } from "./observer.ts";
import { RateStrip } from "./rates.ts";
import { prepareRows } from "./rows.ts";
import { Trainer } from "./trainer.ts";

const table = tableFromRows(
  Array.from({ length: 161 }, (_, i) => {
    const weight = 1800 + ((i * 937) % 2900);
    return { weight, origin: ["USA", "Europe", "Japan"][i % 3], mpg: 60000 / (weight + 300 * (i % 3)) };
  }),
);

// 103 training rows: of batches of 17 the last one joins the one before it, and the third epoch is cut short.
const setups: readonly Partial<Setup>[] = [
  { steps: 50, dropout: 0.2, batchSize: 17, scale: "zscore" },
  { steps: 20, batchSize: 1, right: "layer", seed: 3 },
  { steps: 12, target: "origin", optimizer: "sgd", batchSize: 4096 },
];
it.each(setups)("a rate of the strip is a training by itself: %j", (changes) => {
  const setup = { ...defaultSetup, hidden: [8], ...changes };
  const rows = prepareRows(table, setup.target || "mpg", setup);
  // Of a strip that had another seed, of which nothing is left.
  const before: Setup = { ...setup, seed: 7 };
  const strip = new RateStrip(prepareRows(table, setup.target || "mpg", before), before, setup.right);
  strip.train(0.01);
  strip.restart(rows, setup);
  // Twice, and between others: a training leaves nothing to the next.
  for (const lr of [0.01, 0.001, 0.1, 0.001]) {
    const trainer = new Trainer(rows, { ...setup, lr }, setup.right);
    for (let i = 0; i < setup.steps; i++) trainer.next();
    trainer.network.eval();
    const alone = heldOutError(
      compile((x: Tensor) => trainer.network.forward(x)),
      rows,
    );
    expect(strip.train(lr)).toEqual({ lr, error: alone });
  }
});

it("batches that are too large to keep are drawn anew", () => {
  const setup = { ...defaultSetup, hidden: [4], steps: 30 };
  const trainer = new Trainer(prepareRows(table, "mpg", setup), setup, "none");
  expect(trainer.firstBatches(500)).toHaveLength(500);
  expect(trainer.firstBatches(1_000_000)).toBeUndefined();
});
