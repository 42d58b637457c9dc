import { describe, expect, it } from "vitest";
import { Net, VariableNet } from "../../../../test/goldens/networks.ts";
import type { CrossEntropyOptions } from "../nn/functional/index.ts";
import * as F from "../nn/functional/index.ts";
import { BatchNorm1d, type Buffer, Dropout, GELU, Linear, type Module, Sequential } from "../nn/index.ts";
import { Adam, AdamW, clipGradNorm, SGD } from "../optim/index.ts";
import { getRngState, manualSeed, setRngState } from "../random/index.ts";
import { noGrad, ones, randint, randn, type Tensor, tensor } from "../tensor/index.ts";
import { type Compiled, type CompileOptions, compile } from "./compile.ts";

/**
 * Compiled training equals eager training: every test runs once eager and once compiled, and
 * compares all state.
 */

type Optimizer = SGD | Adam | AdamW;

interface Trainer {
  readonly model: Module;
  readonly optimizer: Optimizer;
}

type Make = () => Trainer;

const netWith =
  (make: (params: Tensor[]) => Optimizer): Make =>
  () => {
    // A bias before BatchNorm has the gradient 0, whose rounding Adam inflates to whole steps:
    // there is none.
    const model = new VariableNet({ normalize: true, bias: false });
    return { model, optimizer: make(model.parameters()) };
  };

const adamNet = netWith((params) => new Adam(params, { lr: 0.01 }));

