import { type Tensor, tensor } from "evenkeel";
import { describe, expect, it } from "vitest";

const leaf = (...values: number[]) => tensor(values, { requiresGrad: true });

describe("registerHook", () => {
  it("hooks replace the gradient one after another, in the order of registration", () => {
    // x = torch.tensor([1., 2., 3.], requires_grad=True); y = x * 2 y.register_hook(lambda g: g *
    // 10); y.register_hook(lambda g: g + 1); x.register_hook(lambda g: g * -1) y.sum().backward();
    // x.grad  ->  [-22., -22., -22.]
    const x = leaf(1, 2, 3);
    const y = x.mul(2);
    const order: string[] = [];
    y.registerHook((gradient) => {
      order.push("first");
      return gradient.mul(10);
    });
    y.registerHook((gradient) => {
      order.push("second");
      return gradient.add(1);
    });
    x.registerHook((gradient) => gradient.neg());
    y.sum().backward();
    expect(x.grad?.toArray()).toEqual([-22, -22, -22]);
    expect(order).toEqual(["first", "second"]);
  });

  it("a hook of a leaf sees the whole gradient, once", () => {
    const x = leaf(1, 2, 3);
    const seen: unknown[] = [];
    x.registerHook((gradient) => {
      seen.push(gradient.toArray());
    });
    x.mul(2).add(x.mul(x)).sum().backward();
    expect(seen).toEqual([[4, 6, 8]]);
  });

  it("a hook that returns nothing, or null, only looks", () => {
    const x = leaf(1, 2);
    x.registerHook(() => {});
    x.registerHook(() => null);
    x.sum().backward();
    expect(x.grad?.toArray()).toEqual([1, 1]);
  });

  it("the remover takes away its own hook, though the function was registered twice, and does nothing a second time", () => {
    const x = leaf(1);
    const double = (gradient: Tensor) => gradient.mul(2);
    const remove = x.registerHook(double);
    x.registerHook(double);
    remove();
    remove();
    x.sum().backward();
    expect(x.grad?.toArray()).toEqual([2]);
  });

  it("a hook may remove itself while it runs", () => {
    const x = leaf(1);
    const remove = x.registerHook((gradient) => {
      remove();
      return gradient.mul(5);
    });
    x.registerHook((gradient) => gradient.add(1));
    x.sum().backward();
    x.sum().backward();
    expect(x.grad?.toArray()).toEqual([6 + 2]);
  });

  it("a hook registered before an in-place write sees the gradient of the old value, as in torch", () => {
    // x = torch.tensor([1., 2., 3.], requires_grad=True); y = x * 2; y.register_hook(print);
    // y.mul_(3); y.sum().backward() prints [3., 3., 3.]
    const x = leaf(1, 2, 3);
    const y = x.mul(2);
    const seen: unknown[] = [];
    y.registerHook((gradient) => {
      seen.push(gradient.toArray());
    });
    y.mul_(3);
    y.sum().backward();
    expect(seen).toEqual([[3, 3, 3]]);
  });

  it("a hook is part of a second derivative", () => {
    const x = leaf(2);
    const y = x.square();
    y.registerHook((gradient) => gradient.mul(x));
    y.sum().backward(undefined, { createGraph: true }); // x * 2x
    const first = x.grad as Tensor;
    expect(first.toArray()).toEqual([8]);
    x.grad = null;
    first.sum().backward(); // d/dx 2x^2 = 4x
    expect((x.grad as Tensor | null)?.toArray()).toEqual([8]);
  });
});

describe("retainGrad", () => {
  it("keeps the gradient of a tensor that is no leaf, after its hooks", () => {
    const x = leaf(1, 2);
    const y = x.mul(3);
    y.retainGrad();
    y.registerHook((gradient) => gradient.mul(2));
    y.square().sum().backward();
    expect(y.grad?.toArray()).toEqual([12, 24]);
    expect(y.grad?.requiresGrad).toBe(false);
    expect(x.grad?.toArray()).toEqual([36, 72]);
  });

  it("keeps that of the new value after an in-place write", () => {
    // x = torch.tensor([1., 2., 3.], requires_grad=True); y = x * 2; y.retain_grad();
    // y.add_(1).mul_(3); y.sum().backward() y.grad, x.grad  ->  [1., 1., 1.], [6., 6., 6.]
    const x = leaf(1, 2, 3);
    const y = x.mul(2);
    y.retainGrad();
    y.add_(1).mul_(3);
    y.sum().backward();
    expect([y.grad?.toArray(), x.grad?.toArray()]).toEqual([
      [1, 1, 1],
      [6, 6, 6],
    ]);
  });

  it("without it the gradient of such a tensor is null, and a leaf has its own anyway", () => {
    const x = leaf(1, 2);
    x.retainGrad();
    const y = x.mul(3);
    y.sum().backward();
    expect([y.grad, x.grad?.toArray()]).toEqual([null, [3, 3]]);
  });
});
