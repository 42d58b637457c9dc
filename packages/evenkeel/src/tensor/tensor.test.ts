import { inspect } from "node:util";
import { cat, type DType, matmul, nn, ones, stack, Tensor, tensor, zeros } from "evenkeel";
import { describe, expect, it } from "vitest";

const matrix = () =>
  tensor([
    [1, 2],
    [3, 4],
  ]);

describe("what it is", () => {
  it("shape, dtype and sizes", () => {
    const x = zeros([2, 0, 3], { dtype: "int32" });
    expect([x.shape, x.dtype, x.dim(), x.nelement(), x.numel(), x.isFloatingPoint]).toEqual([
      [2, 0, 3],
      "int32",
      3,
      0,
      0,
      false,
    ]);
    expect(tensor(1).ndim).toBe(0);
    expect(tensor(1, { dtype: "float64" }).isFloatingPoint).toBe(true);
  });

  it("item is the only value as a number, whatever the rank and dtype", () => {
    expect([tensor(2.5).item(), tensor([[7]]).item(), tensor([true]).item()]).toEqual([2.5, 7, 1]);
    expect(tensor([3], { dtype: "int32" }).item()).toBe(3);
  });

  it("toArray nests as deep as there are dimensions, with booleans for bool", () => {
    expect(tensor(2).toArray()).toBe(2);
    expect(matrix().toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(matrix().gt(2).toArray()).toEqual([
      [false, false],
      [true, true],
    ]);
    expect(zeros([2, 0]).toArray()).toEqual([[], []]);
    expect(zeros([0, 2]).toArray()).toEqual([]);
    expect(tensor([Number.NaN, Infinity, -0]).toArray()).toEqual([Number.NaN, Infinity, -0]);
  });

  it("toArray is a copy, data is the storage itself", () => {
    const x = matrix();
    (x.toArray() as number[][])[0][0] = 9;
    expect(x.data[0]).toBe(1);
    x.data[0] = 9;
    expect(x.get(0, 0).item()).toBe(9);
    expect(x.data).toBeInstanceOf(Float32Array);
    expect(x.reshape(4).data).toBe(x.data);
  });

  it.each<[DType, unknown]>([
    ["float32", Float32Array],
    ["float64", Float64Array],
    ["int32", Int32Array],
    ["bool", Uint8Array],
  ])("%s lives in its typed array", (dtype, array) => {
    expect(zeros([2], { dtype }).data.constructor).toBe(array);
  });
});

describe("conversion", () => {
  it("cuts fractions toward zero, and takes all but 0 for true", () => {
    const x = tensor([1.7, -1.7, 0, 0.2]);
    expect(x.int().toArray()).toEqual([1, -1, 0, 0]);
    expect(x.bool().toArray()).toEqual([true, true, false, true]);
    expect(tensor([Number.NaN]).bool().toArray()).toEqual([true]);
    expect(tensor([true, false]).float().toArray()).toEqual([1, 0]);
    expect(tensor([true]).int().dtype).toBe("int32");
  });

  it("rounds float64 to the nearest float32", () => {
    const x = tensor([0.1, 1e300], { dtype: "float64" });
    expect(x.float().toArray()).toEqual([Math.fround(0.1), Infinity]);
    expect(x.float().double().data[0]).toBe(Math.fround(0.1));
  });

  it("to the dtype that is there is the tensor itself, another one has storage of its own", () => {
    const x = matrix();
    expect(x.to("float32")).toBe(x);
    expect(x.double().storage).not.toBe(x.storage);
    expect(x.clone().storage).not.toBe(x.storage);
    expect(x.clone().toArray()).toEqual(x.toArray());
  });

  it("passes gradients between float dtypes, cast back", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    x.double().square().sum().backward();
    expect([x.grad?.dtype, x.grad?.toArray()]).toEqual(["float32", [2, 4]]);
    expect(x.clone().requiresGrad).toBe(true);
  });
});

