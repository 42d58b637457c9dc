import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import { compile } from "../compile/index.ts";
import { arange, type Tensor, tensor } from "../tensor/index.ts";
import {
  type Collated,
  ConcatDataset,
  DataLoader,
  type Dataset,
  defaultCollate,
  randomSplit,
  Subset,
  TensorDataset,
} from "./index.ts";

const x = tensor([
  [0, 1],
  [10, 11],
  [20, 21],
  [30, 31],
]);
const y = tensor(Int32Array.of(5, 6, 7, 8));

const numbers = (...values: number[]): Dataset<number> => ({ length: values.length, get: (i) => values[i] });

describe("TensorDataset", () => {
  it("cuts its tensors along the first dimension", () => {
    const dataset = new TensorDataset(x, y);
    expect(dataset.length).toBe(4);
    const [features, target] = dataset.get(2);
    expectTypeOf(dataset.get(0)).toEqualTypeOf<[Tensor, Tensor]>();
    expect(features.toArray()).toEqual([20, 21]);
    expect([target.shape, target.dtype, target.item()]).toEqual([[], "int32", 7]);
    expect(dataset.get(-1)[1].item()).toBe(8);
  });

  it("makes the same batch at once as item by item, as a copy", () => {
    const dataset = new TensorDataset(x, y, arange(24).reshape(4, 3, 2), arange(200).reshape(4, 50));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -4, max: 3 }), { minLength: 1, maxLength: 9 }), (indices) => {
        const fast = dataset.batch(indices);
        const slow = defaultCollate(indices.map((i) => dataset.get(i)));
        expect(fast.map((t) => [t.shape, t.dtype, t.toArray()])).toEqual(
          slow.map((t) => [t.shape, t.dtype, t.toArray()]),
        );
      }),
    );
    const [rows] = dataset.batch([0, 1, 2, 3]);
    rows.fill_(-1);
    expect(x.data[0]).toBe(0);
  });

  it("gives all rows as one batch, as a copy", () => {
    const [features, target] = new TensorDataset(x, y).batch();
    expect([features.toArray(), target.toArray()]).toEqual([x.toArray(), [5, 6, 7, 8]]);
    expect(features.storage).not.toBe(x.storage);
    expect(new TensorDataset(x.slice(0, 4)).batch()[0].shape).toEqual([0, 2]);
  });

  it("gives batches that are part of the history of its tensors, and of a compiled step", () => {
    const w = tensor([1, 2, 3], { requiresGrad: true });
    const [batch] = new TensorDataset(w).batch([2, 0, 2]);
    batch.sum().backward();
    expect(w.grad?.toArray()).toEqual([1, 0, 2]);

    const rows = tensor([1, 2, 3]);
    const step = compile(() => new TensorDataset(rows).batch([2, 0])[0].mul(10));
    expect(step().toArray()).toEqual([30, 10]);
    rows.fill_(5);
    expect(step().toArray()).toEqual([50, 50]);
  });

  it("refuses what has no common first dimension", () => {
    expect(() => new TensorDataset(x, tensor([1, 2]))).toThrow(
      new RangeError("TensorDataset: Size mismatch between tensors: [4, 2], [2]; their first dimensions must be equal"),
    );
    expect(() => new TensorDataset(x, tensor(1))).toThrow(/argument 2 is a single value/);
    // @ts-expect-error arrays are no tensors
    expect(() => new TensorDataset(x, [1, 2, 3, 4])).toThrow(
      /argument 2 is \[1, 2, 3, 4\], expected a Tensor; wrap arrays/,
    );
    // @ts-expect-error at least one
    expect(() => new TensorDataset()).toThrow(/got no tensors/);
  });

  it.each([4, -5, 0.5, Number.NaN])("has no item %s", (index) => {
    const dataset = new TensorDataset(x, y);
    const message = `TensorDataset: index ${index} is out of range, expected a whole number from -4 to 3`;
    expect(() => dataset.get(index)).toThrow(new RangeError(message));
    expect(() => dataset.batch([0, index])).toThrow(new RangeError(message));
  });
});

