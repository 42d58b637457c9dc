import { describe, expect, it } from "vitest";
import { shopFeatures as features, shopRows, shopTable, withoutSeconds } from "../../../../../test/tableFixtures.ts";
import { loadCheckpoint, saveCheckpoint, saveSafetensors } from "../../io/index.ts";
import { networkOf, tableFromRows } from "../../tabular/index.ts";
import { NonFiniteLossError } from "../fit/nonFinite.ts";
import { bestLength } from "./folds.ts";
import type { TrainTableOptions } from "./options.types.ts";
import { planTable } from "./plan.ts";
import { type TableTraining, trainTable } from "./trainTable.ts";

const small: Partial<TrainTableOptions> = {
  ...{ features, compile: false, batchSize: 16, epochs: 4, lengthFolds: 3 },
  network: { hidden: [8], members: 2 },
};
const train = (target: string, options: Partial<TrainTableOptions> = {}, table = shopTable()) =>
  trainTable(table, { target, ...small, ...options });
const weightsOf = ({ model }: Pick<TableTraining, "model">) => saveSafetensors(networkOf(model).stateDict());

describe("the plan of the ensemble recipe", () => {
  const planned = (
    rows: readonly [number, number, number],
    options = {},
    task: "regression" | "binary" = "regression",
  ) => {
    const [train, validation, test] = rows.map((length) => ({ length }));
    return planTable({ train, validation, test }, task, options);
  };

  it.each<[readonly [number, number, number], object]>([
    [
      [254, 64, 80],
      { batchSize: 32, epochs: 375, patience: 94, lengthFolds: 5, refit: true, lr: 0.003, average: true },
    ],
    [[320, 80, 100], { batchSize: 32, epochs: 300, lengthFolds: 5 }],
    [[321, 80, 100], { batchSize: 30, epochs: 273, lengthFolds: 1, refit: true }],
    [[4000, 1000, 1200], { batchSize: 65 - 1, epochs: 64, patience: 16 }],
    [[8000, 2000, 2500], { batchSize: 127, epochs: 64, refit: true, network: { members: 8, dropout: 0.1 } }],
    [[8001, 2000, 2500], { batchSize: 251, epochs: 125, refit: false, network: { members: 2, dropout: 0 } }],
    [[318, 0, 80], { batchSize: 32, epochs: 150, patience: false, lengthFolds: 1, refit: false }],
    [[318, 80, 0], { lengthFolds: 1, refit: false }],
    [[3, 1, 1], { batchSize: 3, epochs: 3000, lengthFolds: 3 }],
  ])("%j rows", (rows, expected) => {
    expect(planned(rows)).toMatchObject(expected);
  });

  it("is off piece by piece, and classes end when there is nothing left to learn", () => {
    const rows = [254, 64, 80] as const;
    expect(planned(rows, { schedule: "onecycle" })).toMatchObject({ patience: false, lengthFolds: 1, refit: true });
    expect(planned(rows, { schedule: "plateau" })).toMatchObject({ patience: 94, lengthFolds: 1, refit: false });
    expect(planned(rows, { patience: false })).toMatchObject({ lengthFolds: 1, average: true });
    expect(planned(rows, { split: { time: "day" } })).toMatchObject({ lengthFolds: 1, refit: true });
    expect(planned(rows, { optimizer: "sgd" })).toMatchObject({ lr: 0.1, weightDecay: 0 });
    expect(planned(rows, { network: { members: 1 }, preprocessing: { piecewise: false } })).toMatchObject({
      network: { members: 1, hidden: [128, 128], norm: "none" },
      preprocessing: { piecewise: false, rareBelow: 3 },
    });
    expect([planned(rows).enough, planned(rows, {}, "binary").enough]).toEqual([undefined, 0.01]);
    expect(planned(rows, { patience: false }, "binary").enough).toBeUndefined();
    expect(planned([8001, 2000, 2500], {}, "binary").network).toMatchObject({ members: 2, dropout: 0.1 });
  });
});

