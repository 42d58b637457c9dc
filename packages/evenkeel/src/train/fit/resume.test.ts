import { describe, expect, it } from "vitest";
import { DataLoader, RandomSampler, TensorDataset } from "../../data/index.ts";
import { type Checkpoint, loadCheckpoint, saveCheckpoint } from "../../io/index.ts";
import { BatchNorm1d, Dropout, Linear, Module, MSELoss, ReLU, Sequential } from "../../nn/index.ts";
import {
  Adam,
  type AdamOptions,
  AdamW,
  AveragedModel,
  FlatCosineLR,
  getEmaAvgFn,
  OneCycleLR,
  type Optimizer,
  ReduceLROnPlateau,
  SGD,
  type SGDOptions,
} from "../../optim/index.ts";
import { defaultGenerator, Generator, manualSeed } from "../../random/index.ts";
import { randn, type Tensor } from "../../tensor/index.ts";
import type { Loader } from "../batches.ts";
import { mae, r2 } from "../evaluate/metrics.ts";
import { type FitOptions, fit } from "../index.ts";
import type { Model } from "../modelState.ts";
import { EarlyStopping } from "./earlyStopping.ts";
import { resumeTraining, takeCheckpoint } from "./resume.ts";

const rows = (() => {
  manualSeed(42);
  const x = randn([45, 3]);
  return {
    x,
    y: x
      .slice(1, 0, 1)
      .mul(2)
      .add(randn([45, 1])),
  };
})();
const dataset = new TensorDataset(rows.x, rows.y);
const held = new TensorDataset(rows.x.slice(0, 0, 20), rows.y.slice(0, 0, 20));

/** A module with its own generator. */
class Noise extends Module {
  readonly source = new Generator(5);
  override forward(x: Tensor): Tensor {
    return this.training ? x.add(randn(x.shape, { generator: this.source }).mul(0.1)) : x;
  }
}

interface Scene {
  readonly model: Model;
  readonly optimizer: Optimizer<AdamOptions> | Optimizer<SGDOptions>;
  readonly train: Loader;
  readonly options: Partial<FitOptions<"mae">>;
  /** All generators besides the default one. */
  readonly generators: readonly Generator[];
}

const network = () =>
  new Sequential(new Linear(3, 6), new BatchNorm1d(6), new ReLU(), new Dropout(0.2), new Linear(6, 1));
const earlyStopping = { patience: 1, monitor: "validation.mae", restoreBest: true } as const;

/** Each scene is made anew; scenes share only the data and the code. */
const scenes: Readonly<Record<string, () => Scene>> = {
  "dropout, BatchNorm, Adam, shuffled, early stopping": () => {
    const model = network();
    const optimizer = new Adam(model.parameters(), { lr: 0.1, amsgrad: true });
    const train = new DataLoader(dataset, { batchSize: 8, shuffle: true });
    return { model, optimizer, train, options: { earlyStopping }, generators: [] };
  },
  "SGD with momentum, groups, a schedule per step, clipping, a loader's own generator": () => {
    const model = network();
    const [first, ...others] = model.parameters();
    const optimizer = new SGD([{ params: [first], lr: 0.001 }, { params: others }], { lr: 0.05, momentum: 0.9 });
    const generator = new Generator(11);
    const train = new DataLoader(dataset, { batchSize: 11, shuffle: true, generator });
    const scheduler = new OneCycleLR(optimizer, { maxLr: [0.05, 0.1], totalSteps: 40 });
    const options = { clipGradNorm: 1, scheduler, schedulerInterval: "step" } as const;
    return { model, optimizer, train, options, generators: [generator] };
  },
  "AdamW, a schedule by plateaus, cumulative BatchNorm, generators in a sampler and a module": () => {
    const noise = new Noise();
    const model = new Sequential(noise, new Linear(3, 4), new BatchNorm1d(4, { momentum: null }), new Linear(4, 1));
    const optimizer = new AdamW(model.parameters(), { lr: 0.02 });
    const generator = new Generator(12);
    const sampler = new RandomSampler(dataset, { replacement: true, generator });
    const train = new DataLoader(dataset, { batchSize: 8, sampler });
    const scheduler = new ReduceLROnPlateau(optimizer, { patience: 0, factor: 0.5 });
    const options = { earlyStopping: { ...earlyStopping, patience: 2, restoreBest: false }, scheduler };
    return { model, optimizer, train, options, generators: [generator, noise.source] };
  },
  "averaged weights and statistics, a flat schedule, the best epoch of the average": () => {
    const model = network();
    const optimizer = new AdamW(model.parameters(), { lr: 0.1 });
    const train = new DataLoader(dataset, { batchSize: 8, shuffle: true });
    const average = new AveragedModel(model, { avgFn: getEmaAvgFn(0.7), useBuffers: true });
    const scheduler = new FlatCosineLR(optimizer, { totalSteps: 60 });
    const options = { average, earlyStopping, scheduler, schedulerInterval: "step" } as const;
    return { model, optimizer, train, options, generators: [] };
  },
};

