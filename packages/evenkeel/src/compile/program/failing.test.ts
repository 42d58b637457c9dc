import { describe, expect, it } from "vitest";
import * as F from "../../nn/functional/index.ts";
import * as nn from "../../nn/index.ts";
import { Adam, SGD } from "../../optim/index.ts";
import { getRngState, manualSeed } from "../../random/index.ts";
import { bernoulli, full, rand, randint, randn, type Tensor, tensor, zeros } from "../../tensor/index.ts";
import { compile } from "../compile.ts";

/**
 * A run of a program that throws midway changes nothing, and training continues as if it had not
 * happened.
 */

interface Scene {
  readonly step: (x: Tensor, y: Tensor) => unknown;
  readonly state: () => readonly (Tensor | null | undefined)[];
  readonly bad: readonly [Tensor, Tensor];
  readonly good: () => readonly [Tensor, Tensor];
  readonly message: RegExp;
}

const classes = (...values: number[]) => tensor(values, { dtype: "int32" });

function classifier(): Scene {
  const net = new nn.Sequential(
    new nn.Linear(3, 8),
    new nn.BatchNorm1d(8),
    new nn.ReLU(),
    new nn.Dropout(0.5),
    new nn.Linear(8, 3),
  );
  const optimizer = new Adam(net.parameters(), { lr: 0.1 });
  return {
    step: (x, y) => {
      optimizer.zeroGrad();
      const loss = F.crossEntropy(net(x), y);
      loss.backward();
      optimizer.step();
      return loss;
    },
    state: () => [...Object.values(net.stateDict()), ...[...optimizer.state.values()].flatMap(Object.values)],
    bad: [randn([4, 3]), classes(0, 1, 3, 2)],
    good: () => [randn([4, 3]), randint(0, 3, [4])],
    message: /class/,
  };
}

/** Everything is written and drawn before the task that throws. */
function everythingBefore(): Scene {
  const table = new nn.Embedding(4, 2);
  const layer = new nn.Linear(3, 2);
  const optimizer = new SGD(layer.parameters(), { lr: 0.1, momentum: 0.9 });
  const [counter, noise] = [zeros([1]), zeros([3])];
  return {
    step: (x, y) => {
      counter.add_(1);
      noise.copy_(rand([3]));
      optimizer.zeroGrad();
      const loss = layer(x.mul(bernoulli(full([4, 3], 0.5))))
        .square()
        .mean();
      loss.backward();
      optimizer.step();
      return table(y)
        .sum()
        .add(randn([3]).sum());
    },
    state: () => [counter, noise, ...layer.parameters(), ...[...optimizer.state.values()].flatMap(Object.values)],
    bad: [randn([4, 3]), classes(0, 4, 1, 1)],
    good: () => [randn([4, 3]), randint(0, 4, [4])],
    message: /out of range/,
  };
}

const scenes = { "a classifier": classifier, "a step that throws at its end": everythingBefore };

describe.each(Object.entries(scenes))("%s", (_, make) => {
  const snapshot = ({ state }: Scene) => ({
    values: state().map((one) => one && Array.from(one.data)),
    versions: state().map((one) => one?.version),
    generator: getRngState(),
  });

  it("throws, with everything as it was", () => {
    manualSeed(4);
    const scene = make();
    const step = compile(scene.step);
    for (let i = 0; i < 3; i++) step(...scene.good());
    for (let i = 0; i < 5; i++) {
      const before = snapshot(scene);
      expect(() => step(...scene.bad)).toThrow(scene.message);
      expect(snapshot(scene)).toEqual(before);
    }
  });

  it("continues to the bytes of a training without errors, also over many draws", () => {
    const ends = [false, true].map((fails) => {
      manualSeed(4);
      const scene = make();
      const step = compile(scene.step);
      for (let i = 0; i < 60; i++) {
        step(...scene.good());
        if (fails && i % 3 === 0) expect(() => step(...scene.bad)).toThrow();
      }
      return snapshot(scene);
    });
    expect(ends[1].values).toEqual(ends[0].values);
    expect(ends[1].generator).toEqual(ends[0].generator);
  });

  it("throws at its first call too, as an eager step does", () => {
    manualSeed(4);
    const scene = make();
    expect(() => scene.step(...scene.bad)).toThrow(scene.message);
    expect(() => compile(scene.step)(...scene.bad)).toThrow(scene.message);
  });
});
