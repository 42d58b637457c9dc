import { beforeEach, describe, expect, it } from "vitest";
import { compile } from "../../compile/index.ts";
import { DataLoader, TensorDataset } from "../../data/index.ts";
import { BatchNorm1d, Dropout, Linear, Module, MSELoss, ReLU, Sequential } from "../../nn/index.ts";
import { Adam, SGD } from "../../optim/index.ts";
import { manualSeed } from "../../random/index.ts";
import { noGrad, ones, randn, type Tensor, tensor } from "../../tensor/index.ts";
import { accuracy, mae, r2 } from "../evaluate/metrics.ts";
import type { Model } from "../modelState.ts";
import type { EpochEvent, TrainingEvent } from "./events.ts";
import { fit } from "./fit.ts";

beforeEach(() => void manualSeed(0));

const loss = new MSELoss();

/** y = 2 a - 3 b + 1, exactly. */
function line(rows: number): [Tensor, Tensor] {
  const x = randn([rows, 2]);
  return [x, x.matmul(tensor([[2], [-3]])).add(1)];
}

const loaderOf = ([x, y]: [Tensor, Tensor], batchSize: number) =>
  new DataLoader(new TensorDataset(x, y), { batchSize });

const withNorm = () => new Sequential(new Linear(2, 4), new BatchNorm1d(4), new ReLU(), new Linear(4, 1));

const sgd = (model: Model, lr = 0.1) => new SGD(model.parameters(), { lr });

const stateOf = (model: Model) => Object.entries(model.stateDict()).map(([key, value]) => [key, value.data.slice()]);

const modesOf = (model: Model) => model.modules().map((module) => module.training);

async function eventsOf<K extends string>(training: AsyncIterable<TrainingEvent<K>>): Promise<TrainingEvent<K>[]> {
  const events: TrainingEvent<K>[] = [];
  for await (const event of training) events.push(event);
  return events;
}

