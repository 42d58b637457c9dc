import { optim } from "evenkeel";
import { linear, misuse, stepped, testMisuses, wrong } from "./misuse.ts";

const { lrScheduler } = optim;
const { CosineAnnealingLR, ExponentialLR, LinearLR, MultiStepLR, OneCycleLR, ReduceLROnPlateau, StepLR } = lrScheduler;

type Given = ReturnType<typeof stepped>;
const adam = (call: (optimizer: Given["optimizer"]) => unknown) =>
  [stepped, (given: Given) => call(given.optimizer)] as const;
const plateau = () => {
  const given = stepped();
  return { ...given, scheduler: new ReduceLROnPlateau(given.optimizer) };
};

/** A schedule whose second rate is below 0; then a hand sets another. */
const typed = (rate: number) => () => {
  const given = stepped();
  const scheduler = new ExponentialLR(given.optimizer, { gamma: -1 });
  scheduler.step();
  given.optimizer.step();
  given.optimizer.paramGroups[0].lr = rate;
  return { ...given, scheduler };
};

testMisuses("schedulers", [
  misuse(
    "a rate below 0, typed under a schedule that has one",
    RangeError,
    ["lr is -0.2", "at least 0"],
    typed(-0.2),
    (it) => it.optimizer.step(),
  ),
  misuse(
    "a schedule that is to go on from it",
    RangeError,
    ["lr of parameter group 0 is -0.2", "at least 0"],
    typed(-0.2),
    (it) => it.scheduler.step(),
  ),
  misuse(
    "one that is to go on from NaN",
    RangeError,
    ["lr of parameter group 0 is NaN", "at least 0"],
    typed(Number.NaN),
    (it) => it.scheduler.step(),
  ),
  misuse(
    "a model for the optimizer",
    TypeError,
    ["StepLR: optimizer is Linear", "new optim.Adam"],
    linear,
    (model) => new StepLR(wrong(model), { stepSize: 1 }),
  ),
  misuse(
    "a step size by position",
    TypeError,
    ["StepLR: the options are 30", "{ stepSize: ... }"],
    ...adam((optimizer) => new StepLR(optimizer, wrong(30))),
  ),
  misuse(
    "no step size",
    TypeError,
    ["StepLR: stepSize is undefined", "at least 1"],
    ...adam((optimizer) => new StepLR(optimizer, wrong({}))),
  ),
  misuse(
    "PyTorch's spelling",
    TypeError,
    ['unknown option "step_size"', "stepSize, gamma, lastEpoch"],
    ...adam((optimizer) => new StepLR(optimizer, wrong({ step_size: 3 }))),
  ),
  misuse(
    "one milestone, bare",
    TypeError,
    ["MultiStepLR: milestones is 3", "expected a list"],
    ...adam((optimizer) => new MultiStepLR(optimizer, { milestones: wrong(3) })),
  ),
  misuse(
    "a milestone with a fraction",
    RangeError,
    ["milestones[1] is 2.5", "whole number"],
    ...adam((optimizer) => new MultiStepLR(optimizer, { milestones: [1, 2.5] })),
  ),
  misuse(
    "a gamma that is NaN",
    RangeError,
    ["ExponentialLR: gamma is NaN", "finite"],
    ...adam((optimizer) => new ExponentialLR(optimizer, { gamma: Number.NaN })),
  ),
  misuse(
    "a warm-up from 0",
    RangeError,
    ["LinearLR: startFactor is 0", "above 0 and up to 1"],
    ...adam((optimizer) => new LinearLR(optimizer, { startFactor: 0 })),
  ),
  misuse(
    "a cosine of no epochs",
    RangeError,
    ["CosineAnnealingLR: tMax is 0", "at least 1"],
    ...adam((optimizer) => new CosineAnnealingLR(optimizer, { tMax: 0 })),
  ),
  misuse(
    "going on without the optimizer's state",
    Error,
    ["parameter group 0 has no initialLr", "load the optimizer's state"],
    ...adam((optimizer) => new StepLR(optimizer, { stepSize: 1, lastEpoch: 3 })),
  ),
  misuse(
    "a cycle without a length",
    TypeError,
    ["OneCycleLR", "totalSteps, or epochs and stepsPerEpoch"],
    ...adam((optimizer) => new OneCycleLR(optimizer, { maxLr: 1 })),
  ),
  misuse(
    "highest rates for groups that are not there",
    RangeError,
    ["OneCycleLR: maxLr has 2 values, expected 1", "parameter group"],
    ...adam((optimizer) => new OneCycleLR(optimizer, { maxLr: [1, 2], totalSteps: 5 })),
  ),
  misuse(
    "a curve that is not there",
    RangeError,
    ['annealStrategy is "cosine"', "one of cos, linear"],
    ...adam((optimizer) => new OneCycleLR(optimizer, { maxLr: 1, totalSteps: 5, annealStrategy: wrong("cosine") })),
  ),
  misuse(
    "a momentum to cycle that is not there",
    Error,
    ["neither momentum nor betas", "cycleMomentum: false"],
    () => ({ paramGroups: [{ lr: 1 }] }),
    (optimizer) => new OneCycleLR(optimizer, { maxLr: 1, totalSteps: 5 }),
  ),
  misuse(
    "a factor that does not reduce",
    RangeError,
    ["ReduceLROnPlateau: factor is 1", "but not including, 1"],
    ...adam((optimizer) => new ReduceLROnPlateau(optimizer, { factor: 1 })),
  ),
  misuse(
    "a mode that is not there",
    RangeError,
    ['mode is "lower"', "one of min, max"],
    ...adam((optimizer) => new ReduceLROnPlateau(optimizer, { mode: wrong("lower") })),
  ),
  misuse(
    "a plateau without a number",
    TypeError,
    ["metrics is undefined", "such as the validation loss"],
    plateau,
    ({ scheduler }) => scheduler.step(wrong(undefined)),
  ),
]);
