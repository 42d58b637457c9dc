import { describe, expect, it } from "vitest";
import { tensor } from "../tensor/index.ts";
import { SGD, type SGDOptions } from "./index.ts";

// Values are those of torch 1.13 in float64.
const gradients = [
  [0.5, -1],
  [-0.25, 2],
  [1, 1],
  [0, -3],
];

function train(options: Partial<SGDOptions> & { lr: number }) {
  const param = tensor(Float64Array.of(1, -2), { requiresGrad: true });
  const optimizer = new SGD([param], options);
  const path = gradients.map((gradient) => {
    param.grad = tensor(Float64Array.from(gradient));
    optimizer.step();
    return Array.from(param.data);
  });
  return { param, optimizer, path };
}

describe("SGD", () => {
  it.each<[Partial<SGDOptions>, number[], number[], number[]]>([
    [{}, [0.95, -1.9], [0.975, -2.1], [0.875, -1.9]],
    [{ momentum: 0.9 }, [0.95, -1.9], [0.93, -2.01], [0.7058, -2.0881]],
    [
      { momentum: 0.9, dampening: 0.5, weightDecay: 0.01 },
      [0.949, -1.898],
      [0.9151255, -1.905251],
      [0.760913645331375, -1.8598598094127496],
    ],
    [{ weightDecay: 0.2, maximize: true }, [1.03, -2.06], [0.9844, -1.8188], [1.04341776, -1.94877552]],
    [
      { weightDecay: 0.2, maximize: true, momentum: 0.9, nesterov: true },
      [1.057, -2.114],
      [0.993634, -1.702268],
      [1.138368421896, -1.570029303792],
    ],
    [{ momentum: 0.9, nesterov: true, maximize: true }, [1.095, -2.19], [1.088, -1.891], [1.38978, -2.02071]],
  ])("follows PyTorch with %o", (options, first, second, last) => {
    const { path } = train({ lr: 0.1, ...options });
    for (const [step, expected] of [
      [0, first],
      [1, second],
      [3, last],
    ] as const) {
      for (const [i, value] of expected.entries()) expect(path[step][i]).toBeCloseTo(value, 14);
    }
  });

  it("keeps a buffer only with momentum, and no count in the state dict", () => {
    expect(train({ lr: 0.1 }).optimizer.stateDict().state).toEqual({});
    const { state } = train({ lr: 0.1, momentum: 0.5 }).optimizer.stateDict();
    expect(Object.keys(state)).toEqual(["0"]);
    expect(Object.keys(state[0])).toEqual(["momentum_buffer"]);
  });

  it("continues from a state dict as if nothing had happened, dampening included", () => {
    const options = { lr: 0.1, momentum: 0.9, dampening: 0.5 };
    const whole = train(options);
    const resumed = tensor(Float64Array.from(whole.param.data), { requiresGrad: true });
    const optimizer = new SGD([resumed], { lr: 7 });
    optimizer.loadStateDict(whole.optimizer.stateDict());
    for (const [param, sgd] of [
      [whole.param, whole.optimizer],
      [resumed, optimizer],
    ] as const) {
      param.grad = tensor(Float64Array.of(1, 2));
      sgd.step();
    }
    expect(resumed.data).toEqual(whole.param.data);
  });

  it("takes PyTorch's null for a buffer that is not there yet: the next step is a first one", () => {
    const param = tensor([1], { requiresGrad: true });
    const optimizer = new SGD([param], { lr: 1, momentum: 0.5, dampening: 0.5 });
    const { paramGroups } = optimizer.stateDict();
    // @ts-expect-error null is not in the type, but in files from PyTorch
    optimizer.loadStateDict({ state: { 0: { momentum_buffer: null } }, paramGroups });
    param.grad = tensor([0.25]);
    optimizer.step();
    expect(param.item()).toBe(0.75);
  });

  it("can turn momentum on and off between steps", () => {
    const param = tensor([1], { requiresGrad: true });
    const optimizer = new SGD([param], { lr: 1 });
    const [group] = optimizer.paramGroups;
    const path = [0, 0.5, 0.5, 0].map((momentum) => {
      group.momentum = momentum;
      param.grad = tensor([1]);
      optimizer.step();
      return param.item();
    });
    expect(path).toEqual([0, -1, -2.5, -3.5]);
  });

  it.each<[Partial<SGDOptions>, RegExp]>([
    [{ lr: -1 }, /lr is -1, expected a finite number of at least 0/],
    [{ lr: Number.NaN }, /lr is NaN/],
    [{ lr: 1, momentum: -0.1 }, /momentum is -0.1/],
    [{ lr: 1, weightDecay: -1 }, /weightDecay is -1/],
    [{ lr: 1, dampening: Number.POSITIVE_INFINITY }, /dampening is Infinity/],
    [
      { lr: 1, nesterov: true },
      /Nesterov momentum requires a momentum and zero dampening, got momentum 0 and dampening 0/,
    ],
    [
      { lr: 1, nesterov: true, momentum: 0.9, dampening: 0.1 },
      /Nesterov momentum requires a momentum and zero dampening/,
    ],
    [{}, /parameter group didn't specify a value of required optimization parameter lr/],
  ])("refuses %o", (options, message) => {
    const param = tensor([1], { requiresGrad: true });
    expect(() => new SGD([param], options as SGDOptions)).toThrow(message);
    expect(() => new SGD([{ params: [param], ...options }])).toThrow(message);
  });

  it("wants its learning rate at compile time", () => {
    // @ts-expect-error lr has no default
    expect(() => new SGD([tensor([1])], { momentum: 0.9 })).toThrow(/required optimization parameter lr/);
    expect(new SGD([{ params: [tensor([1])], lr: 0.5 }]).paramGroups[0].lr).toBe(0.5);
  });
});
