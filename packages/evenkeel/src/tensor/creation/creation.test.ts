import { runInNewContext } from "node:vm";
import {
  arange,
  bernoulli,
  type DType,
  eye,
  full,
  fullLike,
  Generator,
  linspace,
  manualSeed,
  ones,
  onesLike,
  rand,
  randint,
  randn,
  randperm,
  tensor,
  zeros,
  zerosLike,
} from "evenkeel";
import { describe, expect, it } from "vitest";

describe("tensor", () => {
  it.each<[string, Parameters<typeof tensor>[0], readonly number[], DType, number[]]>([
    ["a number", 3, [], "float32", [3]],
    ["a boolean", true, [], "bool", [1]],
    ["a list", [1, 2, 3], [3], "float32", [1, 2, 3]],
    ["booleans", [true, false], [2], "bool", [1, 0]],
    ["booleans and numbers", [true, 2], [2], "float32", [1, 2]],
    [
      "a matrix",
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      [3, 2],
      "float32",
      [1, 2, 3, 4, 5, 6],
    ],
    [
      "three dimensions",
      [
        [[1], [2]],
        [[3], [4]],
      ],
      [2, 2, 1],
      "float32",
      [1, 2, 3, 4],
    ],
    ["an empty list", [], [0], "float32", []],
    ["empty rows", [[], []], [2, 0], "float32", []],
    ["a Float32Array", Float32Array.of(1.5, 2.5), [2], "float32", [1.5, 2.5]],
    ["a Float64Array", Float64Array.of(0.1), [1], "float64", [0.1]],
    ["an Int32Array", Int32Array.of(-7, 8), [2], "int32", [-7, 8]],
    ["a Uint8Array", Uint8Array.of(0, 7, 255), [3], "int32", [0, 7, 255]],
    ["a Buffer of Node's", Buffer.from([0, 7]), [2], "int32", [0, 7]],
    ["a Uint8ClampedArray", Uint8ClampedArray.of(300, 7), [2], "int32", [255, 7]],
    ["an Int8Array", Int8Array.of(-128, 7), [2], "int32", [-128, 7]],
    ["an Int16Array", Int16Array.of(-(2 ** 15)), [1], "int32", [-(2 ** 15)]],
    ["a Uint16Array", Uint16Array.of(1, 65535), [2], "int32", [1, 65535]],
    ["a Uint32Array", Uint32Array.of(2 ** 31 - 1), [1], "int32", [2 ** 31 - 1]],
    ["a BigInt64Array", BigInt64Array.of(-(2n ** 31n), 5n), [2], "int32", [-(2 ** 31), 5]],
    ["a BigUint64Array", BigUint64Array.of(5n), [1], "int32", [5]],
    ["an empty BigInt64Array", new BigInt64Array(0), [0], "int32", []],
    ["an array of another realm", runInNewContext("Uint8Array.of(0, 7)"), [2], "int32", [0, 7]],
    ["rows that are typed arrays", [Float64Array.of(1, 2), Float64Array.of(3, 4)], [2, 2], "float32", [1, 2, 3, 4]],
  ])("takes %s", (_, data, shape, dtype, values) => {
    const x = tensor(data);
    expect([...x.shape]).toEqual(shape);
    expect([x.dtype, x.requiresGrad, x.dim(), x.nelement(), x.numel()]).toEqual([
      dtype,
      false,
      shape.length,
      values.length,
      values.length,
    ]);
    expect(Array.from(x.data)).toEqual(values);
  });

  it("whole numbers are float32 too, unlike torch's, because JavaScript has one kind of number", () => {
    expect(tensor([1, 2]).dtype).toBe("float32");
  });

  it("converts to a dtype that is asked for", () => {
    expect(Array.from(tensor([1.9, -1.9], { dtype: "int32" }).data)).toEqual([1, -1]);
    expect(Array.from(tensor([0, 0.5, Number.NaN], { dtype: "bool" }).data)).toEqual([0, 1, 1]);
    expect(tensor([0.1], { dtype: "float64" }).item()).toBe(0.1);
    expect(tensor([0.1]).item()).toBe(Math.fround(0.1));
    expect(tensor(true, { dtype: "float64" }).item()).toBe(1);
    expect(tensor([2 ** 31 - 1, -(2 ** 31)], { dtype: "int32" }).toArray()).toEqual([2 ** 31 - 1, -(2 ** 31)]);
  });

  it("takes typed arrays of any kind to a dtype that is asked for", () => {
    const arrays = [Uint8Array.of(0, 7), BigInt64Array.of(0n, 7n), Uint32Array.of(0, 7), Float64Array.of(0, 7)];
    for (const array of arrays) {
      expect(tensor(array, { dtype: "bool" }).toArray()).toEqual([false, true]);
      for (const dtype of ["float32", "float64", "int32"] as const) {
        expect(tensor(array, { dtype }).toArray()).toEqual([0, 7]);
      }
    }
    expect(tensor(Uint32Array.of(2 ** 32 - 1), { dtype: "float64" }).item()).toBe(2 ** 32 - 1);
    expect(tensor(BigInt64Array.of(1n - 2n ** 53n), { dtype: "float64" }).item()).toBe(1 - 2 ** 53);
    expect(tensor(BigUint64Array.of(2n ** 64n - 1n), { dtype: "float32" }).item()).toBe(2 ** 64);
    expect(tensor(Float32Array.of(1.9, -1.9), { dtype: "int32" }).toArray()).toEqual([1, -1]);
  });

  const half = (globalThis as { Float16Array?: { of(...values: number[]): Float32Array } }).Float16Array;
  it.skipIf(half === undefined)("takes a Float16Array, where the engine has it, as float32", () => {
    const x = tensor(half!.of(0.5, 65504));
    expect([x.dtype, ...x.data]).toEqual(["float32", 0.5, 65504]);
  });

  it("makes a bool tensor of its data again, with its dtype and shape", () => {
    const x = tensor([[true], [false]]);
    const { data, dtype, shape } = x;
    expect(tensor(data, { dtype, shape })).toEqual(x);
    expect(tensor(data, { shape }).dtype).toBe("int32");
    expect(tensor(x.toArray())).toEqual(x);
  });

  it("arranges values in a shape", () => {
    const x = tensor(Float32Array.of(1, 2, 3, 4, 5, 6), { shape: [3, 2] });
    expect(x.toArray()).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect(tensor([5], { shape: [] }).item()).toBe(5);
    expect(tensor([], { shape: [0, 3] }).toArray()).toEqual([]);
  });

  it("copies, so that the source may change", () => {
    const source = Float32Array.of(1, 2);
    const shape = [2];
    const x = tensor(source, { shape });
    source[0] = 9;
    shape[0] = 9;
    expect([x.toArray(), [...x.shape]]).toEqual([[1, 2], [2]]);
  });

  it("requires a gradient if asked", () => {
    const x = tensor([1], { requiresGrad: true });
    expect([x.requiresGrad, x.isLeaf, x.grad]).toEqual([true, true, null]);
  });
});

