import { describe, expect, it } from "vitest";
import { isGradEnabled, noGrad, type Tensor, tensor } from "../tensor/index.ts";
import { Adam, SGD } from "./index.ts";

const leaf = (...values: number[]) => tensor(values, { requiresGrad: true });

/** Gives every parameter a gradient of ones and steps. */
function advance(optimizer: Adam | SGD): void {
  for (const param of optimizer.paramGroups.flatMap(({ params }) => params))
    param.grad = tensor(new Float32Array(param.numel()).fill(1), { shape: param.shape });
  optimizer.step();
}

/** Everything about an optimizer that a failed call must not change. */
const snapshot = (optimizer: Adam | SGD) =>
  JSON.stringify([
    optimizer.paramGroups.map(({ params, ...options }) => [options, params.map((param) => param.toArray())]),
    [...optimizer.state.values()].map((state) => Object.entries(state).map(([name, value]) => [name, value.toArray()])),
  ]);

describe("step", () => {
  it("minimises through backward()", () => {
    const x = leaf(3, -2);
    const optimizer = new SGD([x], { lr: 0.25 });
    for (let i = 0; i < 3; i++) {
      optimizer.zeroGrad();
      x.square().sum().backward();
      optimizer.step();
    }
    expect(x.toArray()).toEqual([3 / 8, -2 / 8]);
    expect([x.isLeaf, x.requiresGrad]).toEqual([true, true]);
  });

  it("leaves parameters without a gradient alone, and their state", () => {
    const [a, b] = [leaf(1), leaf(1)];
    const optimizer = new Adam([a, b]);
    a.grad = tensor([1]);
    optimizer.step();
    expect([b.item(), b.version, optimizer.state.has(b)]).toEqual([1, 0, false]);
    expect(Object.keys(optimizer.stateDict().state)).toEqual(["0"]);
  });

  it("evaluates a closure with gradients on, and returns what it returns", () => {
    const x = leaf(2);
    const optimizer = new SGD([x], { lr: 0.5 });
    const loss = noGrad(() =>
      optimizer.step(() => {
        expect(isGradEnabled()).toBe(true);
        const value = x.square().sum();
        value.backward();
        return value;
      }),
    );
    expect([loss.item(), x.item()]).toEqual([4, 0]);
    expect(optimizer.step()).toBeUndefined();
  });

  it("is noticed by a backward() that needs the old value", () => {
    const x = leaf(2);
    const y = x.square().sum();
    x.grad = tensor([1]);
    new SGD([x], { lr: 1 }).step();
    expect(() => y.backward()).toThrow(/was modified in place/);
  });

  it("steps each group by its own hyperparameters, as they are now", () => {
    const [a, b] = [leaf(0), leaf(0)];
    const optimizer = new SGD([{ params: [a] }, { params: b, lr: 10, maximize: true }], { lr: 1 });
    advance(optimizer);
    optimizer.paramGroups[0].lr = 100;
    advance(optimizer);
    expect([a.item(), b.item()]).toEqual([-101, 20]);
  });

  it.each<[string, (optimizer: Adam, b: Tensor) => void, RegExp]>([
    [
      "a gradient of another shape",
      (_, b) => (b.grad = tensor([1, 2, 3])),
      /shape \[2\] and dtype float32 has a gradient of shape \[3\]/,
    ],
    [
      "a gradient of another dtype",
      (_, b) => (b.grad = tensor(new Float64Array(2))),
      /has a gradient of shape \[2\] and dtype float64/,
    ],
    ["lr NaN", (optimizer) => (optimizer.paramGroups[1].lr = Number.NaN), /lr is NaN/],
    [
      "lr gone",
      (optimizer) => (optimizer.paramGroups[1].lr = undefined as unknown as number),
      /required optimization parameter lr/,
    ],
    ["beta out of range", (optimizer) => (optimizer.paramGroups[1].betas = [0.9, 2]), /betas\[1\] is 2/],
  ])("moves nothing at all with %s", (_, spoil, message) => {
    const [a, b] = [leaf(1), leaf(1, 2)];
    const optimizer = new Adam([{ params: [a] }, { params: [b] }]);
    advance(optimizer);
    spoil(optimizer, b);
    const before = snapshot(optimizer);
    expect(() => optimizer.step()).toThrow(message);
    expect(snapshot(optimizer)).toBe(before);
  });
});

describe("zeroGrad", () => {
  it("forgets gradients, or fills them with 0 in place", () => {
    const [a, b] = [leaf(1), leaf(1)];
    const optimizer = new SGD([a, b], { lr: 1 });
    const gradient = tensor([3]);
    a.grad = gradient;
    optimizer.zeroGrad({ setToNone: false });
    expect([a.grad, gradient.item(), b.grad]).toEqual([gradient, 0, null]);
    optimizer.zeroGrad();
    expect(a.grad).toBeNull();
  });

  it("takes its option by name", () => {
    const optimizer = new SGD([leaf(1)], { lr: 1 });
    // @ts-expect-error: PyTorch's positional flag
    expect(() => optimizer.zeroGrad(true)).toThrow("zeroGrad: the options are true, expected an object such as");
  });

  it("cuts a gradient of createGraph off its history", () => {
    const x = leaf(2);
    x.square().sum().backward(undefined, { createGraph: true });
    new SGD([x], { lr: 1 }).zeroGrad({ setToNone: false });
    expect([x.grad?.toArray(), x.grad?.requiresGrad]).toEqual([[0], false]);
  });
});