describe("Subset", () => {
  it("is the named items in the named order, also nested", () => {
    const subset = new Subset(new Subset(new TensorDataset(x, y), [3, 0, 1, 1]), [2, 0]);
    expect(subset.length).toBe(2);
    expect([subset.get(0)[1].item(), subset.get(1)[1].item()]).toEqual([6, 8]);
    const [features, target] = subset.batch([1, 0, 1]);
    expect(features.toArray()).toEqual([
      [30, 31],
      [10, 11],
      [30, 31],
    ]);
    expect(target.toArray()).toEqual([8, 6, 8]);
  });

  it("gives all its items as one batch", () => {
    const [features, target] = new Subset(new TensorDataset(x, y), [3, 0]).batch();
    expectTypeOf(features).toEqualTypeOf<Tensor>();
    expect([features.shape, target.toArray()]).toEqual([
      [2, 2],
      [8, 5],
    ]);
    expect(new Subset(numbers(4, 5, 6), [2, 1]).batch().toArray()).toEqual([6, 5]);
  });

  it("collates where the dataset has no batches of its own", () => {
    expect(new Subset(numbers(4, 5, 6), [2, 1]).batch([0, 1]).toArray()).toEqual([6, 5]);
  });

  it("takes its positions from a tensor", () => {
    const order = tensor([2, -3, 1], { dtype: "int32" });
    expect(new Subset(numbers(4, 5, 6), order).batch().toArray()).toEqual([6, 4, 5]);
    expect(new Subset(numbers(4, 5, 6), order.slice(0, 1)).indices).toEqual([0, 1]);
    expect(new Subset(numbers(4, 5, 6), order.float()).length).toBe(3);
  });

  it("refuses positions that the dataset does not have", () => {
    expect(() => new Subset(numbers(4, 5), [0, 2])).toThrow(
      new RangeError("Subset: index 2 is out of range, expected a whole number from -2 to 1"),
    );
    expect(() => new Subset(numbers(4, 5), [1]).get(1)).toThrow(/index 1 is out of range/);
    expect(() => new Subset(numbers(), []).get(0)).toThrow(/index 0 is out of range, it is empty/);
    // @ts-expect-error a generator has no length
    expect(() => new Subset((function* () {})(), [])).toThrow(TypeError);
  });
});

describe("ConcatDataset", () => {
  it("continues with the next dataset, skipping empty ones", () => {
    const dataset = new ConcatDataset([numbers(1, 2, 4), numbers(), numbers(3, 5)]);
    expect(dataset.length).toBe(5);
    expect([0, 2, 3, 4, -1, -5].map((i) => dataset.get(i))).toEqual([1, 4, 3, 5, 5, 1]);
    expect(() => dataset.get(5)).toThrow(/ConcatDataset: index 5 is out of range/);
    expect(() => new ConcatDataset([])).toThrow(/got no datasets/);
  });
});

describe("an array of items is a dataset", () => {
  const items = [1, 2, 3].map((i): [Tensor, Tensor] => [tensor([i, -i]), tensor(10 * i)]);

  it("in a loader", () => {
    const loader = new DataLoader(items, { batchSize: 2 });
    const batches = [...loader].map(([a, b]) => [a.toArray(), b.toArray()]);
    expect(batches).toEqual([
      [
        [
          [1, -1],
          [2, -2],
        ],
        [10, 20],
      ],
      [[[3, -3]], [30]],
    ]);
    expectTypeOf([...loader]).toEqualTypeOf<[Tensor, Tensor][]>();
    expect([...new DataLoader([{ name: "a", weight: 1 }])][0].weight.toArray()).toEqual([1]);
    expect([loader.dataset.length, loader.dataset.get(-1)]).toEqual([3, items[2]]);
    expect(() => loader.dataset.get(3)).toThrow(RangeError);
  });

  it("in a subset, a split and a concatenation", () => {
    expect(new Subset([4, 5, 6], [2, 0]).batch().toArray()).toEqual([6, 4]);
    expect(randomSplit(items, [2, 1]).map(({ length }) => length)).toEqual([2, 1]);
    const both = new ConcatDataset([[1, 2], numbers(3)]);
    expect([0, 1, 2].map((i) => both.get(i))).toEqual([1, 2, 3]);
  });

  it.each<[string, unknown]>([
    ["a plain object", { length: 3 }],
    ["Set", new Set([1])],
    ["Tensor", x],
    ["Float32Array", new Float32Array(3)],
    ["null", null],
    ['"abc"', "abc"],
  ])("but %s is none", (given, stranger) => {
    const dataset = stranger as Dataset<number>;
    const attempts: [string, () => unknown][] = [
      ["DataLoader: dataset", () => new DataLoader(dataset)],
      ["Subset: dataset", () => new Subset(dataset, [0])],
      ["ConcatDataset: dataset 1", () => new ConcatDataset([[1], dataset])],
      ["randomSplit: dataset", () => randomSplit(dataset, [1])],
    ];
    for (const [what, attempt] of attempts) {
      expect(attempt).toThrow(TypeError);
      expect(attempt).toThrow(
        `${what} is ${given}, expected a Dataset (an object with length and get(index)) or an array`,
      );
    }
  });
});

