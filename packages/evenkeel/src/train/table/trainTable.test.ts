import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  shopFeatures as features,
  shopRows,
  shopTable,
  vegaTable,
  withoutSeconds,
} from "../../../../../test/tableFixtures.ts";
import { version } from "../../core/index.ts";
import { type Checkpoint, saveSafetensors } from "../../io/index.ts";
import {
  networkOf,
  type Split,
  scoresOf,
  splitRows,
  type Table,
  TableError,
  TableModel,
  type TabularNet,
  tableFromRows,
} from "../../tabular/index.ts";
import { cloneState } from "../../tensor/index.ts";
import { NonFiniteLossError } from "../fit/nonFinite.ts";
import type { TrainTableOptions } from "./options.types.ts";
import { planTable } from "./plan.ts";
import { type TableTraining, trainTable } from "./trainTable.ts";

const network = { hidden: [8] };
const small: Partial<TrainTableOptions> = { recipe: "simple", features, epochs: 3, network };
/** Few rows to train on. */
const tiny = { split: { validation: 0.25, test: 0.6 } };
const train = (target: string, options: Partial<TrainTableOptions> = {}, table: Table = shopTable()) =>
  trainTable(table, { target, ...small, ...options });
/** Without the functions of baselines, which are others in each training. */
const figuresOf = (value: unknown): unknown => value && JSON.parse(JSON.stringify(value));
const weightsOf = ({ model }: Pick<TableTraining, "model">) => saveSafetensors(networkOf(model).stateDict());

describe("trainTable", () => {
  it("cars: better than the mean and than ridge regression, in the target's own unit", async () => {
    const { scores, baselines, schema, split, plan, keptEpoch } = await trainTable(vegaTable("cars.json"), {
      ...{ recipe: "simple", target: "Miles_per_Gallon", epochs: 20 },
    });
    expect(schema.task).toBe("regression");
    expect([split.train, split.validation, split.test].map(({ length }) => length)).toEqual([254, 64, 80]);
    const of = (name: string) => baselines.find((baseline) => baseline.name === name)?.scores.test?.mae ?? Number.NaN;
    expect(of("mean")).toBeGreaterThan(5);
    expect(scores.test?.mae).toBeLessThan(of("mean") / 2);
    expect(scores.test?.mae).toBeLessThan(of("ridge"));
    expect(scores.train?.r2).toBeGreaterThan(0.85);
    expect(plan).toMatchObject({ batchSize: 32, optimizer: "adamw", schedule: "onecycle", patience: false });
    expect(keptEpoch).toBe(20);
  });

  it("penguins: nearly all right", async () => {
    const { scores, schema, model } = await trainTable(vegaTable("penguins.json"), {
      ...{ recipe: "simple", target: "Species", epochs: 10 },
    });
    expect(schema.classes).toEqual(["Adelie", "Chinstrap", "Gentoo"]);
    expect(model.network.options.dropout).toBe(0.25);
    expect(scores.test?.accuracy).toBeGreaterThan(0.95);
    expect(model.predict(vegaTable("penguins.json")).classes?.slice(0, 2)).toEqual(["Adelie", "Adelie"]);
  });

  it.each(["price", "kind", "sold"])(
    "%s: the same table and options give the same bytes, the table stays",
    async (target) => {
      const table = shopTable();
      const before = structuredClone(table);
      const options = { target, ...small, network: { hidden: [8], dropout: 0.2 } };
      const frozen = structuredClone(options);
      const [first, second] = [await trainTable(table, options), await trainTable(table, options)];
      expect(Buffer.from(first.model.save()).equals(second.model.save())).toBe(true);
      expect(withoutSeconds(first)).toEqual(withoutSeconds(second));
      expect(table).toEqual(before);
      expect(options).toEqual(frozen);
      const other = await trainTable(table, { ...options, seed: 1 });
      expect(other.split.test).not.toEqual(first.split.test);
    },
  );

  it("the split follows from the seed unless it says otherwise; undefined options are as good as left out", async () => {
    const of = async (options: Partial<TrainTableOptions>) => (await train("price", { epochs: 1, ...options })).split;
    const expected = await of({ seed: 3 });
    expect(await of({ seed: 3, split: { seed: undefined, test: undefined }, lr: undefined })).toEqual(expected);
    expect(await of({ seed: 4, split: { seed: 3 } })).toEqual(expected);
    expect(await of({ seed: 4, split: expected })).toEqual(expected);
  });

  it("compiled and eager trainings agree to rounding", async () => {
    const [a, b] = [await train("kind"), await train("kind", { compile: false })];
    const [p, q] = [a, b].map(({ model }) => model.predict(shopTable()).probabilities ?? new Float64Array());
    expect(Math.max(...p.map((value, i) => Math.abs(value - q[i])))).toBeLessThan(1e-4);
  });

  it("records how the model came about, and the parts can be drawn again from it", async () => {
    const table = shopTable();
    const training = await train("price", { seed: 5, split: { test: 0.3 }, record: { source: "shop.csv" } }, table);
    const { record, schema } = training.model;
    expect(record).toEqual(TableModel.load(training.model.save()).record);
    expect(record).toMatchObject({
      ...{ evenkeel: version, rows: 80, target: "price", task: "regression", seed: 5, source: "shop.csv" },
      split: { validation: 0.16, test: 0.3 },
      sizes: { train: 43, validation: 13, test: 24 },
      plan: { optimizer: "adamw", network: { hidden: [8], dropout: 0.15 } },
      ...{ epochs: 3, keptEpoch: 3, scores: training.scores, statistics: training.statistics?.kept },
      baselines: { mean: { test: { mae: expect.any(Number) } }, ridge: {} },
    });
    expect(splitRows(table, schema, { seed: 5, ...(record.split as object) })).toEqual(training.split);
    expect(JSON.parse(readFileSync("packages/evenkeel/package.json", "utf8")).version).toBe(version);
    const given = await train("price", { split: training.split }, table);
    expect(given.model.record).toMatchObject({ sizes: { train: 43 } });
    expect(given.model.record).not.toHaveProperty("split");
  });
});