describe("printing", () => {
  it("prints as torch does, through String, templates and console.log", () => {
    const x = tensor([1, 2.5], { requiresGrad: true });
    expect(String(x)).toBe("tensor([1.0000, 2.5000], requires_grad=True)");
    expect(`${x.mul(2)}`).toBe("tensor([2., 5.], grad_fn=<MulBackward0>)");
    expect(inspect(x)).toBe(String(x));
    expect(inspect({ x: tensor([true]) })).toBe("{ x: tensor([True]) }");
    expect(inspect([tensor(1), tensor(2, { dtype: "int32" })])).toBe("[ tensor(1.), tensor(2, dtype=int32) ]");
    expect(inspect(matrix())).toBe("tensor([[1., 2.],\n        [3., 4.]])");
    expect(inspect(new nn.Parameter(ones([2])))).toBe("Parameter containing:\ntensor([1., 1.], requires_grad=True)");
  });
});

describe("leaves", () => {
  it("require a gradient when asked, and no longer when told not to", () => {
    const x = matrix();
    expect([x.requiresGrad, x.isLeaf]).toEqual([false, true]);
    expect(x.requiresGrad_()).toBe(x);
    const y = x.mul(2);
    expect([y.requiresGrad, y.isLeaf, y.gradFn?.name]).toEqual([true, false, "MulBackward0"]);
    x.requiresGrad = false;
    expect(x.mul(2).requiresGrad).toBe(false);
    y.requiresGrad = true; // it does anyway
    expect(y.isLeaf).toBe(false);
  });
});

describe("arguments", () => {
  it("sizes and dimensions may be given one by one or as a list", () => {
    const x = zeros([2, 3]);
    expect([...x.reshape(3, 2).shape]).toEqual([...x.reshape([3, 2]).shape]);
    expect([...x.permute(1, 0).shape]).toEqual([...x.permute([1, 0]).shape]);
    expect([...x.expand(4, 2, 3).shape]).toEqual([...x.expand([4, 2, 3]).shape]);
    expect([...x.sum([0, 1]).shape]).toEqual([]);
  });

  it("a dimension of 0-d tensors is 0 or -1", () => {
    const x = tensor(3);
    expect(x.sum(0).item()).toBe(3);
    expect(x.sum(-1, { keepdim: true }).ndim).toBe(0);
    expect(x.max(0).indices.item()).toBe(0);
    expect(x.gather(0, tensor(0, { dtype: "int32" })).item()).toBe(3);
    expect(x.softmax(-1).item()).toBe(1);
    expect([...x.flatten().shape]).toEqual([1]);
    expect([...x.unsqueeze(-1).shape]).toEqual([1]);
  });

  it("an empty list of dimensions to reduce means all of them", () => {
    const x = matrix();
    const sums = [x.sum([]), x.mean([]), x.amax([]), x.amin([]), x.std([]), x.norm(2, []), x.norm(Infinity, [])];
    expect(sums).toEqual([x.sum(), x.mean(), x.amax(), x.amin(), x.std(), x.norm(), x.norm(Infinity)]);
    expect(x.sum([], { keepdim: true }).toArray()).toEqual([[10]]);
  });

  it("a norm whose power was left out is told how to write it", () => {
    const norm = (options: object) => () => matrix().norm(options as never);
    expect(norm({ dim: [0, 1] })).toThrow("x.norm(2, [0,1], { keepdim: true })");
    expect(norm({ dim: -1 })).toThrow("x.norm(2, -1, { keepdim: true })");
    expect(norm({ keepdim: true })).toThrow("x.norm(2, dim, { keepdim: true })");
  });

  it("integers have negative powers as floats and in tensors only", () => {
    const x = tensor([1, 2, 4], { dtype: "int32" });
    expect(x.pow(-0.5).dtype).toBe("float32");
    expect(x.pow(tensor(-1, { dtype: "int32" })).toArray()).toEqual([1, 0, 0]);
    expect(x.float().pow(-1).toArray()).toEqual([1, 0.5, 0.25]);
    expect(() => x.pow(-1)).toThrow(RangeError);
  });

  it("functions and methods are the same operations", () => {
    const [x, y] = [matrix(), ones([2, 2])];
    expect(matmul(x, y).toArray()).toEqual(x.mm(y).toArray());
    expect(cat([x, y]).shape).toEqual([4, 2]);
    expect(stack([x, y], -1).shape).toEqual([2, 2, 2]);
    expect(x.view(-1)).toBeInstanceOf(Tensor);
  });

  it("get takes indices from the left", () => {
    expect(matrix().get(1).toArray()).toEqual([3, 4]);
    expect(matrix().get(-1, 0).item()).toBe(3);
    expect(matrix().get().toArray()).toEqual(matrix().toArray());
  });
});
