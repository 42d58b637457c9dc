import { describe, expect, it } from "vitest";
import { compile } from "../../compile/index.ts";
import * as F from "../../nn/functional/index.ts";
import { Linear } from "../../nn/index.ts";
import { manualSeed } from "../../random/index.ts";
import { ones, randn, type Tensor, tensor } from "../../tensor/index.ts";
import { Adam, lrScheduler, type Optimizer, SGD } from "../index.ts";

/** That the rates are PyTorch's is checked by test/schedulers.golden.test.ts. */

const { CosineAnnealingLR, ExponentialLR, FlatCosineLR, LinearLR, MultiStepLR, OneCycleLR, ReduceLROnPlateau, StepLR } =
  lrScheduler;

const leaf = () => tensor([1], { requiresGrad: true });
const sgd = (lr = 0.1) => new SGD([leaf()], { lr, momentum: 0.9 });
const two = () => new SGD([{ params: [leaf()], lr: 0.1 }, { params: [leaf()] }], { lr: 0.02, momentum: 0.9 });

const everyKind = {
  StepLR: (optimizer: SGD) => new StepLR(optimizer, { stepSize: 2, gamma: 0.5 }),
  MultiStepLR: (optimizer: SGD) => new MultiStepLR(optimizer, { milestones: [2, 5] }),
  ExponentialLR: (optimizer: SGD) => new ExponentialLR(optimizer, { gamma: 0.9 }),
  LinearLR: (optimizer: SGD) => new LinearLR(optimizer, { totalIters: 6 }),
  CosineAnnealingLR: (optimizer: SGD) => new CosineAnnealingLR(optimizer, { tMax: 5 }),
  FlatCosineLR: (optimizer: SGD) => new FlatCosineLR(optimizer, { totalSteps: 8, pctWarmup: 0.3 }),
  OneCycleLR: (optimizer: SGD) => new OneCycleLR(optimizer, { maxLr: [0.5, 0.3], totalSteps: 8 }),
  ReduceLROnPlateau: (optimizer: SGD) => new ReduceLROnPlateau(optimizer, { patience: 0, cooldown: 1 }),
} as const;

const groupsOf = ({ paramGroups }: SGD) => paramGroups.map(({ params: _, ...options }) => options);

it("FlatCosineLR rises, stays and falls along half a cosine, never quite to 0", () => {
  const optimizer = two();
  const scheduler = new FlatCosineLR(optimizer, { totalSteps: 100, pctWarmup: 0.04, pctStart: 0.5 });
  const rates = Array.from({ length: 100 }, () => {
    const [first, second] = optimizer.paramGroups;
    expect(second.lr / 0.02).toBeCloseTo(first.lr / 0.1, 12);
    scheduler.step();
    return first.lr;
  });
  const factors = [0, ...rates.slice(0, -1)]; // rates[k] is that of step k + 1
  expect(factors.slice(1, 5).map((rate) => Math.round(1000 * rate) / 1000)).toEqual([0.05, 0.075, 0.1, 0.1]);
  expect(new Set(factors.slice(3, 51))).toEqual(new Set([0.1]));
  expect(factors[75]).toBeCloseTo(0.05, 12);
  expect(factors[99]).toBeCloseTo((0.1 * (1 + Math.cos(Math.PI * 0.98))) / 2, 12);
  expect(factors[99]).toBeGreaterThan(0);
  expect(() => scheduler.step()).toThrow("FlatCosineLR: this is step 101 of 100: the schedule is over");
});

describe.each(Object.entries(everyKind))("%s", (_, make) => {
  it("goes on from its state and the optimizer's, which are plain data, as if nothing had happened", () => {
    const optimizer = two();
    const scheduler = make(optimizer);
    for (let i = 0; i < 3; i++) scheduler.step(1);
    const saved = JSON.parse(JSON.stringify([scheduler.stateDict(), optimizer.stateDict()]));

    const other = two();
    const resumed = make(other);
    other.loadStateDict(saved[1]);
    resumed.loadStateDict(saved[0]);
    expect(resumed.getLastLr()).toEqual(scheduler.getLastLr());
    for (let i = 0; i < 5; i++) {
      scheduler.step(1);
      resumed.step(1);
      expect(groupsOf(other)).toEqual(groupsOf(optimizer));
    }
    expect(resumed.stateDict()).toEqual(scheduler.stateDict());
  });

  it("takes settings over from a state, and shares no list with it", () => {
    const scheduler = make(two());
    const state = scheduler.stateDict();
    const fill = (value: number) => {
      for (const list of Object.values(state)) if (Array.isArray(list)) list.fill(value);
    };
    fill(0);
    expect(scheduler.stateDict()).not.toEqual(state);
    scheduler.loadStateDict(state as never);
    expect(scheduler.stateDict()).toEqual(state);
    fill(0.75);
    expect(JSON.stringify(scheduler.stateDict())).not.toContain("0.75");
  });

  it("refuses what is no state of its kind, unchanged", () => {
    const scheduler = make(two());
    scheduler.step(1);
    const before = scheduler.stateDict();
    const load = (change: object) => () => scheduler.loadStateDict({ ...before, ...change } as never);
    expect(load({ gama: 1 })).toThrow("has unknown gama; was it saved by the same kind of scheduler?");
    expect(() => scheduler.loadStateDict({ lastEpoch: 3 } as never)).toThrow(/misses .*lastLr/);
    expect(() => scheduler.loadStateDict(undefined as never)).toThrow(TypeError);
    expect(load({ lastEpoch: "3" })).toThrow('lastEpoch is "3"');
    expect(load({ lastLr: [1] })).toThrow("lastLr has 1 values, expected 2, one for each parameter group");
    expect(scheduler.stateDict()).toEqual(before);
  });
});