describe("kinds of tables", () => {
  it("embeds columns of many categories beside the others, or all there is", async () => {
    const { model } = await train("price");
    expect(model.network.size.embeddings).toEqual([16, 21]);
    expect(model.network.size.features).toBeGreaterThan(5);
    const all = await train("price", {
      features: ["town", "colour"],
      preprocessing: { embedAbove: 0 },
      epochs: 8,
      lr: 0.1,
    });
    expect(all.model.network.size).toMatchObject({ features: 0, embeddings: [16, 4] });
    expect(all.scores.train?.r2).toBeGreaterThan(0.2);
  });

  it.each(["size", "colour", "town", "new"])("one feature: %s", async (feature) => {
    const { scores } = await train("sold", { features: [feature] });
    expect(Number.isFinite(scores.test?.logLoss)).toBe(true);
  });

  it("predicts in the target's own unit whatever was done to it", async () => {
    for (const target of ["zscore", "log", "none"] as const) {
      const { scores, history, model } = await train("price", { preprocessing: { target }, epochs: 20, lr: 0.05 });
      const last = history.epochs[19].validation?.mae ?? Number.NaN;
      expect(last, target).toBeGreaterThan(0.5 * (scores.validation?.mae ?? 0));
      expect(scores.train?.mae, target).toBeLessThan(target === "none" ? 40 : 8);
      const values = model.predict(shopTable()).values ?? [];
      expect(Math.max(...values), target).toBeGreaterThan(10);
    }
  });

  it("without validation rows there is nothing to choose by, without test rows nothing to say", async () => {
    const { scores, history, statistics, keptEpoch } = await train("price", { split: { validation: 0, test: 0 } });
    expect(Object.keys(scores)).toEqual(["train"]);
    expect(history.epochs[0].validation).toBeUndefined();
    expect(statistics?.kept).toBe("asTrained");
    expect(keptEpoch).toBe(3);
    const stopping = await train("price", { split: { validation: 0 }, patience: 1, epochs: 4, schedule: "none" });
    expect(Object.keys(stopping.scores)).toEqual(["train", "test"]);
  });

  it("a single batch, a single epoch, a row left over", async () => {
    for (const schedule of ["onecycle", "cosine", "step", "plateau", "none"] as const) {
      const { history } = await train("price", { epochs: 1, batchSize: 64, schedule });
      expect(history.steps, schedule).toBe(1);
    }
    // 51 training rows would leave a batch of one row, which is joined.
    const { history, split } = await train("price", { epochs: 1, batchSize: 50 });
    expect([split.train.length, history.steps]).toEqual([51, 1]);
  });
});

