import { describe, expect, test } from "vitest";
import { noGrad, type Tensor, tensor, zeros } from "../../tensor/index.ts";
import { Linear } from "../layers/byOptions.ts";
import { Identity } from "../layers/linear.ts";
import { Sequential } from "./containers.ts";
import { Module } from "./module.ts";

class Double extends Module {
  forward(x: Tensor) {
    return x.mul(2);
  }
}

describe("forward hooks", () => {
  test("run around forward, in the order of registration, with module, inputs and output", () => {
    const layer = new Double();
    const seen: unknown[] = [];
    layer.registerForwardHook((module, [x], y) => void seen.push(["after 1", module, x.item(), y.item()]));
    layer.registerForwardPreHook((module, [x]) => void seen.push(["before 1", module, x.item()]));
    layer.registerForwardPreHook(() => void seen.push("before 2"));
    layer.registerForwardHook(() => void seen.push("after 2"));
    layer(tensor([3]));
    expect(seen).toEqual([["before 1", layer, 3], "before 2", ["after 1", layer, 3, 6], "after 2"]);
  });

  test("what they return goes on to the next", () => {
    const layer = new Double();
    layer.registerForwardPreHook((_, [x]) => [x.add(1)]);
    layer.registerForwardPreHook((_, [x]) => [x.mul(10)]);
    layer.registerForwardHook((_, [x], y) => y.add(x));
    layer.registerForwardHook((_, __, y) => y.neg());
    expect(layer(tensor([3])).item()).toBe(-(80 + 40));
  });

  test("forward itself does not run them", () => {
    const layer = new Double();
    layer.registerForwardHook((_, __, y) => y.neg());
    layer.registerForwardPreHook(() => {
      throw new Error("must not run");
    });
    expect(layer.forward(tensor([3])).item()).toBe(6);
  });

  test("a container calls its modules, so that their hooks run", () => {
    const inner = new Double();
    inner.registerForwardHook((_, __, y) => y.add(0.5));
    expect(new Sequential(inner, new Double())(tensor([1])).item()).toBe(5);
  });

  test("the remover takes away one registration, once; a hook may remove itself while running", () => {
    const layer = new Double();
    const addOne = (_: Double, __: unknown, y: Tensor) => y.add(1);
    const remove = layer.registerForwardHook(addOne);
    layer.registerForwardHook(addOne);
    const removeSelf = layer.registerForwardHook((_, __, y) => {
      removeSelf();
      return y.add(100);
    });
    layer.registerForwardHook((_, __, y) => y.mul(-1));
    expect(layer(tensor([1])).item()).toBe(-104);
    expect(layer(tensor([1])).item()).toBe(-4);
    remove();
    remove();
    expect(layer(tensor([1])).item()).toBe(-3);
  });

  test("hooks belong to one instance", () => {
    const [a, b] = [new Double(), new Double()];
    a.registerForwardHook((_, __, y) => y.neg());
    expect([a(tensor([1])).item(), b(tensor([1])).item()]).toEqual([-2, 2]);
  });

  test("what is no function, and inputs that are no list, are refused", () => {
    const layer = new Double();
    expect(() => layer.registerForwardHook("x" as never)).toThrow(/a hook of Double must be a function, got "x"/);
    layer.registerForwardPreHook((_, [x]) => x as never);
    expect(() => layer(tensor([1]))).toThrow(/pre-hook of Double .* got Tensor; return \[input\]/);
  });
});

