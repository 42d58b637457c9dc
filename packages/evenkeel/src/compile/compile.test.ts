import { describe, expect, it } from "vitest";
import { LeakyReLU, Linear, Module, ReLU } from "../nn/index.ts";
import { Adam } from "../optim/index.ts";
import { defaultGenerator, getRngState, manualSeed } from "../random/index.ts";
import { noGrad, ones, rand, randn, type Tensor, tensor, zeros } from "../tensor/index.ts";
import { compile } from "./compile.ts";

/** The interface of a compiled function: signatures, programs, trees, errors. */

const values = (t: Tensor) => Array.from(t.data);

describe("prepare() inside another compiled step", () => {
  it("does nothing: the step is part of the other", () => {
    const inner = compile((x: Tensor) => x.mul(2));
    const outer = compile((x: Tensor) => {
      void inner.prepare(x);
      return inner(x).add(inner(x.add(1)));
    });
    for (let i = 0; i < 3; i++) expect(outer(tensor([1])).item()).toBe(6);
    expect(inner.programs).toBe(0);
  });
});

describe("arguments and results", () => {
  it("takes arrays, objects and plain values, and returns trees", () => {
    const step = compile(
      ({ x, rest }: { x: Tensor; rest: [Tensor, Tensor] }, mode: string, factor: number, flag: boolean | null) => ({
        sum: x.add(rest[0]).mul(factor),
        parts: [rest[1].neg(), { mode, flag, nothing: undefined }],
      }),
    );
    const x = tensor([1, 2]);
    const out = step({ x, rest: [tensor([10, 20]), tensor([3])] }, "a", 2, null);
    expect(values(out.sum)).toEqual([22, 44]);
    expect(values(out.parts[0] as Tensor)).toEqual([-3]);
    expect(out.parts[1]).toEqual({ mode: "a", flag: null, nothing: undefined });
  });

  it("plain values are part of the signature", () => {
    const step = compile((x: Tensor, factor: number | string) => x.mul(Number(factor)));
    const x = tensor([3]);
    for (const factor of [2, 5, 2, "2", -0, 0, Number.NaN]) {
      expect(step(x, factor).item()).toBe(3 * Number(factor));
    }
    // The one for 2, and one that reads the factor at every run.
    expect(step.programs).toBe(2);
  });

  it("no string is taken for two arguments, no key for another", () => {
    const step = compile((...given: unknown[]) => given);
    expect(step("a,b")).toEqual(["a,b"]);
    expect(step("a", "b")).toEqual(["a", "b"]);
    expect(step('a","b')).toEqual(['a","b']);
    expect(step({ a: 1, b: 2 })).toEqual([{ a: 1, b: 2 }]);
    expect(step({ "a:number:1,b": 2 })).toEqual([{ "a:number:1,b": 2 }]);
    expect(step(undefined, null)).toEqual([undefined, null]);
  });

  it("shapes, dtypes and the gradient mode are too", () => {
    const step = compile((x: Tensor) => x.mul(2));
    step(ones([2]));
    step(ones([2]));
    expect(step.programs).toBe(1);
    step(ones([2, 1]));
    step(ones([1, 2]));
    step(ones([2], { dtype: "float64" }));
    step(ones([2], { requiresGrad: true }));
    noGrad(() => step(ones([2])));
    // Without a backward, what requires a gradient makes no difference to what is computed.
    expect(step.programs).toBe(4);
    expect(step(ones([2], { dtype: "float64" })).dtype).toBe("float64");
  });

  it("results are new at every run, and have no history", () => {
    const weight = tensor([1, 2], { requiresGrad: true });
    const step = compile((x: Tensor) => weight.mul(x));
    const first = step(tensor([1]));
    const second = step(tensor([2]));
    expect(values(first)).toEqual([1, 2]);
    expect(values(second)).toEqual([2, 4]);
    expect(first.requiresGrad).toBe(false);
    first.add_(100);
    expect(values(step(tensor([1])))).toEqual([1, 2]);
  });

  it("says so where backward() is called outside of the step", () => {
    const layer = new Linear(2, 1);
    const predict = compile((x: Tensor) => layer(x));
    const out = predict(ones([3, 2]));
    expect(() => out.backward(ones([3, 1]))).toThrow(/result of a compiled step.*call backward\(\) within the step/);
    expect(() => out.sum().backward()).toThrow(/or from results of a compiled step/);
  });

  it("returns arguments and captured tensors as copies, the same tensor twice, constants, and nothing", () => {
    const state = tensor([5, 6]);
    const step = compile((x: Tensor) => [x, state, x, tensor(3).add(4), zeros([2])]);
    const x = tensor([1]);
    const out = step(x);
    expect(out.map(values)).toEqual([[1], [5, 6], [1], [7], [0, 0]]);
    out[0].add_(1);
    out[1].add_(1);
    expect([values(x), values(state)]).toEqual([[1], [5, 6]]);
    expect(compile(() => {})()).toBeUndefined();
    expect(compile((y: Tensor) => y.sum().item)(x)).toBeTypeOf("function");
  });

  it("works on empty tensors", () => {
    const step = compile((x: Tensor) => [x.mul(2), x.sum()]);
    const [doubled, sum] = step(zeros([0, 3]));
    expect(doubled.shape).toEqual([0, 3]);
    expect(sum.item()).toBe(0);
  });

  it("copies an argument that the caller changes later", () => {
    const step = compile((x: Tensor) => x.mul(2));
    const x = tensor([1]);
    expect(step(x).item()).toBe(2);
    x.fill_(4);
    expect(step(x).item()).toBe(8);
  });
});

