import { describe, expect, it } from "vitest";
import { manualSeed } from "../random/index.ts";
import * as ek from "./index.ts";
import { arange, eye, normal, ones, rand, randint, randn, randnLike, Tensor, tensor, zeros } from "./index.ts";

const x = tensor([
  [3, -1, 2],
  [0.5, 4, -2],
]);
const vector = tensor([1, 2, 3]);
const square = tensor([
  [1, 2],
  [3, 4],
]);

/**
 * What a function and a method of one name make of the same arguments: the function's first is the
 * tensor.
 */
type Loose = Record<string, (...args: unknown[]) => unknown>;

/** Every method of elementwise.ts, with its operands. */
const elementwise = Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(Tensor.prototype)))
  .filter(([name, { value }]) => name !== "constructor" && typeof value === "function")
  .map(([name, { value }]): [string, ...Tensor[]] => [name, ...[vector].slice(0, value.length)]);

describe("the function form", () => {
  const calls: [string, ...unknown[]][] = [
    ...elementwise,
    ...["numel", "nonzero", "t", "max", "min"].map((name): [string] => [name]),
    ...["sum", "mean", "prod", "any", "all", "amax", "amin", "std"].map((name): [string, number, object] => [
      name,
      1,
      { keepdim: true },
    ]),
    ...["argmax", "argmin", "softmax", "logSoftmax", "cumsum", "sort", "argsort", "max", "min", "logsumexp"].map(
      (name): [string, number] => [name, 1],
    ),
    ["round", { decimals: 1 }],
    ["clamp", 0, 1],
    ["equal", x],
    ["isclose", x],
    ["allclose", x],
    ["norm", 1, 0],
    ["topk", 2, 1, { largest: false }],
    ["reshape", [3, -1]],
    ["flatten", 0, 1],
    ["unflatten", 0, [-1, 1]],
    ["unsqueeze", -1],
    ["squeeze", 0],
    ["transpose", 0, 1],
    ["permute", [1, 0]],
    ["split", 2, 1],
    ["chunk", 2, 1],
    ["unbind", 1],
    ["flip", [0, 1]],
    ["tril", -1],
    ["triu", 1],
    ["indexSelect", 1, tensor([0, 2], { dtype: "int32" })],
    ["gather", 1, tensor([[0], [2]], { dtype: "int32" })],
    ["maskedSelect", x.gt(0)],
    ["mm", vector.reshape(3, 1)],
    ["matmul", vector],
    ["mv", vector],
  ];

  it.each(calls)("%s is the method", (name, ...args) => {
    const own = (x as unknown as Loose)[name](...args);
    expect((ek as unknown as Loose)[name](x, ...args)).toEqual(own);
  });

  it("stands for every name that has both, with the same arguments", () => {
    const methods = [Tensor.prototype, Object.getPrototypeOf(Tensor.prototype)].flatMap(Object.getOwnPropertyNames);
    const both = methods.filter((name) => typeof (ek as Record<string, unknown>)[name] === "function");
    const tested = new Set(calls.map(([name]) => name));
    // Conversions share their name with a dtype, which is no function; grad is a property, the
    // others are tested below.
    expect(both.filter((name) => !tested.has(name)).sort()).toEqual(["bmm", "dot", "grad", "outer", "pow", "where"]);
  });

  it("where with nothing to choose from gives the places", () => {
    expect(ek.where(x.gt(1)).map((places) => places.tolist())).toEqual([
      [0, 0, 1],
      [0, 2, 1],
    ]);
  });

  it("variance is torch.var; max and min take a second tensor", () => {
    expect(ek.variance(x, 0, { correction: 0 })).toEqual(x.var(0, { correction: 0 }));
    expect(ek.max(x, vector)).toEqual(x.maximum(vector));
    expect(ek.min(x, vector)).toEqual(x.minimum(vector));
    expect(ek.pow(2, x)).toEqual(tensor(2).pow(x));
    expect([ek.isTensor(x), ek.isTensor([1])]).toEqual([true, false]);
  });
});

it("mm, bmm, mv, dot and outer are matmul, of the ranks they ask for", () => {
  const batch = ek.stack([square, square.mul(2)]);
  expect(square.mm(square)).toEqual(square.matmul(square));
  expect(ek.bmm(batch, batch)).toEqual(batch.matmul(batch));
  expect(x.mv(vector)).toEqual(x.matmul(vector));
  expect(ek.dot(vector, vector).item()).toBe(14);
  expect(ek.outer(vector, tensor([1, 10])).tolist()).toEqual([
    [1, 10],
    [2, 20],
    [3, 30],
  ]);
});