describe("the learning rate", () => {
  const rates = async (options: Partial<TrainTableOptions>) => {
    const { history } = await train("price", { epochs: 6, lr: 0.02, batchSize: 16, ...options });
    return history.epochs.map(({ learningRate }) => learningRate);
  };

  it("rises and falls over all steps of one cycle, or follows the schedule that was asked for", async () => {
    const cycle = await rates({});
    expect(Math.max(...cycle)).toBeGreaterThan(0.015);
    expect(cycle.indexOf(Math.max(...cycle))).toBe(1);
    expect(cycle[5]).toBeLessThan(0.02 / 100);
    const cosine = [1, 2, 3, 4, 5].map((epoch) => expect.closeTo(0.01 * (1 + Math.cos((Math.PI * epoch) / 6)), 10));
    expect(await rates({ schedule: "cosine" })).toEqual([0.02, ...cosine]);
    const stepped = [0.02, 0.02, 0.002, 0.002, 0.0002, 0.0002].map((rate) => expect.closeTo(rate, 10));
    expect(await rates({ schedule: "step" })).toEqual(stepped);
    expect(await rates({ schedule: "none" })).toEqual(Array(6).fill(0.02));
    // At this rate nothing improves.
    const still = { lr: 2e-7, network: { hidden: [8], norm: "none" } } as const;
    const plateau = await rates({ schedule: "plateau", epochs: 14, patience: false, ...still });
    expect([plateau[0], plateau[13]]).toEqual([2e-7, expect.closeTo(2e-8, 12)]);
  });
});

describe("which weights are kept", () => {
  // With another network the best epoch may be the last, and the test could not distinguish the
  // two.
  const network = { hidden: [8], dropout: 0.25 };
  const preprocessing = { scale: "zscore" } as const;
  const options = { epochs: 12, lr: 0.3, schedule: "none", statistics: "asTrained", network, preprocessing } as const;

  /** A training with a copy of the weights after each epoch. */
  async function watched({
    afterEpoch,
    ...more
  }: Partial<TrainTableOptions> & { readonly afterEpoch?: (epoch: number) => void }) {
    const states: Uint8Array[] = [];
    const losses: number[] = [];
    let net: TabularNet | undefined;
    const training = await train("price", {
      ...options,
      ...more,
      onStart: ({ network }) => {
        net = network;
      },
      onEpoch: ({ epoch, validationLoss }) => {
        losses.push(validationLoss);
        afterEpoch?.(epoch);
        states.push(saveSafetensors(cloneState(net?.stateDict() ?? {})));
      },
    });
    return { training, states, losses, best: 1 + losses.indexOf(Math.min(...losses)) };
  }
  const equal = (a: Uint8Array, b: Uint8Array) => Buffer.from(a).equals(b);

  it("the best with patience, the last without", async () => {
    const stopped = await watched({ patience: 2 });
    expect(stopped.training.history.reason).toBe("earlyStopping");
    expect(stopped.losses).toHaveLength(stopped.best + 2);
    expect(stopped.training.keptEpoch).toBe(stopped.best);
    expect(equal(weightsOf(stopped.training), stopped.states[stopped.best - 1])).toBe(true);
    const all = await watched({ patience: false, network: { hidden: [8], dropout: 0.4 } });
    expect(all.best).toBeLessThan(12);
    expect(all.training.keptEpoch).toBe(12);
    expect(equal(weightsOf(all.training), all.states[11])).toBe(true);
  });

  it.each([0, 3])("the best so far after an interrupt, %i steps into an epoch", async (steps) => {
    let asked = Number.POSITIVE_INFINITY;
    const signal = Object.defineProperty({}, "aborted", { get: () => asked-- <= 0 }) as AbortSignal;
    const { training, states, best } = await watched({
      ...{ patience: false, signal, batchSize: 8 },
      afterEpoch: (epoch) => {
        if (epoch === 6) asked = steps;
      },
    });
    expect(training.history).toMatchObject({ reason: "aborted", bestEpoch: best });
    expect(training.history.steps - (training.history.epochs[5]?.step ?? 0)).toBe(Math.max(0, steps - 1));
    expect(best).toBeLessThan(6);
    expect(training.keptEpoch).toBe(best);
    expect(equal(weightsOf(training), states[best - 1])).toBe(true);
  });

  it("those it began with, if it was interrupted before the first epoch was over", async () => {
    const none = await train("price", { signal: AbortSignal.abort() });
    expect(none.history).toMatchObject({ reason: "aborted", epochs: [], steps: 0 });
    expect(none.keptEpoch).toBe(0);
    expect(none.model.record).toMatchObject({ epochs: 0, keptEpoch: 0 });
  });
});