describe("fit", () => {
  it("learns a linear function", async () => {
    const model = new Linear(2, 1);
    const data = line(64);
    const train = new DataLoader(new TensorDataset(...data), { batchSize: 16, shuffle: true });
    const history = await fit(model, {
      train,
      validation: [data],
      loss,
      optimizer: sgd(model),
      epochs: 40,
      metrics: { r2: r2() },
    });
    expect(model.weight.toArray()).toEqual([[expect.closeTo(2, 4), expect.closeTo(-3, 4)]]);
    expect(model.bias.item()).toBeCloseTo(1, 4);
    expect(history).toMatchObject({ reason: "completed", steps: 160, restored: false });
    expect(history.epochs).toHaveLength(40);
    expect(history.epochs[39].validation?.r2).toBeCloseTo(1, 6);
  });

  it.each([true, false])(
    "makes the steps of a loop written by hand, bit for bit, with the same draws; compile: %s",
    async (compiled) => {
      const data = line(50);
      const make = () => {
        manualSeed(7);
        const model = new Sequential(new Linear(2, 8), new BatchNorm1d(8), new Dropout(0.3), new Linear(8, 1));
        const train = new DataLoader(new TensorDataset(...data), { batchSize: 16, shuffle: true });
        return { model, train, optimizer: new Adam(model.parameters(), { lr: 0.01 }) };
      };
      const byHand = make();
      const step = compile(
        (x: Tensor, y: Tensor) => {
          const value = loss(byHand.model(x), y);
          byHand.optimizer.zeroGrad();
          value.backward();
          byHand.optimizer.step();
        },
        { compile: compiled },
      );
      for (let epoch = 0; epoch < 3; epoch++) for (const [x, y] of byHand.train) step(x, y);
      const afterHand = randn([4]);
      const { model, ...fitted } = make();
      await fit(model, { ...fitted, loss, epochs: 3, compile: compiled });
      expect(stateOf(model)).toEqual(stateOf(byHand.model));
      expect(randn([4]).toArray()).toEqual(afterHand.toArray());
    },
  );

  it("reports start, batches, validation, epoch, stop, and the same to callbacks", async () => {
    const model = new Linear(2, 1);
    const data = line(10);
    const called: string[] = [];
    const events = await eventsOf(
      fit(model, {
        train: loaderOf(data, 4),
        validation: loaderOf(data, 5),
        loss,
        optimizer: sgd(model, 0.05),
        epochs: 2,
        metrics: { mae: mae() },
        onStart: () => called.push("start"),
        onBatch: () => called.push("batch"),
        onValidation: () => called.push("validation"),
        onEpoch: () => called.push("epoch"),
        onStop: () => called.push("stop"),
      }),
    );
    const epoch = ["batch", "batch", "batch", "validation", "epoch"];
    expect(events.map(({ type }) => type)).toEqual(["start", ...epoch, ...epoch, "stop"]);
    expect(called).toEqual(events.map(({ type }) => type));
    expect(events[0]).toMatchObject({ epochs: 2, epoch: 0, step: 0 });
    expect(events[3]).toMatchObject({ epoch: 1, step: 3, batch: 3, rows: 2, joined: false, learningRate: 0.05 });
    expect(events[6]).toMatchObject({ epoch: 2, step: 4, batch: 1, rows: 4 });
    expect(events[4]).toMatchObject({ epoch: 1, step: 3, rows: 10 });
    expect(events[5]).toMatchObject({ epoch: 1, step: 3, learningRate: 0.05, improved: true });
    expect(Object.keys((events[5] as EpochEvent<"mae">).train)).toEqual(["loss", "mae"]);
    expect(events[11]).toMatchObject({ reason: "completed", history: { reason: "completed", steps: 6, bestEpoch: 2 } });
    const seconds = events.map((event) => event.seconds);
    expect(seconds).toEqual([...seconds].sort((a, b) => a - b));
  });

  it("weighs every row the same, so that a smaller last batch counts by its rows", async () => {
    const model = new Linear(1, 1, { bias: false });
    noGrad(() => model.weight.fill_(0));
    const x = ones([5, 1]);
    const y = tensor([[1], [1], [1], [1], [3]]);
    const optimizer = sgd(model, 0); // with a rate of 0 every prediction stays 0
    const data = loaderOf([x, y], 4);
    const history = await fit(model, {
      train: data,
      validation: data,
      loss,
      optimizer,
      epochs: 1,
      metrics: { mae: mae() },
    });
    const scores = { loss: 13 / 5, mae: 7 / 5 };
    expect(history.epochs[0]).toMatchObject({ train: scores, validation: scores });
  });

  it("trains in train mode, validates in eval mode, and restores the modes it found", async () => {
    const seen: boolean[][] = [];
    class Spy extends Module {
      inner = withNorm();
      override forward(x: Tensor): Tensor {
        seen.push([this.training, this.inner.training]);
        return this.inner(x);
      }
    }
    const model = new Spy();
    model.inner.eval();
    const found = modesOf(model);
    const data = line(4);
    const during: boolean[] = [];
    const onEpoch = () => during.push(model.training);
    await fit(model, { train: [data], validation: [data], loss, optimizer: sgd(model), epochs: 1, onEpoch });
    expect(seen).toEqual([
      [true, true],
      [false, false],
    ]);
    expect(during).toEqual([true]);
    expect(modesOf(model)).toEqual(found);
  });

  it("lets the loop's body look at the model and change the learning rate", async () => {
    const model = new Linear(2, 1);
    const optimizer = sgd(model, 0.1);
    const rates: number[] = [];
    for await (const event of fit(model, { train: [line(8)], loss, optimizer, epochs: 3 })) {
      if (event.type === "batch") rates.push(event.learningRate);
      if (event.type === "epoch") optimizer.paramGroups[0].lr /= 2;
    }
    expect(rates).toEqual([0.1, 0.05, 0.025]);
  });

  it("clips gradients together and reports their norm before", async () => {
    const model = new Linear(1, 1, { bias: false });
    noGrad(() => model.weight.fill_(0));
    const batch = [tensor([[1]]), tensor([[2]])]; // gradient -4
    const training = fit(model, { train: [batch], loss, optimizer: sgd(model, 1), epochs: 1, clipGradNorm: 0.5 });
    const [, event] = await eventsOf(training);
    expect(event).toMatchObject({ type: "batch", gradNorm: 4 });
    expect(model.weight.item()).toBeCloseTo(0.5, 5);
  });

  it("takes several inputs: the last tensor of a batch is the target", async () => {
    class Sum extends Module<[Tensor, Tensor]> {
      layer = new Linear(2, 1);
      override forward(a: Tensor, b: Tensor): Tensor {
        return this.layer(a.add(b));
      }
    }
    const model = new Sum();
    const [x, y] = line(8);
    const history = await fit(model, { train: [[x, x.mul(0), y]], loss, optimizer: sgd(model), epochs: 100 });
    expect(history.epochs[99].train.loss).toBeLessThan(1e-4);
  });
});

