import { expect, it } from "vitest";
import { Linear, MSELoss } from "../../nn/index.ts";
import { OneCycleLR, ReduceLROnPlateau, SGD, StepLR } from "../../optim/index.ts";
import { manualSeed } from "../../random/index.ts";
import { ones, randn, zeros } from "../../tensor/index.ts";
import { mae } from "../evaluate/metrics.ts";
import { fit } from "./fit.ts";

const loss = new MSELoss();

function setUp() {
  manualSeed(1);
  const model = new Linear(2, 1);
  const optimizer = new SGD(model.parameters(), { lr: 0.1, momentum: 0.5 });
  const train = [1, 2, 3].map(() => [randn([4, 2]), randn([4, 1])]);
  return { model, optimizer, options: { train, loss, optimizer } };
}

it("a scheduler steps at the end of each epoch, which reports the rate it was trained with", async () => {
  const { model, optimizer, options } = setUp();
  const scheduler = new StepLR(optimizer, { stepSize: 1, gamma: 0.5 });
  const seen: number[] = [];
  const { epochs } = await fit(model, {
    ...options,
    scheduler,
    epochs: 3,
    onBatch: ({ learningRate }) => seen.push(learningRate),
  });
  expect(seen).toEqual([0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025, 0.025]);
  expect(epochs.map(({ learningRate }) => learningRate)).toEqual([0.1, 0.05, 0.025]);
  expect([scheduler.lastEpoch, optimizer.paramGroups[0].lr]).toEqual([3, 0.0125]);
});

it("or after each step, as many as the cycle has, with the steps of a loop by hand", async () => {
  const [byHand, fitted] = [setUp(), setUp()];
  const cycle = { maxLr: 0.2, epochs: 2, stepsPerEpoch: 3 };
  const scheduler = new OneCycleLR(byHand.optimizer, cycle);
  const expected: number[] = [];
  for (let epoch = 0; epoch < 2; epoch++) {
    for (const [x, y] of byHand.options.train) {
      expected.push(byHand.optimizer.paramGroups[0].lr);
      byHand.optimizer.zeroGrad();
      loss(byHand.model(x), y).backward();
      byHand.optimizer.step();
      scheduler.step();
    }
  }
  const seen: number[] = [];
  const { epochs } = await fit(fitted.model, {
    ...fitted.options,
    epochs: 2,
    scheduler: new OneCycleLR(fitted.optimizer, cycle),
    schedulerInterval: "step",
    onBatch: ({ learningRate }) => seen.push(learningRate),
    compile: false,
  });
  expect(seen).toEqual(expected);
  // The rate of the last step, not the one for the next step.
  expect(epochs.map(({ learningRate }) => learningRate)).toEqual([expected[2], expected[5]]);
  expect(fitted.model.weight.data).toEqual(byHand.model.weight.data);
});

it("ReduceLROnPlateau is given the monitored value", async () => {
  const { model, optimizer, options } = setUp();
  const scheduler = new ReduceLROnPlateau(optimizer, { patience: 0, factor: 0.5 });
  const { epochs } = await fit(model, {
    ...options,
    validation: [[ones([2, 2]), zeros([2, 1])]],
    metrics: { mae: mae() },
    earlyStopping: { monitor: "validation.mae", patience: 9 },
    scheduler,
    epochs: 6,
  });
  const watched = epochs.map(({ validation }) => validation?.mae as number);
  const replayed = new ReduceLROnPlateau({ paramGroups: [{ lr: 0.1 }] }, { patience: 0, factor: 0.5 });
  for (const value of watched) replayed.step(value);
  expect(scheduler.best).toBe(Math.min(...watched));
  expect({ ...scheduler.stateDict() }).toEqual({ ...replayed.stateDict() });
});