describe("a refit", () => {
  const options = { epochs: 4, network: { hidden: [8] } };
  const joined = ({ train, validation }: Split) => Int32Array.from([...train, ...validation]).sort();

  it("is the same training on training and validation rows, whose validation scores are the first one's", async () => {
    const stages: string[] = [];
    const plain = await train("price", { ...options, refit: false });
    const twice = await train("price", { ...options, onEpoch: ({ stage }) => stages.push(stage) });
    expect(stages).toEqual([...Array(4).fill("training"), ...Array(4).fill("refit")]);
    const { split, plan, refit, scores, statistics } = twice;
    expect(plan).toEqual({ ...plain.plan, refit: true });
    expect(split).toEqual(plain.split);
    expect(withoutSeconds(twice)).toEqual(withoutSeconds(plain));
    // A refit equals a separate training on these rows, with the same epochs, in batches of equal
    // size.
    const { epochs } = plan;
    expect(plan.batchSize).toBe(26); // 51 rows in two batches of at most 32
    const batchSize = 22; // 64 rows in three batches of at most 26
    const rows = { train: joined(split), validation: new Int32Array(), test: split.test };
    const alone = await train("price", { ...options, split: rows, batchSize, epochs, statistics: "recomputed" });
    expect(weightsOf(twice)).toEqual(weightsOf(alone));
    expect(weightsOf(twice)).not.toEqual(weightsOf(plain));
    expect(twice.model.preprocessing.toJSON()).toEqual(alone.model.preprocessing.toJSON());
    expect([...(refit?.rows ?? [])]).toEqual([...rows.train]);
    expect(refit).toMatchObject({ kept: true, history: { reason: "completed", steps: alone.history.steps } });
    expect(weightsOf({ model: refit?.validated ?? twice.model })).toEqual(weightsOf(plain));
    // Its scores.
    expect(scores.test).toEqual(alone.scores.test);
    expect(scores.validation).toEqual(plain.scores.validation);
    const values = twice.model.predict(shopTable(), split.train);
    expect(scores.train).toEqual(
      scoresOf("regression", values, twice.model.preprocessing.truth(shopTable(), split.train)),
    );
    for (const kind of ["asTrained", "recomputed"] as const) {
      expect(statistics?.[kind].validation).toEqual(plain.statistics?.[kind].validation);
      expect(statistics?.[kind].test).toEqual(alone.statistics?.[kind].test);
    }
    expect(statistics?.kept).toBe("recomputed");
    const asTrained = await train("price", { ...options, statistics: "asTrained" });
    expect(asTrained.statistics?.kept).toBe("asTrained");
    expect(asTrained.scores.test).toEqual(alone.statistics?.asTrained.test);
    expect(twice.model.record).toMatchObject({ plan: { refit: true }, refit: { rows: 64 }, scores, keptEpoch: 4 });
    expect(plain.model.record).not.toHaveProperty("refit");
    const [ridge, before] = [twice, plain].map(({ baselines }) => baselines.find(({ name }) => name === "ridge"));
    expect([before?.rows, ridge?.rows]).toEqual([51, 64]);
    expect(ridge?.scores.validation).toEqual(before?.scores.validation);
  });

  it("does not look at the test rows", async () => {
    const spoilt = shopRows(80).map((row) => ({ ...row }));
    const { split, model } = await train("price", options);
    for (const i of split.test) Object.assign(spoilt[i], { price: 1000, size: 900, weight: -900 });
    const again = await train("price", { ...options, split }, tableFromRows(spoilt));
    expect(weightsOf(again)).toEqual(weightsOf({ model }));
    expect(again.model.preprocessing.toJSON()).toEqual(model.preprocessing.toJSON());
  });

  it("is not touched by a signal while baselines are fitted: only the trees are left out", async () => {
    const plain = await train("price", options);
    const stop = new AbortController();
    const told: number[] = [];
    const onBaseline: TrainTableOptions["onBaseline"] = ({ name, step }) => {
      if (name !== "trees") return;
      told.push(step);
      if (step === 3) stop.abort();
    };
    const training = await train("price", { ...options, signal: stop.signal, onBaseline });
    expect(told).toEqual([1, 2, 3]);
    expect(weightsOf(training)).toEqual(weightsOf(plain));
    expect([training.scores, training.refit?.kept]).toEqual([plain.scores, true]);
    expect(training.baselines.map(({ name }) => name)).toEqual(["mean", "median", "ridge"]);
  });

  it.each([0, 2])("that is interrupted leaves the first training's model, %i epochs in", async (epochs) => {
    const plain = await train("price", { ...options, refit: false });
    const stop = new AbortController();
    const onEpoch: TrainTableOptions["onEpoch"] = ({ stage, epoch }) => {
      if (epochs === 0 ? epoch === 4 : stage === "refit" && epoch === epochs) stop.abort();
    };
    const { refit, ...training } = await train("price", { ...options, signal: stop.signal, onEpoch });
    expect(refit).toMatchObject({ kept: false, history: { reason: "aborted" } });
    expect(refit?.history.epochs).toHaveLength(epochs);
    expect(weightsOf(training)).toEqual(weightsOf(plain));
    for (const part of ["scores", "statistics"] as const) expect(training[part]).toEqual(plain[part]);
    expect(training.baselines.map(({ name }) => name)).toEqual(["mean", "median", "ridge"]);
    expect(training.model.record).not.toHaveProperty("refit");
  });

  it.each([
    ["an epoch in", [3], 1],
    ["at once", [0, 1, 2, 3, 4, 5, 6], 0],
  ])("whose loss stops being a number %s leaves the first training's model, and says why", async (_, at, epochs) => {
    const size = 1e10;
    // A value of the validation rows on which plain gradient descent without scaling diverges.
    const { split } = await train("price", { epochs: 1, refit: false });
    const rows = shopRows(80).map((row, i) => (at.some((k) => i === split.validation[k]) ? { ...row, size } : row));
    const wild = { ...options, split, optimizer: "sgd", lr: 0.001, preprocessing: { scale: "none" } } as const;
    const without = { ...wild, network: { hidden: [8], norm: "none" } } as const;
    const plain = await train("price", { ...without, refit: false }, tableFromRows(rows));
    const lines: [string, number][] = [];
    let last: Checkpoint | undefined;
    const onEpoch: TrainTableOptions["onEpoch"] = (event) => {
      lines.push([event.stage, event.epoch]);
      last = event.checkpoint();
    };
    const { refit, ...training } = await train("price", { ...without, onEpoch }, tableFromRows(rows));
    expect(training.plan.refit).toBe(true);
    expect(refit).toMatchObject({ kept: false, history: { reason: "aborted", steps: (refit?.error?.step ?? 0) - 1 } });
    expect(refit?.error).toBeInstanceOf(NonFiniteLossError);
    expect(refit?.error?.message).toMatch(new RegExp(`^the loss is Infinity at epoch ${epochs + 1}, train batch`));
    expect(refit?.history.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4].slice(0, epochs));
    expect(lines.filter(([stage]) => stage === "refit")).toHaveLength(epochs);
    expect(weightsOf(training)).toEqual(weightsOf(plain));
    for (const part of ["scores", "baselines", "keptEpoch"] as const) {
      expect(figuresOf(training[part])).toEqual(figuresOf(plain[part]));
    }
    expect(withoutSeconds(training)).toEqual(withoutSeconds(plain));
    expect(training.model.record).not.toHaveProperty("refit");
    // From its checkpoint, or that of the first training, it reaches the same end.
    const again = await train("price", { ...without, resume: last }, tableFromRows(rows));
    expect(refit && again.refit && withoutSeconds(again.refit)).toEqual(refit && withoutSeconds(refit));
    expect(again.model.save()).toEqual(training.model.save());
  });

  it("is not begun after a first training that was interrupted", async () => {
    const stop = new AbortController();
    const onEpoch = () => stop.abort();
    const { plan, refit, history } = await train("price", { ...options, signal: stop.signal, onEpoch });
    expect([plan.refit, refit, history.reason]).toEqual([true, undefined, "aborted"]);
  });

  it("is the default where it costs seconds and nothing is chosen by the validation rows", () => {
    const planned = (rows: [number, number, number], options: Partial<TrainTableOptions> = {}) => {
      const [train, validation, test] = rows.map((count) => new Int32Array(count));
      return planTable({ train, validation, test }, "regression", { recipe: "simple", target: "y", ...options }).refit;
    };
    expect(planned([8000, 2000, 2500])).toBe(true);
    expect(planned([8000, 2001, 2500])).toBe(false);
    expect(planned([8000, 2001, 2500], { refit: true })).toBe(true);
    expect(planned([80, 20, 25], { schedule: "cosine" })).toBe(true);
    expect(planned([80, 20, 25], { refit: false })).toBe(false);
    expect(planned([80, 20, 0])).toBe(false);
    expect(planned([80, 20, 0], { refit: true })).toBe(true);
    expect(planned([80, 0, 25])).toBe(false);
    expect(planned([80, 20, 25], { patience: 30 })).toBe(false);
    expect(planned([80, 20, 25], { schedule: "none", patience: false })).toBe(false);
    expect(planned([80, 20, 25], { schedule: "none", patience: false, refit: true })).toBe(true);
  });
});