describe("captured tensors", () => {
  it("are referred to: later values count, and writes are seen", () => {
    const counter = zeros([2]);
    const step = compile((x: Tensor) => {
      counter.add_(x);
      return counter.mul(10);
    });
    expect(values(step(tensor([1, 2])))).toEqual([10, 20]);
    expect(values(counter)).toEqual([1, 2]);
    const { version } = counter;
    step(tensor([1, 2]));
    expect(values(counter)).toEqual([2, 4]);
    expect(counter.version).toBeGreaterThan(version);
    counter.fill_(100);
    expect(values(step(tensor([1, 1])))).toEqual([1010, 1010]);
  });

  it("a view of one is the same memory", () => {
    const matrix = zeros([2, 2]);
    const row = matrix.reshape(4);
    const step = compile(() => {
      matrix.add_(1);
      return row.sum();
    });
    expect(step().item()).toBe(4);
    expect(step().item()).toBe(8);
    expect(values(row)).toEqual([2, 2, 2, 2]);
  });

  it("a backward that needs an overwritten value is refused, as in eager", () => {
    const weight = tensor([1, 2], { requiresGrad: true });
    const loss = weight.mul(weight).sum();
    compile(() => {
      noGrad(() => weight.add_(1));
    })();
    expect(() => loss.backward()).toThrow(/modified/);
  });

  it("writes to an argument are refused: the caller would not see them", () => {
    const x = tensor([1]);
    expect(() => compile((y: Tensor) => y.add_(1))(x)).toThrow(/argument.*clone/s);
    expect(values(x)).toEqual([1]);
  });
});

describe("when the memory grows", () => {
  it("programs and tensors that were there go on", () => {
    const counter = zeros([3]);
    const small = compile((x: Tensor) => {
      counter.add_(x);
      return counter.mul(2);
    });
    expect(values(small(ones([3])))).toEqual([2, 2, 2]);
    for (const rows of [1000, 3000, 9000]) {
      const before = counter.data;
      const large = compile((x: Tensor) => x.matmul(ones([100, 100])).sum());
      expect(large(ones([rows, 100])).item()).toBe(rows * 10_000);
      expect(before.length === 0 || before === counter.data, "the array was replaced when it was detached").toBe(true);
      const expected = values(counter).map((value) => 2 * (value + 1));
      expect(values(small(ones([3])))).toEqual(expected);
    }
    expect(values(counter)).toEqual([4, 4, 4]);
    expect(small.programs).toBe(1);
  });
});