describe("types", () => {
  it("know the names of the metrics", async () => {
    const model = new Linear(2, 1);
    const options = { train: [line(4)], validation: [line(4)], loss, optimizer: sgd(model), epochs: 1 };
    const monitor = "validation.mae";
    const { epochs } = await fit(model, {
      ...options,
      metrics: { mae: mae() },
      earlyStopping: { patience: 1, monitor },
    });
    expect(epochs[0].train.mae).toBeGreaterThan(0);
    // @ts-expect-error no such metric
    expect(epochs[0].train.r2).toBeUndefined();
    // @ts-expect-error no such monitor
    expect(() => fit(model, { ...options, earlyStopping: { patience: 1, monitor } })).toThrow(RangeError);
    // @ts-expect-error a misspelt option
    expect(() => fit(model, { ...options, earlystopping: { patience: 1 } })).toThrow(TypeError);
  });
});

describe("a lone last row", () => {
  it("joins the batch before it where there is BatchNorm: 385 rows at batch size 32", async () => {
    const model = withNorm();
    const events = await eventsOf(
      fit(model, { train: loaderOf(line(385), 32), loss, optimizer: sgd(model), epochs: 2 }),
    );
    const batches = events.filter((event) => event.type === "batch");
    expect(batches.slice(0, 12).map(({ rows }) => rows)).toEqual([...new Array(11).fill(32), 33]);
    expect(batches.filter(({ joined }) => joined).map(({ step }) => step)).toEqual([12, 24]);
    expect(events.at(-1)).toMatchObject({ reason: "completed", step: 24 });
  });

  it("stays a batch of its own without BatchNorm", async () => {
    const model = new Linear(2, 1);
    const history = await fit(model, { train: loaderOf(line(385), 32), loss, optimizer: sgd(model), epochs: 1 });
    expect(history.steps).toBe(13);
  });

  it("is validated by running statistics, and joined where BatchNorm keeps none", async () => {
    const model = new Sequential(new Linear(2, 4), new BatchNorm1d(4, { trackRunningStats: false }), new Linear(4, 1));
    const data = loaderOf(line(9), 4);
    const history = await fit(model, { train: data, validation: data, loss, optimizer: sgd(model), epochs: 1 });
    expect(history.reason).toBe("completed");
  });

  it("is an error before any change if there is no other row", async () => {
    const model = withNorm();
    const before = stateOf(model);
    model.eval();
    await expect(fit(model, { train: [line(1)], loss, optimizer: sgd(model), epochs: 1 })).rejects.toThrow(
      "the loader gives one row in all",
    );
    await expect(fit(model, { train: loaderOf(line(6), 1), loss, optimizer: sgd(model), epochs: 1 })).rejects.toThrow(
      "use batchSize 2 or more",
    );
    expect(stateOf(model)).toEqual(before);
    expect(modesOf(model)).not.toContain(true);
  });
});

