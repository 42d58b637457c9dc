import { describe, expect, it } from "vitest";
import { BatchNorm1d, Linear, Sequential } from "../nn/index.ts";
import { Adam, SGD } from "../optim/index.ts";
import { defaultGenerator, Generator } from "../random/index.ts";
import { ones, tensor } from "../tensor/index.ts";
import { type Checkpoint, loadCheckpoint, loadSafetensors, saveCheckpoint, saveSafetensors } from "./index.ts";

/** After a step, which leaves a gradient's moments behind. */
function trained() {
  const model = new Sequential(new Linear(2, 3), new BatchNorm1d(3));
  const optimizer = new Adam(model.parameters(), { lr: 0.1, betas: [0.8, 0.9] });
  model(
    tensor([
      [1, 2],
      [3, 5],
      [0, -1],
    ]),
  )
    .square()
    .sum()
    .backward();
  optimizer.step();
  return { model, optimizer };
}

function checkpoint(changes: Partial<Checkpoint> = {}): Checkpoint {
  const { model, optimizer } = trained();
  return {
    epoch: 1,
    step: 12,
    model: model.stateDict(),
    optimizer: optimizer.stateDict(),
    scheduler: { lastEpoch: 1, best: Number.POSITIVE_INFINITY, nested: [{ a: null, zero: -0 }] },
    generators: { default: defaultGenerator.getState(), "train.generator": new Generator(3).getState() },
    earlyStopping: { epochs: 1, mode: "min", best: 0.5, bestEpoch: 1, model: model.stateDict() },
    monitor: "validation.loss",
    history: [{ epoch: 1, train: { loss: 0.1 + 0.2, r2: Number.NaN } }],
    ...changes,
  };
}

/** The same file with other words in its header. */
function reworded(change: (state: string) => string, metadata: Record<string, string> = {}): Uint8Array {
  const file = saveCheckpoint(checkpoint({ generators: {} }));
  const loaded = loadSafetensors(file);
  const state = change(loaded.metadata.state);
  return saveSafetensors(loaded.tensors, { metadata: { ...loaded.metadata, state, ...metadata } });
}