describe("defaultCollate", () => {
  it("stacks tensors and typed arrays, gathers numbers, keeps strings", () => {
    const items = [
      {
        image: tensor([[1, 2]]),
        row: Float64Array.of(1, 2),
        label: 3,
        known: true,
        name: "a",
        pair: [1, "x"] as const,
      },
      {
        image: tensor([[3, 4]]),
        row: Float64Array.of(3, 4),
        label: 4.5,
        known: false,
        name: "b",
        pair: [2, "y"] as const,
      },
    ];
    const batch = defaultCollate(items);
    expectTypeOf(batch.image).toEqualTypeOf<Tensor>();
    expectTypeOf(batch.name).toEqualTypeOf<string[]>();
    expectTypeOf(batch.pair).toEqualTypeOf<readonly [Tensor, string[]]>();
    expect([batch.image.shape, batch.image.dtype]).toEqual([[2, 1, 2], "float32"]);
    expect([batch.row.dtype, batch.row.toArray()]).toEqual([
      "float64",
      [
        [1, 2],
        [3, 4],
      ],
    ]);
    expect([batch.label.dtype, batch.label.toArray()]).toEqual(["float32", [3, 4.5]]);
    expect([batch.known.dtype, batch.known.toArray()]).toEqual(["bool", [true, false]]);
    expect(batch.name).toEqual(["a", "b"]);
    expect([batch.pair[0].toArray(), batch.pair[1]]).toEqual([
      [1, 2],
      ["x", "y"],
    ]);
  });

  it("finds the members of objects by key, not by order", () => {
    const batch = defaultCollate([
      { a: 1, b: 2 },
      { b: 3, a: 4 },
    ]);
    expect([batch.a.toArray(), batch.b.toArray()]).toEqual([
      [1, 4],
      [2, 3],
    ]);
  });

  it("types follow the items", () => {
    expectTypeOf<Collated<number>>().toEqualTypeOf<Tensor>();
    expectTypeOf<Collated<boolean>>().toEqualTypeOf<Tensor>();
    expectTypeOf<Collated<Tensor[]>>().toEqualTypeOf<Tensor[]>();
    expectTypeOf<Collated<[Tensor, { a: Float32Array }]>>().toEqualTypeOf<[Tensor, { a: Tensor }]>();
  });

  it.each<[string, unknown[], RegExp, ErrorConstructor]>([
    ["nothing", [], /got no items/, RangeError],
    ["dates", [new Date()], /item is Date; a batch must contain/, TypeError],
    ["missing values", [{ a: { b: null } }], /item\.a\.b is null/, TypeError],
    [
      "kinds",
      [
        [1, 2],
        [1, "2"],
      ],
      /item\[1\] has different kinds: number in the first item of the batch, string in item 1/,
      TypeError,
    ],
    ["lengths", [[1, 2], [1]], /each element in list of batch should be of equal size\): 2 in the first/, RangeError],
    ["keys", [{ a: 1 }, { b: 1 }], /different keys: a in the first item of the batch, b in item 1/, RangeError],
    [
      "shapes",
      [tensor([1]), tensor([1]), tensor([1, 2])],
      /shape \[1\] in the first .* and \[2\] in item 2/,
      RangeError,
    ],
    ["typed arrays", [{ r: new Float32Array(2) }, { r: new Float32Array(3) }], /item\.r has shape \[2\]/, RangeError],
  ])("names the place of %s that do not fit", (_, items, message, kind) => {
    const attempt = () => defaultCollate(items);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(kind);
  });
});