describe("early stopping", () => {
  /** Weights that follow a given sequence, which the "optimizer" sets. */
  function scripted(weights: number[]) {
    const model = new Linear(1, 1, { bias: false });
    let i = 0;
    const optimizer = {
      paramGroups: [{ params: model.parameters(), lr: 1 }],
      zeroGrad: () => {},
      step: () => noGrad(() => model.weight.fill_(weights[i++])),
    };
    return { model, optimizer };
  }
  const data = [[tensor([[1]]), tensor([[0]])]]; // loss: the weight squared
  const options = { train: data, validation: data, loss, epochs: 10 };

  it("stops after patience and restores the best weights", async () => {
    const { model, optimizer } = scripted([3, 1, 2, 1.5, 0]);
    const history = await fit(model, { ...options, optimizer, earlyStopping: { patience: 2 } });
    expect(history).toMatchObject({ reason: "earlyStopping", bestEpoch: 2, restored: true, steps: 4 });
    expect(history.epochs.map(({ improved }) => improved)).toEqual([true, true, false, false]);
    expect(model.weight.item()).toBe(1);
  });

  it("restores the best weights and buffers bit for bit", async () => {
    const model = withNorm();
    const [train, validation] = [loaderOf(line(64), 16), [line(32)]];
    const states: unknown[] = [];
    const history = await fit(model, {
      train,
      validation,
      loss,
      optimizer: new Adam(model.parameters(), { lr: 0.3 }),
      epochs: 60,
      earlyStopping: { patience: 3 },
      onEpoch: () => states.push(stateOf(model)),
    });
    expect(history.reason).toBe("earlyStopping");
    expect(history.epochs.length - (history.bestEpoch ?? 0)).toBe(3);
    expect(stateOf(model)).toEqual(states[(history.bestEpoch ?? 0) - 1]);
    expect(stateOf(model)).not.toEqual(states.at(-1));
  });

  it("restores also when the epochs run out, and leaves the last weights without restoreBest", async () => {
    const out = scripted([1, 2, 3]);
    const history = await fit(out.model, {
      ...options,
      optimizer: out.optimizer,
      epochs: 3,
      earlyStopping: { patience: 9 },
    });
    expect(history).toMatchObject({ reason: "completed", restored: true });
    expect(out.model.weight.item()).toBe(1);
    const last = scripted([1, 2, 3]);
    const earlyStopping = { patience: 2, restoreBest: false };
    expect(await fit(last.model, { ...options, optimizer: last.optimizer, earlyStopping })).toMatchObject({
      restored: false,
    });
    expect(last.model.weight.item()).toBe(3);
  });

  it("monitors a metric in its own direction, and training numbers", async () => {
    const target = [[tensor([[1], [2]]), tensor([[1], [2]])]];
    const up = scripted([0, 0.5, 1, 0.5]);
    const history = await fit(up.model, {
      ...options,
      train: target,
      validation: target,
      optimizer: up.optimizer,
      metrics: { r2: r2() },
      earlyStopping: { patience: 1, monitor: "validation.r2" },
    });
    expect(history).toMatchObject({ reason: "earlyStopping", bestEpoch: 3 });
    const alone = scripted([1, 2, 3, 4]);
    const earlyStopping = { patience: 1, monitor: "train.loss" as const };
    const { validation: _, ...rest } = options;
    expect(await fit(alone.model, { ...rest, optimizer: alone.optimizer, earlyStopping })).toMatchObject({
      reason: "earlyStopping",
    });
  });
});