describe("settings of modules", () => {
  it("a frozen parameter makes a new program", () => {
    const layer = new Linear(2, 1);
    const step = compile((x: Tensor) => {
      layer.zeroGrad();
      layer(x).sum().backward();
      return x;
    });
    step(ones([3, 2]));
    expect(layer.weight.grad).not.toBeNull();
    layer.weight.requiresGrad_(false);
    step(ones([3, 2]));
    expect(step.programs).toBe(2);
    expect(layer.weight.grad).toBeNull();
    expect(layer.bias?.grad?.item()).toBe(3);
  });

  it("a converted module does too", () => {
    const layer = new Linear(2, 1);
    const step = compile((x: Tensor) => layer(x));
    step(ones([1, 2]));
    layer.double();
    const x = ones([1, 2], { dtype: "float64" });
    expect(step(x).dtype).toBe("float64");
    expect(values(step(x))).toEqual(values(layer(x)));
  });

  it("a layer in another's place does too, a setting that is NaN does not", () => {
    class Model extends Module {
      limit = Number.NaN;
      activation: Module = new ReLU();
      override forward(x: Tensor): Tensor {
        return this.activation(x);
      }
    }
    const model = new Model();
    const step = compile((x: Tensor) => model(x));
    expect([step(tensor([-1])).item(), step(tensor([-2])).item(), step.programs]).toEqual([0, 0, 1]);
    model.activation = new LeakyReLU(0.5);
    expect([step(tensor([-2])).item(), step.programs]).toEqual([-1, 2]);
  });

  it("a replaced parameter does too", () => {
    const layer = new Linear(2, 1, { bias: false });
    const step = compile((x: Tensor) => layer(x));
    step(ones([1, 2]));
    layer.weight = new Linear(2, 1).weight;
    expect(values(step(ones([1, 2])))).toEqual(values(layer(ones([1, 2]))));
  });
});

describe("the cache", () => {
  it("keeps at most cacheSize programs, the last used ones", () => {
    let traces = 0;
    const step = compile(
      (x: Tensor) => {
        traces++;
        return x.mul(2);
      },
      { cacheSize: 2, check: "never" },
    );
    for (const n of [1, 2, 1, 3, 1]) step(ones([n]));
    expect(step.programs).toBe(2);
    expect(traces).toBe(3);
    step(ones([2]));
    expect(traces).toBe(4);
    step(ones([1]));
    expect(traces).toBe(4);
    expect(step.explain().programs.map(({ signature }) => signature)).toEqual(["grad float32[1]", "grad float32[2]"]);
  });

  it.each([0, -1, 1.5, Number.NaN])("cacheSize %s is refused", (cacheSize) => {
    expect(() => compile(() => {}, { cacheSize })).toThrow(RangeError);
  });
});

describe("what cannot be compiled", () => {
  /** A step with all kinds of state, that fails in the end. */
  function failing(fail: (loss: Tensor) => unknown) {
    manualSeed(3);
    const layer = new Linear(2, 2);
    const optimizer = new Adam(layer.parameters(), { lr: 0.1 });
    const counter = zeros([1]);
    layer(ones([1, 2]))
      .sum()
      .backward();
    optimizer.step();
    const grad = layer.weight.grad;
    const snapshot = () => ({
      weight: values(layer.weight),
      grad: layer.weight.grad,
      gradValues: layer.weight.grad && values(layer.weight.grad),
      counter: values(counter),
      generator: getRngState(),
      state: [...optimizer.state.values()].map((state) => Object.values(state).map(values)),
    });
    const step = compile((x: Tensor) => {
      optimizer.zeroGrad();
      counter.add_(1);
      const loss = layer(x)
        .mul(rand([2]))
        .sum();
      loss.backward();
      optimizer.step();
      return fail(loss);
    });
    return { step, snapshot, grad, layer };
  }

  it.each<[string, (loss: Tensor) => unknown]>([
    ["item()", (loss) => loss.item()],
    ["data", (loss) => loss.data[0]],
    ["toArray()", (loss) => loss.toArray()],
    ["printing", (loss) => `${loss}`],
    [
      "an exception",
      () => {
        throw new Error("compile: the value of a tensor is read: not really");
      },
    ],
  ])("%s while tracing throws, and leaves everything as it was", (_, fail) => {
    const { step, snapshot, grad, layer } = failing(fail);
    const before = snapshot();
    const x = ones([1, 2]);
    expect(() => step(x)).toThrow(/value of a tensor is read/);
    expect(snapshot()).toEqual(before);
    expect(layer.weight.grad).toBe(grad);
    expect(step.programs).toBe(0);
    // Eager execution is back.
    expect(ones([2]).add(1).sum().item()).toBe(4);
  });

  it("an asynchronous step", () => {
    expect(() => compile(async (x: Tensor) => x.add(1))(ones([1]))).toThrow(/asynchronous/);
  });

  it.each([[new Map()], [() => 1], [Symbol("s")], [new Float32Array(2)], [new Date(0)]])(
    "an argument that is %s",
    (argument) => {
      expect(() => compile((x: unknown) => x)(argument as never)).toThrow(/argument of the step is/);
    },
  );

  it("what is no function, or an unknown option", () => {
    expect(() => compile(3 as never)).toThrow(TypeError);
    expect(() => compile(() => {}, { speed: 1 } as never)).toThrow(/speed/);
  });
});

