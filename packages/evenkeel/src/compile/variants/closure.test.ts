import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as nn from "../../nn/index.ts";
import { SGD } from "../../optim/index.ts";
import { getRngState, manualSeed, seed, setRngState } from "../../random/index.ts";
import { full, ones, randn, type Tensor, tensor, zeros } from "../../tensor/index.ts";
import { type CompileOptions, compile } from "../compile.ts";

/**
 * Values of a step's closure, which no guard can see. A change at every call is detected at the
 * second call, any other at the next check; then the program is replaced, and one warning names the
 * change.
 */

let warnings: string[] = [];
beforeEach(() => {
  warnings = [];
  vi.spyOn(console, "warn").mockImplementation((text: string) => void warnings.push(text));
});
afterEach(() => void vi.restoreAllMocks());

interface World {
  beta: number;
  index: number;
  on: boolean;
  list: number[];
  weight: Tensor;
  weights: Tensor[];
  bounds: { min: number; max: number };
  text: string;
}

const newWorld = (): World => ({
  beta: 0.5,
  index: 0,
  on: true,
  list: [1, 2],
  weight: tensor([1, 2, 3]),
  weights: [tensor([1, 1, 1]), tensor([2, 2, 2])],
  bounds: { min: -1, max: 1 },
  text: "a",
});

interface Case {
  readonly step: (world: World, x: Tensor) => unknown;
  readonly change: (world: World) => unknown;
  readonly says: RegExp;
}

const cases: Readonly<Record<string, Case>> = {
  "a number among operands": {
    step: ({ beta }, x) => x.mul(beta),
    change: (world) => (world.beta += 0.25),
    says: /mul: the number 0\.5 became 0\.75/,
  },
  "a number that several operations take": {
    step: ({ beta }, x) => x.mul(beta).add(beta).sub(1).maximum(beta),
    change: (world) => (world.beta *= 2),
    says: /the number 0\.5 became 1/,
  },
  "a number in an attribute": {
    step: ({ bounds }, x) => x.clamp(bounds),
    change: ({ bounds }) => (bounds.max -= 0.25),
    says: /clamp: max was 1 and is 0\.75/,
  },
  "a number that fills": {
    step: ({ beta }, x) => full([3], beta).add(x),
    change: (world) => (world.beta += 1),
    says: /fill: value was 0\.5 and is 1\.5/,
  },
  "an array of numbers": {
    step: ({ list }, x) => list.reduce((y, factor) => y.mul(factor), x),
    change: ({ list }) => (list[1] += 1),
    says: /mul: the number 2 became 3/,
  },
  "a longer array": {
    step: ({ list }, x) => list.reduce((y, factor) => y.add(factor), x),
    change: ({ list }) => list.push(list.length),
    says: /it does 3 operations, not 2/,
  },
  "numbers that become a tensor": {
    step: ({ list }, x) => x.mul(tensor([...list.slice(0, 2), 1])),
    change: ({ list }) => (list[0] += 1),
    says: /literal: other values are made into a tensor/,
  },
  "a tensor that is replaced": {
    step: ({ weight }, x) => x.mul(weight),
    change: (world) => (world.weight = world.weight.add(1)),
    says: /mul: it works on another tensor of shape \[3\]/,
  },
  "an index into a list": {
    step: ({ weights, index }, x) => x.mul(weights[index % 2]),
    change: (world) => world.index++,
    says: /works on another tensor/,
  },
  "a condition": {
    step: ({ on }, x) => (on ? x.exp() : x.tanh()),
    change: (world) => (world.on = !world.on),
    says: /operation 1 was exp and is tanh/,
  },
  "a number that is returned": {
    step: ({ beta }, x) => ({ sum: x.sum(), beta }),
    change: (world) => (world.beta += 1),
    says: /it returns 1\.5, not 0\.5/,
  },
  "a word that is returned": {
    step: ({ text }, x) => [x.sum(), text],
    change: (world) => (world.text += "b"),
    says: /it returns "ab", not "a"/,
  },
  "the order of what is returned": {
    step: ({ on }, x) => (on ? [x.sum(), x.mean()] : [x.mean(), x.sum()]),
    change: (world) => (world.on = !world.on),
    says: /operation 1 was sum and is mean/,
  },
};

