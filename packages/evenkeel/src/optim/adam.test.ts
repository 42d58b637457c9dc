import { describe, expect, it } from "vitest";
import { tensor } from "../tensor/index.ts";
import { Adam, type AdamOptions, AdamW } from "./index.ts";

// Values are those of torch 1.13 in float64.
const gradients = [
  [0.5, -1],
  [-0.25, 2],
  [1, 1],
  [0, -3],
];

function train(make: typeof Adam | typeof AdamW, options: Partial<AdamOptions>) {
  const param = tensor(Float64Array.of(1, -2), { requiresGrad: true });
  const optimizer = new make([param], options);
  const path = gradients.map((gradient) => {
    param.grad = tensor(Float64Array.from(gradient));
    optimizer.step();
    return Array.from(param.data);
  });
  return { param, optimizer, path };
}

interface Case {
  options: Partial<AdamOptions>;
  first: number[];
  second: number[];
  last: number[];
}

describe.each<{ make: typeof Adam | typeof AdamW; cases: Case[] }>([
  {
    make: Adam,
    cases: [
      {
        options: {},
        first: [0.900000002, -1.900000001],
        second: [0.8733662987078463, -1.9366103534720749],
        last: [0.753646642809707, -1.9703865326639896],
      },
      {
        options: { betas: [0.5, 0.6], weightDecay: 0.1, amsgrad: true, eps: 0.01 },
        first: [0.9016393442622951, -1.9008264462809916],
        second: [0.8823466356672622, -1.950662440860145],
        last: [0.7585030843938239, -1.9495661253662953],
      },
      {
        options: { weightDecay: 0.2, maximize: true },
        first: [1.0999999966666667, -2.0999999983333333],
        second: [1.0733046670216955, -2.0438882574986366],
        last: [1.1324111337104517, -1.9719037740359464],
      },
    ],
  },
  {
    make: AdamW,
    cases: [
      {
        options: {},
        first: [0.899000002, -1.898000001],
        second: [0.8714672987058463, -1.9327123534710748],
        last: [0.7500713908366247, -1.9625731165871465],
      },
      {
        options: { weightDecay: 0.3, maximize: true, amsgrad: true, betas: [0.5, 0.6] },
        first: [1.0699999980000001, -2.039999999],
        second: [1.03789999806, -1.919823216915867],
        last: [1.0866868113494499, -1.7928750679395065],
      },
    ],
  },
])("$make.name", ({ make, cases }) => {
  it.each(cases)("follows PyTorch with $options", ({ options, first, second, last }) => {
    const { path } = train(make, { lr: 0.1, ...options });
    for (const [step, expected] of [
      [0, first],
      [1, second],
      [3, last],
    ] as const) {
      for (const [i, value] of expected.entries()) expect(path[step][i]).toBeCloseTo(value, 14);
    }
  });

  it("rounds a float32 step once per stored number", () => {
    const param = tensor([1, -2], { requiresGrad: true });
    const optimizer = new make([param], { lr: 0.1 });
    param.grad = tensor([0.5, -1]);
    optimizer.step();
    expect(Array.from(param.data)).toEqual(cases[0].first.map(Math.fround));
    const { exp_avg: mean, exp_avg_sq: square } = optimizer.stateDict().state[0];
    expect(Array.from(mean.data)).toEqual([0.05, -0.1].map(Math.fround));
    expect(Array.from(square.data)).toEqual([0.00025, 0.001].map(Math.fround));
  });

  it("has PyTorch's state dict", () => {
    const { optimizer } = train(make, { lr: 0.1 });
    const { state, paramGroups } = optimizer.stateDict();
    const weightDecay = make === AdamW ? 0.01 : 0;
    const options = { lr: 0.1, betas: [0.9, 0.999], eps: 1e-8, weightDecay, amsgrad: false, maximize: false };
    expect(paramGroups).toEqual([{ ...options, params: [0] }]);
    expect(Object.keys(state[0]).sort()).toEqual(["exp_avg", "exp_avg_sq", "step"]);
    expect([state[0].step.shape, state[0].step.item()]).toEqual([[], 4]);
    expect(state[0].exp_avg.shape).toEqual([2]);
    expect(Object.keys(train(make, { amsgrad: true }).optimizer.stateDict().state[0])).toContain("max_exp_avg_sq");
  });

  it("continues from a state dict as if nothing had happened", () => {
    const whole = train(make, { lr: 0.1, amsgrad: true });
    const resumed = tensor(Float64Array.from(whole.param.data), { requiresGrad: true });
    const optimizer = new make([resumed]);
    optimizer.loadStateDict(whole.optimizer.stateDict());
    for (const [param, adam] of [
      [whole.param, whole.optimizer],
      [resumed, optimizer],
    ] as const) {
      param.grad = tensor(Float64Array.of(-1, 0.5));
      adam.step();
    }
    expect(resumed.data).toEqual(whole.param.data);
  });

  it("reads its hyperparameters at each step", () => {
    const param = tensor(Float64Array.of(0), { requiresGrad: true });
    const optimizer = new make([param], { lr: 1, weightDecay: 0 });
    const [group] = optimizer.paramGroups;
    const advance = (lr: number, betas: [number, number]) => {
      Object.assign(group, { lr, betas, eps: 0 });
      param.grad = tensor(Float64Array.of(2));
      const before = param.item();
      optimizer.step();
      return before - param.item();
    };
    expect(advance(1, [0, 0])).toBe(1);
    expect(advance(0.5, [0, 0])).toBe(0.5);
    // mean = 0.5 * 2 + 0.5 * 2, corrected by 1 - 0.5^3; square as before, corrected by 1 - 0.
    expect(advance(7, [0.5, 0])).toBeCloseTo(8, 14);
  });

  it.each<[string, Partial<AdamOptions>, RegExp]>([
    ["a negative lr", { lr: -1 }, /lr is -1/],
    ["a negative eps", { eps: -1e-9 }, /eps is -1e-9/],
    ["beta 1", { betas: [1, 0.9] }, /betas\[0\] is 1, expected a number from 0 up to, but not including, 1/],
    ["a negative beta", { betas: [0.9, -0.1] }, /betas\[1\] is -0.1/],
    ["one beta", { betas: [0.9] as unknown as [number, number] }, /betas is \[0.9\], expected two numbers/],
    ["a negative weight decay", { weightDecay: -1 }, /weightDecay is -1/],
    ["a string", { lr: "0.1" as unknown as number }, /lr is "0.1", expected a finite number/],
    ["a flag by number", { amsgrad: 1 as unknown as boolean }, /amsgrad is 1, expected true or false/],
    [
      "PyTorch's spelling",
      { weight_decay: 1 } as Partial<AdamOptions>,
      /^AdamW?: unknown option "weight_decay", expected lr, betas, eps/,
    ],
  ])("refuses %s", (_, options, message) => {
    expect(() => new make([tensor([1])], options)).toThrow(message);
  });
});
