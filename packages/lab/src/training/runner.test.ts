import { tableFromRows } from "evenkeel/tabular";
import { describe, expect, it } from "vitest";
import { defaultSetup, type Setup } from "../state/setup.ts";
import { prepareRows } from "./rows.ts";
import { Runner } from "./runner.ts";
import { programsFor, Trainer } from "./trainer.ts";

const table = tableFromRows(
  Array.from({ length: 200 }, (_, i) => {
    const weight = 1800 + ((i * 937) % 2900);
    return { weight, origin: ["USA", "Europe", "Japan"][i % 3], mpg: 60000 / (weight + 300 * (i % 3)) };
  }),
);
const setup: Setup = { ...defaultSetup, steps: 400, dropout: 0.2, hidden: [16, 8] };

const bytes = (trainer: Trainer) =>
  Object.values(trainer.network.stateDict()).map(({ data }) => Array.from(data as Float32Array));

describe("a training that is watched", () => {
  it.each(["none", "batch", "layer"] as const)("ends with the bits of one that is not: %s", (norm) => {
    const rows = prepareRows(table, "mpg", setup);
    const runner = new Runner(rows, setup, norm);
    runner.advance(400);
    const alone = new Trainer(rows, setup, norm);
    for (let i = 0; i < 400; i++) alone.next();
    expect(bytes(runner.trainer)).toEqual(bytes(alone));
  });

  it("draws the same curves, whatever the frames in between, and again after a restart", () => {
    const rows = prepareRows(table, "mpg", setup);
    const runner = new Runner(rows, setup, "batch");
    const whole = (sizes: number[]) => {
      runner.restart(rows, setup);
      const frames = sizes.map((size) => {
        runner.advance(size);
        return runner.frame(1, true);
      });
      return { points: frames.flatMap(({ points }) => points), pictures: frames.flatMap(({ pictures }) => pictures) };
    };
    const first = whole([400]);
    expect(first.points.map(({ step }) => step).slice(0, 4)).toEqual([0, 2, 4, 6]);
    expect(first.points).toHaveLength(201);
    expect(first.pictures).toHaveLength(41);
    expect(whole([1, 2, 3, 94, 300])).toEqual(first);
  });

  it.each(["none", "batch"] as const)(
    "goes on to other rows as a new one would, with the programs it has: %s",
    (norm) => {
      const drawn = (runner: Runner) => {
        runner.advance(60);
        return runner.frame(1, false);
      };
      const runner = new Runner(prepareRows(table, "mpg", setup), setup, norm);
      drawn(runner);
      for (const changes of [{ seed: 5, lr: 0.01 }, { scale: "zscore" }, { times: "weight", steps: 120 }] as const) {
        const changed: Setup = { ...setup, ...changes };
        const rows = prepareRows(table, "mpg", changed);
        expect(programsFor(rows, changed, norm)).toBe(programsFor(prepareRows(table, "mpg", setup), setup, norm));
        runner.restart(rows, changed);
        expect(drawn(runner)).toEqual(drawn(new Runner(rows, changed, norm)));
      }
    },
  );

  it("shows a layer's values, the running statistics that follow them, and a loss that falls along the gradient", () => {
    const runner = new Runner(prepareRows(table, "mpg", setup), setup, "batch");
    runner.advance(400);
    const { pictures, predictions } = runner.frame(1, true);
    const [start, end] = [pictures[0], pictures.at(-1)!];
    expect(end.layers.map(({ name }) => name)).toEqual(["layers.0", "layers.4"]);
    const [early, late] = [start.layers[0], end.layers[0]];
    // Raw weights are in the thousands: after one step the running mean is a tenth of the way there.
    expect(early.running!.deviation).toBeLessThan(0.5 * early.batch.deviation);
    expect(Math.abs(late.running!.deviation / late.batch.deviation - 1)).toBeLessThan(0.3);
    const [low, , middle, , high] = late.given;
    expect(low).toBeLessThan(middle);
    expect(middle).toBeLessThan(high);
    expect(late.preActivation[4]).toBeLessThan(10);
    expect(late.gradients.reduce((sum, count) => sum + count)).toBeLessThanOrEqual(16 * 4);
    expect(late.updateRatio).toBeGreaterThan(0);
    expect(start.along.losses[1]).toBeLessThan(start.along.losses[0]);
    expect(predictions?.kind === "numbers" && predictions.predicted.length).toBe(32);
  });

  it.each(["none", "batch"] as const)("shows every layer, whatever the order of its parts: %s", (norm) => {
    const reordered: Setup = { ...setup, order: ["norm", "activation", "linear", "dropout"] };
    const runner = new Runner(prepareRows(table, "mpg", reordered), reordered, norm);
    runner.advance(1);
    const [{ layers }] = runner.frame(1, false).pictures;
    expect(layers).toHaveLength(2);
    for (const { given, preActivation } of layers) {
      expect([...given, ...preActivation].every(Number.isFinite)).toBe(true);
      expect(given[4]).toBeGreaterThan(given[0]);
    }
    expect(layers[1].running).toBeUndefined();
  });

  it("sends a step before its picture while it plays, and both where it is paused", () => {
    const rows = prepareRows(table, "mpg", setup);
    const runner = new Runner(rows, setup, "batch");
    runner.advance(1);
    const first = runner.frame(1, true);
    expect([first.step, first.pictures]).toEqual([1, []]);
    runner.advance(1);
    expect(runner.frame(1, true).pictures.map(({ step }) => step)).toEqual([1]);
    runner.restart(rows, setup);
    runner.advance(1);
    expect(runner.frame(1, false).pictures.map(({ step }) => step)).toEqual([1]);
    runner.restart(rows, setup);
    runner.advance(1);
    runner.restart(rows, setup);
    expect(runner.frame(1, false).pictures).toEqual([]);
  });

  it("stops where the loss is no number, and says so", () => {
    const wild = { ...setup, optimizer: "sgd" as const, lr: 100 };
    const rows = prepareRows(table, "mpg", wild);
    const runner = new Runner(rows, wild, "none");
    runner.advance(400);
    const { state, points, step } = runner.frame(1, true);
    expect(state).toBe("diverged");
    expect(step).toBeLessThan(400);
    expect(Number.isFinite(points.at(-1)!.loss)).toBe(false);
    runner.restart(rows, { ...wild, lr: 1e-6 });
    runner.advance(400);
    expect(runner.frame(2, true).state).toBe("finished");
  });

  it("counts wrong classes", () => {
    const classes = { ...setup, right: "batch" as const };
    const runner = new Runner(prepareRows(table, "origin", classes), classes, "batch");
    runner.advance(400);
    const { predictions, points } = runner.frame(1, true);
    if (predictions?.kind !== "classes") throw new Error("expected classes");
    const all = predictions.counts.flat().reduce((sum, count) => sum + count);
    const right = predictions.counts.reduce((sum, row, i) => sum + row[i], 0);
    expect(points.at(-1)!.evalMode).toBeCloseTo(1 - right / all, 12);
  });
});
