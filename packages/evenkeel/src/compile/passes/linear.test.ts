import { describe, expect, it } from "vitest";
import { trained } from "../../../../../test/trained.ts";
import * as F from "../../nn/functional/index.ts";
import { BatchNorm1d, type BatchNorm1dOptions, Dropout, Linear, ReLU, Sequential } from "../../nn/index.ts";
import { SGD } from "../../optim/index.ts";
import { Generator, manualSeed } from "../../random/index.ts";
import { noGrad, randn, type Tensor } from "../../tensor/index.ts";
import { compile } from "../compile.ts";

/**
 * Linear layers that evaluate with the norm and the ReLU behind them: what becomes one task, and that
 * it computes what the ops compute.
 */

const taskNames = (step: { explain(): { programs: readonly { tasks: readonly { name: string }[] }[] } }) =>
  step.explain().programs[0].tasks.map(({ name }) => name);

const layers = (inputs: number, outputs: number, options: BatchNorm1dOptions = {}, bias = true) => [
  new Linear(inputs, outputs, { bias }),
  new BatchNorm1d(outputs, options),
  new ReLU(),
];

/** What a compiled forward pass gives, against the eager one. */
function checkForward(forward: (x: Tensor) => Tensor, x: Tensor): string[] {
  const compiled = compile(forward);
  noGrad(() => {
    const [expected, got] = [forward(x), compiled(x)];
    expect([got.shape, got.dtype]).toEqual([expected.shape, expected.dtype]);
    const largest = Math.max(...Array.from(expected.data, Math.abs), 1e-3);
    const unit = x.dtype === "float64" ? 2 ** -52 : 2 ** -23;
    for (let i = 0; i < got.data.length; i++) {
      expect(Math.abs(got.data[i] - expected.data[i])).toBeLessThanOrEqual(8 * unit * largest);
    }
  });
  return taskNames(compiled);
}

describe("what becomes one task", () => {
  manualSeed(1);
  const x = randn([8, 5]);
  const linear = trained(new Linear(5, 6));
  const norm = trained(new BatchNorm1d(6)).eval();
  const cases: Readonly<Record<string, { step: (x: Tensor) => Tensor; names: readonly string[] }>> = {
    "linear, norm, relu": { step: (x) => norm(linear(x)).relu(), names: ["linearBatchNormEval"] },
    "linear, norm": { step: (x) => norm(linear(x)), names: ["linearBatchNormEval"] },
    "linear, relu": { step: (x) => linear(x).relu(), names: ["linearRelu"] },
    "linear over more dimensions, relu": {
      step: (x) => linear(x.reshape(2, 4, 5)).relu(),
      names: ["linearRelu"],
    },
    "a product, norm, relu": {
      step: (x) => norm(x.matmul(linear.weight.t().contiguous())).relu(),
      names: expect.arrayContaining(["matmulBatchNormEval"]),
    },
    "relu, and more elementwise ops": {
      step: (x) => norm(linear(x)).relu().mul(2).add(1),
      names: ["linearBatchNormEval", "mul + add"],
    },
    "norm, then another activation": {
      step: (x) => norm(linear(x)).sigmoid(),
      names: ["linearBatchNormEval", "sigmoid"],
    },
    "the output of the linear layer is read twice": {
      step: (x) => ((y: Tensor) => norm(y).relu().add(y))(linear(x)),
      names: ["linear", "batchNormEval", "relu + add"],
    },
    "the output of the norm is read twice": {
      step: (x) => ((y: Tensor) => y.relu().add(y))(norm(linear(x))),
      names: ["linearBatchNormEval", "relu + add"],
    },
    "a norm of something else in between": {
      step: (x) => norm(linear(x).mul(2)).relu(),
      names: ["linear", "mul", "batchNormEval", "relu"],
    },
    "a norm of another view": {
      step: (x) =>
        F.batchNorm(linear(x).reshape(2, 6, 4), { runningMean: norm.running_mean, runningVar: norm.running_var }),
      names: expect.arrayContaining(["linear", "batchNormEval"]),
    },
    "a norm whose own bias is the output": {
      step: (x) => {
        const y = linear(x.slice(0, 0, 1));
        return F.batchNorm(y, { runningMean: norm.running_mean, runningVar: norm.running_var, bias: y.reshape(6) });
      },
      names: expect.arrayContaining(["linear", "batchNormEval"]),
    },
  };
  it.each(Object.entries(cases))("%s", (_, { step, names }) => {
    expect(checkForward(step, x)).toEqual(names);
  });
});

describe("has the values of eager execution", () => {
  const generator = new Generator(3);
  const below = (n: number) => Math.floor((generator.random32() * n) / 2 ** 32);
  const drawn = Array.from({ length: 40 }, (_, i) => {
    const [rows, inputs, hidden, outputs] = [1, 1, 1, 1].map(() => 1 + below(70));
    return { i, rows, inputs, hidden, outputs };
  });
  it.each(drawn)("$rows rows of $inputs-$hidden-$outputs", ({ i, rows, inputs, hidden, outputs }) => {
    manualSeed(i);
    const norm: BatchNorm1dOptions = { affine: i % 3 > 0, momentum: i % 4 === 0 ? null : 0.1 };
    const net = trained(
      new Sequential(
        ...layers(inputs, hidden, norm, i % 2 === 0),
        new Dropout(0.5),
        new Linear(hidden, outputs),
        ...(i % 5 === 0 ? [new ReLU()] : []),
      ),
    ).eval();
    const whole = randn([rows + 2, inputs]);
    const views = [() => whole.slice(0, 1, rows + 1), () => randn([inputs, rows]).t(), () => randn([rows, inputs])];
    const names = checkForward((x) => net(x), views[i % 3]());
    expect(names.filter((name) => /^(linear|matmul)BatchNormEval$/.test(name))).toHaveLength(1);
  });

  it("in float64, op by op", () => {
    manualSeed(2);
    const net = trained(new Sequential(...layers(9, 50), new Linear(50, 3)).double()).eval();
    const names = checkForward((x) => net(x), randn([33, 9], { dtype: "float64" }));
    expect(names).toEqual(["linear", "batchNormEval", "relu", "linear"]);
  });

  it("without running statistics: those of the batch, so nothing is fused", () => {
    manualSeed(2);
    const net = trained(new Sequential(...layers(9, 50, { trackRunningStats: false }), new Linear(50, 3))).eval();
    const names = checkForward((x) => net(x), randn([33, 9]));
    expect(names).toEqual(["linear", "batchNormRelu", "linear"]);
  });

  it("of no rows", () => {
    const net = trained(new Sequential(...layers(3, 4), new Linear(4, 2))).eval();
    expect(noGrad(() => compile((x: Tensor) => net(x))(randn([0, 3]))).shape).toEqual([0, 2]);
  });
});