describe("running statistics", () => {
  it("are those of the training, recomputed ones, or the better, as was asked for", async () => {
    const options = { epochs: 3, lr: 0.1, network: { hidden: [8], dropout: 0 }, refit: false };
    const kept = async (statistics: TrainTableOptions["statistics"]) => train("price", { ...options, statistics });
    const [trained, recomputed, better] = [await kept("asTrained"), await kept("recomputed"), await kept("better")];
    expect(trained.statistics).toEqual({ ...recomputed.statistics, kept: "asTrained" });
    expect(recomputed.statistics?.kept).toBe("recomputed");
    expect(trained.scores).toEqual(trained.statistics?.asTrained);
    expect(recomputed.scores).toEqual(trained.statistics?.recomputed);
    expect(trained.scores.test).not.toEqual(recomputed.scores.test);
    const rmse = ({ scores }: TableTraining) => scores.validation?.rmse ?? Number.NaN;
    const wins = rmse(trained) < rmse(recomputed) ? trained : recomputed;
    expect(better.scores).toEqual(wins.scores);
    expect(weightsOf(better)).toEqual(weightsOf(wins));
    // The model predicts what its scores report.
    for (const { model, scores, split } of [trained, recomputed]) {
      const values = model.predict(shopTable(), split.test).values ?? [];
      const truth = model.preprocessing.truth(shopTable(), split.test);
      const errors = truth.map((value, i) => Math.abs(value - values[i]));
      expect(errors.reduce((a, b) => a + b) / errors.length).toBeCloseTo(scores.test?.mae ?? Number.NaN, 10);
    }
    // The weights are the same: only buffers differ.
    const parameters = ({ model }: TableTraining) =>
      networkOf(model)
        .parameters()
        .map(({ data }) => data);
    expect(parameters(trained)).toEqual(parameters(recomputed));
  });

  it("of a large table: the kind that is kept is scored on all rows, the other on the validation rows", async () => {
    const noise = (i: number) => ((i * 7919) % 10007) / 10007;
    const rows = Array.from({ length: 12_600 }, (_, i) => ({
      a: noise(i),
      kind: `k${(i * 31) % 20}`,
      y: noise(i) + ((i * 31) % 20) / 9,
    }));
    const table = tableFromRows(rows);
    const options = { target: "y", ...small, features: undefined, epochs: 1 };
    for (const kept of ["asTrained", "recomputed"] as const) {
      const other = kept === "asTrained" ? "recomputed" : "asTrained";
      const { model, scores, split, statistics } = await trainTable(table, { ...options, statistics: kept });
      expect(split.train.length + split.validation.length).toBeGreaterThan(10_000);
      expect(Object.keys(scores)).toEqual(["train", "validation", "test"]);
      for (const part of ["train", "validation", "test"] as const) {
        const predictions = model.predict(table, split[part]);
        expect(scores[part]).toEqual(
          scoresOf("regression", predictions, model.preprocessing.truth(table, split[part])),
        );
      }
      expect(statistics?.[kept]).toEqual(scores);
      expect(Object.keys(statistics?.[other] ?? {})).toEqual(["validation"]);
      expect(statistics?.[other].validation).not.toEqual(scores.validation);
    }
  });

  it("there are none without batch normalization", async () => {
    expect((await train("price", { network: { hidden: [8], norm: "layer" } })).statistics).toBeUndefined();
  });
});