describe("options", () => {
  it("compile: false runs the function as it is", () => {
    let runs = 0;
    const step = compile(
      (x: Tensor) => {
        runs++;
        return x.sum().item();
      },
      { compile: false },
    );
    expect([step(ones([2])), step(ones([3]))]).toEqual([2, 3]);
    expect(runs).toBe(2);
    expect(step.programs).toBe(0);
  });

  it("fast gives the same to rounding, in engines without relaxed SIMD too", () => {
    manualSeed(1);
    const a = randn([40, 30]);
    const b = randn([30, 20]);
    const multiply = (x: Tensor, y: Tensor) => x.matmul(y);
    const plain = values(compile(multiply)(a, b));
    const fast = values(compile(multiply, { fast: true })(a, b));
    for (const [i, value] of plain.entries()) expect(Math.abs(fast[i] - value)).toBeLessThan(1e-4);
  });
});

describe("prepare", () => {
  it("compiles ahead, without running", async () => {
    const counter = zeros([1]);
    let traces = 0;
    const step = compile((x: Tensor) => {
      traces++;
      counter.add_(x);
      return counter.mul(1);
    });
    const state = getRngState();
    await step.prepare(ones([1]));
    expect([step.programs, traces, counter.item()]).toEqual([1, 1, 0]);
    expect(getRngState()).toEqual(state);
    await step.prepare(ones([1]));
    expect(step(ones([1])).item()).toBe(1);
    expect([step.programs, traces]).toEqual([1, 1]);
  });

  it("rejects where a call throws, and does nothing with compile: false", async () => {
    await expect(compile((x: Tensor) => x.item()).prepare(ones([1]))).rejects.toThrow(/value of a tensor/);
    const off = compile((x: Tensor) => x.item(), { compile: false });
    await off.prepare(ones([1]));
    expect(off.programs).toBe(0);
  });
});

describe("a compiled function within another", () => {
  it("becomes part of it", () => {
    const inner = compile((x: Tensor) => x.mul(2));
    const outer = compile((x: Tensor) => inner(x).add(1));
    expect(outer(tensor([3])).item()).toBe(7);
    expect([inner.programs, outer.programs]).toEqual([0, 1]);
    expect(inner(tensor([3])).item()).toBe(6);
  });

  it("carries gradients, as eager does", () => {
    const weight = tensor([3], { requiresGrad: true });
    const inner = compile((x: Tensor) => weight.mul(x));
    const outer = compile((x: Tensor) => {
      inner(x).backward();
    });
    outer(tensor([4]));
    expect(weight.grad?.item()).toBe(4);
  });
});

describe("explain", () => {
  it("says what there is, before and after", () => {
    const step = compile((x: Tensor) => x.mul(2).add(1).relu());
    expect(`${step.explain()}`).toContain("no programs yet");
    step(ones([8]));
    const { programs } = step.explain({ profile: 10 });
    expect(programs).toHaveLength(1);
    expect(programs[0].fallbacks).toBe(0);
    expect(programs[0].tasks.map(({ name }) => name)).toEqual(["mul + add + relu"]);
    expect(programs[0].tasks[0].microseconds).toBeTypeOf("number");
    expect(`${step.explain()}`).toMatch(/mul \+ add \+ relu +\[8\]/);
  });

  it("names what fell back, and why", () => {
    const step = compile((x: Tensor) => x.to("float64").exp());
    step(ones([3]));
    const { programs } = step.explain();
    const fallen = programs[0].tasks.filter(({ fallback }) => fallback !== undefined);
    expect(fallen.length).toBe(programs[0].fallbacks);
    if (fallen.length > 0) expect(`${step.explain()}`).toContain(`host: ${fallen[0].fallback}`);
  });
});

describe("random draws", () => {
  it("follow the generator at every run, and are drawn even if nothing reads them", () => {
    const step = compile(() => {
      rand([3]);
      return rand([2]);
    });
    for (const seed of [1, 1, 2]) {
      manualSeed(seed);
      rand([3]);
      const expected = values(rand([2]));
      const after = defaultGenerator.getState();
      manualSeed(seed);
      expect(values(step())).toEqual(expected);
      expect(defaultGenerator.getState()).toEqual(after);
    }
  });
});
