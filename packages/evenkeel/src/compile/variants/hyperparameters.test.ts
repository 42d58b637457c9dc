import { describe, expect, it } from "vitest";
import * as F from "../../nn/functional/index.ts";
import { Linear } from "../../nn/index.ts";
import { Adam, AdamW, SGD } from "../../optim/index.ts";
import { manualSeed } from "../../random/index.ts";
import { randn, type Tensor } from "../../tensor/index.ts";
import { compile } from "../compile.ts";

/** A step of a small model, compiled and run once. */
function trained<O extends SGD | Adam | AdamW>(make: (params: Tensor[]) => O) {
  manualSeed(3);
  const model = new Linear(3, 2);
  const optimizer = make(model.parameters());
  const [x, y] = [randn([4, 3]), randn([4, 2])];
  const step = compile(() => {
    optimizer.zeroGrad();
    const loss = F.mseLoss(model(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  });
  step();
  const state = () => JSON.stringify([model.stateDict(), ...optimizer.state.values()].map(valuesOf));
  return { optimizer, step, state };
}

const valuesOf = (tensors: Record<string, Tensor>) =>
  Object.entries(tensors).map(([name, { data, version }]) => [name, version, ...data]);

type Change = Record<string, unknown>;
const cases: [name: string, change: Change, message: RegExp, kind: ErrorConstructor][] = [
  ["a rate of NaN", { lr: Number.NaN }, /lr is NaN/, RangeError],
  ["a negative rate", { lr: -1 }, /lr is -1, expected a finite number of at least 0/, RangeError],
  ["a rate that is gone", { lr: undefined }, /didn't specify a value of required optimization parameter lr/, Error],
  ["a rate in quotes", { lr: "0.1" }, /lr is "0.1", expected a finite number/, TypeError],
  ["a negative weight decay", { weightDecay: -0.1 }, /weightDecay is -0.1/, RangeError],
];
const adamCases: typeof cases = [
  ["betas out of range", { betas: [1.5, 2] }, /betas\[0\] is 1.5/, RangeError],
  ["a second beta of NaN", { betas: [0.9, Number.NaN] }, /betas\[1\] is NaN/, RangeError],
  ["one beta", { betas: [0.9] }, /betas is \[0.9\], expected two numbers/, TypeError],
  ["an infinite eps", { eps: Number.POSITIVE_INFINITY }, /eps is Infinity/, RangeError],
  ["amsgrad by number", { amsgrad: 1 }, /amsgrad is 1/, TypeError],
];
const sgdCases: typeof cases = [
  ["a momentum of NaN", { momentum: Number.NaN }, /momentum is NaN/, RangeError],
  ["dampening beside nesterov", { dampening: 0.5 }, /Nesterov momentum requires .* dampening 0.5/, Error],
  ["no momentum beside nesterov", { momentum: 0 }, /Nesterov momentum requires a momentum/, Error],
];

describe.each([
  { name: "Adam", make: (params: Tensor[]) => new Adam(params), cases: [...cases, ...adamCases] },
  { name: "AdamW", make: (params: Tensor[]) => new AdamW(params), cases: [...cases, ...adamCases] },
  {
    name: "SGD",
    make: (params: Tensor[]) => new SGD(params, { lr: 0.1, momentum: 0.9, nesterov: true }),
    cases: [...cases, ...sgdCases],
  },
])("a compiled step of $name", ({ make, cases }) => {
  it.each(cases)("refuses %s as an eager one does, and moves nothing", (_, change, message, kind) => {
    const { optimizer, step, state } = trained<SGD | Adam | AdamW>(make);
    const [group] = optimizer.paramGroups;
    const valid = { ...group };
    const before = state();
    Object.assign(group, change);
    expect(() => optimizer.step()).toThrow(message);
    for (let i = 0; i < 2; i++) {
      expect(step).toThrow(message);
      expect(step).toThrow(kind);
      expect(state()).toBe(before);
    }
    Object.assign(group, valid);
    step();
    expect(state()).not.toBe(before);
    expect(step.programs).toBe(1);
  });
});

describe("a step that sets a hyperparameter itself is refused, and the number is as it was", () => {
  const schedules: [string, (optimizer: Adam) => unknown, RegExp][] = [
    [
      "a rate",
      ({ paramGroups: [group] }) => (group.lr *= 0.5),
      /sets lr from 0\.1 to 0\.05 of an optimizer.*between two/,
    ],
    [
      "a list",
      ({ paramGroups: [group] }) => Object.assign(group, { betas: [0.5, 0.999] }),
      /betas\[0\] from 0\.9 to 0\.5/,
    ],
  ];

  it.each(schedules)("%s", (_, set, message) => {
    for (const isFirst of [true, false]) {
      const model = new Linear(3, 2);
      const optimizer = new Adam(model.parameters(), { lr: 0.1 });
      let sets = !isFirst;
      const step = compile((x: Tensor) => {
        optimizer.zeroGrad();
        model(x).sum().backward();
        if (isFirst && sets) set(optimizer);
        optimizer.step();
        if (!isFirst) set(optimizer);
      });
      const x = randn([1, 3]);
      // Before its use it shows only where an earlier trace tells what to look at.
      if (isFirst) step(x);
      sets = true;
      for (let i = 0; i < 2; i++) {
        expect(() => step(x)).toThrow(message);
        expect(optimizer.paramGroups[0]).toMatchObject({ lr: 0.1, betas: [0.9, 0.999] });
      }
    }
  });
});