function valuesOf(result: unknown): unknown {
  return JSON.parse(JSON.stringify(result));
}

/** Runs a step on ten inputs; the world changes before the calls that are listed. */
function run({ step, change }: Case, changesAt: readonly number[], options: CompileOptions): unknown[] {
  manualSeed(5);
  const world = newWorld();
  const compiled = compile((x: Tensor) => step(world, x), options);
  return Array.from({ length: 10 }, (_, i) => {
    if (changesAt.includes(i + 1)) change(world);
    return valuesOf(compiled(randn([3])));
  });
}

const everyCall = [2, 3, 4, 5, 6, 7, 8, 9, 10];

describe.each(Object.entries(cases))("%s", (_, one) => {
  const eager = (changesAt: readonly number[]) => run(one, changesAt, { compile: false });

  it("that changes at every call is right at every call", () => {
    expect(close(run(one, everyCall, {}))).toEqual(close(eager(everyCall)));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(one.says);
    expect(warnings[0]).toMatch(/^evenkeel: compile: the step does something else .* Pass what changes as an argument/);
  });

  it("that changes once is noticed at the next check, and never again in vain", () => {
    const actual = close(run(one, [3], {}));
    const expected = close(eager([3]));
    expect(actual.slice(0, 2)).toEqual(expected.slice(0, 2));
    // Call 3 was due to no check: it may be what it was before. Call 4 is.
    expect(actual.slice(3)).toEqual(expected.slice(3));
    expect(warnings).toHaveLength(1);
  });

  it("is right at every call with check: always, whenever it changes", () => {
    for (const changesAt of [[2], [3], [3, 7], [5, 6, 9]]) {
      expect(close(run(one, changesAt, { check: "always" }))).toEqual(close(eager(changesAt)));
    }
  });

  it("is left as it was with check: never, without a word", () => {
    const first = eager([]);
    expect(close(run(one, everyCall, { check: "never" }))).toEqual(close(first));
    expect(warnings).toEqual([]);
  });

  it("is looked at at once after recheck()", () => {
    manualSeed(5);
    const world = newWorld();
    const compiled = compile((x: Tensor) => one.step(world, x));
    const x = ones([3]);
    for (let i = 0; i < 5; i++) compiled(x);
    one.change(world);
    compiled.recheck();
    expect(close([valuesOf(compiled(x))])).toEqual(close([valuesOf(one.step(world, x))]));
  });
});

/** To rounding: programs sum in another order. */
const close = (values: unknown[]) =>
  JSON.parse(JSON.stringify(values), (_, value) => (typeof value === "number" ? Number(value.toPrecision(5)) : value));

describe("a check", () => {
  it("that throws is made again at every call, until it passes", () => {
    let list: number[] | undefined = [2];
    const step = compile((x: Tensor) => x.mul((list as number[])[0]));
    const x = ones([1]);
    for (let i = 0; i < 3; i++) step(x);
    list = undefined;
    for (let i = 0; i < 3; i++) expect(() => step(x)).toThrow(TypeError);
    list = [5];
    expect(step(x).item()).toBe(5);
  });

  it("takes over objects that a step returns and that are no trees", () => {
    let count = 0;
    const step = compile(() => ({ counts: new Map([["count", ++count]]) }), { check: "always" });
    expect([step(), step(), step()].map(({ counts }) => counts.get("count"))).toEqual([1, 2, 3]);
  });

  it("that recheck() asks for is made, also with check: never and before the first call", async () => {
    let beta = 1;
    const never = compile((x: Tensor) => x.mul(beta), { check: "never" });
    const prepared = compile((x: Tensor) => x.mul(beta));
    never(ones([1]));
    await prepared.prepare(ones([1]));
    beta = 2;
    for (const step of [never, prepared]) {
      step.recheck();
      expect(step(ones([1])).item()).toBe(2);
    }
  });
});