describe("aborting", () => {
  const options = () => {
    const model = withNorm();
    const optimizer = new Adam(model.parameters(), { lr: 0.01 });
    const data = line(64);
    return { model, optimizer, train: loaderOf(data, 16), validation: loaderOf(data, 16), loss };
  };

  it("ends between two steps, and counts whole epochs only", async () => {
    const { model, ...rest } = options();
    model.eval();
    const controller = new AbortController();
    const losses: number[] = [];
    const history = await fit(model, {
      ...rest,
      epochs: 5,
      signal: controller.signal,
      onBatch: ({ step, loss }) => {
        losses.push(loss);
        if (step === 6) controller.abort();
      },
    });
    expect(history).toMatchObject({ reason: "aborted", steps: 6, bestEpoch: 1 });
    expect(history.epochs).toHaveLength(1);
    expect(losses).toHaveLength(6);
    const norm = model.getBuffer("1.num_batches_tracked");
    expect(norm.item()).toBe(6);
    expect([...rest.optimizer.state.values()].map(({ step }) => step.item())).toEqual(new Array(6).fill(6));
    expect(modesOf(model)).not.toContain(true);
  });

  it("ends a validation too", async () => {
    const { model, ...rest } = options();
    const controller = new AbortController();
    let batches = 0;
    class Watch extends Module {
      inner = model;
      override forward(x: Tensor): Tensor {
        if (!this.training && ++batches === 2) controller.abort();
        return this.inner(x);
      }
    }
    const history = await fit(new Watch(), { ...rest, epochs: 5, signal: controller.signal, compile: false });
    expect(history).toMatchObject({ reason: "aborted", steps: 4, epochs: [] });
    expect(batches).toBe(2);
    expect(model.training).toBe(true);
  });

  it("restores the best weights so far", async () => {
    const { model, ...rest } = options();
    const controller = new AbortController();
    let best: unknown;
    const history = await fit(model, {
      ...rest,
      epochs: 9,
      signal: controller.signal,
      earlyStopping: { patience: 9 },
      onEpoch: ({ improved }) => {
        if (improved) best = stateOf(model);
      },
      onBatch: ({ step }) => step === 14 && controller.abort(),
    });
    expect(history).toMatchObject({ reason: "aborted", restored: true });
    expect(stateOf(model)).toEqual(best);
  });

  it("touches nothing if the signal is aborted from the start", async () => {
    const { model, ...rest } = options();
    const before = stateOf(model);
    const events = await eventsOf(fit(model, { ...rest, epochs: 5, signal: AbortSignal.abort() }));
    expect(events.map(({ type }) => type)).toEqual(["start", "stop"]);
    expect(events[1]).toMatchObject({ reason: "aborted", history: { steps: 0, bestEpoch: undefined } });
    expect(stateOf(model)).toEqual(before);
  });

  it("lets timers run: a signal with a timeout ends an endless training", async () => {
    const { model, ...rest } = options();
    const history = await fit(model, { ...rest, epochs: 1e9, signal: AbortSignal.timeout(100) });
    expect(history.reason).toBe("aborted");
  });

  it("counts the time since the last pause across epochs, however short they are", async () => {
    const { model, ...rest } = options();
    const slow = (output: Tensor, target: Tensor) => {
      const end = performance.now() + 4;
      while (performance.now() < end);
      return loss(output, target);
    };
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await fit(model, {
      optimizer: rest.optimizer,
      train: [line(4)],
      loss: slow,
      epochs: 30,
      yieldEvery: 10,
      compile: false,
    });
    clearInterval(timer);
    expect(ticks).toBeGreaterThanOrEqual(5);
  });

  it("restores the modes after errors of model, loss and callback, and applies no half step", async () => {
    const fail = () => {
      throw new Error("on purpose");
    };
    for (const failing of [{ loss: fail }, { onBatch: fail }, { onEpoch: fail }, { onStart: fail }]) {
      const { model, ...rest } = options();
      model.eval();
      const before = stateOf(model);
      await expect(fit(model, { ...rest, ...failing, epochs: 1 })).rejects.toThrow("on purpose");
      expect(modesOf(model)).not.toContain(true);
      if ("loss" in failing) expect(stateOf(model)).toEqual(before);
    }
  });
});

