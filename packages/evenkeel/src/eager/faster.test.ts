import { compile, F, manualSeed, nn, optim, randn, type Tensor, tensor } from "evenkeel";
import { afterEach, describe, expect, it, vi } from "vitest";
import { grad } from "../tensor/autograd/autograd.ts";
import { type FasterReferences, useFasterReferences } from "../tensor/eager.ts";
import { fasterReferences, multiply } from "./faster.ts";

/** Whole computations by the faster functions and by the references, to the bit. */

afterEach(() => useFasterReferences(fasterReferences));

const bits = (x: Tensor) => [...new Uint8Array(x.data.slice().buffer)];

/** What `compute` returns must not depend on which functions run, nor on what ran before. */
function expectSameBits(compute: () => Tensor[]): void {
  const by = (functions: FasterReferences | undefined) => {
    useFasterReferences(functions);
    manualSeed(7);
    return compute().map(bits);
  };
  const expected = by(undefined);
  randn([100, 100]).matmul(randn([100, 100])); // enough for products to have their code
  const first = by(fasterReferences);
  for (const [i, result] of expected.entries()) {
    expect(Buffer.compare(Buffer.from(first[i]), Buffer.from(result)), `result ${i}`).toBe(0);
  }
  for (let again = 0; again < 3; again++) expect(by(fasterReferences)).toEqual(first);
}

/** The names of the ops whose faster function ran. */
function functionsThatRan(compute: () => void): string[] {
  const ran: string[] = [];
  const counting = new Map(
    [...fasterReferences].map(([op, run]) => [
      op,
      (...args: Parameters<typeof run>) => {
        ran.push(op.name);
        run(...args);
      },
    ]),
  );
  useFasterReferences(counting);
  compute();
  return ran;
}

function trained(steps: number, layers: () => nn.Sequential): Tensor[] {
  const net = layers();
  const optimizer = new optim.Adam([...net.parameters()]);
  const [x, y] = [randn([64, 20]), randn([64, 1])];
  const losses: Tensor[] = [];
  for (let i = 0; i < steps; i++) {
    optimizer.zeroGrad();
    const loss = F.mseLoss(net(x), y);
    loss.backward();
    optimizer.step();
    losses.push(loss.detach());
  }
  return [...losses, ...net.parameters()];
}

describe("eager execution", () => {
  it("has the faster functions without being told, in a program that imports compile", () => {
    const asked = vi.spyOn(fasterReferences as Map<unknown, unknown>, "get");
    expect(typeof compile).toBe("function");
    randn([4, 3]).matmul(randn([3, 2]));
    expect(asked).toHaveBeenCalledWith(expect.objectContaining({ name: "matmul" }));
    asked.mockRestore();
  });

  it("calls the faster functions for products, forward and backward", () => {
    const ran = functionsThatRan(() => {
      const x = randn([40, 30], { requiresGrad: true });
      x.matmul(randn([30, 20]))
        .sum()
        .backward();
      new nn.Linear(30, 20)(randn([40, 30]));
    });
    expect(ran).toEqual(["matmul", "matmul", "linear"]);
  });

  it("trains to the same bits as by the references", () => {
    const sizes = () => [new nn.Linear(20, 70), new nn.BatchNorm1d(70), new nn.ReLU(), new nn.Linear(70, 33)];
    expectSameBits(() => trained(5, () => new nn.Sequential(...sizes(), new nn.GELU(), new nn.Linear(33, 1))));
  });

  it("multiplies batches that broadcast, to the same bits", () => {
    expectSameBits(() => [
      randn([3, 1, 30, 20]).matmul(randn([2, 20, 25])),
      randn([30, 20]).matmul(randn([4, 20, 25])),
      randn([5, 30, 20]).matmul(randn([20, 25])),
      randn([0, 30, 20]).matmul(randn([20, 25])),
      randn([30, 0]).matmul(randn([0, 25])),
      randn([30, 40])
        .t()
        .matmul(randn([25, 30]).t()),
      randn([30, 40])
        .reshape([40, 30])
        .matmul(randn([30, 25])),
      randn([60, 40])
        .at("10:40")
        .matmul(randn([40, 25])),
    ]);
  });

  it("differentiates twice to the same bits", () => {
    expectSameBits(() => {
      const [x, weight, bias] = [randn([30, 20]), randn([25, 20]), randn([25])];
      for (const each of [x, weight, bias]) each.requiresGrad = true;
      const y = F.linear(x, weight, bias).tanh();
      const [dx, dweight] = grad(y.square().sum(), [x, weight], { createGraph: true });
      const second = grad(dx.square().sum().add(dweight.square().sum()), [x, weight, bias]);
      return [y, dx, dweight, ...second].map((each) => each.detach());
    });
  });

  it("multiplies the members of an ensemble to the same bits", () => {
    expectSameBits(() => {
      const layer = new nn.LinearEnsemble(20, 25, { k: 4 });
      const x = randn([30, 4, 20], { requiresGrad: true });
      const y = layer(x);
      y.square().sum().backward();
      return [y.detach(), x.grad as Tensor, ...[...layer.parameters()].map((each) => each.grad as Tensor)];
    });
  });

  it("leaves integers to the reference, with its errors", () => {
    const large = tensor(new Int32Array(900).fill(2 ** 15)).reshape([30, 30]);
    expect(() => large.matmul(large)).toThrow("does not fit int32");
    const ones = tensor(new Int32Array(900).fill(1)).reshape([30, 30]);
    expect(ones.matmul(ones).at(0, 0).item()).toBe(30);
  });
});

/** The product of all ones, by a module whose state is new. */
async function freshProduct(size: number): Promise<{ y: Float32Array; made: number }> {
  vi.resetModules();
  const fresh = await import("./faster.ts");
  const y = new Float32Array(size * size);
  const ones = new Float32Array(size * size).fill(1);
  const made = vi.spyOn(WebAssembly, "Module");
  fresh.multiply("matmul", ones, false, ones, false, y, size, size, size);
  const calls = made.mock.calls.length;
  made.mockRestore();
  return { y, made: calls };
}

describe("multiply", () => {
  it("makes no code for a few small products", async () => {
    expect((await freshProduct(99)).made).toBe(0);
    expect((await freshProduct(100)).made).toBe(1);
  });

  it("computes by the reference where the engine refuses to compile", async () => {
    let refusals = 0;
    vi.stubGlobal("WebAssembly", {
      ...{ Memory: WebAssembly.Memory, Instance: WebAssembly.Instance },
      Module: class {
        constructor() {
          refusals++;
          throw new WebAssembly.CompileError("Wasm code generation disallowed by embedder");
        }
      },
    });
    try {
      vi.resetModules();
      const fresh = await import("./faster.ts");
      const y = new Float32Array(10_000);
      const ones = new Float32Array(10_000).fill(1);
      for (let i = 0; i < 2; i++) fresh.multiply("matmul", ones, false, ones, false, y.fill(0), 100, 100, 100);
      expect(y.every((value) => value === 100)).toBe(true);
      expect(refusals, "asked once").toBe(1);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it("computes alike on both sides of its limit", () => {
    for (const k of [249, 250]) {
      const values = Float32Array.from({ length: 2 * k }, (_, i) => Math.sin(i));
      const y = new Float32Array(2);
      multiply("matmul", values, false, values.subarray(0, k), false, y, 2, 1, k);
      const sums = [0, 1].map((row) => {
        let total = 0;
        for (let p = 0; p < k; p++) total += values[row * k + p] * values[p];
        return Math.fround(total);
      });
      expect([...y]).toEqual(sums);
    }
  });
});
