import { describe, expect, it } from "vitest";
import { compile } from "../compile/index.ts";
import * as F from "../nn/functional/index.ts";
import { Linear } from "../nn/index.ts";
import { manualSeed } from "../random/index.ts";
import { isGradEnabled, randn, type Tensor, tensor, zerosLike } from "../tensor/index.ts";
import { Adam, ExponentialLR, Optimizer, type ParamGroupInit, SGD } from "./index.ts";

/** Custom optimizers, compared with PyTorch's own line by line. */

interface MomentumOptions {
  lr: number;
  momentum: number;
}

/** SGD with momentum as torch.optim.SGD writes it; hyperparameters are plain numbers. */
class Momentum extends Optimizer<MomentumOptions> {
  constructor(
    params: Iterable<Tensor> | Iterable<ParamGroupInit<MomentumOptions>>,
    { lr = 0.1, momentum = 0.9 }: Partial<MomentumOptions> = {},
  ) {
    super(params, { lr, momentum });
  }

  override step<T>(closure?: () => T) {
    const loss = closure?.();
    for (const { params, lr, momentum } of this.paramGroups) {
      for (const p of params) {
        if (p.grad === null) continue;
        const { buffer } = this.stateOf(p, ["buffer"]);
        buffer.mul_(momentum).add_(p.grad);
        p.sub_(buffer.mul(lr));
      }
    }
    return loss;
  }
}

/** Adam as torch.optim.Adam writes it, with numbers that programs read at every run. */
class OwnAdam extends Optimizer<{ lr: number; betas: readonly [number, number]; eps: number }> {
  protected override readonly plainOptions = ["eps"];

  constructor(params: Iterable<Tensor>, { lr = 1e-3, betas = [0.9, 0.999] as const, eps = 1e-8 } = {}) {
    super(params, { lr, betas, eps });
  }

  override step() {
    for (const group of this.paramGroups) {
      const [beta1, beta2] = [this.hyper(group, "betas", 0), this.hyper(group, "betas", 1)];
      for (const p of group.params) {
        if (p.grad === null) continue;
        const { step, mean, square } = this.stateOf(p, ["step", "mean", "square"]);
        step.add_(1);
        mean.mul_(beta1).add_(p.grad.mul(beta1.neg().add(1)));
        square.mul_(beta2).add_(p.grad.square().mul(beta2.neg().add(1)));
        const [bias1, bias2] = [beta1.pow(step).neg().add(1), beta2.pow(step).neg().add(1)];
        const size = this.hyper(group, "lr").div(bias1);
        p.sub_(mean.mul(size).div(square.div(bias2).sqrt().add(group.eps)));
      }
    }
  }
}

type Trained = { model: Linear; optimizer: Momentum | OwnAdam | SGD | Adam };

function training<O extends Trained["optimizer"]>(make: (params: Tensor[]) => O, compiled: boolean) {
  manualSeed(5);
  const model = new Linear(3, 2);
  const optimizer = make(model.parameters());
  const [x, y] = [randn([6, 3]), randn([6, 2])];
  const step = compile(
    () => {
      optimizer.zeroGrad();
      const loss = F.mseLoss(model(x), y);
      loss.backward();
      optimizer.step();
      return loss;
    },
    { compile: compiled },
  );
  return { model, optimizer, step, weights: () => model.parameters().flatMap((p) => Array.from(p.data)) };
}

function expectAlike(actual: readonly number[], expected: readonly number[]): void {
  for (const [i, value] of expected.entries()) expect(Math.abs(actual[i] - value)).toBeLessThan(1e-5);
}

