import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { cat, grad, manualSeed, nn, noGrad, ones, randn, type Tensor, tensor, zeros } from "evenkeel";
import { describe, expect, it } from "vitest";

// Expected values were printed by torch 1.13 for the same program in Python.

const leaf = (...values: number[]) => tensor(values, { requiresGrad: true });

describe("accumulation", () => {
  it("adds up over calls of backward", () => {
    const x = leaf(1, 2, 3);
    x.square().sum().backward();
    x.mul(10).sum().backward();
    expect(x.grad?.toArray()).toEqual([12, 14, 16]);
  });

  it("adds up over uses within one graph", () => {
    const x = leaf(1, 2, 3);
    x.mul(2).add(x.mul(x)).sum().backward();
    expect(x.grad?.toArray()).toEqual([4, 6, 8]);
  });

  it("reaches every leaf that requires a gradient, and no other", () => {
    const [x, w, b] = [tensor([1, 2]), leaf(3, 4), leaf(5, 6)];
    x.mul(w).add(b).sum().backward();
    expect([x.grad, w.grad?.toArray(), b.grad?.toArray()]).toEqual([null, [1, 2], [1, 1]]);
  });

  it("gives a leaf a gradient of its own, without history", () => {
    const x = leaf(1, 2);
    const seed = tensor([1, 1]);
    x.add(0).backward(seed);
    expect(x.grad?.requiresGrad).toBe(false);
    x.grad?.zero_();
    expect(seed.toArray()).toEqual([1, 1]);
  });

  it("starts from a given gradient, which may be anything of the right shape", () => {
    const x = leaf(1, 2, 3);
    x.square().backward(tensor([1, 10, 100]));
    expect(x.grad?.toArray()).toEqual([2, 40, 600]);
  });

  it("of a leaf itself is 1, of nothing is empty, of one value is implied whatever its rank", () => {
    const scalar = tensor(3, { requiresGrad: true });
    scalar.backward();
    expect(scalar.grad?.item()).toBe(1);
    const empty = zeros([0], { requiresGrad: true });
    empty.sum().backward();
    expect([...(empty.grad as Tensor).shape]).toEqual([0]);
    const single = zeros([1, 1], { requiresGrad: true });
    single.exp().backward();
    expect(single.grad?.toArray()).toEqual([[1]]);
  });

  it("casts back to the dtype of each input", () => {
    const [x, y] = [leaf(1, 2), tensor([3, 4], { dtype: "float64", requiresGrad: true })];
    x.mul(y).sum().backward();
    expect([x.grad?.dtype, y.grad?.dtype]).toEqual(["float32", "float64"]);
    expect(x.grad?.toArray()).toEqual([3, 4]);
  });

  it("does not flow through integers and comparisons", () => {
    const x = leaf(1.5, -2);
    expect(x.int().requiresGrad).toBe(false);
    expect(x.gt(0).requiresGrad).toBe(false);
    expect(x.argmax().requiresGrad).toBe(false);
    x.mul(x.gt(0)).sum().backward();
    expect(x.grad?.toArray()).toEqual([1, 0]);
  });
});