describe("misuse of fit", () => {
  const model = new Linear(2, 1);
  const good = { train: [line(4)], loss, optimizer: sgd(model), epochs: 1 };
  const cases: [string, object, string][] = [
    ["an unknown option", { epoch: 3 }, 'fit: unknown option "epoch"'],
    ["no epochs", { epochs: 0 }, "fit: epochs is 0, expected a whole number of at least 1"],
    ["half an epoch", { epochs: 1.5 }, "epochs is 1.5"],
    ["a tensor for a loader", { train: good.train[0][0] }, "train is Tensor, expected something to loop over"],
    ["a used-up loader", { train: good.train[Symbol.iterator]() }, "used up after one epoch"],
    ["a validation that is none", { validation: 3 }, "validation is 3, expected something to loop over"],
    ["a loss that is none", { loss: "mse" }, 'loss is "mse", expected a module'],
    ["no optimizer", { optimizer: undefined }, "optimizer is undefined, expected one such as new optim.Adam"],
    ["an optimizer of another model", { optimizer: sgd(new Linear(2, 1)) }, "holds none of the model's parameters"],
    [
      "a metric not called",
      { metrics: { mae } },
      'metric "mae" has no method update(); pass one such as train.mae(); call it',
    ],
    ["a metric called loss", { metrics: { loss: mae() } }, 'cannot be called "loss"'],
    ["a monitor without validation", { earlyStopping: { patience: 1 } }, "without a validation loader"],
    [
      "an unknown monitor",
      { validation: good.train, earlyStopping: { patience: 1, monitor: "validation.mae" } },
      'monitor is "validation.mae", expected one of validation.loss, train.loss',
    ],
    ["no patience", { validation: good.train, earlyStopping: {} }, "patience is undefined"],
    [
      "an unknown early stopping option",
      { earlyStopping: { patience: 1, delta: 1 } },
      'unknown option "earlyStopping.delta"',
    ],
    ["a clip of 0", { clipGradNorm: 0 }, "clipGradNorm is 0"],
    ["a negative pause", { yieldEvery: -1 }, "yieldEvery is -1"],
    ["a callback that is none", { onEpoch: true }, "onEpoch is true, expected a function"],
  ];

  it.each(cases)("%s is refused at the call", (_, change, message) => {
    expect(() => fit(model, { ...good, ...change } as never)).toThrow(message);
  });

  it("a model that is none is refused at the call", () => {
    expect(() => fit(Linear as never, good)).toThrow("make one with new");
    expect(() => fit({} as never, good)).toThrow("expected an nn.Module");
    expect(() => fit(model, undefined as never)).toThrow("the options are undefined");
  });

  it.each([
    ["an empty loader", { train: [] }, "train gives no batches"],
    ["batches without a target", { train: [[line(4)[0]]] }, "expected [...inputs, target]"],
    [
      "a loss per row",
      { loss: new MSELoss({ reduction: "none" }) },
      'the loss gave 4 values, expected a tensor of one value; use reduction "mean"',
    ],
    ["a loss that is a number", { loss: () => 1 }, "the loss gave number"],
    ["a metric that does not fit", { metrics: { accuracy: accuracy() } }, "targets must be 0 or 1"],
    ["a loss without parameters", { loss: () => tensor(1) }, "does not require a gradient"],
  ])("%s is found when it comes", async (_, change, message) => {
    const before = stateOf(model);
    await expect(fit(model, { ...good, ...change } as never)).rejects.toThrow(message);
    expect(stateOf(model)).toEqual(before);
  });

  it("an empty validation is refused at the call where its length tells, else found after the first epoch", async () => {
    expect(() => fit(model, { ...good, validation: [] })).toThrow("validation gives no batches");
    const batchSampler = { *[Symbol.iterator]() {} };
    const validation = new DataLoader(new TensorDataset(...line(4)), { batchSampler });
    const training = fit(model, { ...good, validation });
    await expect(training).rejects.toThrow("gives no batches");
    expect(model.training).toBe(true);
  });
});
