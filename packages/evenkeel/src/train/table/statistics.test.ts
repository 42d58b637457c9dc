import { expect, test } from "vitest";
import { mseLoss } from "../../nn/functional/index.ts";
import { BatchNorm1d, Linear, Sequential } from "../../nn/index.ts";
import { manualSeed } from "../../random/index.ts";
import { linspace, zeros } from "../../tensor/index.ts";
import { chooseStatistics } from "./statistics.ts";
import { TableTrainer } from "./trainer.ts";

test("of a sorted table that takes several batches, statistics are those of all rows", () => {
  manualSeed(0);
  const rows = 20_000;
  const x = linspace(-10, 10, rows).reshape(rows, 1);
  const norm = new BatchNorm1d(1);
  const linear = new Linear(1, 1, { bias: false });
  const trainer = new TableTrainer(() => new Sequential(linear, norm), { optimizer: "adam", loss: mseLoss });
  const scores = [1, 0.5];
  const score = () => scores.shift() as number;
  const choice = chooseStatistics(trainer, [x, zeros([rows, 1])], "better", score, (loss) => loss);
  expect(choice).toEqual({ kept: "recomputed", asTrained: 1, recomputed: 0.5 });
  const weight = linear.weight.item();
  const variance = weight ** 2 * (20 ** 2 / 12); // the variance of a uniform distribution of width 20
  expect((norm.running_var.item() ?? 0) / variance).toBeCloseTo(1, 1);
  expect(Math.abs(norm.running_mean.item() ?? 1) / Math.sqrt(variance)).toBeLessThan(0.05);
});

test.each([
  ["lower", 1, 0.5, "recomputed"],
  ["higher", 0.5, 1, "asTrained"],
  ["equal: the training's stay", 1, 1, "asTrained"],
  ["NaN", 1, Number.NaN, "asTrained"],
  ["a number, that of the training NaN", Number.NaN, 1, "recomputed"],
])("the kind with the lower loss is kept; recomputed it is %s", (_, asTrained, recomputed, kept) => {
  const norm = new BatchNorm1d(1);
  const scores = [asTrained, recomputed];
  const x = linspace(0, 1, 10).reshape(10, 1);
  const trainer = new TableTrainer(() => new Sequential(norm), { optimizer: "adam", loss: mseLoss });
  const choice = chooseStatistics(
    trainer,
    [x, zeros([10, 1])],
    "better",
    () => scores.shift() as number,
    (loss) => loss,
  );
  expect(choice).toEqual({ kept, asTrained, recomputed });
  expect(norm.running_mean.item()).toBeCloseTo(kept === "recomputed" ? 0.5 : 0, 6);
});
