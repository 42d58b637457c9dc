import { describe, expect, it } from "vitest";
import { DataLoader, TensorDataset } from "../../data/index.ts";
import { loadCheckpoint, saveCheckpoint } from "../../io/index.ts";
import { BatchNorm1d, Dropout, Linear, MSELoss, ReLU, Sequential } from "../../nn/index.ts";
import { Adam, AveragedModel, getEmaAvgFn, SGD } from "../../optim/index.ts";
import { Generator, manualSeed } from "../../random/index.ts";
import { randn, type Tensor, tensor } from "../../tensor/index.ts";
import { evaluate, type FitOptions, fit, NonFiniteLossError } from "../index.ts";

manualSeed(3);
const x = randn([40, 3]);
const y = x.sum(1, { keepdim: true });
const dataset = new TensorDataset(x, y);
const held = new DataLoader(new TensorDataset(x.narrow(0, 0, 15), y.narrow(0, 0, 15)), { batchSize: 15 });

function scene() {
  manualSeed(0);
  const model = new Sequential(
    new Linear(3, 6, { bias: false }),
    new BatchNorm1d(6),
    new ReLU(),
    new Dropout(0.2),
    new Linear(6, 1),
  );
  const optimizer = new Adam(model.parameters(), { lr: 0.1 });
  const average = new AveragedModel(model, { avgFn: getEmaAvgFn(0.8), useBuffers: true });
  const train = new DataLoader(dataset, { batchSize: 8, shuffle: true, generator: new Generator(1) });
  return { model, optimizer, average, train, loss: new MSELoss() };
}

const train = ({ model, optimizer, average, train, loss }: ReturnType<typeof scene>, more: Partial<FitOptions> = {}) =>
  fit(model, { train, validation: held, optimizer, loss, epochs: 6, average, ...more });

const bytes = (state: Readonly<Record<string, Tensor>>) => Object.values(state).map(({ data }) => [...data]);
/** Compiled and eager sums differ in the last bits. */
const rounded = (values: readonly (number | undefined)[]) => values.map((value) => value?.toPrecision(4));

describe("fit with an average", () => {
  it.each([true, false])(
    "averages after every step, and scores and keeps the average; compiled: %s",
    async (compile) => {
      const own = scene();
      const losses: number[] = [];
      const states: number[][][] = [];
      const criterion = new MSELoss();
      for (let epoch = 0; epoch < 6; epoch++) {
        own.model.train();
        for (const [inputs, target] of own.train as Iterable<[Tensor, Tensor]>) {
          own.optimizer.zeroGrad();
          criterion(own.model(inputs), target).backward();
          own.optimizer.step();
          own.average.updateParameters(own.model);
        }
        losses.push(evaluate(own.average.module, held, { loss: criterion }).loss);
        states.push(bytes(own.average.module.stateDict()));
      }
      const given = scene();
      const history = await train(given, { compile, earlyStopping: { patience: 6 } });
      expect(rounded(history.epochs.map(({ validation }) => validation?.loss))).toEqual(rounded(losses));
      const best = losses.indexOf(Math.min(...losses));
      expect(history.bestEpoch).toBe(best + 1);
      expect(rounded(bytes(given.average.module.stateDict()).flat())).toEqual(rounded(states[best].flat()));
      // The model goes on where its last step was: restoring is the average's.
      expect(rounded(bytes(given.model.stateDict()).flat())).toEqual(rounded(bytes(own.model.stateDict()).flat()));
    },
  );

  it("stops as soon as a loss is good enough, and a resumed training stops there too", async () => {
    const first = await train(scene(), { earlyStopping: { patience: 6 } });
    const losses = first.epochs.map(({ validation }) => validation?.loss ?? Number.NaN);
    const stoppingThreshold = losses[2];
    const earlyStopping = { patience: 6, stoppingThreshold };
    const at = losses.findIndex((loss) => loss <= stoppingThreshold) + 1;
    let saved: Uint8Array | undefined;
    const history = await train(scene(), {
      earlyStopping,
      onEpoch: (event) => {
        saved = saveCheckpoint(event.checkpoint());
      },
    });
    expect([history.reason, history.epochs.length]).toEqual(["earlyStopping", at]);
    const resumed = await train(scene(), { earlyStopping, resume: loadCheckpoint(saved as Uint8Array) });
    expect([resumed.reason, resumed.epochs.length]).toEqual(["earlyStopping", at]);
  });

  it("names the layer of the average whose validation loss is not finite, and restores modes", async () => {
    const { average, ...rest } = scene();
    const bad = new DataLoader(new TensorDataset(tensor([[1, Number.NaN, 2]]), tensor([[1]])), { batchSize: 1 });
    average.module.eval();
    await expect(train({ average, ...rest }, { validation: bad, columns: ["a", "b", "c"] })).rejects.toThrow(
      NonFiniteLossError,
    );
    expect([rest.model.training, average.module.training]).toEqual([true, false]);
  });

  it("refuses an average of another model, a checkpoint without one, and the average as the model", async () => {
    const { average, model, ...rest } = scene();
    const other = new Sequential(new Linear(3, 5), new Linear(5, 1));
    const optimizer = new SGD(other.parameters(), { lr: 0.1 });
    expect(() => train({ ...rest, average, model: other as never, optimizer: optimizer as never })).toThrow(
      "AveragedModel: the model has 4 parameters",
    );
    expect(() => train({ ...rest, average, model: average.module })).toThrow("the optimizer holds none");
    const own = new SGD(average.module.parameters(), { lr: 0.1 });
    expect(() => train({ ...rest, average, model: average.module, optimizer: own as never })).toThrow(
      "fit: the model to train is the average itself",
    );
    const onEpoch: FitOptions["onEpoch"] = (event) => {
      const resume = event.checkpoint();
      expect(() => train(scene(), { resume })).toThrow(
        "resume: the checkpoint was saved without an average of the weights, this training has one",
      );
    };
    await train({ ...rest, average, model }, { average: undefined, epochs: 1, onEpoch });
    expect.assertions(4);
  });
});
