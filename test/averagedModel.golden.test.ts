import { compile, F, manualSeed } from "evenkeel";
import { BatchNorm1d, Linear, ReLU, Sequential } from "evenkeel/nn";
import { AveragedModel, getEmaAvgFn, getPolynomialDecayAvgFn, SGD } from "evenkeel/optim";
import { describe, expect, it } from "vitest";
import { expectClose, type Golden, load, tensorOf } from "./goldens/golden.ts";

/** Averages of weights and running statistics are torch's after every step, eager and in compiled steps. */

type State = Readonly<Record<string, Golden>>;

interface Case {
  readonly name: string;
  readonly average: { readonly kind: "mean" | "ema" | "polynomial"; readonly decay?: number; readonly eta?: number };
  readonly useBuffers: boolean;
  readonly seed: number;
  readonly x: Golden;
  readonly y: Golden;
  readonly steps: readonly State[];
  readonly exact: readonly State[];
}

const { cases } = load<{ cases: Case[] }>("averaged.json");

function functionOf({ kind, decay, eta }: Case["average"]) {
  if (kind === "mean") return {};
  return { avgFn: kind === "ema" ? getEmaAvgFn(decay) : getPolynomialDecayAvgFn(eta) };
}

describe.each([false, true])("AveragedModel, compiled: %s", (compiled) => {
  it.each(cases)("$name", ({ average, useBuffers, seed, x: input, y: wanted, steps, exact }) => {
    const [x, y] = [tensorOf(input), tensorOf(wanted)];
    manualSeed(seed);
    const net = new Sequential(new Linear(3, 4), new BatchNorm1d(4), new ReLU(), new Linear(4, 1));
    const optimizer = new SGD(net.parameters(), { lr: 0.1, momentum: 0.9 });
    const averaged = new AveragedModel(net, { ...functionOf(average), useBuffers });
    const step = compile(
      () => {
        optimizer.zeroGrad();
        F.mseLoss(net(x), y).backward();
        optimizer.step();
        averaged.updateParameters(net);
      },
      { compile: compiled },
    );
    steps.forEach((expected, k) => {
      step();
      const state = averaged.module.stateDict();
      for (const name of Object.keys(expected)) expectClose(state[name], expected[name], exact[k][name], name);
      expect(averaged.n_averaged.item()).toBe(k + 1);
    });
    // The statistics that are not averaged are the model's own, as in torch since 2.1.
    if (!useBuffers)
      expect(averaged.module.buffers().map(({ data }) => data)).toEqual(net.buffers().map(({ data }) => data));
    expect(Object.keys(averaged.stateDict())).toEqual([
      "n_averaged",
      ...Object.keys(net.stateDict()).map((name) => `module.${name}`),
    ]);
  });
});