describe("creation", () => {
  it("takes sizes one by one or in a list, options last", () => {
    for (const make of [zeros, ones, ek.empty]) {
      expect(make(2, 3, { dtype: "int32" })).toEqual(make([2, 3], { dtype: "int32" }));
      expect([make(2).shape, make([]).shape, make(2, 0).shape, make(...x.shape).shape]).toEqual([
        [2],
        [],
        [2, 0],
        [2, 3],
      ]);
    }
    for (const make of [rand, randn]) {
      const draws = [() => make(2, 3, { dtype: "float64" }), () => make([2, 3], { dtype: "float64" })].map((draw) => {
        manualSeed(5);
        return draw();
      });
      expect(draws[0]).toEqual(draws[1]);
    }
  });

  it("arange has its step third, eye its options second, randint its start left out", () => {
    expect(arange(0, 10, 4).tolist()).toEqual([0, 4, 8]);
    expect(arange(5, 0, -2, { dtype: "int32" })).toEqual(arange(5, 0, { step: -2, dtype: "int32" }));
    expect(arange(3, undefined).tolist()).toEqual([0, 1, 2]);
    expect(eye(2, { dtype: "int32" })).toEqual(eye(2, 2, { dtype: "int32" }));
    manualSeed(1);
    const left = randint(10, [4]);
    manualSeed(1);
    expect(left).toEqual(randint(0, 10, [4]));
  });

  it("normal and the like-forms draw what randn draws", () => {
    const draw = (make: () => Tensor) => {
      manualSeed(3);
      return make();
    };
    expect(draw(() => normal(0, 1, [20]))).toEqual(draw(() => randn(20)));
    expect(draw(() => normal(2, 3, [20])).tolist()).toEqual(draw(() => zeros(20).normal_(2, 3)).tolist());
    expect(draw(() => randnLike(x.double()))).toEqual(draw(() => randn(2, 3, { dtype: "float64" })));
    expect(draw(() => ek.randLike(x))).toEqual(draw(() => rand(2, 3)));
    expect(ek.emptyLike(x.int())).toEqual(zeros(2, 3, { dtype: "int32" }));
  });
});

describe("conversions", () => {
  it("dtypes are values, and PyTorch's other names of them", () => {
    expect(zeros(2, { dtype: ek.float64 }).dtype).toBe("float64");
    expect([ek.float, ek.double, ek.int, ek.long, ek.bool]).toEqual(["float32", "float64", "int32", "int32", "bool"]);
    expect([x.long().dtype, x.type(), x.type(ek.int32).dtype, x.to(ek.bool).dtype]).toEqual([
      "int32",
      "float32",
      "int32",
      "bool",
    ]);
  });

  it("the only device is the CPU: nothing is copied to it", () => {
    for (const same of [x.cpu(), x.to("cpu"), x.to({ device: "cpu" }), x.to(x), x.contiguous(), x.to(x.device)]) {
      expect(same).toBe(x);
    }
    expect(x.to({ device: "cpu", dtype: "float64" }).dtype).toBe("float64");
    expect(x.typeAs(x.int()).dtype).toBe("int32");
  });

  it("lists are typed by their depth", () => {
    const rows: number[][] = x.toArray(2);
    const flat: number[] = vector.tolist(1);
    const single: number = tensor(4).toArray(0);
    expect([rows, flat, single]).toEqual([x.toArray(), [1, 2, 3], 4]);
    expect(x.numpy()).toBe(x.data);
  });

  it("new tensors have this dtype", () => {
    const counts = tensor([1], { dtype: "int32" });
    expect(counts.newZeros(2, 3)).toEqual(zeros(2, 3, { dtype: "int32" }));
    expect(counts.newOnes([2])).toEqual(ones(2, { dtype: "int32" }));
    expect(counts.newFull([2], 7).tolist()).toEqual([7, 7]);
  });
});

it("repetition, and the shapes of others", () => {
  expect(vector.repeat(2, 1).tolist()).toEqual([
    [1, 2, 3],
    [1, 2, 3],
  ]);
  expect(vector.repeatInterleave(2).tolist()).toEqual([1, 1, 2, 2, 3, 3]);
  expect([vector.expandAs(x).shape, x.viewAs(zeros(3, 2)).shape, x.reshapeAs(zeros(6)).shape]).toEqual([
    [2, 3],
    [3, 2],
    [6],
  ]);
});

it("maskedFill_ and scatter_ write to the tensor itself", () => {
  const copy = x.clone();
  expect(copy.maskedFill_(copy.lt(0), 0)).toBe(copy);
  expect(copy.tolist()).toEqual(x.clamp(0, null).tolist());
  const hot = zeros(2, 3).scatter_(1, tensor([[2], [0]], { dtype: "int32" }), 1);
  expect(hot.tolist()).toEqual([
    [0, 0, 1],
    [1, 0, 0],
  ]);
});