describe("numbers that change", () => {
  it("make no program each: one that reads them", () => {
    let beta = 0;
    const step = compile((x: Tensor) => x.mul(beta).add(1));
    for (let i = 0; i < 50; i++) {
      beta = i;
      expect(step(tensor([2])).item()).toBe(2 * i + 1);
    }
    expect(step.programs).toBeLessThanOrEqual(2);
  });

  it("nor do those among the arguments", () => {
    const step = compile((x: Tensor, beta: number) => x.mul(beta).sub(beta));
    for (let i = 0; i < 50; i++) expect(step(tensor([2]), i).item()).toBe(i);
    expect(step.programs).toBeLessThanOrEqual(2);
  });

  it("keep their dtype, and every special value", () => {
    let value = 0.1;
    const step = compile((x: Tensor, whole: Tensor) => [x.add(value), whole.mul(2), x.double().add(value)]);
    for (const next of [0.1, 0.2, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e-45, 16777217]) {
      value = next;
      const args = [zeros([2]), tensor([3], { dtype: "int32" })] as const;
      const [a, b, c] = step(...args);
      expect([a.dtype, b.dtype, c.dtype]).toEqual(["float32", "int32", "float64"]);
      expect([a.data[1], b.data[0], c.data[0]]).toEqual([Math.fround(0 + value), 6, 0 + value]);
    }
  });

  it("train as eagerly: a loss weighted by a number that rises", () => {
    const losses = [false, true].map((enabled) => {
      manualSeed(2);
      const layer = new nn.Linear(3, 1);
      const optimizer = new SGD(layer.parameters(), { lr: 0.01 });
      let beta = 1;
      const step = compile(
        (x: Tensor) => {
          optimizer.zeroGrad();
          const loss = layer(x).square().mean().mul(beta);
          loss.backward();
          optimizer.step();
          return loss;
        },
        { compile: enabled },
      );
      return Array.from({ length: 40 }, () => {
        beta *= 1.1;
        return Number(
          step(randn([8, 3]))
            .item()
            .toPrecision(4),
        );
      });
    });
    expect(losses[1]).toEqual(losses[0]);
  });
});

describe("what the host gives otherwise at every call", () => {
  it.each<[string, () => number]>([
    ["Math.random()", () => Math.random()],
    ["Date.now()", () => Date.now() % 1000],
    ["performance.now()", () => performance.now()],
  ])("%s", (_, source) => {
    let last = 0;
    const step = compile((x: Tensor) => {
      last = source();
      return x.mul(last);
    });
    for (let i = 0; i < 30; i++) {
      const before = performance.now();
      while (performance.now() < before + 2);
      expect(step(tensor([1])).item()).toBe(Math.fround(last));
    }
    expect(warnings).toHaveLength(1);
  });
});

describe("a change that comes late", () => {
  it("is noticed at the next power of two, and the step is then watched until it is quiet", () => {
    let beta = 1;
    let traces = 0;
    const step = compile((x: Tensor) => {
      traces++;
      return x.mul(beta);
    });
    const x = tensor([1]);
    vi.spyOn(process, "hrtime").mockReturnValue([0, 0]);
    const call = (count: number) => Array.from({ length: count }, () => step(x).item()).at(-1);
    call(40);
    // 1, 2, 4, 8, 16, 32
    expect(traces).toBe(6);
    beta = 2;
    expect(call(23)).toBe(1);
    expect(call(1)).toBe(2);
    expect(traces).toBe(7);
    beta = 3;
    expect(call(1)).toBe(3);
    // Checks at every call, until 32 in a row found no change.
    const before = traces;
    call(60);
    expect(traces - before).toBe(32);
    expect(warnings).toHaveLength(1);
  });

  it("is noticed when a hundredth of the time is left for it", () => {
    let now = 0;
    vi.spyOn(process, "hrtime").mockImplementation(() => [0, now * 1e6]);
    let beta = 1;
    const step = compile((x: Tensor) => {
      now += 1;
      return x.mul(beta);
    });
    const x = tensor([1]);
    for (let i = 0; i < 39; i++) step(x);
    beta = 2;
    now += 98;
    expect(step(x).item()).toBe(1);
    now += 2;
    // The clock is read once in eight calls.
    for (let i = 0; i < 7; i++) expect(step(x).item()).toBe(1);
    expect(step(x).item()).toBe(2);
  });

  it("in one program makes all others suspect", () => {
    let beta = 1;
    const step = compile((x: Tensor) => x.mul(beta));
    const [short, long] = [ones([1]), ones([2])];
    for (let i = 0; i < 5; i++) step(long);
    for (let i = 0; i < 3; i++) step(short);
    beta = 2;
    step(short); // its fourth
    expect(step(long).data[0]).toBe(2);
  });
});

