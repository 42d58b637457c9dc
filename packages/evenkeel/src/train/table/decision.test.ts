import { describe, expect, it } from "vitest";
import { type ClassPredictions, TableModel, tableFromRows } from "../../tabular/index.ts";
import { bestThreshold } from "../../tabular/scores/threshold.ts";
import type { TrainTableOptions } from "./options.types.ts";
import { trainTable } from "./trainTable.ts";

const noise = (i: number, k: number) => {
  const many = 43758.5453 * Math.sin(12.9898 * i + 78.233 * k);
  return many - Math.floor(many);
};
const table = tableFromRows(
  Array.from({ length: 300 }, (_, i) => {
    const [a, b] = [noise(i, 1), noise(i, 2)];
    const y = 10 * a + (1 + 3 * noise(i, 3));
    return { a, b, y, big: y > 9.5 ? "yes" : "no", size: ["s", "m", "l"][Math.min(2, Math.floor(y / 4))] };
  }),
);
const train = (target: string, options: Partial<TrainTableOptions>) =>
  trainTable(table, { target, features: ["a", "b"], epochs: 30, network: { hidden: [8], dropout: 0 }, ...options });
const saved = (model: TableModel) => TableModel.load(model.save());

describe("threshold", () => {
  it("is chosen by the first training's validation rows, kept in the file, and is what classes and scores go by", async () => {
    const { model, decision, scores, refit, split, schema } = await train("big", { threshold: "cost:1,20" });
    expect([schema.classes, refit?.kept, decision?.rows]).toEqual([["no", "yes"], true, split.validation.length]);
    const validated = refit!.validated;
    const truth = validated.preprocessing.truth(table, split.validation);
    const p = validated.predict(table, split.validation).probabilities!;
    const second = truth.map((_, i) => p[2 * i + 1]);
    const { threshold } = bestThreshold(second, truth, { falsePositive: 1, falseNegative: 20 });
    expect(decision?.threshold).toBe(threshold);

    const { classes, probabilities, threshold: kept } = saved(model).predict(table, split.test) as ClassPredictions;
    expect(kept).toBe(threshold);
    expect(classes).toEqual(Array.from(split.test, (_, i) => (probabilities![2 * i + 1] >= threshold ? "yes" : "no")));
    const right = classes!.filter(
      (name, i) => (name === "yes" ? 1 : 0) === model.preprocessing.truth(table, split.test)[i],
    );
    expect(scores.test!.accuracy).toBeCloseTo(right.length / split.test.length, 12);
    const plain = await train("big", {});
    expect(scores.test!.logLoss).toBe(plain.scores.test!.logLoss);
    // The cost of a missed row is twenty times that of a false one, so that the threshold is not the plain one.
    expect(threshold).not.toBe(0.5);
  });

  it("is a number as well", async () => {
    const { model, decision, scores } = await train("big", { threshold: 0, epochs: 1 });
    expect(decision).toEqual({ threshold: 0 });
    expect(new Set(model.predict(table).classes)).toEqual(new Set(["yes"]));
    expect(scores.train!.balancedAccuracy).toBe(0.5);
  });

  it.each<[string, Partial<TrainTableOptions>, RegExp]>([
    ["y", { threshold: 0.3 }, /threshold is of two classes, and "y" is a number/],
    ["size", { threshold: "f1" }, /threshold is of two classes, and "size" is one of several/],
    ["big", { threshold: "f1", split: { validation: 0 } }, /no validation rows to be chosen by/],
    ["big", { threshold: 1.5 }, /threshold is 1.5, expected a number from 0 to 1|threshold/],
    ["big", { threshold: "cost:1" as never }, /threshold is "cost:1"/],
    ["big", { threshold: "cost:0,1" }, /threshold is "cost:0,1"/],
  ])("%s %o is refused", async (target, options, message) => {
    await expect(train(target, options)).rejects.toThrow(message);
  });
});

describe("interval", () => {
  it("goes as far as the validation errors of the first training, and covers the test rows about as often", async () => {
    const { model, decision, refit, split } = await train("y", { interval: 0.8 });
    const validated = refit!.validated;
    const truth = validated.preprocessing.truth(table, split.validation);
    const errors = validated
      .predict(table, split.validation)
      .values!.map((value, i) => Math.abs(value - truth[i]))
      .sort();
    expect(decision?.interval).toEqual({ level: 0.8, width: errors[Math.ceil(0.8 * (errors.length + 1)) - 1] });
    const { values, interval } = saved(model).predict(table, split.test);
    expect(interval).toMatchObject({ level: 0.8, low: values!.map((value) => value - decision!.interval!.width) });
    const inside = model.preprocessing
      .truth(table, split.test)
      .filter((y, i) => interval!.low[i] <= y && y <= interval!.high[i]);
    expect(decision?.coverage).toEqual({ value: inside.length / split.test.length, rows: split.test.length });
    expect(decision!.coverage!.value).toBeGreaterThan(0.6);
    expect(validated.predict(table).interval).toBeUndefined();
  });

  it("is a factor where the target's logarithm is predicted", async () => {
    const { model, decision } = await train("y", { interval: 0.8, preprocessing: { target: "log" }, epochs: 5 });
    const { values, interval } = model.predict(table);
    const factor = Math.exp(decision!.interval!.width);
    expect(interval!.high[0]).toBeCloseTo(values![0] * factor, 10);
    expect(interval!.low[0]).toBeCloseTo(values![0] / factor, 10);
  });

  it.each<[string, Partial<TrainTableOptions>, RegExp]>([
    ["big", { interval: 0.9 }, /interval is of a number, and "big" is a class/],
    ["y", { interval: 0.99 }, /99% needs 99 validation rows, there are 48/],
    ["y", { interval: 0.9, split: { validation: 0 } }, /no validation rows/],
    ["y", { interval: 0.9, loss: "quantile:0.5" }, /predicts another quantile/],
    ["y", { interval: 90 }, /interval is 90, expected a share above 0 and below 1/],
  ])("%s %o is refused", async (target, options, message) => {
    await expect(train(target, options)).rejects.toThrow(message);
  });

  it("of a damaged file is refused", async () => {
    const { model } = await train("y", { interval: 0.8, epochs: 1 });
    const text = Buffer.from(model.save()).toString("latin1");
    const width = /\\"width\\":(\d\.\d+)/.exec(text)![1];
    const damaged = (by: string) => () =>
      TableModel.load(Buffer.from(text.replace(width, by.padEnd(width.length, "0")), "latin1"));
    expect(damaged("-1.0")).toThrow(/target.interval.width is -1, expected 0 or more/);
    expect(damaged("1.0")).not.toThrow();
  });
});

describe("loss quantile:Q", () => {
  it("predicts what this share of the targets is below", async () => {
    const share = async (loss: TrainTableOptions["loss"]) => {
      const { model, split } = await train("y", { loss, epochs: 60 });
      const values = model.predict(table, split.train).values!;
      return model.preprocessing.truth(table, split.train).filter((y, i) => y < values[i]).length / split.train.length;
    };
    expect(Math.abs((await share("quantile:0.9")) - 0.9)).toBeLessThan(0.06);
    expect(Math.abs((await share("quantile:0.2")) - 0.2)).toBeLessThan(0.08);
  });

  it.each(["quantile:0", "quantile:1", "quantile:1.5", "quantile:", "quantile:0.0", "quantil:0.5"])(
    "%s is none",
    async (loss) => {
      await expect(train("y", { loss: loss as never })).rejects.toThrow(/loss is "quantil/);
    },
  );
});
