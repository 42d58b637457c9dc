import { describe, expect, test, vi } from "vitest";
import { getRngState, manualSeed } from "../../random/index.ts";
import { inferSchema, tableFromRows } from "../../tabular/index.ts";
import { type PartScores, type TrainTableOptions, trainTable } from "../../train/index.ts";
import { TableTrainer } from "../../train/table/trainer.ts";
import type { TrainingOptions } from "../arms/trainingOptions.ts";
import { planStudy } from "../plan/plan.ts";
import { rateTrials } from "../plan/planTrials.ts";
import { runStudy } from "../plan/runStudy.ts";
import { prepare } from "./prepare.ts";
import { runTrial, trialRunner } from "./trial.ts";
import type { TrialSpec } from "./trialSpec.ts";

const rows = Array.from({ length: 103 }, (_, i) => {
  const [a, b] = [Math.sin(3 * i), Math.cos(7 * i)];
  return {
    a: 5 + a,
    b: 400 * b,
    c: ["x", "y", "z"][i % 3],
    y: 20 + 3 * a - 2 * a * b + (i % 3),
    sign: a * b > 0 ? "plus" : "minus",
  };
});
const table = tableFromRows(rows);
const data = { table, schema: inferSchema(table, { target: "y", ignore: ["sign"] }) };
const classes = { table, schema: inferSchema(table, { target: "sign", ignore: ["y"] }) };
const options = { seeds: [4], lrs: [0.01], epochs: 3, hidden: [8, 4], batchSize: 16, rowFractions: [], rescale: [] };
const specs = rateTrials(planStudy(data, options));
const specOf = (id: string): TrialSpec => specs.find((spec) => spec.id === `${id} lr=0.01 seed=4`) ?? expect.fail(id);