it("has the bits of the ops alone", () => {
  for (const [rows, inputs, outputs] of [
    [1, 9, 50],
    [64, 9, 50],
    [10, 50, 25],
    [70, 300, 130],
  ]) {
    const net = trained(new Sequential(...layers(inputs, outputs))).eval();
    const [linear, norm] = [...net] as [Linear, BatchNorm1d];
    const fused = compile((x: Tensor) => net(x));
    const apart = compile((x: Tensor) => {
      const product = linear(x);
      const normalized = norm(product);
      return [product, normalized, normalized.relu()];
    });
    const x = randn([rows, inputs]);
    noGrad(() => expect(fused(x).data).toEqual(apart(x)[2].data));
    expect(taskNames(fused)).toEqual(["linearBatchNormEval"]);
    expect(taskNames(apart)).toEqual(["linear", "batchNormEval", "relu"]);
  }
});

describe("between two calls", () => {
  const net = () => trained(new Sequential(...layers(6, 7), new Linear(7, 2))).eval();
  const same = (got: Tensor, expected: Tensor) => {
    for (const [i, value] of expected.data.entries()) expect(got.data[i]).toBeCloseTo(value, 5);
  };

  it("weights and statistics may change: the program reads them at every call", () => {
    manualSeed(4);
    const model = net();
    const forward = compile((x: Tensor) => model(x));
    const x = randn([5, 6]);
    noGrad(() => {
      const before = forward(x);
      for (const name of Object.keys(model.stateDict())) {
        const value = model.stateDict()[name];
        if (value.ndim > 0) value.copy_(value.mul(1.5).add(0.1));
        same(forward(x), model(x));
      }
      expect(Math.abs(before.data[0] - forward(x).data[0])).toBeGreaterThan(1e-3);
    });
    expect(forward.programs).toBe(1);
  });

  it("the mode may change, and the statistics with it", () => {
    manualSeed(5);
    const [model, twin] = [net(), net()];
    twin.loadStateDict(model.stateDict());
    const forward = compile((x: Tensor) => model(x));
    for (const training of [false, true, true, false, true, false]) {
      const x = randn([5, 6]);
      for (const each of [model, twin]) each.train(training);
      noGrad(() => same(forward(x), twin(x)));
      const statistic = (of: Sequential) => of.stateDict()["1.running_mean"];
      same(statistic(model), statistic(twin));
    }
    expect(forward.programs).toBe(2);
  });

  it("a hook may come and go", () => {
    manualSeed(6);
    const model = net();
    const forward = compile((x: Tensor) => model(x));
    const x = randn([5, 6]);
    noGrad(() => {
      same(forward(x), model(x));
      const remove = [...model][0].registerForwardHook((_, __, y) => (y as Tensor).mul(3));
      same(forward(x), model(x));
      expect(taskNames(forward)).toEqual(["linear", "mul", "batchNormEval", "relu", "linear"]);
      remove();
      same(forward(x), model(x));
      expect(taskNames(forward)).toEqual(["linearBatchNormEval", "linear"]);
    });
  });

  it.each(["weight", "statistics"])("the step itself may write the %s: before, between and after", (what) => {
    manualSeed(7);
    for (const at of [0, 1, 2, 3]) {
      const [model, twin] = [net(), net()];
      twin.loadStateDict(model.stateDict());
      const step = (of: Sequential) => (x: Tensor) => {
        const [linear, norm, relu] = [...of] as [Linear, BatchNorm1d, ReLU];
        const change = (when: number) => {
          if (when !== at) return;
          if (what === "weight") linear.weight.detach().mul_(1.5);
          else norm.running_mean?.add_(1);
        };
        change(0);
        const product = linear(x);
        change(1);
        const normalized = norm(product);
        change(2);
        const y = relu(normalized);
        change(3);
        return y;
      };
      const forward = compile(step(model));
      for (let call = 0; call < 2; call++) {
        const x = randn([5, 6]);
        noGrad(() => same(forward(x), step(twin)(x)));
      }
      expect(taskNames(forward).includes("linearBatchNormEval")).toBe(what === "statistics");
    }
  });
});

it("leaves steps that train alone", () => {
  const net = new Sequential(new Linear(3, 4), new ReLU(), new Linear(4, 1));
  const optimizer = new SGD(net.parameters(), { lr: 0.1 });
  const step = compile((x: Tensor) => {
    optimizer.zeroGrad();
    const loss = net(x).square().mean();
    loss.backward();
    optimizer.step();
    return loss;
  });
  step(randn([8, 3]));
  expect(taskNames(step)).toEqual(expect.arrayContaining(["linear", "relu"]));
});