describe("a step that is traced at every call says so once, with the reason", () => {
  it("because a field changes in it", () => {
    class Counting extends nn.Module {
      count = 0;
      layer = new nn.Linear(1, 1);
      override forward(x: Tensor): Tensor {
        this.count++;
        return this.layer(x);
      }
    }
    const model = new Counting();
    const step = compile((x: Tensor) => model(x));
    for (let i = 0; i < 20; i++) step(ones([1, 1]));
    expect(model.count).toBe(20);
    expect(step.programs).toBe(1);
    expect(warnings).toEqual([
      expect.stringMatching(/traced at every call.*the field "count" of Counting was \d and is \d.*Buffer/),
    ]);
  });

  it("but not where it throws, which is no reason to pass tensors", () => {
    const step = compile((x: Tensor) => x.matmul(ones([5])));
    for (let i = 0; i < 20; i++) expect(() => step(ones([2]))).toThrow(/matmul/);
    expect(warnings).toEqual([]);
  });

  it("because of its arguments", () => {
    const step = compile((x: Tensor, i: number) => x.mul(i));
    for (let i = 0; i < 20; i++) step(ones([1]), i);
    expect(warnings).toEqual([expect.stringMatching(/traced at every call.*its arguments are others.*as a tensor/)]);
  });
});

describe("a tensor that a step keeps", () => {
  class Averaging extends nn.Module {
    mean = zeros([1]);
    history: Tensor[] = [];
    cache: { last?: Tensor } = {};
    last: Tensor | null = null;
    kind = "none";
    override forward(x: Tensor): Tensor {
      if (this.kind === "field") this.mean = this.mean.mul(0.9).add(x.mean());
      if (this.kind === "null") this.last = x.mul(2);
      if (this.kind === "new") Object.assign(this, { late: x.mul(2) });
      if (this.kind === "list") this.history.push(x.mul(2));
      if (this.kind === "object") this.cache.last = x.mul(2);
      return x.add(1);
    }
  }

  it.each([
    ["field", /the field "mean" of Averaging/],
    ["null", /the field "last" of Averaging/],
    ["new", /the field "late" of Averaging/],
    ["list", /"history\[0\]" of Averaging/],
    ["object", /"cache\.last" of Averaging/],
  ])("in a module's %s is refused by name, and the module is as it was", (kind, message) => {
    const model = new Averaging();
    const { mean } = model;
    model.kind = kind;
    const step = compile((x: Tensor) => model(x));
    for (let i = 0; i < 2; i++) {
      expect(() => step(ones([2]))).toThrow(message);
      expect(() => step(ones([2]))).toThrow(/Buffer that the step writes in place/);
    }
    expect(model.mean).toBe(mean);
    expect([model.last, model.history, model.cache, "late" in model]).toEqual([null, [], {}, false]);
    model.kind = "none";
    expect(step(ones([2])).data[0]).toBe(2);
  });

  it("in a list of the closure says what it is when it is used", () => {
    const losses: Tensor[] = [];
    const step = compile((x: Tensor) => {
      losses.push(x.sum());
      return x;
    });
    step(ones([2]));
    for (const use of [() => losses[0].item(), () => losses[0].add(1), () => `${losses[0]}`]) {
      expect(use).toThrow(/made while a step was traced.*return it from the step/s);
    }
    expect(() => compile((x: Tensor) => x.add(losses[0]))(ones([2]))).toThrow(/made while a step was traced/);
  });

  it("that the host changes once for all is refused", () => {
    expect(() => compile(() => void manualSeed(1))()).toThrow(/seeding a generator.*seed it before the step/s);
    expect(() => compile(() => void seed())()).toThrow(/seeding a generator/);
    const layer = new nn.Linear(2, 1);
    expect(() => compile(() => void layer.double())()).toThrow(/converting a module to another dtype/);
    expect(layer.weight.double().sum().dtype).toBe("float64");
    const state = getRngState();
    expect(() => compile(() => setRngState(state))()).toThrow(/state of a generator.*set it before the step/s);
    expect(getRngState()).toEqual(state);
    expect(ones([1]).add(1).item()).toBe(2);
  });
});
