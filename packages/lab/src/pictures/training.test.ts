import { nn, type Tensor } from "evenkeel";
import { loadSafetensors } from "evenkeel/io";
import { describe, expect, it } from "vitest";
import { packDigits } from "../../scripts/digits.ts";
import { defaultSetup, heads, parts, type Setup, type TableName } from "../state/setup.ts";
import { askStudy } from "../study/ask.ts";
import { whyNoStudy } from "../study/whyNoStudy.ts";
import { lint } from "../training/lint.ts";
import { savedNetwork } from "../training/model.ts";
import { rateSteps } from "../training/rateRange.ts";
import { RateStrip } from "../training/rates.ts";
import { recompute } from "../training/recompute.ts";
import { Runner } from "../training/runner.ts";
import { Trainer } from "../training/trainer.ts";
import { whyNoModel } from "../training/whyNoModel.ts";
import { digitColumn, digitOf, digitsTable } from "./digits.ts";
import { pixels, unpackDigits } from "./packed.ts";
import { preparePictures } from "./pictureRows.ts";

/** Fewer digits than the page has: what is tested here needs no good network. */
const table = digitsTable((await unpackDigits(packDigits())).subarray(0, 300 * pixels));
const setup: Setup = { ...defaultSetup, table: "digits", hidden: [3, 4], batchSize: 16, steps: 50 };

function trained(changes: Partial<Setup> = {}, steps = Number.POSITIVE_INFINITY) {
  const using = { ...setup, ...changes };
  const rows = preparePictures(table, using);
  const runner = new Runner(rows, using, using.right);
  runner.advance(steps);
  return { using, rows, runner };
}
const bits = ({ network }: Trainer) =>
  Object.values(network.stateDict()).map(({ data }) => Array.from(data as Float32Array));

describe("the rows of pictures", () => {
  it("are pictures, of which the first are trained on and others held out", () => {
    const { train, heldOut, truth, split, findings } = preparePictures(table, setup);
    expect([train[0].shape, heldOut[0].shape]).toEqual([
      [split.train.length, 1, 14, 14],
      [split.validation.length, 1, 14, 14],
    ]);
    expect(findings).toEqual([]);
    expect(Array.from(truth, String)).toEqual(Array.from(split.validation, (row) => digitOf(table, row)));
    expect(train[0].amax().item()).toBe(1);
  });

  it("as z-scores have mean 0 and deviation 1 over all pixels together, of the training pictures", () => {
    const [x] = preparePictures(table, { ...setup, scale: "zscore" }).train;
    expect(x.mean().item()).toBeCloseTo(0, 5);
    expect(x.std().item()).toBeCloseTo(1, 3);
    expect(Number.isFinite(x.sum().item())).toBe(true);
  });
});