describe("the graph", () => {
  it("is freed by the first backward and kept by retainGraph", () => {
    const x = leaf(1, 2, 3);
    const y = x.square().sum();
    y.backward(undefined, { retainGraph: true });
    y.backward();
    expect(x.grad?.toArray()).toEqual([4, 8, 12]);
    expect(() => y.backward()).toThrow("already freed");
    expect(x.grad?.toArray()).toEqual([4, 8, 12]);
  });

  it("allows another backward pass if nothing was saved, as in torch", () => {
    const x = leaf(1, 2);
    const y = x.add(1).neg().sum();
    y.backward();
    y.backward();
    expect(x.grad?.toArray()).toEqual([-2, -2]);
  });

  it("is freed only along the path of the backward pass", () => {
    const x = leaf(1, 2);
    const shared = x.exp();
    const [a, b] = [shared.sum(), shared.square().sum()];
    grad(a, shared);
    b.backward();
    expect(() => a.backward()).toThrow("exp are already freed");
  });

  it("of 50,000 operations is traversed without a stack overflow", () => {
    const x = tensor(1, { requiresGrad: true });
    let y: Tensor = x;
    for (let i = 0; i < 50_000; i++) y = y.mul(i % 2 === 0 ? 2 : 0.5);
    y.backward();
    expect([y.item(), x.grad?.item()]).toEqual([1, 1]);
  });

  it("of 20 doublings is traversed once per operation, not once per path", () => {
    const x = tensor(1, { requiresGrad: true });
    let y: Tensor = x;
    for (let i = 0; i < 20; i++) y = y.add(y);
    let calls = 0;
    x.registerHook(() => {
      calls++;
    });
    y.backward();
    expect([x.grad?.item(), calls]).toEqual([2 ** 20, 1]);
  });

  it("lets go of what it saved, while the result is still held", async () => {
    setFlagsFromString("--expose_gc");
    const collect = runInNewContext("gc") as () => void;
    const x = randn([1000], { requiresGrad: true });
    const build = () => {
      const intermediate = x.exp();
      return { y: intermediate.sum(), saved: new WeakRef(intermediate.storage) };
    };
    const collected = async (of: { saved: WeakRef<object> }) => {
      await new Promise((resolve) => setTimeout(resolve));
      collect();
      return of.saved.deref() === undefined;
    };
    const kept = build();
    expect(await collected(kept)).toBe(false);
    kept.y.backward(undefined, { retainGraph: true });
    expect(await collected(kept)).toBe(false);
    kept.y.backward();
    expect(await collected(kept)).toBe(true);
    expect(kept.y.gradFn).not.toBeNull();
  });

  it("is not recorded for inputs that require no gradient", () => {
    const y = tensor([1, 2]).exp();
    expect([y.gradFn, y.isLeaf, y.requiresGrad]).toEqual([null, true, false]);
  });

  it("goes on from a tensor that was detached, with the same storage", () => {
    const x = leaf(1, 2);
    const y = x.mul(3);
    const cut = y.detach();
    expect(cut.data).toBe(y.data);
    expect([cut.requiresGrad, cut.isLeaf]).toEqual([false, true]);
    y.mul(cut).sum().backward(); // d/dx (3x * c) = 3c, not 2 * 9x
    expect(x.grad?.toArray()).toEqual([9, 18]);
  });
});

describe("grad", () => {
  it("gives gradients of leaves and of intermediate values, and leaves .grad alone", () => {
    const x = leaf(1, 2, 3);
    const y = x.mul(2);
    const [dy, dx] = grad(y.mul(y).sum(), [y, x]);
    expect([dy.toArray(), dx.toArray(), x.grad]).toEqual([[4, 8, 12], [8, 16, 24], null]);
  });

  it("sums over several outputs, each with its own gradient", () => {
    const x = leaf(1, 2, 3);
    expect(grad([x.sum(), x.mul(x).sum()], x)[0].toArray()).toEqual([3, 5, 7]);
    const outputs = [x.sum(), x.mul(x)];
    expect(grad(outputs, x, { gradOutputs: [tensor(10), ones([3])] })[0].toArray()).toEqual([12, 14, 16]);
    expect(grad([x.sum(), x.mul(x)], x, { gradOutputs: [null, ones([3])] })[0].toArray()).toEqual([3, 5, 7]);
  });

  it("of a tensor with respect to itself is 1", () => {
    const y = tensor(3, { requiresGrad: true }).mul(2);
    expect(grad(y, y)[0].item()).toBe(1);
  });

  it("gives null for what was not used, if allowed", () => {
    const [x, other] = [leaf(1, 2), leaf(3, 4)];
    const [dx, none] = grad(x.sum(), [x, other], { allowUnused: true });
    expect([dx?.toArray(), none]).toEqual([[1, 1], null]);
  });

  it("does not traverse branches without an input", () => {
    const [x, other] = [leaf(1, 2), leaf(3, 4)];
    let seen = 0;
    const side = other.exp();
    side.registerHook(() => {
      seen++;
    });
    grad(x.sum().add(side.sum()), x);
    expect(seen).toBe(0);
  });
});