describe.each([true, false])("an own optimizer, compiled: %s", (compiled) => {
  it("steps as PyTorch's does, also when plain hyperparameters change: each change makes one more program", () => {
    const own = training((params) => new Momentum(params, { lr: 0.2 }), compiled);
    const ours = training((params) => new SGD(params, { lr: 0.2, momentum: 0.9 }), compiled);
    for (const [lr, momentum] of [
      [0.2, 0.9],
      [0.05, 0.9],
      [0.05, 0.5],
      [0.2, 0.9],
    ]) {
      for (const { optimizer } of [own, ours]) Object.assign(optimizer.paramGroups[0], { lr, momentum });
      for (let i = 0; i < 3; i++) {
        own.step();
        ours.step();
      }
      expectAlike(own.weights(), ours.weights());
    }
    // The first program, that of the fresh state, is the same as that of the first setting.
    expect(own.step.programs).toBe(compiled ? 3 : 0);
  });

  it("with lists and counts, read by hyper(): a schedule makes no new program", () => {
    const own = training((params) => new OwnAdam(params, { lr: 0.1 }), compiled);
    const ours = training((params) => new Adam(params, { lr: 0.1 }), compiled);
    const schedules = [own, ours].map(({ optimizer }) => new ExponentialLR(optimizer, { gamma: 0.8 }));
    for (let i = 0; i < 6; i++) {
      if (i === 4)
        for (const { optimizer } of [own, ours]) Object.assign(optimizer.paramGroups[0], { betas: [0.5, 0.6] });
      own.step();
      ours.step();
      for (const schedule of schedules) schedule.step();
    }
    expectAlike(own.weights(), ours.weights());
    expect(own.step.programs).toBe(compiled ? 1 : 0);
  });

  it("goes on from a state dict as if nothing had happened", () => {
    const whole = training((params) => new Momentum(params, { lr: 0.1 }), compiled);
    const resumed = training((params) => new Momentum(params), compiled);
    for (let i = 0; i < 3; i++) whole.step();
    resumed.step();
    resumed.model.loadStateDict(whole.model.stateDict());
    resumed.optimizer.loadStateDict(whole.optimizer.stateDict());
    for (let i = 0; i < 2; i++) {
      whole.step();
      resumed.step();
    }
    expect(resumed.weights()).toEqual(whole.weights());
    expect(resumed.optimizer.stateDict().state[0].buffer.data).toEqual(
      whole.optimizer.stateDict().state[0].buffer.data,
    );
    expect(resumed.optimizer.state.get(resumed.model.weight)?.buffer).not.toBe(
      whole.optimizer.state.get(whole.model.weight)?.buffer,
    );
  });

  it("refuses hyperparameters of another kind, and moves nothing", () => {
    const { optimizer, step, weights } = training((params) => new Momentum(params), compiled);
    step();
    const before = weights();
    const [group] = optimizer.paramGroups;
    for (const [lr, message] of [
      [Number.NaN, "lr is NaN"],
      ["0.1", 'lr is "0.1", expected a number'],
      [undefined, "required optimization parameter lr; give it in the group or to Momentum"],
    ] as const) {
      group.lr = lr as number;
      for (let i = 0; i < 2; i++) expect(step).toThrow(message);
      expect(weights()).toEqual(before);
    }
  });

  it("has its groups and messages from the base", () => {
    const [a, b] = [tensor([1], { requiresGrad: true }), tensor([1], { requiresGrad: true })];
    const optimizer = new Momentum([{ params: [a], lr: 0.5 }, { params: [b] }]);
    expect(optimizer.paramGroups.map(({ lr, momentum }) => [lr, momentum])).toEqual([
      [0.5, 0.9],
      [0.1, 0.9],
    ]);
    expect(String(new Momentum([a]))).toBe("Momentum (\nParameter Group 0\n    lr: 0.1\n    momentum: 0.9\n)");
    expect(() => optimizer.addParamGroup({ params: [], nesterov: true } as never)).toThrow(
      'a parameter group of Momentum: unknown option "nesterov", expected lr, momentum',
    );
    expect(() => new Momentum([a], { momentum: Number.NaN })).toThrow("momentum is NaN, expected a number");
    const sum: number = optimizer.paramGroups[0].lr + (optimizer.defaults.lr ?? 0);
    expect(sum).toBe(0.6);
  });
});

