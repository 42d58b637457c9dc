import { afterEach, describe, expect, it, vi } from "vitest";
import { mseLoss } from "../../nn/functional/index.ts";
import { Linear } from "../../nn/index.ts";
import { Adam } from "../../optim/index.ts";
import { manualSeed } from "../../random/index.ts";
import { randn, type Tensor, tensor, zeros } from "../../tensor/index.ts";
import { compile } from "../compile.ts";
import { Program } from "../program/program.ts";
import { Heap, heap } from "./heap.ts";

/** Memory of programs that are given up: measured in bytes, within one synchronous turn. */

/** A step of a net, and one call of it for each number of rows. */
function trainer(cacheSize: number, clearsOutside = false) {
  manualSeed(1);
  const net = new Linear(64, 64);
  const optimizer = new Adam(net.parameters(), { lr: 0.01 });
  const step = compile(
    (x: Tensor) => {
      if (!clearsOutside) optimizer.zeroGrad();
      const loss = mseLoss(net(x).tanh(), x);
      loss.backward();
      optimizer.step();
      return loss;
    },
    { cacheSize },
  );
  const run = (rows: number) => {
    if (clearsOutside) optimizer.zeroGrad();
    return step(randn([rows, 64]));
  };
  return { net, optimizer, step, run };
}

const bits = (t: Tensor) => [...new Int32Array(t.data.slice().buffer)];
const memory = () => heap().memory.buffer.byteLength;

