import { manualSeed, noGrad, ones, type Tensor, tensor, zeros } from "evenkeel";
import { describe, expect, it } from "vitest";

const leaf = (...values: number[]) => tensor(values, { requiresGrad: true });

/** The gradient that reaches a leaf of [1, 2, 3] through what `write` makes of y = 2 x. */
function gradientThrough(write: (y: Tensor, x: Tensor) => Tensor): unknown {
  const x = leaf(1, 2, 3);
  const y = x.mul(2);
  expect(write(y, x)).toBe(y);
  expect([y.isLeaf, y.requiresGrad]).toEqual([false, true]);
  y.square().sum().backward();
  return x.grad?.toArray();
}

// Each row printed by torch 1.13: x = torch.tensor([1., 2., 3.], requires_grad=True); y = x * 2;
// <write>; (y ** 2).sum().backward(); print(x.grad)
describe("the history of a write is that of the operation", () => {
  it.each<[string, (y: Tensor, x: Tensor) => Tensor, number[]]>([
    ["y.add_(1)", (y) => y.add_(1), [12, 20, 28]],
    ["y.add_(x)", (y, x) => y.add_(x), [18, 36, 54]],
    ["y.add_(x, alpha=-3)", (y, x) => y.add_(x, { alpha: -3 }), [2, 4, 6]],
    ["y.sub_(x, alpha=3)", (y, x) => y.sub_(x, { alpha: 3 }), [2, 4, 6]],
    ["y.mul_(x)", (y, x) => y.mul_(x), [16, 128, 432]],
    ["y.div_(x)", (y, x) => y.div_(x), [0, 0, 0]],
    ["y.clamp_(3, 5)", (y) => y.clamp_({ min: 3, max: 5 }), [0, 16, 0]],
    ["y.zero_().add_(x * x)", (y, x) => y.zero_().add_(x.mul(x)), [4, 32, 108]],
    ["y.fill_(5)", (y) => y.fill_(5), [0, 0, 0]],
    ["y.copy_(x)", (y, x) => y.copy_(x), [2, 4, 6]],
    ["y.add_(x.double())", (y, x) => y.add_(x.double()), [18, 36, 54]],
    ["y.add_(1).mul_(3).sub_(x)", (y, x) => y.add_(1).mul_(3).sub_(x), [80, 130, 180]],
  ])("%s", (_, write, expected) => {
    expect(gradientThrough(write)).toEqual(expected);
  });

  it.each<[string, (y: Tensor) => Tensor]>([
    ["uniform_", (y) => y.uniform_()],
    ["normal_", (y) => y.normal_()],
    ["bernoulli_", (y) => y.bernoulli_(0.5)],
  ])("%s cuts it: what was drawn depends on nothing", (_, write) => {
    manualSeed(0);
    expect(gradientThrough(write)).toEqual([0, 0, 0]);
  });

  it("a tensor without history takes on that of what is written into it", () => {
    // x = torch.tensor([1., 2., 3.], requires_grad=True); y = torch.zeros(3); y.add_(x).mul_(x);
    // y.sum().backward()
    const x = leaf(1, 2, 3);
    const y = zeros([3]);
    y.add_(x).mul_(x);
    y.sum().backward();
    expect(x.grad?.toArray()).toEqual([2, 4, 6]);
  });

  it("copy_ from a broadcast source sums the gradient back", () => {
    // b = torch.tensor(10., requires_grad=True); y.copy_(b); (y * torch.tensor([1., 2.,
    // 4.])).sum().backward(): b.grad = 7
    const [x, b] = [leaf(1, 2, 3), tensor(10, { requiresGrad: true })];
    const y = x.mul(2);
    y.copy_(b);
    y.mul(tensor([1, 2, 4]))
      .sum()
      .backward();
    expect([x.grad?.toArray(), b.grad?.item()]).toEqual([[0, 0, 0], 7]);
  });

  it("is not recorded under noGrad, where the values change and the old history stays", () => {
    const x = leaf(1, 2);
    const y = x.add(1);
    noGrad(() => y.mul_(100));
    y.sum().backward();
    expect([y.toArray(), x.grad?.toArray()]).toEqual([
      [200, 300],
      [1, 1],
    ]);
  });
});