describe("filled tensors", () => {
  it("have one value, float32 unless said otherwise", () => {
    expect(zeros([2, 2]).toArray()).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(ones([2], { dtype: "int32" }).dtype).toBe("int32");
    expect(full([], 7).item()).toBe(7);
    expect(full([2], 5, { dtype: "bool" }).toArray()).toEqual([true, true]);
    expect(Array.from(full([2], 5, { dtype: "bool" }).data)).toEqual([1, 1]);
    expect(zeros([0, 3]).numel()).toBe(0);
    expect(ones([1], { requiresGrad: true }).requiresGrad).toBe(true);
  });

  it("like another take its shape and dtype, not its values, gradient or storage", () => {
    const x = tensor([[1, 2]], { dtype: "float64", requiresGrad: true });
    for (const [y, value] of [
      [zerosLike(x), 0],
      [onesLike(x), 1],
      [fullLike(x, 3), 3],
    ] as const) {
      expect([[...y.shape], y.dtype, y.requiresGrad, y.toArray()]).toEqual([
        [1, 2],
        "float64",
        false,
        [[value, value]],
      ]);
    }
    expect(zerosLike(x, { dtype: "int32" }).dtype).toBe("int32");
  });

  it("eye has ones on the diagonal", () => {
    expect(eye(2).toArray()).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(eye(2, 3).toArray()).toEqual([
      [1, 0, 0],
      [0, 1, 0],
    ]);
    expect(eye(3, 1).toArray()).toEqual([[1], [0], [0]]);
    expect([...eye(0).shape]).toEqual([0, 0]);
  });
});