const stepOf =
  ({ model, optimizer }: Trainer) =>
  (x: Tensor, y: Tensor): Tensor => {
    optimizer.zeroGrad();
    const loss = F.mseLoss(model(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  };

/** Everything that training changes, by name. */
function stateOf({ model, optimizer }: Trainer): Map<string, Tensor | null> {
  return new Map<string, Tensor | null>([
    ...model.namedParameters(),
    ...model.namedBuffers(),
    ...model.namedParameters().map(([name, parameter]) => [`${name}.grad`, parameter.grad] as const),
    ...[...optimizer.state.values()].flatMap((state, i) =>
      Object.entries(state).map(([name, value]) => [`${i}.${name}`, value] as const),
    ),
  ]);
}

function expectClose(actual: Tensor | null | undefined, expected: Tensor | null, what: string): void {
  if (expected === null) {
    expect(actual, what).toBeNull();
    return;
  }
  expect(actual?.shape, what).toEqual(expected.shape);
  const scale = Math.max(1e-2, ...Array.from(expected.data, Math.abs));
  for (const [i, value] of Array.from(expected.data).entries()) {
    const apart = Math.abs((actual as Tensor).data[i] - value);
    if (!(apart <= 2e-5 * scale)) expect.fail(`${what}, element ${i}: ${actual?.data[i]}, eager has ${value}`);
  }
}

function expectSameState(compiled: Trainer, eager: Trainer): void {
  const actual = stateOf(compiled);
  const expected = stateOf(eager);
  expect([...actual.keys()]).toEqual([...expected.keys()]);
  for (const [name, value] of expected) expectClose(actual.get(name), value, name);
}

/** The same twice, from the same seed. */
function twins(make: Make): { eager: Trainer; compiled: Trainer } {
  manualSeed(11);
  const eager = make();
  manualSeed(11);
  return { eager, compiled: make() };
}

const batch = (rows: number) => [randn([rows, 9]), randn([rows, 1])] as const;

type Scenario = (trainer: Trainer, wrap: Wrap) => Iterable<Tensor>;
type Wrap = <A extends Tensor[], R>(step: (...args: A) => R) => (...args: A) => R;

/**
 * Runs a scenario eager and compiled from the same generator state and compares what it yields, the
 * state and the generator.
 */
function expectSame(make: Make, scenario: Scenario, options?: CompileOptions): Compiled<never[], unknown>[] {
  const { eager, compiled } = twins(make);
  const programs: Compiled<never[], unknown>[] = [];
  const wrap: Wrap = (step) => {
    const made = compile(step as (...args: never[]) => unknown, options);
    programs.push(made);
    return made as unknown as typeof step;
  };
  const expected = scenario(eager, (step) => step)[Symbol.iterator]();
  const actual = scenario(compiled, wrap)[Symbol.iterator]();
  let generator = { eager: getRngState(), compiled: getRngState() };
  for (let step = 0; ; step++) {
    setRngState(generator.eager);
    const one = expected.next();
    const afterEager = getRngState();
    setRngState(generator.compiled);
    const other = actual.next();
    generator = { eager: afterEager, compiled: getRngState() };
    expect(generator.compiled, `generator after step ${step}`).toEqual(generator.eager);
    expect(other.done).toBe(one.done);
    expectSameState(compiled, eager);
    if (one.done || other.done) return programs;
    expectClose(other.value, one.value, `result of step ${step}`);
  }
}

function* steps(trainer: Trainer, wrap: Wrap, count = 4): Iterable<Tensor> {
  const step = wrap(stepOf(trainer));
  for (let i = 0; i < count; i++) yield step(...batch(16));
}

describe("steps", () => {
  it.each<[string, (params: Tensor[]) => Optimizer]>([
    ["SGD", (params) => new SGD(params, { lr: 0.05 })],
    ["SGD with momentum", (params) => new SGD(params, { lr: 0.05, momentum: 0.9, weightDecay: 0.01 })],
    ["SGD with Nesterov", (params) => new SGD(params, { lr: 0.02, momentum: 0.9, nesterov: true })],
    [
      "SGD with dampening, climbing",
      (params) => new SGD(params, { lr: 1e-3, momentum: 0.9, dampening: 0.1, maximize: true }),
    ],
    ["Adam", (params) => new Adam(params, { lr: 0.01, weightDecay: 0.01 })],
    ["AMSGrad", (params) => new Adam(params, { lr: 0.01, amsgrad: true })],
    ["AdamW", (params) => new AdamW(params, { lr: 0.01, weightDecay: 0.1 })],
    [
      "two groups",
      (params) =>
        new Adam([{ params: params.slice(0, 3), lr: 0.1, eps: 1e-3 }, { params: params.slice(3) }], {
          lr: 0.01,
        }) as Optimizer,
    ],
  ])("%s", (_, make) => {
    expectSame(netWith(make), steps);
  });

  it("of the tutorial's net: its losses, to 1e-5, over 30 steps", () => {
    const { eager, compiled } = twins(() => {
      const model = new Net();
      return { model, optimizer: new Adam(model.parameters(), { lr: 0.01 }) };
    });
    const [plain, fast] = [stepOf(eager), compile(stepOf(compiled))];
    for (let i = 0; i < 30; i++) {
      const [x, y] = batch(32);
      const [expected, actual] = [plain(x, y).item(), fast(x, y).item()];
      expect(Math.abs(actual / expected - 1)).toBeLessThanOrEqual(1e-5);
    }
    expect(fast.programs).toBe(1);
  });

  it("of the tutorial's net with SGD and momentum: all of its state", () => {
    expectSame(() => {
      const model = new Net();
      return { model, optimizer: new SGD(model.parameters(), { lr: 0.01, momentum: 0.9 }) };
    }, steps);
  });

  it("several batch sizes, a last partial batch, and evaluation between", () => {
    const [train, evaluate] = expectSame(adamNet, function* (trainer, wrap) {
      const step = wrap(stepOf(trainer));
      const evaluateStep = wrap((x: Tensor, y: Tensor) => noGrad(() => F.mseLoss(trainer.model(x), y)));
      const [held, answers] = batch(20);
      for (const rows of [16, 16, 5, 16, 5]) {
        trainer.model.train();
        yield step(...batch(rows));
        trainer.model.eval();
        yield evaluateStep(held, answers);
      }
    });
    expect([train.programs, evaluate.programs]).toEqual([2, 1]);
  });

  it("gradients clipped by their norm", () => {
    // Not Adam, which makes steps of full size of gradients that are next to nothing.
    const sgdNet = netWith((params) => new SGD(params, { lr: 0.05 }));
    expectSame(sgdNet, function* ({ model, optimizer }, wrap) {
      const step = wrap((x: Tensor, y: Tensor) => {
        optimizer.zeroGrad();
        F.mseLoss(model(x), y).mul(100).backward();
        const norm = clipGradNorm(model.parameters(), 1);
        optimizer.step();
        return norm;
      });
      for (let i = 0; i < 3; i++) yield step(...batch(16));
    });
  });

  it("classes: dropout, GELU, cross entropy and decayed weights draw the same stream", () => {
    expectSame(classifier, function* ({ model, optimizer }, wrap) {
      const step = wrap((x: Tensor, classes: Tensor) => {
        optimizer.zeroGrad();
        const loss = F.crossEntropy(model(x), classes);
        loss.backward();
        optimizer.step();
        return loss;
      });
      for (let i = 0; i < 4; i++) yield step(randn([12, 6]), randint(0, 3, [12]));
    });
  });
});

const classifier: Make = () => {
  const model = new Sequential(new Linear(6, 20), new GELU(), new Dropout(0.3), new Linear(20, 3));
  return { model, optimizer: new AdamW(model.parameters(), { lr: 0.01 }) };
};

describe("classes, whose indices are int32", () => {
  it.each<[string, CrossEntropyOptions]>([
    ["as they are", {}],
    ["one of them ignored", { ignoreIndex: 3 }],
    ["smoothed", { labelSmoothing: 0.1 }],
    ["weighted", { weight: tensor(Float32Array.from({ length: 10 }, (_, i) => 0.5 + i / 10)) }],
    ["summed up", { reduction: "sum" }],
  ])("are trained on without the host: %s", (_, options) => {
    const [step] = expectSame(
      () => {
        const model = new Sequential(new Linear(9, 16, { bias: false }), new BatchNorm1d(16), new Linear(16, 10));
        return { model, optimizer: new Adam(model.parameters(), { lr: 0.01 }) };
      },
      function* ({ model, optimizer }, wrap) {
        const step = wrap((x: Tensor, y: Tensor) => {
          optimizer.zeroGrad();
          const loss = F.crossEntropy(model(x), y, options);
          loss.backward();
          optimizer.step();
          return loss;
        });
        for (let i = 0; i < 3; i++) yield step(randn([37, 9]), randint(0, 10, [37]));
      },
    );
    expect(step.explain().programs[0].fallbacks).toBe(0);
  });
});

describe("batch normalization over positions", () => {
  it.each([true, false])("needs no host, forward and backward, in train mode: %s", (training) => {
    for (const shape of [
      [6, 3, 5],
      [6, 3, 4, 2],
    ]) {
      const [step] = expectSame(
        () => {
          const model = new Sequential(new BatchNorm1d(3));
          return { model: model.train(training), optimizer: new Adam(model.parameters(), { lr: 0.01 }) };
        },
        function* ({ model, optimizer }, wrap) {
          const {
            running_mean: runningMean,
            running_var: runningVar,
            weight,
            bias,
          } = model.children()[0] as BatchNorm1d;
          const step = wrap((x: Tensor, y: Tensor) => {
            optimizer.zeroGrad();
            const loss = F.mseLoss(F.batchNorm(x, { runningMean, runningVar, weight, bias, training }).relu(), y);
            loss.backward();
            optimizer.step();
            return loss;
          });
          for (let i = 0; i < 3; i++) yield step(randn(shape), randn(shape));
        },
      );
      expect(step.explain().programs[0].fallbacks).toBe(0);
    }
  });
});

describe("settings that change", () => {
  it("train and eval of the model are two programs", () => {
    const [step] = expectSame(adamNet, function* (trainer, wrap) {
      const step = wrap(stepOf(trainer));
      for (const training of [true, false, true, false]) {
        trainer.model.train(training);
        yield step(...batch(16));
      }
    });
    expect(step.programs).toBe(2);
  });

  it("momentum and eps of BatchNorm", () => {
    const [step] = expectSame(adamNet, function* (trainer, wrap) {
      const step = wrap(stepOf(trainer));
      const norm = (trainer.model as VariableNet).batch_norm1 as BatchNorm1d;
      yield step(...batch(16));
      norm.momentum = 0.5;
      yield step(...batch(16));
      norm.momentum = null;
      yield step(...batch(16));
      (norm as { eps: number }).eps = 0.1;
      yield step(...batch(16));
    });
    expect(step.programs).toBe(4);
  });

  it("learning rate and the other numbers of an optimizer make no new program", () => {
    const [step] = expectSame(adamNet, function* (trainer, wrap) {
      const step = wrap(stepOf(trainer));
      const [group] = (trainer.optimizer as Adam).paramGroups;
      yield step(...batch(16));
      group.lr = 0.1;
      yield step(...batch(16));
      group.betas = [0.5, 0.6];
      group.eps = 1e-2;
      yield step(...batch(16));
      group.weightDecay = 0.5;
      yield step(...batch(16));
    });
    expect(step.programs).toBe(1);
  });

  it("switches of an optimizer do", () => {
    const [step] = expectSame(adamNet, function* (trainer, wrap) {
      const step = wrap(stepOf(trainer));
      const [group] = (trainer.optimizer as Adam).paramGroups;
      yield step(...batch(16));
      group.maximize = true;
      yield step(...batch(16));
      group.amsgrad = true;
      yield step(...batch(16));
      yield step(...batch(16));
    });
    expect(step.programs).toBe(3);
  });

  it("momentum of SGD switched on later", () => {
    expectSame(
      netWith((params) => new SGD(params, { lr: 0.01 })),
      function* (trainer, wrap) {
        const step = wrap(stepOf(trainer));
        const [group] = (trainer.optimizer as SGD).paramGroups;
        yield step(...batch(16));
        group.momentum = 0.9;
        yield step(...batch(16));
        yield step(...batch(16));
        group.nesterov = true;
        yield step(...batch(16));
        group.momentum = 0.5;
        yield step(...batch(16));
      },
    );
  });

  it("a parameter group added later", () => {
    expectSame(
      () => {
        const model = new Net();
        return { model, optimizer: new SGD([model.layer3.weight], { lr: 0.01 }) };
      },
      function* (trainer, wrap) {
        const step = wrap(stepOf(trainer));
        yield step(...batch(16));
        trainer.optimizer.addParamGroup({ params: [(trainer.model as Net).layer2.weight] });
        yield step(...batch(16));
        yield step(...batch(16));
      },
    );
  });

  it("the rate of dropout", () => {
    expectSame(
      () => {
        const model = new Sequential(new Linear(9, 20), new Dropout(0.2), new Linear(20, 1));
        return { model, optimizer: new SGD(model.parameters(), { lr: 0.01 }) };
      },
      function* (trainer, wrap) {
        const step = wrap(stepOf(trainer));
        const dropout = trainer.model.getSubmodule("1") as unknown as { p: number };
        for (const p of [0.2, 0.7, 0, 0.2]) {
          dropout.p = p;
          yield step(...batch(16));
        }
      },
    );
  });
});

describe("gradients", () => {
  it("accumulate over calls without zeroGrad, and start over after it", () => {
    expectSame(adamNet, function* ({ model, optimizer }, wrap) {
      const accumulate = wrap((x: Tensor, y: Tensor) => {
        const loss = F.mseLoss(model(x), y);
        loss.backward();
        return loss;
      });
      for (let round = 0; round < 2; round++) {
        for (let i = 0; i < 3; i++) yield accumulate(...batch(16));
        optimizer.step();
        optimizer.zeroGrad();
      }
      yield accumulate(...batch(16));
      for (const parameter of model.parameters()) parameter.grad?.fill_(1);
      yield accumulate(...batch(16));
    });
  });

  it.each(["model", "optimizer"] as const)("filled with zeros by the %s between calls make no new program", (which) => {
    const trainer = adamNet();
    const accumulate = compile((x: Tensor, y: Tensor) => F.mseLoss(trainer.model(x), y).backward());
    const update = compile(() => void trainer.optimizer.step());
    for (let i = 0; i < 24; i++) {
      accumulate(...batch(4));
      if (i % 2 === 0) continue;
      update();
      trainer[which].zeroGrad({ setToNone: false });
    }
    expect([accumulate.programs, update.programs]).toEqual([2, 1]);
  });

  it("stay in .grad when a step has no optimizer, for eager code and for a compiled update", () => {
    expectSame(adamNet, function* ({ model, optimizer }, wrap) {
      const gradients = wrap((x: Tensor, y: Tensor) => {
        optimizer.zeroGrad();
        const loss = F.mseLoss(model(x), y);
        loss.backward();
        return loss;
      });
      const update = wrap(() => {
        optimizer.step();
      });
      for (let i = 0; i < 4; i++) {
        yield gradients(...batch(16));
        if (i % 2 === 0) update();
        else optimizer.step();
      }
    });
  });

  it("of several batch sizes land in one place, where one compiled update finds them", () => {
    const [gradients, update] = expectSame(adamNet, function* ({ model, optimizer }, wrap) {
      const gradients = wrap((x: Tensor, y: Tensor) => {
        optimizer.zeroGrad();
        const loss = F.mseLoss(model(x), y);
        loss.backward();
        return loss;
      });
      const update = wrap(() => {
        optimizer.step();
      });
      for (const rows of [16, 16, 5, 16, 5]) {
        yield gradients(...batch(rows));
        update();
      }
    });
    expect([gradients.programs, update.programs]).toEqual([2, 1]);
  });

  it("made by eager code are not written to by a program", () => {
    const weight = tensor([2, 3], { requiresGrad: true });
    weight.mul(5).sum().backward();
    const eager = weight.grad as Tensor;
    const step = compile((x: Tensor) => {
      weight.grad = null;
      weight.mul(x).sum().backward();
    });
    step(tensor([7, 7]));
    expect([...eager.data, ...(weight.grad as Tensor).data]).toEqual([5, 5, 7, 7]);
  });

  it("are left after a step with an optimizer, and filled with zeros by zeroGrad({ setToNone: false })", () => {
    expectSame(adamNet, function* ({ model, optimizer }, wrap) {
      const step = wrap((x: Tensor, y: Tensor) => {
        optimizer.zeroGrad({ setToNone: false });
        const loss = F.mseLoss(model(x), y);
        loss.backward();
        optimizer.step();
        return loss;
      });
      for (let i = 0; i < 4; i++) yield step(...batch(16));
    });
  });

  it("set to null at the end of a step are null", () => {
    expectSame(adamNet, function* ({ model, optimizer }, wrap) {
      const step = wrap((x: Tensor, y: Tensor) => {
        const loss = F.mseLoss(model(x), y);
        loss.backward();
        optimizer.step();
        optimizer.zeroGrad();
        return loss;
      });
      for (let i = 0; i < 3; i++) yield step(...batch(16));
    });
  });

  it("of parameters that a step does not reach stay as they are", () => {
    expectSame(adamNet, function* (trainer, wrap) {
      const net = trainer.model as VariableNet;
      const partial = wrap((x: Tensor, y: Tensor) => {
        const loss = F.mseLoss(net.layer3(x), y);
        loss.backward();
        return loss;
      });
      yield wrap(stepOf(trainer))(...batch(16));
      yield partial(randn([4, 25]), randn([4, 1]));
    });
  });

  it("with respect to arguments can be returned", () => {
    expectSame(adamNet, function* ({ model }, wrap) {
      const saliency = wrap((x: Tensor) => {
        const input = x.detach().requiresGrad_();
        model(input).sum().backward();
        return input.grad as Tensor;
      });
      yield saliency(randn([4, 9]));
      yield saliency(randn([4, 9]));
    });
  });
});

it("a view of a parameter that keeps its gradient ends with the step", () => {
  const parameter = randn([2]).requiresGrad_();
  const step = compile(() => {
    parameter.grad = null;
    const view = parameter.unsqueeze(0);
    view.retainGrad();
    view.sum().backward();
    return view.grad;
  });
  for (let i = 0; i < 5; i++) expect(Array.from((step() as Tensor).data)).toEqual([1, 1]);
  expect(step.programs).toBe(1);
});

describe("the gradient of an argument", () => {
  it.each<[string, (x: Tensor) => unknown]>([
    ["is left in its .grad, on top of what is there", (x) => x.square().sum().backward()],
    [
      "takes the place of one that is forgotten first",
      (x) => {
        x.grad = null;
        x.square().sum().backward();
      },
    ],
    ["is taken away", (x) => void Object.assign(x, { grad: null })],
    [
      "can be used and returned",
      (x) => {
        x.square().sum().backward();
        return x.grad?.mul(2);
      },
    ],
    ["of a twin without history is the twin's", (x) => x.detach().requiresGrad_().square().sum().backward()],
    ["is left alone by what does not reach it", (x) => x.detach().sum()],
  ])("%s", (_, step) => {
    const [eager, compiled] = [false, true].map((enabled) => {
      manualSeed(3);
      const run = compile(step, { compile: enabled });
      const x = randn([3], { requiresGrad: true });
      return Array.from({ length: 3 }, (_, i) => {
        if (i === 2) x.grad = ones([3]);
        const result = run(x) as Tensor | undefined;
        return [result, x.grad].map((one) => one && Array.from(one.data));
      });
    });
    expect(compiled).toEqual(eager);
  });
});

describe("several programs over one model", () => {
  it("training, evaluation and eager code share its state", () => {
    expectSame(adamNet, function* (trainer, wrap) {
      const { model, optimizer } = trainer;
      const step = wrap(stepOf(trainer));
      const predict = wrap((x: Tensor) => noGrad(() => model(x)));
      const norms = () => model.buffers() as Buffer[];
      for (let i = 0; i < 3; i++) {
        yield step(...batch(16));
        model.eval();
        yield predict(randn([3, 9]));
        yield noGrad(() => model(randn([2, 9])));
        model.train();
        // A step of eager code between compiled ones, and state written by hand.
        yield stepOf(trainer)(...batch(8));
        noGrad(() => {
          model.parameters()[0].mul_(0.9);
          norms()[0].add_(0.1);
        });
        [...optimizer.state.values()][0].exp_avg.mul_(0.5);
      }
    });
  });

  it("a state dict loaded between steps is taken over", () => {
    expectSame(adamNet, function* (trainer, wrap) {
      const { model, optimizer } = trainer;
      const step = wrap(stepOf(trainer));
      yield step(...batch(16));
      const weights = Object.fromEntries(Object.entries(model.stateDict()).map(([name, t]) => [name, t.clone()]));
      yield step(...batch(16));
      const saved = optimizer.stateDict();
      yield step(...batch(16));
      model.loadStateDict(weights);
      (optimizer as Adam).loadStateDict(saved as ReturnType<Adam["stateDict"]>);
      yield step(...batch(16));
    });
  });

  it("the statistics of BatchNorm alone, in a step without gradients", () => {
    expectSame(
      () => {
        const model = new Sequential(new BatchNorm1d(9));
        return { model, optimizer: new SGD(model.parameters(), { lr: 1 }) };
      },
      function* ({ model }, wrap) {
        const look = wrap((x: Tensor) => noGrad(() => model(x)));
        for (let i = 0; i < 3; i++) yield look(randn([6, 9]));
      },
    );
  });
});