describe("createGraph", () => {
  it("differentiates gradients again and again", () => {
    const x = leaf(1, 2, 3);
    const [first] = grad(x.pow(3).sum(), x, { createGraph: true });
    const [second] = grad(first.sum(), x, { createGraph: true });
    const [third] = grad(second.sum(), x);
    expect(first.toArray()).toEqual([3, 12, 27]);
    expect(second.toArray()).toEqual([6, 12, 18]);
    expect(third.toArray()).toEqual([6, 6, 6]);
    expect(third.requiresGrad).toBe(false);
  });

  it("leaves in .grad a gradient that has a history", () => {
    const x = leaf(1, 2, 3);
    x.pow(3).sum().backward(undefined, { createGraph: true });
    const first = x.grad as Tensor;
    expect(first.requiresGrad).toBe(true);
    x.grad = null;
    first.sum().backward();
    expect((x.grad as Tensor | null)?.toArray()).toEqual([6, 12, 18]);
  });

  it("works under noGrad, because the backward pass has its own mode", () => {
    const x = leaf(2);
    const y = x.pow(3).sum();
    const [first] = noGrad(() => grad(y, x, { createGraph: true }));
    expect(grad(first.sum(), x)[0].toArray()).toEqual([12]);
  });

  // x, target = values(5, 3), values(5, 1); params = values(4, 3), values(4), 1 + .1 * values(4),
  // values(4), values(1, 4), values(1) h = F.batch_norm(F.linear(x, w1, b1), None, None, gamma,
  // beta, True) y = F.softplus(F.linear(torch.tanh(h), w2, b2)); loss = F.mse_loss(y, target) grads
  // = torch.autograd.grad(loss, params, create_graph=True); sum(g.square().sum() for g in
  // grads).backward() with values(*shape) = torch.sin(1 + 1.3 * torch.arange(n)), all in float64
  it("gives a gradient penalty its gradient, through BatchNorm in training", () => {
    const values = (...shape: number[]) => {
      const n = shape.reduce((a, b) => a * b, 1);
      return tensor(
        Float64Array.from({ length: n }, (_, i) => Math.sin(1 + 1.3 * i)),
        { shape },
      );
    };
    manualSeed(0);
    const hidden = new nn.Linear(3, 4);
    const norm = new nn.BatchNorm1d(4, { trackRunningStats: false });
    const last = new nn.Linear(4, 1);
    const net = new nn.Sequential(hidden, norm, new nn.Tanh(), last, new nn.Softplus()).double();
    net.loadStateDict({
      ...{ "0.weight": values(4, 3), "0.bias": values(4) },
      ...{ "1.weight": values(4).mul(0.1).add(1), "1.bias": values(4) },
      ...{ "3.weight": values(1, 4), "3.bias": values(1) },
    });
    const loss = new nn.MSELoss()(net(values(5, 3)), values(5, 1));
    const params = net.parameters();
    const penalty = grad(loss, params, { createGraph: true })
      .map((g) => g.square().sum())
      .reduce((a, b) => a.add(b));
    penalty.backward();
    expect(loss.item()).toBeCloseTo(5.391471121499473, 12);
    expect(penalty.item()).toBeCloseTo(38.04171064013171, 11);
    const expected = [
      [
        ...[-0.44537709103037426, 1.1206749884014295, 1.0449355843628845, 0.07997527643430746, 0.3347553387678435],
        ...[0.09911804555814399, -0.23066932173918375, -0.29923185769156446, 0.07058097889988041, -0.2819324159308696],
        ...[-0.12878400719673533, 0.21303327378945613],
      ],
      [0, 0, 0, 0], // a bias before BatchNorm does nothing; torch has up to 1e-15 here
      [-21.690690442036434, -12.823648830888315, -2.1823051444937756, -27.919528808412636],
      [23.247587759932976, 19.14395599953358, -12.329192606015571, -28.779327178260697],
      [21.279045509859593, 23.27037733958529, -18.423205076613197, -30.5017309893951],
      [38.348440225260624],
    ];
    for (const [i, parameter] of params.entries()) {
      const { data } = parameter.grad as Tensor;
      for (const [k, value] of expected[i].entries()) expect(data[k], `${i}[${k}]`).toBeCloseTo(value, 11);
    }
  });
});

it("cat and its parts share one backward pass", () => {
  const [a, b] = [leaf(1, 2), leaf(3)];
  const joined = cat([a, b, a]);
  joined
    .mul(tensor([1, 2, 3, 4, 5]))
    .sum()
    .backward();
  expect([a.grad?.toArray(), b.grad?.toArray()]).toEqual([[5, 7], [3]]);
});