describe("saveCheckpoint and loadCheckpoint", () => {
  it("keep everything, and give the same bytes again", () => {
    const given = checkpoint();
    const file = saveCheckpoint(given);
    const loaded = loadCheckpoint(file);
    const { model, optimizer, earlyStopping, ...plain } = loaded;
    const { model: _, optimizer: __, earlyStopping: ___, ...expected } = given;
    expect(plain).toEqual(expected);
    expect({ ...earlyStopping, model: null }).toEqual({ ...given.earlyStopping, model: null });
    expect(Object.is((loaded.scheduler as { nested: { zero: number }[] }).nested[0].zero, -0)).toBe(true);
    expect(saveCheckpoint(loaded)).toEqual(file);

    const other = trained();
    other.model.loadStateDict(model);
    other.optimizer.loadStateDict(optimizer);
    expect(
      saveCheckpoint({ ...given, model: other.model.stateDict(), optimizer: other.optimizer.stateDict() }),
    ).toEqual(file);
  });

  it("keep the training that this one repeats beside it, each with tensors of its own", () => {
    const given = checkpoint({ epoch: 3, first: checkpoint({ epoch: 7 }) });
    const file = saveCheckpoint(given);
    const loaded = loadCheckpoint(file);
    expect(loaded.first).toEqual(loadCheckpoint(saveCheckpoint(given.first!)));
    const { first: _, ...alone } = given;
    expect({ ...loaded, first: undefined }).toEqual({ ...loadCheckpoint(saveCheckpoint(alone)), first: undefined });
    expect(loaded.model["0.weight"]).not.toEqual(loaded.first?.model["0.weight"]); // weights are drawn anew
    expect(saveCheckpoint(loaded)).toEqual(file);
    const third = () => loadCheckpoint(saveCheckpoint({ ...given, first: given }));
    expect(third).toThrow("saveCheckpoint: first has a training before it, expected one that was the first");
    expect(() => saveCheckpoint({ ...given, first: { ...given.first!, step: -1 } })).toThrow(
      "saveCheckpoint: first: step is -1",
    );
  });

  it("need no more than a loop written by hand has", () => {
    const model = new Linear(1, 1);
    const optimizer = new SGD(model.parameters(), { lr: 0.1 });
    const least = { epoch: 0, step: 0, model: model.stateDict(), optimizer: optimizer.stateDict() };
    const loaded = loadCheckpoint(saveCheckpoint(least));
    expect(loaded.optimizer).toEqual(least.optimizer);
    expect(Object.keys(loaded).sort()).toEqual(["epoch", "generators", "model", "optimizer", "step"]);
  });

  it("keep that a parameter was stepped, also if nothing is kept for it", () => {
    const { model } = trained();
    const optimizer = { state: { 0: {}, 2: { momentum_buffer: null } }, paramGroups: [] } as never;
    const { state } = loadCheckpoint(
      saveCheckpoint({ epoch: 0, step: 0, model: model.stateDict(), optimizer }),
    ).optimizer;
    expect(state).toEqual({ 0: {}, 2: {} });
  });

  it("stand in a file that other programs can take the weights out of", () => {
    const { tensors, metadata } = loadSafetensors(saveCheckpoint(checkpoint()));
    expect(metadata).toMatchObject({ format: "evenkeel-checkpoint", version: "1" });
    expect(Object.keys(tensors)).toEqual(
      expect.arrayContaining(["model.0.weight", "optimizer.0.exp_avg", "best.1.running_mean", "generator.default"]),
    );
  });

  it.each<[string, Partial<Record<keyof Checkpoint, unknown>>, string]>([
    ["half an epoch", { epoch: 0.5 }, "epoch is 0.5, expected a whole number"],
    ["a model for its state", { model: new Linear(1, 1) }, "model is Linear, expected an object"],
    ["a number for a tensor", { model: { a: 1 } }, 'model "a" is 1, expected a Tensor'],
    ["no optimizer", { optimizer: undefined }, "optimizer is undefined, expected an object"],
    [
      "an optimizer's state by name",
      { optimizer: { state: { w: {} }, paramGroups: [] } },
      "optimizer.state[w] is no position",
    ],
    ["a generator for its state", { generators: { default: defaultGenerator } }, "generators.default is Generator"],
    [
      "a schedule that is a function",
      { scheduler: { lambda: Math.sqrt } },
      "state.scheduler.lambda is the function sqrt, expected plain data",
    ],
    ["a history without end", { history: [circle()] }, "more than 64 levels deep; does it contain itself?"],
    [
      "a best epoch that has not been",
      { earlyStopping: { epochs: 1, mode: "min", best: 1, bestEpoch: 2 } },
      "expected 1 to 1",
    ],
    ["a best value of no epoch", { earlyStopping: { epochs: 1, mode: "min", best: 1 } }, "one of best and bestEpoch"],
    ["a part that it does not know", { losses: [] } as never, 'unknown option "losses"'],
  ])("refuse %s", (_, changes, message) => {
    expect(() => saveCheckpoint({ ...checkpoint(), ...changes } as Checkpoint)).toThrow(message);
  });

  it.each<[string, () => Uint8Array, string]>([
    [
      "weights alone",
      () => saveSafetensors({ a: ones([1]) }),
      'the file names no format, expected "evenkeel-checkpoint"',
    ],
    ["a later version", () => reworded((state) => state, { version: "2" }), 'has version "2", this library reads "1"'],
    [
      "no version",
      () => {
        const { tensors, metadata } = loadSafetensors(saveCheckpoint(checkpoint()));
        return saveSafetensors(tensors, { metadata: { format: metadata.format, state: metadata.state } });
      },
      'the checkpoint has no version, this library reads "1"',
    ],
    ["no state", () => reworded(() => "null"), "the state is null, expected an object; the file is damaged"],
    ["no JSON", () => reworded(() => "{"), "the state is no valid JSON"],
    ["lists in lists", () => reworded(() => "[".repeat(1_000_000)), "nested more than 64 levels deep"],
    [
      "a prototype",
      () => reworded((s) => s.replace('"lastEpoch"', '"__proto__"')),
      'scheduler has the key "__proto__"',
    ],
    ["another number", () => reworded((s) => s.replace("NaN", "nan")), 'the $number "nan"'],
    [
      "a training before it that is none",
      () => reworded((s) => s.replace('"epoch":1', '"first":3,"epoch":1')),
      "first is 3",
    ],
    ["a tensor too many", () => reworded((s) => s.replace('"hasModel":true', '"hasModel":false')), '"best.'],
    [
      "a parameter too many",
      () => reworded((s) => s.replace('"positions":[0,', '"positions":[')),
      'the tensor "optimizer.0.',
    ],
    [
      "a position that is none",
      () => reworded((s) => s.replace('"positions":[0,', '"positions":[-1,0,')),
      "optimizer.state[-1]",
    ],
    ["steps in words", () => reworded((s) => s.replace('"step":12', '"step":"12"')), 'step is "12"'],
  ])("refuse a file with %s", (_, file, message) => {
    expect(() => loadCheckpoint(file())).toThrow(message);
  });
});

function circle(): object {
  const record: Record<string, unknown> = {};
  record.self = record;
  return record;
}