describe("a ConvNet of the page", () => {
  it("learns, and shows its convolutions, their running statistics and its worst mistakes", () => {
    const { rows, runner } = trained({ steps: 200 });
    const { points, pictures, predictions, stepsPerEpoch } = runner.frame(1, true);
    expect(points.map(({ step }) => step).slice(0, 3)).toEqual([0, 4, 8]);
    expect(points.at(-1)!.evalMode).toBeLessThan(0.5);
    expect(points[0].evalMode).toBeGreaterThan(0.7);
    expect(stepsPerEpoch).toBe(Math.ceil(rows.split.train.length / 16));
    const { layers, along } = pictures.at(-1)!;
    expect(layers.map(({ name }) => name)).toEqual(["layers.0", "layers.4"]);
    for (const { given, batch, running, preActivation, gradients, updateRatio } of layers) {
      expect(given[4]).toBeGreaterThan(given[0]);
      expect(Math.abs(running!.deviation / batch.deviation - 1)).toBeLessThan(0.5);
      // What BatchNorm gives the ReLU.
      expect(preActivation[4] - preActivation[0]).toBeLessThan(8);
      expect(gradients.reduce((sum, count) => sum + count)).toBeGreaterThan(0);
      expect(updateRatio).toBeGreaterThan(0);
    }
    expect(along.losses[1]).toBeLessThan(along.losses[0]);
    if (predictions?.kind !== "classes") throw new Error("expected classes");
    const { wrong = [], counts } = predictions;
    expect(wrong.length).toBeGreaterThan(0);
    for (const { row, truth, said, ofTruth, ofSaid } of wrong) {
      expect(rows.split.validation).toContain(row);
      expect(digitOf(table, row)).toBe(truth);
      expect(said).not.toBe(truth);
      expect(ofSaid).toBeGreaterThan(ofTruth);
    }
    expect(counts.flat().reduce((sum, count) => sum + count)).toBe(rows.split.validation.length);
  });

  it("has the same bits whether it is watched or not, and after a restart", () => {
    const { using, rows, runner } = trained({ dropout: 0.2 });
    const alone = new Trainer(rows, using, "batch");
    for (let i = 0; i < 50; i++) alone.next();
    expect(bits(runner.trainer)).toEqual(bits(alone));
    lint(runner.trainer, using);
    recompute(runner.trainer, rows);
    runner.restart(rows, using);
    runner.advance(50);
    expect(bits(runner.trainer)).toEqual(bits(alone));
  });

  it.each(heads)("trains with any order and normalization: %s", (head) => {
    const orders = [parts, [...parts].reverse(), ["norm", "activation", "linear", "dropout"]] as const;
    for (const [i, right] of (["none", "batch", "layer"] as const).entries()) {
      const hidden = [[3, 4], [2], [2, 3, 4]][i];
      const { runner } = trained({ head, right, hidden, order: orders[i], dropout: 0.1, steps: 10 });
      const { points, pictures } = runner.frame(1, true);
      expect(Number.isFinite(points.at(-1)!.loss)).toBe(true);
      expect(pictures[0].layers).toHaveLength(hidden.length);
    }
    expect(trained({ head, hidden: [], steps: 10 }).runner.frame(1, true).state).toBe("finished");
  });

  it("is seen through by the linter, and has statistics to recompute", () => {
    const { using, rows, runner } = trained({ momentum: 0.001 });
    const found = lint(runner.trainer, using).map(({ rule }) => rule);
    expect(found).toContain("bias-before-norm");
    expect(found).toContain("momentum-slow");
    const { before, after } = recompute(runner.trainer, rows)!;
    expect(after).toBeLessThan(before);
    expect(recompute(trained({ right: "layer", steps: 10 }).runner.trainer, rows)).toBeUndefined();
  });

  it("has a shorter strip of learning rates than a table", () => {
    const { using, rows } = trained({ steps: 10 });
    expect(["digits", "mpg"].map((table) => rateSteps({ ...using, table: table as TableName, steps: 1000 }))).toEqual([
      100, 500,
    ]);
    const strip = new RateStrip(rows, { ...using, steps: 1000 }, "batch");
    expect(strip.train(0.01).error).toBeLessThan(0.8);
    expect(strip.train(1e30).error).toBe(Number.POSITIVE_INFINITY);
  });

  it("is downloaded as weights that the programs' network takes", () => {
    const { using, rows, runner } = trained();
    expect(whyNoModel({ ...using, times: "pixel 0,0" }, "right")).toBeUndefined();
    const { tensors } = loadSafetensors(savedNetwork(rows, using, "right", runner.trainer));
    const net = new nn.Sequential(
      new nn.Conv2d(1, 3, 3, { padding: 1 }),
      new nn.BatchNorm2d(3),
      new nn.ReLU(),
      new nn.MaxPool2d(2),
      new nn.Conv2d(3, 4, 3, { padding: 1 }),
      new nn.BatchNorm2d(4),
      new nn.ReLU(),
      new nn.MaxPool2d(2),
      new nn.Flatten(),
      new nn.Linear(36, 10),
    );
    net.loadStateDict(tensors);
    net.eval();
    const said = (net(rows.heldOut[0]) as Tensor).argmax(1);
    const wrong = Array.from(rows.truth).filter((digit, i) => digit !== said.data[i]).length;
    expect(wrong / rows.truth.length).toBe(runner.frame(1, true).points.at(-1)!.evalMode);
  });
});

describe("the study of pictures", () => {
  it("asks which head is best", { timeout: 120_000 }, async () => {
    const small = { ...setup, hidden: [2], batchSize: 64 };
    const done: number[] = [];
    const answer = await askStudy(table, digitColumn, small, { seeds: 2, onProgress: (now) => done.push(now.of) });
    // Each head at two rates with two seeds, and again at the better rate.
    expect(new Set(done)).toEqual(new Set([4 * 2 * 2 + 4 * 2]));
    expect(answer.rows.filter(({ label }) => label.startsWith("global max pooling"))).toHaveLength(2);
    expect(answer.claims).toHaveLength(3);
    expect(answer.claims[0]).toMatch(/: Global average pooling does as well/);
    expect(whyNoStudy({ ...small, left: "layer", right: "layer" })).toBeUndefined();
    expect(whyNoStudy({ ...small, hidden: [] })).toMatch(/one convolution or more/);
  });
});