describe("version checks", () => {
  it("every write counts one, in the storage that aliases share", () => {
    const x = zeros([2, 2]);
    const [flat, cut] = [x.reshape(4), x.detach()];
    x.add_(1);
    flat.mul_(2);
    cut.fill_(7);
    expect([x.version, flat.version, cut.version, x.clone().version]).toEqual([3, 3, 3, 0]);
    expect(flat.toArray()).toEqual([7, 7, 7, 7]);
  });

  const modified =
    /of \w+, of shape \[3\], was modified in place after the gradient recorded it \(version 1, expected 0\)/;

  it.each<[string, (y: Tensor, z: Tensor) => unknown]>([
    ["a saved input", (y) => y.add_(1)],
    ["a saved output", (_, z) => z.add_(1)],
    ["an input through a reshaped alias", (y) => noGrad(() => y.reshape(3, 1).zero_())],
    ["an output through a reshaped alias", (_, z) => noGrad(() => z.reshape(1, 3).mul_(2))],
    ["an input through a detached alias", (y) => y.detach().zero_()],
    ["an alias of an alias", (y) => noGrad(() => y.detach().reshape(3, 1).reshape(1, 3).fill_(0))],
    ["an input by copy_", (y) => noGrad(() => y.copy_(zeros([3])))],
    ["an input by a draw", (y) => noGrad(() => y.uniform_())],
  ])("refuse a backward after a write to %s, and change nothing", (_, write) => {
    const x = leaf(1, 2, 3);
    const y = x.mul(2);
    const z = y.mul(y).exp();
    write(y, z);
    expect(() => z.sum().backward()).toThrow(modified);
    expect(x.grad).toBeNull();
  });

  it("refuse a write to a leaf between forward and backward, as an optimizer makes", () => {
    const w = leaf(1, 2, 3);
    const loss = w.square().sum();
    noGrad(() => w.sub_(0.1));
    expect(() => loss.backward()).toThrow("input of square");
  });

  it("let writes pass to what no gradient looks at", () => {
    const x = leaf(1, 2, 3);
    const y = x.add(1);
    const z = y.exp();
    noGrad(() => y.fill_(0)); // exp looks at its output
    z.sum().backward();
    expect(x.grad?.toArray()).toEqual(z.toArray());
  });

  it("let writes pass to a clone", () => {
    const x = leaf(1, 2, 3);
    const y = x.mul(2);
    const z = y.square();
    y.clone().add_(1);
    z.sum().backward();
    expect(x.grad?.toArray()).toEqual([8, 16, 24]);
  });

  it("let a write pass after the backward that needed the old value", () => {
    const w = leaf(1, 2, 3);
    w.square().sum().backward();
    noGrad(() => w.sub_(w.grad as Tensor));
    expect(w.toArray()).toEqual([-1, -2, -3]);
  });
});

describe("writes that would leave a wrong history", () => {
  const leafWrite = /a leaf tensor that requires a gradient cannot be written in place while gradients are recorded/;
  const sharedWrite = /shares its storage with a reshaped one/;

  it.each<[string, (x: Tensor) => unknown, RegExp]>([
    ["to a leaf", (x) => x.add_(1), leafWrite],
    ["to a leaf by a constant", (x) => x.zero_(), leafWrite],
    ["to a view of a leaf", (x) => x.reshape(3, 1).add_(1), sharedWrite],
    ["of a gradient into a tensor that has a view", (x) => withView().add_(x), sharedWrite],
    ["of a gradient into a view", (x) => zeros([3]).reshape(3).add_(x), sharedWrite],
  ])("are refused: %s", (_, write, message) => {
    const x = leaf(1, 2, 3);
    expect(() => write(x)).toThrow(message);
    expect([x.toArray(), x.version, x.isLeaf]).toEqual([[1, 2, 3], 0, true]);
  });

  function withView(): Tensor {
    const base = zeros([3]);
    base.reshape(3, 1);
    return base;
  }

  it("but a constant may be written into a view that nothing recorded", () => {
    const base = zeros([2, 2]);
    base.reshape(4).add_(1);
    expect(base.toArray()).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });
});

it("may overwrite a factor that only the gradient of a constant would read, as in PyTorch", () => {
  // x = torch.ones(2, requires_grad=True); y = x * 2; z = y * 3
  // with torch.no_grad(): y.add_(1)
  // z.sum().backward(); x.grad  # tensor([6., 6.])
  const x = ones([2], { requiresGrad: true });
  const y = x.mul(2);
  const z = y.mul(3);
  noGrad(() => y.add_(1));
  z.sum().backward();
  expect(x.grad?.toArray()).toEqual([6, 6]);
});