describe("a training by the ensemble recipe", () => {
  it("refits for as many epochs as its folds say, with the rates of the plan, and scores what it saves", async () => {
    const told: string[] = [];
    const rates = new Map<string, number[]>();
    const training = await train("price", {
      onEpoch: ({ stage, fold, epoch, epochs, learningRate }) => {
        told.push(`${stage} ${fold} ${epoch}/${epochs}`);
        rates.set(`${stage} ${fold}`, [...(rates.get(`${stage} ${fold}`) ?? []), learningRate]);
      },
    });
    const { refit, plan, keptEpoch, model, scores, split } = training;
    const length = bestLength(refit?.folds ?? []);
    expect(refit).toMatchObject({ kept: true, epochs: length, history: { reason: "completed" } });
    expect(refit?.folds?.map(({ losses }) => losses.length)).toEqual([4, 4, 4]);
    expect(keptEpoch).toBe(length);
    const epochs = (name: string, count: number, of = 4) =>
      Array.from({ length: count }, (_, i) => `${name} ${i + 1}/${of}`);
    expect(told).toEqual([
      ...[...epochs("training 1", 4), ...epochs("fold 2", 4), ...epochs("fold 3", 4)],
      ...epochs("refit 0", length, length),
    ]);
    // 51 rows in 4 steps an epoch, 64 in 4 or 5: the rate of an epoch is about the same.
    const [first, last] = [rates.get("training 1") ?? [], rates.get("refit 0") ?? []];
    for (const [i, rate] of last.entries()) expect(Math.abs(rate - first[i])).toBeLessThan(0.1 * plan.lr);
    expect(model.network.options).toMatchObject({ members: 2, norm: "none", dropout: 0.1, embedding: "small" });
    const truth = model.preprocessing.truth(shopTable(), split.test);
    const values = model.predict(shopTable(), split.test).values ?? [];
    const mae = truth.reduce((sum, value, i) => sum + Math.abs(value - values[i]), 0) / truth.length;
    expect(mae).toBeCloseTo(scores.test?.mae ?? Number.NaN, 6);
    const last2 = await train("price", { average: false });
    expect(weightsOf(last2)).not.toEqual(weightsOf(training));
  });

  it.each([1, 3])(
    "that is interrupted in a fold, %i epochs in, keeps the first model, and goes on to the same bytes",
    async (at) => {
      const plain = await train("kind", { refit: false, lengthFolds: 1 });
      const stop = new AbortController();
      let file = new Uint8Array();
      const onEpoch: TrainTableOptions["onEpoch"] = (event) => {
        file = saveCheckpoint(event.checkpoint());
        if (event.stage === "fold" && event.fold === 3 && event.epoch === at) stop.abort();
      };
      const { refit, ...training } = await train("kind", { signal: stop.signal, onEpoch });
      expect(refit).toMatchObject({ kept: false, epochs: undefined, history: { epochs: [], reason: "aborted" } });
      expect(refit?.error).toBeUndefined();
      expect(weightsOf(training)).toEqual(weightsOf(plain));
      expect(training.scores).toEqual(plain.scores);
      expect(training.keptEpoch).toBe(plain.keptEpoch);
      const [resumed, whole] = [await train("kind", { resume: loadCheckpoint(file) }), await train("kind")];
      expect(Buffer.from(resumed.model.save()).equals(whole.model.save())).toBe(true);
      expect(resumed.refit?.folds).toEqual(whole.refit?.folds);
    },
  );

  it("keeps the first model where the loss of a fold stops being a number, and says why", async () => {
    const { split } = await train("price", { epochs: 1, refit: false, lengthFolds: 1 });
    // A value of the validation rows, which the folds train on, on which plain gradient descent without scaling diverges.
    const rows = shopRows(80).map((row, i) => (i === split.validation[2] ? { ...row, size: 1e10 } : row));
    const preprocessing = { scale: "none", piecewise: false } as const;
    const wild = {
      split,
      features: ["size", "weight"],
      optimizer: "sgd",
      lr: 1e-5,
      preprocessing,
      average: false,
    } as const;
    const plain = await train("price", { ...wild, refit: false, lengthFolds: 1 }, tableFromRows(rows));
    const { refit, ...training } = await train("price", wild, tableFromRows(rows));
    expect(refit?.error).toBeInstanceOf(NonFiniteLossError);
    expect(refit).toMatchObject({ kept: false, epochs: undefined, history: { epochs: [] } });
    expect(weightsOf(training)).toEqual(weightsOf(plain));
    expect(withoutSeconds(training)).toEqual(withoutSeconds(plain));
  });

  it("ends classes that it tells apart, and does not cut the other folds", async () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({ x: (i * 7) % 60, y: (i * 7) % 60 < 30 ? "low" : "high" }));
    const options = {
      target: "y",
      compile: false,
      epochs: 200,
      lr: 0.05,
      lengthFolds: 2,
      network: { hidden: [8], members: 2 },
    };
    const { history, refit, plan } = await trainTable(tableFromRows(rows), options);
    expect(plan.enough).toBe(0.01);
    const losses = history.epochs.map(({ validation }) => validation?.loss ?? Number.NaN);
    if (history.reason === "earlyStopping" && losses[losses.length - 1] <= 0.01) {
      expect(losses.slice(0, -1).every((loss) => loss > 0.01)).toBe(true);
    }
    expect(refit?.folds?.some(({ losses }) => (losses.at(-1) ?? 1) <= 0.01)).toBe(true);
    expect(history.epochs.length).toBeLessThan(200);
  });
});