describe("full backward hooks", () => {
  type Gradients = readonly (Tensor | null)[];
  const numbers = (gradients: Gradients) => gradients.map((gradient) => gradient?.toArray() ?? null);

  /** Registers a hook that writes down what it is given. */
  function record(module: Module<Tensor[], Tensor | Tensor[]>): unknown[] {
    const calls: unknown[] = [];
    module.registerFullBackwardHook((self, gradInput, gradOutput) => {
      expect(self).toBe(module);
      calls.push([numbers(gradInput), numbers(gradOutput)]);
    });
    return calls;
  }

  test("get the gradients that cross the module, whatever else its input is used for", () => {
    const layer = new Double();
    const calls = record(layer);
    const x = tensor([3, 4], { requiresGrad: true });
    layer(x).mul(5).add(x.mul(100)).sum().backward();
    expect(calls).toEqual([[[[10, 10]], [[5, 5]]]]);
    expect(x.grad?.toArray()).toEqual([110, 110]);
  });

  test("a module called twice reports each call", () => {
    const layer = new Double();
    const calls = record(layer);
    const x = tensor([1], { requiresGrad: true });
    layer(layer(x)).sum().backward();
    expect(calls).toEqual([
      [[[2]], [[1]]],
      [[[4]], [[2]]],
    ]);
    expect(x.grad?.item()).toBe(4);
  });

  test("may replace the gradient; the next hook sees the replacement", () => {
    const layer = new Double();
    layer.registerFullBackwardHook((_, [gradient]) => [gradient?.mul(10) ?? null]);
    const calls = record(layer);
    const x = tensor([1], { requiresGrad: true });
    layer(x).sum().backward();
    expect([calls, x.grad?.item()]).toEqual([[[[[20]], [[1]]]], 20]);
  });

  test("null in place of a gradient stands for zeros, and parameters are not touched by it", () => {
    const layer = new Linear(2, 1);
    layer.registerFullBackwardHook(() => [null]);
    const x = tensor([[1, 2]], { requiresGrad: true });
    layer(x).sum().backward();
    expect([x.grad?.toArray(), layer.weight.grad?.toArray()]).toEqual([[[0, 0]], [[1, 2]]]);
  });

  test("several inputs come together: zeros for one without effect, null for what takes no gradient", () => {
    class Several extends Module<Tensor[]> {
      forward(x: Tensor, y: Tensor, z: Tensor) {
        expect([x.dtype, y.dtype, z.dtype]).toEqual(["float32", "float64", "int32"]);
        return x.mul(2).sum().add(y.detach().sum()).add(z.sum());
      }
    }
    const several = new Several();
    const calls = record(several);
    const x = tensor([1, 2], { requiresGrad: true });
    const y = tensor([[1, 2, 3]], { requiresGrad: true, dtype: "float64" });
    several(x, y, tensor([1], { dtype: "int32" })).backward();
    expect(calls).toEqual([[[[2, 2], [[0, 0, 0]], null], [1]]]);
    expect([x.grad?.dtype, y.grad?.dtype, x.grad?.toArray()]).toEqual(["float32", "float64", [2, 2]]);
  });

  test("replacements for several inputs each go their way", () => {
    class Sum extends Module<[Tensor, Tensor]> {
      forward(x: Tensor, y: Tensor) {
        return x.add(y).sum();
      }
    }
    const sum = new Sum();
    sum.registerFullBackwardHook((_, [dx, dy]) => [dx?.mul(2) ?? null, dy?.mul(3) ?? null]);
    const x = tensor([1, 2], { requiresGrad: true });
    const y = tensor([[5], [6]], { requiresGrad: true });
    sum(x, y).backward();
    expect([x.grad?.toArray(), y.grad?.toArray()]).toEqual([
      [4, 4],
      [[6], [6]],
    ]);
  });

  test("a list of outputs gives a list of output gradients", () => {
    class Two extends Module<[Tensor], Tensor[]> {
      forward(x: Tensor) {
        return [x.mul(2), x.mul(3).sum()];
      }
    }
    const two = new Two();
    const calls = record(two as Module<Tensor[], Tensor[]>);
    const x = tensor([1, 1], { requiresGrad: true });
    const [a, b] = two(x);
    a.sum().add(b.mul(10)).backward();
    expect(calls).toEqual([[[[32, 32]], [[1, 1], 10]]]);
  });

  test("without an input that requires a gradient the hook runs with the gradient of the output", () => {
    const layer = new Linear(2, 1);
    const calls = record(layer);
    layer(tensor([[1, 2]]))
      .sum()
      .backward();
    expect(calls).toEqual([[[null], [[[1]]]]]);
  });

  test("nothing runs without a gradient: noGrad, frozen, or an output that does not depend on the input", () => {
    const layer = new Identity();
    const calls = record(layer);
    const x = tensor([1], { requiresGrad: true });
    noGrad(() => layer(x));
    layer(tensor([1]));
    x.add(layer(x).detach()).sum().backward();
    expect([calls, x.grad?.item()]).toEqual([[], 1]);
  });

  test("the input tensor itself is not hooked, so that a removed hook leaves nothing behind", () => {
    const layer = new Double();
    const remove = layer.registerFullBackwardHook(() => {});
    const x = tensor([1], { requiresGrad: true }).mul(1);
    layer(x);
    remove();
    expect(x.gradFn?.hooks).toEqual([]);
    const y = layer(x);
    expect(y.gradFn?.name).toBe("MulBackward0");
  });

  test("two backward passes over a retained graph run the hook twice; double backward does not run it again", () => {
    class Square extends Module {
      forward(x: Tensor) {
        return x.square();
      }
    }
    const square = new Square();
    const calls = record(square);
    const x = tensor([3], { requiresGrad: true });
    const y = square(x).sum();
    y.backward(undefined, { retainGraph: true });
    y.backward(undefined, { createGraph: true });
    expect(calls).toEqual([
      [[[6]], [[1]]],
      [[[6]], [[1]]],
    ]);
    const { grad } = x;
    x.grad = null;
    grad?.sum().backward();
    expect(calls).toHaveLength(2);
    expect(x.grad).toMatchObject({ shape: [1] });
  });

  test.each<[string, (x: Gradients) => unknown, RegExp]>([
    ["too few", () => [], /must return one gradient for each of its 1 inputs, got 0/],
    ["no list", ([gradient]) => gradient, /one gradient for each of its 1 inputs, got Tensor/],
    ["no tensor", () => [1], /Double gave 1 as a gradient; return a Tensor or null/],
    ["another shape", () => [zeros([3])], /shape/],
  ])("a replacement that does not fit is refused: %s", (_, replace, message) => {
    const layer = new Double();
    layer.registerFullBackwardHook((_module, gradInput) => replace(gradInput) as never);
    const x = tensor([1], { requiresGrad: true });
    expect(() => layer(x).sum().backward()).toThrow(message);
    expect(x.grad).toBeNull();
  });

  test("a gradient for an input that takes none, and an output without tensors, are refused", () => {
    const layer = new Linear(1, 1);
    layer.registerFullBackwardHook(() => [zeros([1, 1])]);
    expect(() =>
      layer(tensor([[1]]))
        .sum()
        .backward(),
    ).toThrow(/gave a gradient for input 0, which requires none/);
    class Shape extends Module<[Tensor], string> {
      forward(x: Tensor) {
        return String(x.shape);
      }
    }
    const shape = new Shape();
    shape.registerFullBackwardHook(() => {});
    expect(() => shape(tensor([1]))).toThrow(/needs an output that is a Tensor or a list of them, got "1"/);
  });
});
