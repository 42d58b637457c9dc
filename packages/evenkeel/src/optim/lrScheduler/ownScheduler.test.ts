import { afterEach, expect, it, vi } from "vitest";
import { tensor } from "../../tensor/index.ts";
import { LambdaLR, LRScheduler, type ScheduledOptimizer, SGD, StepLR } from "../index.ts";

/** Schedulers that users write, as PyTorch's are subclassed. */

class Halving extends LRScheduler<{ every: number; floor: number }> {
  constructor(optimizer: ScheduledOptimizer, { every, floor = 0 }: { every: number; floor?: number }) {
    super(optimizer, { every, floor });
  }

  override getLr() {
    const { every, floor } = this.settings;
    return this.baseLrs.map((base) => Math.max(floor, base * 0.5 ** Math.floor(this.lastEpoch / every)));
  }
}

const groups = (...rates: number[]) =>
  new SGD(
    rates.map((lr) => ({ params: [tensor([1], { requiresGrad: true })], lr })),
    { lr: 1 },
  );

afterEach(() => vi.restoreAllMocks());

it("warns once of a step before the optimizer's first", () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const optimizer = groups(1);
  const stepped = new StepLR(optimizer, { stepSize: 1 });
  optimizer.step();
  stepped.step();
  expect(warn).not.toHaveBeenCalled();
  const unstepped = groups(1);
  for (let i = 0; i < 2; i++) {
    const scheduler = new Halving(unstepped, { every: 1 });
    scheduler.step();
    scheduler.step();
  }
  expect(warn.mock.calls).toEqual([
    [
      "evenkeel: Halving.step() before the first optimizer.step(): the first rate of the schedule is never used. " +
        "Call optimizer.step() first, then scheduler.step().",
    ],
  ]);
});

it("gives a rate for each group, from the constructor on", () => {
  const optimizer = groups(1, 0.5);
  const scheduler = new Halving(optimizer, { every: 2, floor: 0.2 });
  const rates = [scheduler.getLastLr()];
  for (let i = 0; i < 4; i++) {
    scheduler.step();
    rates.push(optimizer.paramGroups.map(({ lr }) => lr));
  }
  expect(rates).toEqual([
    [1, 0.5],
    [1, 0.5],
    [0.5, 0.25],
    [0.5, 0.25],
    [0.25, 0.2],
  ]);
  optimizer.addParamGroup({ params: [tensor([2], { requiresGrad: true })], lr: 8 });
  scheduler.step();
  scheduler.step();
  expect(scheduler.getLastLr()).toEqual([0.2, 0.2, 1]);
});

it("goes on from its state, which holds its settings", () => {
  const scheduler = new Halving(groups(1), { every: 2 });
  for (let i = 0; i < 3; i++) scheduler.step();
  const state = JSON.parse(JSON.stringify(scheduler.stateDict()));
  expect(state).toEqual({ every: 2, floor: 0, lastEpoch: 3, baseLrs: [1], lastLr: [0.5] });
  const resumed = new Halving(groups(1), { every: 7 });
  resumed.loadStateDict(state);
  for (const each of [scheduler, resumed]) each.step();
  expect(resumed.getLastLr()).toEqual([0.25]);
  expect(() => resumed.loadStateDict({ ...state, every: "2" })).toThrow('Halving: every is "2"');
  expect(() => resumed.loadStateDict({ ...state, often: 2 })).toThrow("has unknown often");
});

it("whose rates are no rates changes nothing", () => {
  class Wrong extends LRScheduler<{ gives: unknown }> {
    give: unknown;
    override getLr() {
      return (this.lastEpoch === 0 ? [1] : this.give) as number[];
    }
  }
  const optimizer = groups(1);
  const scheduler = new Wrong(optimizer, { gives: 0 });
  for (const [give, message] of [
    [3, "Wrong: getLr gave 3, expected a list with a rate for each parameter group"],
    [[1, 2], "Wrong: what getLr gave has 2 values, expected 1"],
    [
      [undefined],
      "Wrong: getLr gave undefined for parameter group 0, expected a finite number; it runs in the constructor",
    ],
  ] as const) {
    scheduler.give = give;
    expect(() => scheduler.step()).toThrow(message);
    expect([scheduler.lastEpoch, optimizer.paramGroups[0].lr, scheduler.getLastLr()]).toEqual([0, 1, [1]]);
  }
  class Nothing extends LRScheduler {}
  expect(() => new Nothing(optimizer, {})).toThrow('Nothing has no method "getLr"; write getLr() { ... }');
});

it("LambdaLR keeps no function, and takes one for all groups or one for each", () => {
  const scheduler = new LambdaLR(groups(1, 2), { lrLambda: (epoch) => 1 / (1 + epoch) });
  scheduler.step();
  const state = scheduler.stateDict();
  expect(state).toEqual({ lastEpoch: 1, baseLrs: [1, 2], lastLr: [0.5, 1] });
  const resumed = new LambdaLR(groups(1, 2), { lrLambda: [(epoch) => epoch, () => 3] });
  resumed.loadStateDict(state);
  resumed.step();
  expect(resumed.getLastLr()).toEqual([2, 6]);
  expect(() => new LambdaLR(groups(1), { lrLambda: [] })).toThrow("LambdaLR: lrLambda has 0 values, expected 1");
  // @ts-expect-error: a function is needed
  expect(() => new LambdaLR(groups(1), { lrLambda: 0.5 })).toThrow("LambdaLR: lrLambda is 0.5, expected a function");
  // @ts-expect-error: PyTorch's position
  expect(() => new LambdaLR(groups(1), () => 1)).toThrow("LambdaLR: the options are the function, expected an object");
});