describe("a trial", () => {
  test("gives the same bytes whatever was trained before, and leaves the default generator alone", async () => {
    const execute = trialRunner(data);
    manualSeed(99);
    const before = getRngState();
    const spec = specOf("zscore+batch+dropout0.2");
    const first = JSON.stringify((await execute(spec, {})).result);
    for (const other of [specOf("raw+batch"), { ...spec, seed: 5 }, { ...spec, lr: 0.3 }, specOf("raw+layer")]) {
      expect(JSON.stringify((await execute(other, {})).result)).not.toBe(first);
    }
    expect(JSON.stringify((await execute(spec, {})).result)).toBe(first);
    expect(JSON.stringify((await runTrial(data, spec)).result)).toBe(first);
    expect(getRngState()).toEqual(before);
    expect(JSON.parse(first).readings.asTrained.test.mae).toBeGreaterThan(0);
  });

  test("two at a time in one thread do not disturb each other", async () => {
    const long = [4, 5].map((seed) => ({ ...specOf("zscore+batch+dropout0.2"), epochs: 60, seed }));
    const [alone, together] = [trialRunner(data), trialRunner(data)];
    const one = [await alone(long[0], {}), await alone(long[1], {})];
    const before = getRngState();
    const two = await Promise.all(long.map((spec) => together(spec, {})));
    expect(getRngState()).toEqual(before);
    expect(two.map(({ result }) => result)).toEqual(one.map(({ result }) => result));
  });

  test("the last point of each curve is the validation error at the end, and follows the epochs", async () => {
    const seen: number[] = [];
    const { result } = await runTrial(data, specOf("raw+batch"), { onEpoch: (epoch) => seen.push(epoch) });
    expect(seen).toEqual([1, 2, 3]);
    for (const kind of ["asTrained", "recomputed"] as const) {
      const { curve, validation } = result.readings[kind] ?? expect.fail(kind);
      expect(curve).toHaveLength(3);
      expect(curve[2]).toBe(Number(validation.mae?.toPrecision(7)));
    }
    const plain = await runTrial(data, specOf("raw"));
    expect(Object.keys(plain.result.readings)).toEqual(["asTrained"]);
  });

  test("the column that rows are split by is no feature, unless it was named as one", async () => {
    const people = tableFromRows(rows.map((row, i) => ({ ...row, person: i % 20 })));
    const inputs = (options: { features?: string[] }, group?: string) => {
      const given = { table: people, schema: inferSchema(people, { target: "y", ignore: ["sign"], ...options }) };
      const plan = planStudy(given, { seeds: [4], lrs: [0.01], epochs: 1, ...(group && { group }) });
      return prepare(given, rateTrials(plan)[0]).preprocessing.features;
    };
    expect(inputs({})).toContain("person");
    expect(inputs({}, "person")).not.toContain("person");
    expect(inputs({ features: ["a", "person"] }, "person")).toContain("person");
  });

  test("knows a constant's errors: the mean's", async () => {
    const { result } = await runTrial(data, specOf("raw"));
    const { train, test: held } = prepare(data, specOf("raw"));
    const mean = train.truth.reduce((sum, y) => sum + y, 0) / train.truth.length;
    const error = held.truth.reduce((sum, y) => sum + Math.abs(y - mean), 0) / held.truth.length;
    expect(result.constant.test.mae).toBeCloseTo(error, 12);
    expect(result.rows).toEqual({ train: 66, validation: 16, test: 21 });
  });

  test("classes: error rate and log loss, of the network and of the training rows' shares", async () => {
    const [spec] = rateTrials(planStudy(classes, { ...options, epochs: 80 })).filter(({ id }) =>
      id.startsWith("zscore+batch lr"),
    );
    const { result } = await runTrial(classes, spec);
    const { train, test: held } = result.readings.asTrained ?? expect.fail();
    expect(train.errorRate).toBeLessThan(result.constant.train.errorRate ?? 0);
    expect(train.logLoss).toBeLessThan(result.constant.train.logLoss ?? 0);
    expect((held.errorRate ?? 0) * 21).toBeCloseTo(Math.round((held.errorRate ?? 0) * 21), 9);
    const shares = prepare(classes, spec).train.truth.reduce((sum, y) => sum + y, 0) / 66;
    const entropy = -shares * Math.log(shares) - (1 - shares) * Math.log(1 - shares);
    expect(result.constant.train.logLoss).toBeCloseTo(entropy, 9);
  });

  test("columns of many categories are embedded", async () => {
    const many = tableFromRows(rows.map(({ a, y }, i) => ({ a, place: `p${i % 20}`, y: y + 3 * (i % 20) })));
    const places = { table: many, schema: inferSchema(many, { target: "y", kinds: { place: "category" } }) };
    const [spec] = rateTrials(planStudy(places, { ...options, epochs: 100, lrs: [0.03] })).filter(({ id }) =>
      id.startsWith("zscore+batch lr"),
    );
    expect(prepare(places, spec).train.inputs.map(({ dtype }) => dtype)).toEqual(["float32", "int32"]);
    const { result } = await runTrial(places, spec);
    const { asTrained, recomputed } = result.readings;
    expect(asTrained?.test.mae).toBeLessThan((result.constant.test.mae ?? 0) / 2);
    expect(recomputed?.test.mae).toBeLessThan((result.constant.test.mae ?? 0) / 2);
  });

  test("one that diverges is a result that says when", async () => {
    const { result } = await runTrial(data, { ...specOf("raw"), lr: 1e30 });
    expect(result.diverged).toMatch(/^the loss was (NaN|Infinity) in epoch 1$/);
    expect(result.readings).toEqual({});
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  test("an epoch's milliseconds are those of its steps, without the first epoch, which compiles", async () => {
    let now = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now);
    const { run } = TableTrainer.prototype;
    const slow = vi.spyOn(TableTrainer.prototype, "run").mockImplementation(function* (this: TableTrainer, ...passed) {
      const events = run.apply(this, passed);
      for (let next = events.next(); ; next = events.next()) {
        if (next.done) return next.value;
        const event = next.value;
        if (!(event instanceof Promise) && event.type === "epoch") now += event.epoch === 1 ? 1000 : 15;
        yield event;
      }
    });
    try {
      const onEpoch = () => {
        now += 500; // time that is not part of the training
      };
      const { msPerEpoch } = await runTrial(data, specOf("raw"), { onEpoch });
      expect(msPerEpoch).toBe(15);
      expect((await runTrial(data, { ...specOf("raw"), epochs: 1 })).msPerEpoch).toBeNull();
    } finally {
      clock.mockRestore();
      slow.mockRestore();
    }
  });

  test("an abort is thrown, and the runner is as good as before", async () => {
    const execute = trialRunner(data);
    const controller = new AbortController();
    const spec = { ...specOf("zscore+batch"), epochs: 100_000 };
    const onEpoch = (epoch: number) => epoch === 5 && controller.abort(new Error("enough"));
    await expect(execute(spec, { signal: controller.signal, onEpoch: (epoch) => void onEpoch(epoch) })).rejects.toThrow(
      "enough",
    );
    const again = await execute(specOf("zscore+batch"), {});
    expect(again.result).toEqual((await runTrial(data, specOf("zscore+batch"))).result);
  });
});

describe("variants of the data", () => {
  test("fewer rows: each a part of the next, the others as before, and as many steps", () => {
    const [quarter, half, all] = [0.25, 0.5, 1].map((part) => prepare(data, { ...specOf("raw"), rows: part }));
    const truths = [quarter, half, all].map(({ train }) => [...train.truth]);
    expect(truths.map(({ length }) => length)).toEqual([17, 33, 66]);
    expect(truths[1]).toEqual(expect.arrayContaining(truths[0]));
    expect(truths[2]).toEqual(expect.arrayContaining(truths[1]));
    expect(quarter.test.truth).toEqual(all.test.truth);
  });

  test("other units move raw inputs by their factors; z-scores take them away again", () => {
    const rescale = [10, 0.1];
    const first = (id: string, factors: number[] | null) => [
      ...prepare(data, { ...specOf(id), rescale: factors }).train.inputs[0].data.slice(0, 5),
    ];
    const raw = first("raw", null);
    first("raw", rescale).forEach((value, i) => {
      expect(value).toBeCloseTo(raw[i] * [10, 0.1, 1, 1, 1][i], 3);
    });
    first("zscore", rescale).forEach((value, i) => {
      expect(value).toBeCloseTo(first("zscore", null)[i], 5);
    });
  });
});

describe("a study trains as trainTable does, to the bit", () => {
  const cases: [string, TrainingOptions, Omit<Partial<TrainTableOptions>, "target">][] = [
    ["by default", {}, {}],
    ["without dropout, on raw features", { network: { dropout: 0 } }, { preprocessing: { scale: "none" } }],
    ["SGD in steps, clipped", { optimizer: "sgd", schedule: "step", clipGradNorm: 0.5 }, {}],
    ["Adam with weight decay, absolute errors", { optimizer: "adam", weightDecay: 0.01, loss: "mae" }, {}],
    ["stopping early, the best weights", { schedule: "none", patience: 2, epochs: 40 }, {}],
    ["a plateau, LayerNorm", { schedule: "plateau", network: { norm: "layer", activation: "silu" } }, {}],
  ];

  test.each(cases)("%s", async (_, options, rest) => {
    const scale = rest.preprocessing?.scale === "none" ? ("raw" as const) : ("squash" as const);
    const arms = [
      { name: "one", options, scale },
      { name: "other", options: {} },
    ];
    const plan = planStudy(data, { arms, seeds: [4], lrs: [0.02], epochs: 6, batchSize: 16, hidden: [8, 4] });
    const [spec] = rateTrials(plan);
    const execute = trialRunner(data);
    // The trainer has run another training, of another length.
    await execute({ ...spec, seed: 9, lr: 0.3, epochs: 3 }, {});
    const { readings } = (await execute(spec, {})).result;

    const training = await trainTable(table, {
      ...{
        recipe: "simple",
        target: "y",
        ignore: ["sign"],
        seed: 4,
        refit: false,
        lr: 0.02,
        epochs: 6,
        batchSize: 16,
        ...rest,
      },
      ...{ ...options, network: { hidden: [8, 4], ...options.network } },
      preprocessing: { clampPredictions: false, ...rest.preprocessing },
    });
    const scores = training.statistics ?? { asTrained: training.scores };
    const errors = (of: PartScores) =>
      (["train", "validation", "test"] as const).map((part) => [of[part]?.mae, of[part]?.rmse]);
    for (const [kind, reading] of Object.entries(readings)) {
      const expected = "recomputed" in scores && kind === "recomputed" ? scores.recomputed : scores.asTrained;
      expect([kind, [reading.train, reading.validation, reading.test].map(({ mae, rmse }) => [mae, rmse])]).toEqual([
        kind,
        errors(expected),
      ]);
    }
    expect(Object.keys(readings)).toHaveLength(Object.keys(scores).includes("recomputed") ? 2 : 1);
  });

  test("classes, weighted, with embedded columns", async () => {
    const many = tableFromRows(rows.map(({ a, sign }, i) => ({ a, place: `p${i % 20}`, sign })));
    const schema = { target: "sign", kinds: { place: "category" } } as const;
    const places = { table: many, schema: inferSchema(many, schema) };
    const options = { classWeights: "balanced" as const };
    const arms = [
      { name: "balanced", options, scale: "squash" as const },
      { name: "other", options: {} },
    ];
    const [spec] = rateTrials(planStudy(places, { arms, seeds: [2], lrs: [0.01], epochs: 5, hidden: [8] }));
    const { asTrained } = (await runTrial(places, spec)).result.readings;
    const common = {
      ...schema,
      ...options,
      recipe: "simple" as const,
      seed: 2,
      refit: false,
      epochs: 5,
      network: { hidden: [8] },
    };
    const { scores, statistics } = await trainTable(many, { ...common, batchSize: spec.batchSize });
    const { test: held } = statistics?.asTrained ?? scores;
    expect([asTrained?.test.logLoss, asTrained?.test.errorRate]).toEqual([held?.logLoss, 1 - (held?.accuracy ?? 0)]);
  });
});

describe("arms that are options", () => {
  const arms = [
    { name: "AdamW", options: {} },
    { name: "Adam", options: { optimizer: "adam" as const } },
    { name: "a layer more", options: { network: { hidden: [8, 8, 4] } } },
  ];

  test("need no function where they are trained, and go on without a version", async () => {
    const plan = planStudy(data, { arms, seeds: [1], lrs: [0.01], epochs: 2, hidden: [8, 4] });
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    const execute = trialRunner(data);
    const { result, runs } = await runStudy(plan, { execute });
    expect(result.complete).toBe(true);
    const errors = result.trials.map(({ readings }) => readings.asTrained?.test.mae);
    // Each is trained twice.
    expect(new Set(errors).size).toBe(6);
    const again = await runStudy(plan, { execute: () => expect.fail("trained again"), finished: runs });
    expect(again.result).toEqual(result);
  });

  test("all arms share what `train` says, and their own options win", async () => {
    const train = { optimizer: "adam", weightDecay: 0 } as const;
    const common = { seeds: [1], lrs: [0.01], epochs: 2, hidden: [8, 4] };
    const shared = planStudy(data, { ...common, arms: arms.slice(0, 2), train });
    const one = await runStudy(shared, { execute: trialRunner(data) });
    const [first, second] = one.result.trials.map(({ readings }) => readings);
    expect(first).toEqual(second);
    const own = planStudy(data, { ...common, train, arms: [{ name: "SGD", options: { optimizer: "sgd" } }, arms[0]] });
    const other = await runStudy(own, { execute: trialRunner(data) });
    expect(other.result.trials[0].readings).not.toEqual(first);
  });

  test.each<[object, RegExp]>([
    [
      { optimizer: "rmsprop" },
      /^planStudy: options of the arm "x": optimizer is "rmsprop", expected one of adam, adamw, sgd/,
    ],
    [{ network: { norm: "group" } }, /^planStudy: options of the arm "x": network.norm is "group", expected/],
    [{ lr: 0.1 }, /^planStudy: options of the arm "x": unknown option "lr"/],
    [{ preprocessing: { scale: "none" } }, /the arm "x" has options.preprocessing.scale; give scale beside options/],
    [{ classWeights: "balanced" }, /^planStudy: the arm "x": classWeights are given, but "y" is a number/],
  ])("%j is refused", (options, message) => {
    expect(() => planStudy(data, { arms: [{ name: "x", options }] })).toThrow(message);
  });

  test("neither network nor options is refused, and what all share is checked", () => {
    expect(() => planStudy(data, { arms: [{ name: "x" }] })).toThrow(/the arm "x" has neither network nor options/);
    expect(() => planStudy(data, { train: { epochs: 3 } as object })).toThrow(
      /planStudy: unknown option "train.epochs"/,
    );
    expect(() => planStudy(data, { train: { loss: "hinge" as "mse" } })).toThrow(/^planStudy: train.loss is "hinge"/);
  });
});