describe("what does not fit is named", () => {
  it.each<[string, Record<string, unknown>]>([
    ['unknown option "epoch"', { epoch: 3 }],
    ["target", { target: "prise" }],
    ['did you mean "price"?', { target: "prise" }],
    ["task", { task: "guess" }],
    ["features", { features: ["sise"] }],
    ["ignore", { features: undefined, ignore: "size" }],
    ["kinds", { kinds: { size: "number" } }],
    ["split is 0.2", { split: 0.2 }],
    ["split is null, expected an object", { split: null }],
    ['unknown option "split.tset"', { split: { tset: 0.2 } }],
    ["split.validation is undefined", { split: { train: new Int32Array(1) } }],
    ["row 1 is in split.train and in split.test", { split: parts([0, 1, 2], [3], [1]) }],
    ["row 0 is in split.train twice", { split: parts([0, 0], [3], [1]) }],
    ["split.test has row 80, the table has 80 rows", { split: parts([0, 1], [3], [80]) }],
    ["scale", { preprocessing: { scale: "z" } }],
    ['unknown option "network.layers"', { network: { layers: 2 } }],
    ["hidden", { network: { hidden: [0] } }],
    ["hidden", { network: { hidden: 64 } }],
    ["dropout", { network: { dropout: 1 } }],
    ["norm is", { network: { norm: "group" } }],
    ["normPlace", { network: { normPlace: "under" } }],
    ["activation", { network: { activation: "sin" } }],
    ["biasBeforeNorm", { network: { biasBeforeNorm: 1 } }],
    ["batch normalization cannot train with batchSize: 1; use 2 or more, or another network.norm", { batchSize: 1 }],
    ["batchSize is 2.5", { batchSize: 2.5 }],
    ["epochs is 0", { epochs: 0 }],
    ["lr is -1", { lr: -1 }],
    ['lr is "0.1"', { lr: "0.1" }],
    ["optimizer", { optimizer: "lbfgs" }],
    ["weightDecay", { weightDecay: -1 }],
    ["schedule", { schedule: "linear" }],
    ["loss is", { loss: "hinge" }],
    ["clipGradNorm", { clipGradNorm: 0 }],
    ["seed is 0.5", { seed: 0.5 }],
    ["patience is true", { patience: true }],
    ["classWeights are given", { classWeights: "balanced" }],
    ['classWeights names the class "Yes"; there are no, yes', { target: "sold", classWeights: { Yes: 2 } }],
    ['classWeights["yes"] is 0, expected a finite number above 0', { target: "sold", classWeights: { yes: 0 } }],
    ['classWeights is "equal"', { target: "sold", classWeights: "equal" }],
    ["statistics", { statistics: "best" }],
    ["refit is 1, expected true or false", { refit: 1 }],
    ["lengthFolds: 5 says how long the refit is to train, and there is none", { lengthFolds: 5, refit: false }],
    [
      "lengthFolds: 2 says how long the refit is to train, and patience: false says that already",
      { lengthFolds: 2, refit: true },
    ],
    ["lengthFolds: 20 are more than the 12 training rows", { ...tiny, lengthFolds: 20, patience: 3, refit: true }],
    ['refit: true cannot be combined with schedule: "plateau"', { refit: true, schedule: "plateau", patience: false }],
    ["refit: true has no validation rows to add; leave refit out", { refit: true, split: { validation: 0 } }],
    [
      'schedule: "plateau" has no validation loss to follow; use another schedule, or keep validation rows (split.validation)',
      { schedule: "plateau", split: { validation: 0 } },
    ],
    ["signal", { signal: true }],
    ["compile", { compile: "no" }],
    ["onStart", { onStart: true }],
    ["onEpoch", { onEpoch: {} }],
    ["resume", { resume: new Uint8Array(3) }],
    ["record", { record: ["a"] }],
  ])("%s", async (message, options) => {
    let begun = false;
    const onStart = () => {
      begun = true;
    };
    const wrong = train("price", { onStart, ...options } as Partial<TrainTableOptions>);
    await expect(wrong).rejects.toThrow(message);
    expect(begun).toBe(false);
  });

  it("no options at all", async () => {
    await expect(trainTable(shopTable(), undefined as never)).rejects.toThrow("trainTable: the options are undefined");
  });

  it("a table that cannot be trained on, with all that is wrong with it", async () => {
    const rows = shopRows(60).map((row, i) => ({ ...row, size: i === 7 ? Number.POSITIVE_INFINITY : row.size }));
    const error = await train("price", {}, tableFromRows(rows)).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(TableError);
    expect((error as TableError).message).toContain('column "size" holds Infinity in row 7');
  });

  it("a loss that is no longer a number, with the layer where it came about", async () => {
    const wild = train("price", { lr: 1e30, epochs: 5, schedule: "none", network: { hidden: [8], norm: "none" } });
    const error = await wild.catch((error: unknown) => error);
    expect(error).toBeInstanceOf(NonFiniteLossError);
    expect((error as NonFiniteLossError).message).toMatch(/layer "layers\.\d"|parameter "layers\.\d/);
  });

  it("a target without a logarithm, before anything is trained", async () => {
    const rows = shopRows(60).map((row, i) => ({ ...row, price: i === 9 ? -1 : row.price }));
    let started = false;
    const onStart = () => {
      started = true;
    };
    const wrong = train("price", { preprocessing: { target: "log" }, onStart }, tableFromRows(rows));
    await expect(wrong).rejects.toThrow(/row 9/);
    expect(started).toBe(false);
  });
});

function parts(...rows: [number[], number[], number[]]) {
  const [train, validation, test] = rows.map((list) => Int32Array.from(list));
  return { train, validation, test };
}