const validation = new DataLoader(held, { batchSize: 7 });
const epochs = 7;

function start(scene: Scene, options: Partial<FitOptions<"mae">> = {}) {
  const { model, optimizer, train } = scene;
  const base = { train, validation, loss: new MSELoss(), optimizer, epochs, metrics: { mae: mae() } };
  return fit(model, { ...base, ...scene.options, ...options });
}

const withoutSeconds = <T extends { seconds: number }>({ seconds: _, ...rest }: T) => rest;

/** Bytes in a form that compares and prints fast. */
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

/** Everything that a training leaves, to the byte. */
async function outcome(scene: Scene, training: ReturnType<typeof start>) {
  const history = await training;
  const { average } = scene.options;
  const state = {
    ...{ epoch: 0, step: 0, model: scene.model.stateDict(), optimizer: scene.optimizer.stateDict() },
    ...(average && { average: average.stateDict() }),
  };
  return {
    history: { ...withoutSeconds(history), epochs: history.epochs.map(withoutSeconds) },
    bytes: text(saveCheckpoint(state as Checkpoint)),
    generators: [defaultGenerator, ...scene.generators].map((generator) => text(generator.getState())),
  };
}

describe.each(Object.keys(scenes))("%s", (name) => {
  const make = scenes[name];

  it.each([true, false])(
    "goes on from any epoch to the same bytes; compile: %s",
    { timeout: 60_000 },
    async (compile) => {
      manualSeed(1);
      const files: Uint8Array[] = [];
      const scene = make();
      const onEpoch: FitOptions<"mae">["onEpoch"] = (event) => files.push(saveCheckpoint(event.checkpoint()));
      const whole = await outcome(scene, start(scene, { compile, onEpoch }));
      const stopsEarly = scene.options.earlyStopping !== undefined;
      expect(whole.history.reason).toBe(stopsEarly ? "earlyStopping" : "completed");
      expect(files.length).toBe(whole.history.epochs.length);
      expect(files.length).toBeGreaterThan(4);

      for (const [i, file] of files.entries()) {
        manualSeed(1000 + i);
        const again = make();
        for (const generator of again.generators) generator.manualSeed(99 + i);
        const later: string[] = [];
        const resume = loadCheckpoint(file);
        const training = start(again, {
          compile,
          resume,
          onEpoch: (event) => later.push(text(saveCheckpoint(withoutTimes(event.checkpoint())))),
        });
        expect(await outcome(again, training), `from epoch ${i + 1}`).toEqual(whole);
        // The checkpoints after the resumed one are the same, too.
        const rest = files.slice(i + 1).map((bytes) => text(saveCheckpoint(withoutTimes(loadCheckpoint(bytes)))));
        expect(later).toEqual(rest);
      }
    },
  );
});

const withoutTimes = (checkpoint: Checkpoint): Checkpoint => ({
  ...checkpoint,
  ...(checkpoint.history && { history: checkpoint.history.map((record) => ({ ...record, seconds: 0 })) }),
});

const first = scenes["dropout, BatchNorm, Adam, shuffled, early stopping"];

/** The checkpoint of an epoch. */
async function checkpointAt(epoch: number): Promise<Checkpoint> {
  manualSeed(1);
  for await (const event of start(first(), { compile: false })) {
    if (event.type === "epoch" && event.epoch === epoch) return event.checkpoint();
  }
  throw new Error(`there is no epoch ${epoch}`);
}

