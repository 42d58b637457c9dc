import { afterEach, describe, expect, test, vi } from "vitest";
import * as nn from "../../nn/index.ts";
import { getRngState, manualSeed } from "../../random/index.ts";
import { inferSchema, TabularNet, tableFromRows } from "../../tabular/index.ts";
import { randn, type Tensor } from "../../tensor/index.ts";
import { updateBatchNorm } from "../../train/index.ts";
import { planStudy } from "../plan/plan.ts";
import { rateTrials } from "../plan/planTrials.ts";
import { prepare } from "./prepare.ts";
import { Trainer } from "./trainer.ts";
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
    const steps = 5; // 66 rows in batches of 16
    let taken = 0;
    const step = Trainer.prototype.step;
    const slow = vi.spyOn(Trainer.prototype, "step").mockImplementation(function (this: Trainer, inputs, target) {
      now += taken++ < steps ? 1000 : 3;
      return step.call(this, inputs, target);
    });
    try {
      const onEpoch = () => {
        now += 500; // which is no training
      };
      const { msPerEpoch } = await runTrial(data, specOf("raw"), { onEpoch });
      expect(taken).toBe(3 * steps);
      expect(msPerEpoch).toBe(3 * steps);
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

describe("the trainer's shortcuts", () => {
  afterEach(() => manualSeed(0));

  test("statistics are recomputed as updateBatchNorm does it, and the training's come back", () => {
    const trainer = new Trainer(() => new TabularNet({ features: 3, outputs: 1 }, { hidden: [5, 4] }), "regression");
    trainer.reset(3, 0.05);
    manualSeed(8);
    const [x, y] = [randn([24, 3]), randn([24, 1])];
    for (let i = 0; i < 5; i++) trainer.step([x], y);
    const before = trainer.outputs([x]).data.slice();
    const recomputed = trainer.recomputed([x], () => trainer.outputs([x]).data.slice());
    expect(trainer.outputs([x]).data).toEqual(before);
    expect(recomputed).not.toEqual(before);

    updateBatchNorm(trainer.network, [x]);
    const expected = trainer.outputs([x]).data;
    for (let i = 0; i < 24; i++) expect(recomputed[i]).toBeCloseTo(expected[i], 6);
  });

  test("pictures go through a network in parts, and come out as they would all at once", () => {
    const seen = new Set<number>();
    class Watched extends nn.Linear {
      override forward(x: Tensor): Tensor {
        seen.add(x.shape[0]);
        return super.forward(x);
      }
    }
    const make = () => new nn.Sequential(new Watched(4, 3), new nn.BatchNorm1d(3), new nn.Linear(3, 1));
    const read = (rowsAre: "table" | "pictures") => {
      const trainer = new Trainer(make, "regression", { rowsAre });
      trainer.reset(3, 0.05);
      manualSeed(8);
      const x = randn([601, 4]);
      const asTrained = trainer.outputs([x]).data.slice();
      seen.clear();
      const recomputed = trainer.recomputed([x], () => trainer.outputs([x]).data.slice());
      return { asTrained, recomputed, parts: [...seen] };
    };
    const [whole, parts] = [read("table"), read("pictures")];
    expect([whole.parts, parts.parts]).toEqual([[601], [200, 201]]);
    expect(parts.asTrained).toEqual(whole.asTrained);
    // A mean of the variances of three parts is not quite the variance of all.
    parts.recomputed.forEach((value, i) => {
      expect(Math.abs(value - whole.recomputed[i])).toBeLessThan(0.03);
    });
  });
});