describe("ranges", () => {
  it("arange leaves the end out", () => {
    expect(arange(3).toArray()).toEqual([0, 1, 2]);
    expect(arange(1, 4).toArray()).toEqual([1, 2, 3]);
    expect(arange(0, 1, { step: 0.25 }).toArray()).toEqual([0, 0.25, 0.5, 0.75]);
    expect(arange(3, 0, { step: -2 }).toArray()).toEqual([3, 1]);
    expect(arange(0).numel()).toBe(0);
    expect(arange(3, { dtype: "int32" }).dtype).toBe("int32");
    expect(arange(0, 2, { dtype: "float64", requiresGrad: true }).requiresGrad).toBe(true);
  });

  it("linspace takes both ends, exactly", () => {
    expect(linspace(0, 1, 5).toArray()).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(linspace(0, 0.3, 4, { dtype: "float64" }).data[3]).toBe(0.3);
    expect(linspace(5, 9, 1).toArray()).toEqual([5]);
    expect(linspace(5, 9, 0).numel()).toBe(0);
    expect(linspace(1, -1, 3).toArray()).toEqual([1, 0, -1]);
  });
});

describe("random tensors", () => {
  // torch.manual_seed(0); torch.rand(3); torch.randn(3); torch.randint(0, 10, (3,));
  // torch.randperm(4)
  it("are torch's under the same seed, one after another", () => {
    manualSeed(0);
    expect(rand([3]).toArray()).toEqual([0.49625658988952637, 0.7682217955589294, 0.08847743272781372]);
    expect(randn([3]).toArray()).toEqual([0.3643381893634796, 0.13439632952213287, 0.16421625018119812]);
    expect(randint(0, 10, [3]).toArray()).toEqual([6, 6, 9]);
    expect(randperm(4).toArray()).toEqual([2, 3, 0, 1]);
  });

  it("draw from the generator that is given, and leave the default one alone", () => {
    manualSeed(1);
    const expected = rand([1]).item();
    manualSeed(1);
    const generator = new Generator(5);
    const drawn = [
      rand([2], { generator }),
      randn([2], { generator }),
      randint(0, 5, [2], { generator }),
      randperm(3, { generator }),
      bernoulli(full([3], 0.5), { generator }),
    ].map((x) => x.toArray());
    expect(rand([1]).item()).toBe(expected);
    generator.manualSeed(5);
    expect([rand([2], { generator }), randn([2], { generator })].map((x) => x.toArray())).toEqual(drawn.slice(0, 2));
  });

  it("have dtypes and gradients as asked", () => {
    expect(rand([1], { dtype: "float64", requiresGrad: true }).requiresGrad).toBe(true);
    expect([randint(0, 2, [1]).dtype, randperm(2).dtype]).toEqual(["int32", "int32"]);
    expect(randint(0, 2, [1], { dtype: "float32", requiresGrad: true }).requiresGrad).toBe(true);
    expect(bernoulli(tensor([0, 1])).toArray()).toEqual([0, 1]);
  });
});
