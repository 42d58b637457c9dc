import { describe, expect, it } from "vitest";
import { VariableNet } from "../../../../../test/goldens/networks.ts";
import * as F from "../../nn/functional/index.ts";
import { Adam, AdamW, clipGradNorm, SGD } from "../../optim/index.ts";
import { manualSeed } from "../../random/index.ts";
import { randn, type Tensor, tensor } from "../../tensor/index.ts";
import { compile } from "../compile.ts";
import { heap } from "../memory/heap.ts";
import { runsOf } from "./emitJoined.ts";

/** Optimizer calls joined over arrays side by side: the same bytes as one call after the other. */

type Optimizer = SGD | Adam | AdamW;
type Make = (params: Tensor[]) => Optimizer;

interface Trainer {
  readonly model: VariableNet;
  readonly optimizer: Optimizer;
}

function trainer(make: Make): Trainer {
  manualSeed(5);
  const model = new VariableNet({ normalize: true, bias: true });
  return { model, optimizer: make(model.parameters()) };
}

/**
 * Moves parameters to the heap with something between them, last one first: calls on them cannot be
 * joined.
 */
function scatter({ model }: Trainer): void {
  for (const { storage } of model.parameters().reverse()) {
    heap().adopt(storage);
    heap().allocate(16);
  }
}

const stepOf = ({ model, optimizer }: Trainer, before: () => void = () => {}) =>
  compile((x: Tensor, y: Tensor) => {
    optimizer.zeroGrad();
    const loss = F.mseLoss(model(x), y);
    loss.backward();
    before();
    optimizer.step();
    return loss;
  });

const bytesOf = ({ data }: Tensor): string => Buffer.from(data.slice().buffer).toString("base64");

const stateOf = ({ model, optimizer }: Trainer): string[] =>
  [...model.parameters(), ...[...optimizer.state.values()].flatMap((state) => Object.values(state))].map(bytesOf);

const taskNames = (step: ReturnType<typeof stepOf>): string[] =>
  step.explain().programs[0].tasks.map(({ name }) => name);

const optimizers: [string, Make][] = [
  ["SGD", (params) => new SGD(params, { lr: 0.05, weightDecay: 0.01 })],
  ["SGD with momentum", (params) => new SGD(params, { lr: 0.05, momentum: 0.9, dampening: 0.1 })],
  ["Adam", (params) => new Adam(params, { lr: 0.01 })],
  ["AMSGrad", (params) => new Adam(params, { lr: 0.01, amsgrad: true, weightDecay: 0.01 })],
  ["AdamW", (params) => new AdamW(params, { lr: 0.01 })],
];

describe.each(optimizers)("%s over parameters side by side", (_, make) => {
  it("is one task, and gives the bytes of separate calls", () => {
    const [joined, apart] = [trainer(make), trainer(make)];
    scatter(apart);
    const [one, other] = [stepOf(joined), stepOf(apart)];
    for (let i = 0; i < 5; i++) {
      const [x, y] = [randn([16, 9]), randn([16, 1])];
      expect(bytesOf(one(x, y))).toEqual(bytesOf(other(x, y)));
    }
    const parameters = joined.model.parameters();
    expect(taskNames(one).at(-1)).toMatch(new RegExp(`Step x ${parameters.length}$`));
    const ends = parameters.map(({ data }) => data.byteOffset + Math.ceil(data.byteLength / 16) * 16);
    expect(parameters.slice(1).map(({ data }) => data.byteOffset)).toEqual(ends.slice(0, -1));
    expect(stateOf(joined)).toEqual(stateOf(apart));
  });

  it("keeps a count for each parameter, also when one was left out for some steps", () => {
    const [joined, apart] = [trainer(make), trainer(make)];
    scatter(apart);
    const frozen = ({ model }: Trainer) => model.parameters()[2];
    const [one, other] = [joined, apart].map((each) => stepOf(each));
    for (let i = 0; i < 6; i++) {
      for (const each of [joined, apart]) frozen(each).requiresGrad = i < 2 || i >= 4;
      const [x, y] = [randn([16, 9]), randn([16, 1])];
      for (const step of [one, other]) step(x, y);
    }
    expect(stateOf(joined)).toEqual(stateOf(apart));
    const counts = [...joined.optimizer.state.values()].map(({ step }) => step.item());
    if (counts.some((count) => count > 0)) expect(counts.sort()).toEqual([4, ...counts.slice(1).fill(6)]);
  });
});

describe("joined calls", () => {
  it("do not join groups, nor two steps in a row", () => {
    const { model } = trainer(optimizers[2][1]);
    const [first, ...rest] = model.parameters();
    const optimizer = new Adam([{ params: [first, rest[0]], lr: 0.1 }, { params: rest.slice(1) }]);
    const step = stepOf({ model, optimizer }, () => optimizer.step());
    step(randn([16, 9]), randn([16, 1]));
    const pair = ["adamStep x 2", `adamStep x ${rest.length - 1}`];
    expect(taskNames(step).filter((name) => name.startsWith("adamStep"))).toEqual([...pair, ...pair]);
  });

  it("take gradients that are temporaries, as clipping leaves them", () => {
    const make = optimizers[2][1];
    const [joined, apart] = [trainer(make), trainer(make)];
    scatter(apart);
    const [one, other] = [joined, apart].map((each) =>
      stepOf(each, () => {
        clipGradNorm(each.model.parameters(), 0.1);
      }),
    );
    for (let i = 0; i < 3; i++) {
      const [x, y] = [randn([16, 9]), randn([16, 1])];
      for (const step of [one, other]) step(x, y);
    }
    expect(stateOf(joined)).toEqual(stateOf(apart));
  });

  it("zero gradients that stay in one pass", () => {
    const { model, optimizer } = trainer(optimizers[2][1]);
    const [x, y] = [randn([16, 9]), randn([16, 1])];
    const accumulate = compile((a: Tensor, b: Tensor) => {
      F.mseLoss(model(a), b).backward();
    });
    accumulate(x, y);
    const zero = compile(() => optimizer.zeroGrad({ setToNone: false }));
    zero();
    expect(zero.explain().programs[0].tasks.map(({ name }) => name)).toEqual([`assign x ${model.parameters().length}`]);
    for (const { grad } of model.parameters()) expect(grad?.data.every((value) => value === 0)).toBe(true);
  });
});

describe("joinCalls", () => {
  it("lets a call wait only until something touches what it writes", () => {
    const [a, b] = [tensor([1, 2, 3]), tensor([4, 5])];
    const step = compile(() => {
      a.zero_();
      b.zero_();
      const seen = a.clone();
      a.add_(1);
      b.zero_();
      return seen;
    });
    for (let i = 0; i < 2; i++) {
      expect(step().toArray()).toEqual([0, 0, 0]);
      expect([a.toArray(), b.toArray()]).toEqual([
        [1, 1, 1],
        [0, 0],
      ]);
    }
  });
});

describe("runsOf", () => {
  const call = (...addresses: number[]) => ({
    inputs: addresses.map((address) => ({ shape: [5], dtype: "float32" as const, address })),
    outputs: [],
    attrs: {},
  });

  it("breaks where any array does not start where its neighbour's block ends", () => {
    const calls = [call(64, 640, 0), call(96, 672, 0), call(128, 800, 0), call(160, 832, 0), call(208, 864, 0)];
    expect(runsOf(calls, { arrays: 2 }).map((run) => run.length)).toEqual([2, 2, 1]);
    expect(runsOf(calls, { arrays: 1 }).map((run) => run.length)).toEqual([4, 1]);
  });
});