describe("checkpoint()", () => {
  it("of a training that is aborted in the middle of an epoch is that of the last whole one", async () => {
    manualSeed(1);
    const scene = first();
    const whole = await outcome(scene, start(scene));
    const controller = new AbortController();
    let last: Checkpoint | undefined;
    manualSeed(1);
    const aborted = await start(first(), {
      signal: controller.signal,
      onBatch: ({ epoch, batch }) => void (epoch === 3 && batch === 2 && controller.abort()),
      onEpoch: (event) => {
        last = event.checkpoint();
      },
    });
    expect([aborted.reason, aborted.steps, last?.epoch, last?.step]).toEqual(["aborted", 14, 2, 12]);
    manualSeed(7);
    const again = first();
    expect(await outcome(again, start(again, { resume: last }))).toEqual(whole);
  });

  it("does not change with the training, and is refused when that has gone on", async () => {
    manualSeed(1);
    const training = start(first());
    const taken: { file: Uint8Array; checkpoint: Checkpoint; again: () => Checkpoint }[] = [];
    for await (const event of training) {
      if (event.type !== "epoch") continue;
      const checkpoint = event.checkpoint();
      taken.push({ checkpoint, file: saveCheckpoint(checkpoint), again: () => event.checkpoint() });
      expect(structuredClone(event)).toEqual({ ...event }); // can be posted to another thread
    }
    for (const [i, { checkpoint, file, again }] of taken.entries()) {
      expect(saveCheckpoint(checkpoint)).toEqual(file);
      expect(again).toThrow(`continued since the end of epoch ${i + 1}; call event.checkpoint() in onEpoch`);
    }
  });

  it("takes in what the loop's body has changed", async () => {
    manualSeed(1);
    const scene = first();
    for await (const event of start(scene)) {
      if (event.type !== "epoch") continue;
      Object.assign(scene.optimizer.paramGroups[0], { lr: 0.125 });
      expect(event.checkpoint().optimizer.paramGroups[0]).toMatchObject({ lr: 0.125 });
      break;
    }
  });

  it("refuses to lose parameters that the model does not have, or an optimizer's state", async () => {
    const onEpoch: FitOptions<"mae">["onEpoch"] = (event) => void event.checkpoint();
    const scene = first();
    scene.optimizer.addParamGroup({ params: [randn([1], { requiresGrad: true })] });
    await expect(start(scene, { onEpoch })).rejects.toThrow("holds 1 parameters that are not the model's");
    const other = first();
    const { paramGroups } = other.optimizer;
    const bare = { paramGroups, zeroGrad: () => other.optimizer.zeroGrad(), step: () => other.optimizer.step() };
    await expect(start(other, { optimizer: bare, onEpoch })).rejects.toThrow("the optimizer has no stateDict()");
  });
});

describe("resume", () => {
  it("says when it has nothing left to do, with the best weights", async () => {
    const [done, scene] = [await checkpointAt(3), first()];
    const history = await start(scene, { resume: done, epochs: 3 });
    expect([history.reason, history.epochs.length, history.steps, history.restored]).toEqual([
      "completed",
      3,
      18,
      true,
    ]);
    expect(history.seconds).toBeGreaterThanOrEqual(history.epochs[2].seconds);
    expect(saveCheckpoint({ ...done, model: scene.model.stateDict() })).toEqual(
      saveCheckpoint({ ...done, model: done.earlyStopping?.model ?? {} }),
    );
  });

  it("may have more patience", async () => {
    manualSeed(1);
    const short = await start(first(), { compile: false });
    expect(short.reason).toBe("earlyStopping");
    const resume = await checkpointAt(short.epochs.length);
    const { reason } = await start(first(), { resume, earlyStopping: { ...earlyStopping, patience: 100 } });
    expect(reason).toBe("completed");
  });

  const own = scenes["SGD with momentum, groups, a schedule per step, clipping, a loader's own generator"];
  const wide = () => {
    const model = new Sequential(new Linear(3, 7), new BatchNorm1d(7), new ReLU(), new Dropout(0.2), new Linear(7, 1));
    return { ...first(), model, optimizer: new Adam(model.parameters()) };
  };
  const bySgd = () => {
    const scene = first();
    return { ...scene, optimizer: new SGD(scene.model.parameters(), { lr: 0.1 }) };
  };
  const changed = (change: (checkpoint: Checkpoint) => object) => (checkpoint: Checkpoint) => ({
    ...checkpoint,
    ...change(checkpoint),
  });
  const same = changed(() => ({}));

  it.each<[string, () => Scene, (checkpoint: Checkpoint) => unknown, Partial<FitOptions<"mae">>, string]>([
    ["another network", wide, same, {}, "size mismatch for 0.weight"],
    ["another optimizer", bySgd, same, {}, "was it saved by the same kind of optimizer"],
    ["the bytes", first, (checkpoint) => saveCheckpoint(checkpoint), {}, "expected what loadCheckpoint(bytes) gives"],
    ["nothing", first, () => null, {}, "fit: resume is null, expected an object"],
    ["a part too many", first, changed(() => ({ lr: 1 })), {}, 'unknown option "lr"'],
    ["fewer epochs", first, same, { epochs: 1 }, "epochs is 1, but the checkpoint has 2 finished epochs"],
    [
      "another monitor",
      first,
      same,
      { earlyStopping: { patience: 2 } },
      "found by validation.mae, this training looks at",
    ],
    ["no validation", first, same, { validation: undefined, earlyStopping: undefined }, "looks at train.loss"],
    [
      "other metrics",
      first,
      same,
      { metrics: { mae: mae(), r2: r2() } as never },
      "has the numbers train.loss, train.mae, validation.loss, validation.mae, this training reports",
    ],
    ["no history", first, changed(() => ({ history: undefined })), {}, "lacks history"],
    [
      "a record too few",
      first,
      changed(({ history }) => ({ history: history?.slice(1) })),
      {},
      "has 1 records for 2 epochs",
    ],
    ["steps that are not its own", first, changed(() => ({ step: 3 })), {}, "its steps with the last record's"],
    [
      "records of something else",
      first,
      changed(({ history }) => ({ history: [{}, ...(history ?? []).slice(1)] })),
      {},
      "record 1 of the checkpoint's history is not that of epoch 1",
    ],
    [
      "no best weights",
      first,
      changed(({ earlyStopping: state }) => ({ earlyStopping: { ...state, model: undefined } })),
      {},
      "has no weights of its best epoch",
    ],
    [
      "best weights of another network",
      first,
      changed(({ earlyStopping: state }) => ({ earlyStopping: { ...state, model: wide().model.stateDict() } })),
      {},
      "size mismatch for 0.weight",
    ],
    [
      "a mode that was another",
      first,
      changed(({ earlyStopping: state }) => ({ earlyStopping: { ...state, mode: "max" } })),
      {},
      'one of mode "max", expected "min"',
    ],
    [
      "a generator that was not saved",
      first,
      same,
      { train: own().train },
      "train.generator draws here, but was not saved",
    ],
    [
      "a generator that is not here",
      first,
      changed(({ generators }) => ({ generators: { ...generators, "train.generator": generators?.default } })),
      {},
      "train.generator was saved, but does not draw here",
    ],
    [
      "half a generator",
      first,
      changed(({ generators }) => ({ generators: { default: generators?.default.slice(1) } })),
      {},
      "a generator state has 5056 bytes, got 5055",
    ],
    [
      "a scheduler that is not here",
      first,
      changed(() => ({ scheduler: {} })),
      {},
      "saved with a scheduler, this training has none",
    ],
  ])("refuses %s, and changes nothing", async (_, make, change, options, message) => {
    const resume = change(await checkpointAt(2)) as Checkpoint;
    manualSeed(3);
    const scene = make();
    const before = [saveState(scene), defaultGenerator.getState()];
    expect(() => start(scene, { ...options, resume })).toThrow(message);
    expect([saveState(scene), defaultGenerator.getState()]).toEqual(before);
  });

  const saveState = ({ model, optimizer }: Scene) =>
    saveCheckpoint({ epoch: 0, step: 0, model: model.stateDict(), optimizer: optimizer.stateDict() });
});