describe("an evicted program", () => {
  it.each([
    ["cleared in the step", false],
    ["cleared outside of it", true],
  ])("gives its memory back at once, with gradients %s", (_, clearsOutside) => {
    const { run, step } = trainer(2, clearsOutside);
    const used: number[] = [];
    for (let rows = 1; rows <= 60; rows++) {
      // The same sizes again and again, more than are kept.
      run(1 + (rows % 6));
      used.push(heap().used);
    }
    expect(step.programs).toBe(2);
    expect(Math.max(...used.slice(12))).toBe(Math.max(...used.slice(0, 12)));
  });

  it("leaves a memory of the size of those that are kept, over 100 batch sizes", () => {
    const { run } = trainer(2);
    const before = memory();
    for (let rows = 2; rows < 102; rows++) run(rows);
    // 100 rows of 64 floats in some ten arrays, of two programs and the one being made; the memory
    // grows by half. Of all 100 programs it would be ten times as much.
    expect(memory() - before).toBeLessThan(6 * 100 * 64 * 4 * 10);
  });

  it("has changed no bit: as many programs as sizes give the same training", () => {
    const few = trainer(1);
    const many = trainer(16);
    const sizes = Array.from({ length: 40 }, (_, i) => 1 + ((i * i) % 7));
    const trained = [few, many].map(({ net, run }) => {
      manualSeed(2);
      const losses = sizes.map((rows) => run(rows));
      return [...losses, ...net.parameters()].map(bits);
    });
    expect(trained[0]).toEqual(trained[1]);
    expect([few.step.programs, many.step.programs]).toEqual([1, 5].map((n) => Math.min(n, new Set(sizes).size)));
  });

  it("leaves results, gradients, parameters and state as they were", () => {
    const { net, optimizer, run, step } = trainer(1);
    const loss = run(3);
    const kept = [loss, ...net.parameters(), ...net.parameters().map(({ grad }) => grad as Tensor)];
    const before = kept.map(bits);
    const state = JSON.stringify(optimizer.stateDict());
    step.dispose();
    // Whatever is made next takes the place of what was given back.
    compile((x: Tensor) => x.mul(3).add(1).exp())(zeros([500, 64]));
    expect(kept.map(bits)).toEqual(before);
    expect(JSON.stringify(optimizer.stateDict())).toBe(state);
  });

  it("includes one that was replaced because its step had changed", () => {
    let factor = tensor([1, 2]);
    const step = compile((x: Tensor) => x.mul(factor).cumsum(0), { check: "always" });
    vi.spyOn(console, "warn").mockImplementation(() => {});
    step(zeros([2]));
    const used = heap().used;
    for (let i = 0; i < 20; i++) {
      factor = factor.reshape(i % 2 === 0 ? [1, 2] : [2]);
      step(zeros([2]));
    }
    expect(step.programs).toBe(1);
    expect(heap().used).toBeLessThan(2 * used);
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("dispose()", () => {
  it("gives back what the programs took, once", () => {
    const x = randn([50, 20]);
    const before = heap().used;
    const step = compile((given: Tensor) => given.exp().sum());
    step(x);
    step(x.reshape([20, 50]));
    expect(heap().used).toBeGreaterThan(before + 8000);
    step.dispose();
    step.dispose();
    expect(heap().used).toBe(before);
    expect(step.programs).toBe(0);
    expect(String(step.explain())).toContain("no programs");
  });

  it("makes every later call an error that says so", async () => {
    for (const options of [{}, { compile: false }]) {
      const step = compile((x: Tensor) => x.neg(), options);
      step(tensor([1]));
      step.dispose();
      expect(() => step(tensor([1]))).toThrow(/disposed of; compile the step again/);
      await expect(step.prepare(tensor([1]))).rejects.toThrow(/disposed of/);
      expect(() => compile((x: Tensor) => step(x))(tensor([1]))).toThrow(/disposed of/);
    }
  });

  it("is what `using` calls, where the engine has a symbol for it", () => {
    const step = compile((x: Tensor) => x.neg());
    step(tensor([1]));
    if (typeof Symbol.dispose === "symbol") step[Symbol.dispose]();
    else step.dispose();
    expect(() => step(tensor([1]))).toThrow(/disposed of/);
    expect(Object.keys(compile(() => {}))).not.toContain("undefined");
  });

  it("is refused in a step, which would call it while it is traced only", () => {
    const step = compile((x: Tensor): Tensor => {
      step.dispose();
      return x.neg();
    });
    expect(() => step(tensor([1]))).toThrow(/dispose\(\) of a compiled function/);
  });

  it("while a program is being prepared, leaves nothing behind", async () => {
    const before = heap().used;
    const step = compile((x: Tensor) => x.exp());
    const prepared = step.prepare(zeros([100]));
    step.dispose();
    await prepared;
    // Finalizers of other tests may have run meanwhile.
    expect(heap().used).toBeLessThanOrEqual(before);
  });

  it("of a program that runs waits until it has run", () => {
    const net = new Linear(2, 2);
    const optimizer = new Adam(net.parameters(), { lr: 0.1 });
    const step = compile((x: Tensor) => {
      optimizer.zeroGrad();
      const loss = net(x).sum();
      loss.backward();
      optimizer.step();
      return loss;
    });
    const x = zeros([3, 2]);
    step(x);
    const running = vi.spyOn(Program.prototype, "dispose");
    let disposes = false;
    Object.defineProperty(optimizer.paramGroups[0], "lr", {
      configurable: true,
      enumerable: true,
      get: () => {
        if (disposes) {
          disposes = false;
          step.dispose();
        }
        return 0.1;
      },
    });
    step(x);
    disposes = true;
    expect(Number.isFinite(step(x).item())).toBe(true);
    expect(running).toHaveBeenCalledTimes(2);
    expect(() => step(x)).toThrow(/disposed of/);
  });
});

describe("a program that there is no room for", () => {
  it("takes nothing: what it had got is given back", () => {
    const step = compile((x: Tensor, y: Tensor) => x.add(y));
    const before = heap().used;
    const allocate = Heap.prototype.allocate;
    let calls = 0;
    vi.spyOn(Heap.prototype, "allocate").mockImplementation(function (this: Heap, bytes) {
      if (++calls === 3) throw new RangeError("no memory");
      return allocate.call(this, bytes);
    });
    expect(() => step(zeros([1000]), zeros([1000]))).toThrow("no memory");
    expect(heap().used).toBe(before);
  });
});