describe("step()", () => {
  it("records no gradients, but its closure does; gives what the closure gives", () => {
    const p = tensor([3], { requiresGrad: true });
    const optimizer = new Momentum([p], { lr: 1, momentum: 0 });
    const loss = optimizer.step(() => {
      expect(isGradEnabled()).toBe(true);
      const loss = p.square().sum();
      loss.backward();
      return loss;
    });
    expect([loss?.item(), p.item(), isGradEnabled()]).toEqual([9, -3, true]);
    expect(() => optimizer.step(5 as never)).toThrow("step: the closure is 5, expected a function");
  });

  it("of a subclass of ours that reads plain hyperparameters never goes stale", () => {
    class Sign extends Adam {
      override step(): undefined {
        for (const { params, lr } of this.paramGroups)
          for (const p of params) p.sub_((p.grad as Tensor).sign().mul(lr));
      }
    }
    const { optimizer, step, weights } = training((params) => new Sign(params, { lr: 0 }), true);
    step();
    const before = weights();
    optimizer.paramGroups[0].lr = 0.5;
    step();
    for (const [i, value] of weights().entries()) expect(Math.abs(value - before[i])).toBeCloseTo(0.5, 5);
  });

  it("of a list that is replaced or written to never goes stale, nor a field", () => {
    class Scaled extends Optimizer<{ lr: number; scales: number[] }> {
      extra = 1;
      override step() {
        for (const { params, scales } of this.paramGroups) for (const p of params) p.fill_(scales[0] * this.extra);
      }
    }
    const { optimizer, step, weights } = training(
      (params) => new Scaled(params, { lr: 1, scales: [2] }) as unknown as SGD,
      true,
    );
    const scaled = optimizer as unknown as Scaled;
    const after = (change: () => void) => {
      change();
      step();
      return weights()[0];
    };
    expect(after(() => {})).toBe(2);
    expect(after(() => (scaled.paramGroups[0].scales = [3]))).toBe(3);
    expect(after(() => (scaled.paramGroups[0].scales[0] = 4))).toBe(4);
    expect(after(() => (scaled.extra = 2))).toBe(8);
    expect(() => after(() => (scaled.paramGroups[0].scales[0] = Number.NaN))).toThrow("scales[0] is NaN");
  });
});

describe("misuses", () => {
  const leaf = () => tensor([1], { requiresGrad: true });

  it("no step, no defaults", () => {
    class Nothing extends Optimizer {}
    expect(() => new Nothing([leaf()], { lr: 1 }).step()).toThrow(
      'Nothing has no method "step"; write step() { ... } in class Nothing',
    );
    // @ts-expect-error: hyperparameters are needed
    expect(() => new Nothing([leaf()])).toThrow(
      "the defaults of Nothing must be an object such as { lr: 1e-3 }, got undefined",
    );
  });

  it.each(["created each time", "replaced"])("state that a compiled step would not keep: %s", (how) => {
    class Forgetful extends Optimizer {
      override step() {
        for (const { params } of this.paramGroups) {
          for (const p of params) {
            const state = how === "replaced" ? this.stateOf(p, ["mean"]) : { mean: zerosLike(p) };
            this.state.set(p, state);
            if (how === "replaced") state.mean = state.mean.mul(0.9).add(p.grad as Tensor);
          }
        }
      }
    }
    const message =
      "Forgetful: mean in the state of a parameter was computed by the step that is compiled, which would not";
    const { optimizer, step } = training((params) => new Forgetful(params, { lr: 1 }) as unknown as SGD, true);
    expect(step).toThrow(message);
    expect(() => [...optimizer.state.values()].map((state) => state.mean.data)).not.toThrow();
    training((params) => new Forgetful(params, { lr: 1 }) as unknown as SGD, false).step();
  });

  it("a count that is a number", () => {
    class Counting extends Optimizer {
      override step() {
        this.state.set(this.paramGroups[0].params[0], { step: 1 as never });
      }
    }
    expect(() => new Counting([leaf()], { lr: 1 }).step()).toThrow(
      'Counting: the state of a parameter has step = 1, expected a Tensor, which programs and checkpoints keep; count in one: this.stateOf(param, ["step"]).step.add_(1)',
    );
  });
});

it("Optimizer alone is a type, and every optimizer is one", () => {
  const all: Optimizer[] = [new SGD([tensor([1])], { lr: 1 }), new Adam([tensor([1])]), new Momentum([tensor([1])])];
  for (const optimizer of all) optimizer.paramGroups[0].lr *= 0.5;
  expect(all.map(({ paramGroups: [{ lr }] }) => lr)).toEqual([0.5, 0.0005, 0.05]);
});