describe("a scheduler", () => {
  /** Like PyTorch's: its state is plain data, and may contain infinities. */
  const scheduler = () => {
    let state = { lastEpoch: 0, best: Number.POSITIVE_INFINITY };
    return {
      step: () => {
        state = { lastEpoch: state.lastEpoch + 1, best: 1 / state.lastEpoch };
      },
      stateDict: () => ({ ...state }),
      loadStateDict: (given: object) => {
        state = { ...(given as typeof state) };
      },
    };
  };
  const planOf = (scheduler: object) => {
    const { model, optimizer, train } = first();
    const stopping = new EarlyStopping({ patience: 1 });
    const plan = {
      train,
      optimizer: optimizer as Adam,
      stopping,
      monitor: "train.loss" as const,
      epochs: 1,
      scheduler,
    };
    return { model, plan };
  };

  it("is saved and restored with the rest", () => {
    const [from, to] = [scheduler(), scheduler()];
    const { model, plan } = planOf(from);
    from.step();
    const file = saveCheckpoint(takeCheckpoint(model, plan, []));
    from.step();
    const there = planOf(to);
    expect(resumeTraining(there.model, there.plan, loadCheckpoint(file))).toEqual([]);
    expect(to.stateDict()).toEqual({ lastEpoch: 1, best: Number.POSITIVE_INFINITY });
  });

  it("that does not take the state leaves model and optimizer as they were", () => {
    const { model, plan } = planOf(scheduler());
    const checkpoint = takeCheckpoint(model, plan, []);
    const refuses = () => {
      throw new Error("no such schedule");
    };
    const there = planOf({
      ...scheduler(),
      loadStateDict: (state: { best: number }) => (state.best === 7 ? null : refuses()),
    });
    const before = saveCheckpoint({
      epoch: 0,
      step: 0,
      model: there.model.stateDict(),
      optimizer: checkpoint.optimizer,
    });
    expect(() => resumeTraining(there.model, there.plan, checkpoint)).toThrow("no such schedule");
    expect(
      saveCheckpoint({ epoch: 0, step: 0, model: there.model.stateDict(), optimizer: checkpoint.optimizer }),
    ).toEqual(before);
  });
});
