import { describe, expect, it } from "vitest";
import { bestThreshold, conformalWidth, TreeModel, tableFromRows } from "../../tabular/index.ts";
import { trainTable } from "../table/trainTable.ts";
import type { TreeIterationEvent } from "./options.ts";
import { trainTrees } from "./trainTrees.ts";

const rows = Array.from({ length: 400 }, (_, i) => ({
  a: Math.sin(i * 1.7),
  b: Math.cos(i * 2.3),
  kind: `k${(i * i) % 7}`,
  y: Math.sign(Math.sin(i * 1.7) * Math.cos(i * 2.3)) * 3 + ((i * i) % 7),
}));
const table = tableFromRows(rows);

describe("trainTrees", () => {
  it("scores the first fit on validation rows and the refit on the others", async () => {
    const stages = new Map<string, number>();
    const onIteration = ({ stage, iteration, iterations }: TreeIterationEvent) => {
      stages.set(stage, iteration);
      expect(iterations).toBe(60);
    };
    const result = await trainTrees(table, { target: "y", trees: { maxIter: 60 }, onIteration });
    expect([...stages]).toEqual([
      ["training", 60],
      ["refit", 60],
    ]);
    const { model, scores, refit, split } = result;
    expect(refit?.rows).toHaveLength(split.train.length + split.validation.length);
    const once = await trainTrees(table, { target: "y", trees: { maxIter: 60 }, refit: false });
    expect(once.refit).toBeUndefined();
    expect(scores.validation).toEqual(once.scores.validation);
    expect(scores.test).not.toEqual(once.scores.test);
    const ridge = result.baselines.find(({ name }) => name === "ridge");
    expect(scores.test?.rmse).toBeLessThan(0.6 * (ridge?.scores.test?.rmse ?? 0));
    expect(model.record).toMatchObject({ iterations: 60, reason: "completed", refit: { rows: 320 }, target: "y" });
    expect((await trainTrees(table, { target: "y", trees: { maxIter: 60 } })).model.save()).toEqual(model.save());
  });

  it("is compared with the same linear model as a network", async () => {
    const named = tableFromRows(rows.map((row, i) => ({ ...row, kind: i % 40 === 0 ? `rare ${i % 400}` : "usual" })));
    const ridgeOf = ({ baselines }: Pick<Awaited<ReturnType<typeof trainTrees>>, "baselines">) =>
      baselines.find(({ name }) => name === "ridge")?.scores;
    const network = { hidden: [2], members: 1 };
    const beside = await trainTable(named, { target: "y", network, epochs: 1, lengthFolds: 1 });
    expect(ridgeOf(await trainTrees(named, { target: "y", trees: { maxIter: 1 } }))).toEqual(ridgeOf(beside));
  });

  it("ends at a signal with the trees so far, and begins no refit", async () => {
    const stop = new AbortController();
    const onIteration = ({ iteration }: TreeIterationEvent) => iteration === 5 && stop.abort();
    const { iterations, reason, refit } = await trainTrees(table, { target: "y", signal: stop.signal, onIteration });
    expect([iterations, reason, refit]).toEqual([5, "aborted", undefined]);
  });

  it("keeps the first fit if a signal ends the refit", async () => {
    const stop = new AbortController();
    const onIteration = ({ stage }: TreeIterationEvent) => stage === "refit" && stop.abort();
    const { iterations, refit } = await trainTrees(table, { target: "y", signal: stop.signal, onIteration });
    expect([iterations, refit?.iterations, refit?.kept]).toEqual([100, 1, false]);
  });

  it("chooses a threshold by what the first fit says of the validation rows, and keeps it in the file", async () => {
    const named = tableFromRows(
      rows.map(({ y, ...row }, i) => ({ ...row, big: y + ((i * 7) % 5) > 4 ? "yes" : "no" })),
    );
    const { model, decision, refit, split, intervals, scores } = await trainTrees(named, {
      ...{ target: "big", threshold: "cost:1,20", trees: { maxIter: 20 } },
    });
    const { preprocessing } = refit!.validated;
    const truth = preprocessing.truth(named, split.validation);
    const p = refit!.validated.predict(named, split.validation).probabilities!;
    const second = truth.map((_, i) => p[2 * i + 1]);
    const { threshold } = bestThreshold(second, truth, { falsePositive: 1, falseNegative: 20 });
    expect(decision).toEqual({ threshold, rows: split.validation.length });
    const { classes, probabilities } = TreeModel.load(model.save()).predict(named, split.test);
    expect(classes).toEqual(Array.from(split.test, (_, i) => (probabilities![2 * i + 1] >= threshold ? "yes" : "no")));
    const right = [...model.preprocessing.truth(named, split.test)].filter((k, i) => ["no", "yes"][k] === classes![i]);
    expect(scores.test!.accuracy).toBeCloseTo(right.length / split.test.length, 12);
    expect(Object.keys(intervals!.differences)).toEqual(["commonest class", "logistic"]);
  });

  it("is as far from the truth as the first fit was on the validation rows", async () => {
    const { model, decision, refit, split, intervals, scores } = await trainTrees(table, {
      target: "y",
      interval: 0.8,
    });
    const { values } = refit!.validated.predict(table, split.validation);
    const truth = model.preprocessing.truth(table, split.validation);
    const width = conformalWidth(
      values!.map((value, i) => value - truth[i]),
      0.8,
    );
    expect(decision?.interval).toEqual({ level: 0.8, width });
    expect(decision?.coverage?.rows).toBe(split.test.length);
    const found = TreeModel.load(model.save()).predict(table, split.test);
    expect(found.interval!.high[3] - found.values![3]).toBeCloseTo(width, 9);
    const { low, high } = intervals!.scores.mae;
    expect(low < scores.test!.mae && scores.test!.mae < high).toBe(true);
    await expect(trainTrees(table, { target: "y", threshold: 0.5 })).rejects.toThrow(
      /trainTrees: .*threshold.*a number/,
    );
  });

  it("refuses options that it does not have, and values that do not fit", async () => {
    await expect(trainTrees(table, { target: "y", epochs: 3 } as never)).rejects.toThrow('unknown option "epochs"');
    await expect(trainTrees(table, { target: "y", trees: { maxBins: 256 } })).rejects.toThrow(/trees.maxBins is 256/);
    await expect(trainTrees(table, { target: "z" })).rejects.toThrow('"z"');
  });
});
