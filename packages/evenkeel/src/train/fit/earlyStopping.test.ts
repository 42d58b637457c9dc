import { describe, expect, it } from "vitest";
import { BatchNorm1d, Linear, Sequential } from "../../nn/index.ts";
import { noGrad, ones, randn } from "../../tensor/index.ts";
import { EarlyStopping } from "./earlyStopping.ts";

const model = () => new Sequential(new Linear(2, 3), new BatchNorm1d(3));

describe("EarlyStopping", () => {
  it("stops after `patience` epochs in a row without improvement", () => {
    const stopping = new EarlyStopping({ patience: 2 });
    const net = model();
    const seen = [5, 4, 4, 3, 3, 3.5].map((value) => [stopping.update(value, net), stopping.shouldStop]);
    expect(seen).toEqual([
      [true, false],
      [true, false],
      [false, false],
      [true, false],
      [false, false],
      [false, true],
    ]);
    expect([stopping.best, stopping.bestEpoch]).toEqual([3, 4]);
  });

  it("asks for more than minDelta, upward in mode max", () => {
    const stopping = new EarlyStopping({ patience: 1, minDelta: 0.5, mode: "max" });
    expect([1, 1.5, 1.75].map((value) => stopping.update(value, model()))).toEqual([true, false, true]);
    expect(stopping.best).toBe(1.75);
  });

  it("never takes NaN for the best", () => {
    const stopping = new EarlyStopping({ patience: 3 });
    const net = model();
    expect([Number.NaN, 2, Number.NaN, 1].map((value) => stopping.update(value, net))).toEqual([
      false,
      true,
      false,
      true,
    ]);
    const hopeless = new EarlyStopping({ patience: 2 });
    hopeless.update(Number.NaN, net);
    expect(hopeless.shouldStop).toBe(false);
    hopeless.update(Number.NaN, net);
    expect(hopeless.shouldStop).toBe(true);
    expect(hopeless.restore(net)).toBe(false);
  });

  it("restores weights and buffers of the best epoch bit for bit", () => {
    const net = model();
    net(randn([8, 2]));
    const stopping = new EarlyStopping({ patience: 5 });
    stopping.update(1, net);
    const best = Object.entries(net.stateDict()).map(([key, value]) => [key, value.data.slice()]);
    noGrad(() => {
      for (const parameter of net.parameters()) parameter.add_(ones(parameter.shape));
    });
    net(randn([8, 2]));
    stopping.update(2, net);
    expect(stopping.restore(net)).toBe(true);
    expect(Object.entries(net.stateDict()).map(([key, value]) => [key, value.data])).toEqual(best);
  });

  it("keeps nothing without restoreBest", () => {
    const stopping = new EarlyStopping({ patience: 1, restoreBest: false });
    stopping.update(1, model());
    expect(stopping.restore(model())).toBe(false);
  });

  it("refuses options that make no sense", () => {
    const make = (options: object) => () => new EarlyStopping(options as never);
    expect(make({})).toThrow("patience is undefined, expected a whole number of at least 1, or Infinity");
    expect(make({ patience: 0 })).toThrow(RangeError);
    expect(make({ patience: 1.5 })).toThrow(RangeError);
    expect(make({ patience: 1, minDelta: -1 })).toThrow("minDelta is -1");
    expect(make({ patience: 1, mode: "auto" })).toThrow('mode is "auto", expected one of min, max');
    expect(make({ patience: 1, min_delta: 1 })).toThrow('unknown option "min_delta"');
  });

  it("goes on from a state dict as if it had never stopped", () => {
    const net = model();
    const whole = new EarlyStopping({ patience: 3 });
    const values = [3, 2, 2.5, 1.5, 1.75, 1.6, 1.5];
    for (const [i, value] of values.entries()) {
      const resumed = new EarlyStopping({ patience: 3 });
      resumed.loadStateDict(whole.stateDict());
      expect(resumed.update(value, net), `update ${i + 1}`).toBe(whole.update(value, net));
      expect([resumed.best, resumed.bestEpoch, resumed.shouldStop]).toEqual([
        whole.best,
        whole.bestEpoch,
        whole.shouldStop,
      ]);
    }
    expect(whole.shouldStop).toBe(true);
  });

  it("keeps its best weights to itself: writing into the state that it loaded changes nothing", () => {
    const net = model();
    const saved = new EarlyStopping({ patience: 3 });
    saved.update(1, net);
    const state = saved.stateDict();
    const best = net.stateDict()["0.weight"].data.slice();
    const resumed = new EarlyStopping({ patience: 3 });
    resumed.loadStateDict(state);
    noGrad(() => state.model?.["0.weight"].fill_(7));
    expect(resumed.restore(net)).toBe(true);
    expect(net.stateDict()["0.weight"].data).toEqual(best);
  });

  it("refuses a state of the other mode, one without the best weights, and what is no state", () => {
    const stopping = new EarlyStopping({ patience: 1 });
    const kept = { epochs: 2, mode: "min" as const, best: 1, bestEpoch: 2 };
    expect(() => stopping.loadStateDict({ ...kept, mode: "max" })).toThrow('mode "max", expected "min"');
    expect(() => stopping.loadStateDict(kept)).toThrow("no weights of its best epoch 2");
    expect(() => stopping.loadStateDict({ ...kept, epochs: -1 })).toThrow("earlyStopping.epochs is -1");
    expect(stopping.stateDict()).toEqual({ epochs: 0, mode: "min" });
    new EarlyStopping({ patience: 1, restoreBest: false }).loadStateDict(kept);
  });
});