describe("schedules", () => {
  it("start from the rate before any of them, whatever the first has made of it", () => {
    const optimizer = sgd(0.3);
    new LinearLR(optimizer, { startFactor: 0.1 });
    const scheduler = new CosineAnnealingLR(optimizer, { tMax: 4 });
    expect(scheduler.baseLrs).toEqual([0.3]);
    expect(scheduler.getLastLr()).toEqual([optimizer.paramGroups[0].lr]);
    expect(optimizer.paramGroups[0].initialLr).toBe(0.3);
  });

  it("follow rates that were changed by hand", () => {
    const optimizer = sgd(0.1);
    const scheduler = new ExponentialLR(optimizer, { gamma: 0.5 });
    optimizer.paramGroups[0].lr = 8;
    scheduler.step();
    expect(scheduler.getLastLr()).toEqual([4]);
  });

  it("of one cycle end with an error that changes nothing", () => {
    const optimizer = sgd();
    const scheduler = new OneCycleLR(optimizer, { maxLr: 1, totalSteps: 2 });
    for (let i = 0; i < 2; i++) scheduler.step();
    const before = groupsOf(optimizer);
    expect(() => scheduler.step()).toThrow(RangeError);
    expect(() => scheduler.step()).toThrow("this is step 3 of 2: the cycle is over");
    expect(groupsOf(optimizer)).toEqual(before);
    expect(scheduler.lastEpoch).toBe(2);
  });

  it("of one cycle whose rise has no length begin at the top, where PyTorch divides by 0", () => {
    const optimizer = sgd();
    new OneCycleLR(optimizer, { maxLr: 0.5, totalSteps: 10, pctStart: 0.1 });
    expect(optimizer.paramGroups[0].lr).toBe(0.5);
  });

  it("on a plateau take a tensor, and count NaN as no improvement", () => {
    const optimizer = sgd(1);
    const scheduler = new ReduceLROnPlateau(optimizer, { patience: 1 });
    scheduler.step(tensor(3));
    expect(scheduler.best).toBe(3);
    for (let i = 0; i < 2; i++) scheduler.step(Number.NaN);
    expect([scheduler.best, scheduler.getLastLr()]).toEqual([3, [0.1]]);
  });
});

describe("compiled steps", () => {
  const everyRate: [string, (optimizer: Optimizer<{ lr: number }>) => { step(): void }][] = [
    ["StepLR", (optimizer) => new StepLR(optimizer, { stepSize: 2 })],
    ["OneCycleLR", (optimizer) => new OneCycleLR(optimizer, { maxLr: 0.1, totalSteps: 10 })],
  ];
  const optimizers = {
    SGD: (params: Linear) => new SGD(params.parameters(), { lr: 0.1, momentum: 0.9 }),
    Adam: (params: Linear) => new Adam(params.parameters(), { lr: 0.1 }),
  };

  it.each(
    everyRate.flatMap(([name, schedule]) =>
      Object.entries(optimizers).map(([kind, optimize]) => ({ name, schedule, kind, optimize })),
    ),
  )("read the rates of $name at each run, for $kind: one program", ({ schedule, optimize }) => {
    const [x, y] = [randn([8, 3]), randn([8, 1])];
    const train = (compiled: boolean) => {
      manualSeed(2);
      const model = new Linear(3, 1);
      const optimizer = optimize(model);
      const scheduler = schedule(optimizer as unknown as Optimizer<{ lr: number }>);
      const step = compile(
        (input: Tensor, target: Tensor) => {
          optimizer.zeroGrad();
          F.mseLoss(model(input), target).backward();
          optimizer.step();
        },
        { compile: compiled },
      );
      for (let i = 0; i < 8; i++) {
        step(x, y);
        scheduler.step();
      }
      return { weight: Array.from(model.weight.data), programs: step.programs };
    };
    const [eager, compiled] = [train(false), train(true)];
    expect(compiled.programs).toBe(1);
    for (const [i, value] of eager.weight.entries()) expect(compiled.weight[i]).toBeCloseTo(value, 5);
  });

  it("are traced again when momentum begins", () => {
    const model = new Linear(1, 1);
    const optimizer = new SGD(model.parameters(), { lr: 0.1 });
    const step = compile((x: Tensor) => {
      optimizer.zeroGrad();
      model(x).sum().backward();
      optimizer.step();
    });
    step(ones([1, 1]));
    optimizer.paramGroups[0].momentum = 0.5;
    step(ones([1, 1]));
    optimizer.paramGroups[0].momentum = 0.6;
    step(ones([1, 1]));
    expect(step.programs).toBe(2);
  });
});