describe("parameter groups", () => {
  it("take what they do not say from the defaults, and share nothing with them", () => {
    const optimizer = new Adam([{ params: [leaf(1)] }, { params: [leaf(2)], lr: 0.5, eps: undefined }], { lr: 0.25 });
    expect(optimizer.paramGroups.map(({ lr, eps }) => [lr, eps])).toEqual([
      [0.25, 1e-8],
      [0.5, 1e-8],
    ]);
    expect(optimizer.paramGroups[0].betas).not.toBe(optimizer.paramGroups[1].betas);
    expect(new Adam([leaf(1)]).paramGroups[0].lr).toBe(1e-3);
  });

  it("can be added, and do not change the object they were made from", () => {
    const optimizer = new SGD([leaf(1)], { lr: 1 });
    const init = { params: leaf(2), momentum: 0.5 };
    optimizer.addParamGroup(init);
    expect(optimizer.paramGroups[1]).toMatchObject({ lr: 1, momentum: 0.5, params: [init.params] });
    expect(Object.keys(init)).toEqual(["params", "momentum"]);
  });

  it("print like PyTorch's", () => {
    expect(String(new SGD([leaf(1)], { lr: 0.1 }))).toBe(
      "SGD (\nParameter Group 0\n    dampening: 0\n    lr: 0.1\n    maximize: False\n    momentum: 0\n    nesterov: False\n    weight_decay: 0\n)",
    );
    const lines = String(new Adam([leaf(1)], { weightDecay: 1e-4 })).split("\n    ");
    expect(lines.slice(1)).toEqual([
      "amsgrad: False",
      "betas: (0.9, 0.999)",
      "eps: 1e-08",
      "lr: 0.001",
      "maximize: False",
      "weight_decay: 0.0001\n)",
    ]);
  });

  it.each([0.01, null, [0.01], "fast"])("of an optimizer are no %o", (options) => {
    const attempt = () => new Adam([leaf(1)], options as never);
    expect(attempt).toThrow(TypeError);
    expect(attempt).toThrow(/^Adam: the options are .*, expected an object such as \{ lr: \.\.\. \}$/);
    expect(() => new SGD([leaf(1)], options as never)).toThrow(TypeError);
  });

  const shared = leaf(1);
  it.each<[string, unknown, RegExp, ErrorConstructor]>([
    ["a tensor", leaf(1), /should be an iterable of Tensors or groups, got Tensor/, TypeError],
    ["nothing", undefined, /should be an iterable of Tensors or groups, got undefined/, TypeError],
    ["an empty list", [], /optimizer got an empty parameter list/, RangeError],
    ["numbers", [leaf(1), 3], /can only optimize Tensors, but parameter 1 is 3/, TypeError],
    [
      "named parameters",
      [["weight", leaf(1)]],
      /parameter 0 is a list of 2; .* pass parameters\(\), not namedParameters\(\)/,
      TypeError,
    ],
    ["groups among tensors", [leaf(1), { params: [leaf(2)] }], /parameter 1 is a plain object/, TypeError],
    ["tensors among groups", [{ params: [leaf(2)] }, leaf(1)], /param group must be an object with params/, TypeError],
    [
      "params that are no list",
      [{ params: 3 }],
      /params of a group must be a Tensor or an iterable of Tensors, got 3/,
      TypeError,
    ],
    ["integers", [tensor([1]).int()], /only optimize float32 and float64 Tensors, but parameter 0 is int32/, TypeError],
    ["a computed tensor", [leaf(1).mul(2)], /can't optimize a non-leaf Tensor: parameter 0 of shape \[1\]/, Error],
    [
      "a parameter twice",
      [shared, leaf(1), shared],
      /parameter 2 of shape \[1\] appears twice in one parameter group/,
      Error,
    ],
    [
      "a parameter in two groups",
      [{ params: [shared] }, { params: [shared] }],
      /appears in more than one parameter group/,
      Error,
    ],
    [
      "an unknown option",
      [{ params: [leaf(1)], momentum: 0.9 }],
      /a parameter group of Adam: unknown option "momentum", expected lr, betas/,
      TypeError,
    ],
    ["an invalid option", [{ params: [leaf(1)], lr: -1 }], /lr is -1/, RangeError],
  ])("refuse %s", (_, params, message, kind) => {
    const attempt = () => new Adam(params as Tensor[]);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(kind);
  });

  it("stay as they were when one cannot be added", () => {
    const optimizer = new Adam([shared]);
    const before = snapshot(optimizer);
    expect(() => optimizer.addParamGroup({ params: [leaf(1), shared] })).toThrow(/more than one parameter group/);
    expect(() => optimizer.addParamGroup({ params: [leaf(1)], lr: -1 })).toThrow(/lr is -1/);
    expect(snapshot(optimizer)).toBe(before);
  });
});
