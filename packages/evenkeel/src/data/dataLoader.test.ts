import fc from "fast-check";
import { beforeEach, describe, expect, expectTypeOf, it } from "vitest";
import { defaultGenerator, Generator, manualSeed } from "../random/index.ts";
import { drawInt64 } from "../random/integers.ts";
import { type Tensor, tensor } from "../tensor/index.ts";
import { DataLoader, type DataLoaderOptions, type Dataset, SequentialSampler, TensorDataset } from "./index.ts";

// Orders, and the int64 drawn afterwards, are those of torch 1.13 over
// TensorDataset(torch.arange(7)).
const range = (n: number) => new TensorDataset(tensor(Int32Array.from({ length: n }, (_, i) => i)));
const seven = range(7);
const position = (generator: Generator = defaultGenerator) => drawInt64(generator);
const orders = (loader: Iterable<readonly [Tensor]>) => Array.from(loader, ([batch]) => batch.toArray());

beforeEach(() => {
  manualSeed(0);
});

describe("orders", () => {
  it("without shuffling are the dataset's, but an iteration draws a seed", () => {
    expect(orders(new DataLoader(seven, { batchSize: 3 }))).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
    expect(position()).toBe(3969543146641149120n);
  });

  it("with shuffling differ between epochs", () => {
    const loader = new DataLoader(seven, { batchSize: 3, shuffle: true });
    expect(orders(loader)).toEqual([[0, 4, 1], [5, 2, 6], [3]]);
    expect(orders(loader)).toEqual([[3, 1, 4], [2, 5, 0], [6]]);
    expect(position()).toBe(7815051614634499795n);
  });

  it("come from a given generator, and leave the default one alone", () => {
    const generator = new Generator(5);
    const loader = new DataLoader(seven, { batchSize: 3, shuffle: true, dropLast: true, generator });
    expect([orders(loader), orders(loader)]).toEqual([
      [
        [2, 4, 3],
        [5, 0, 6],
      ],
      [
        [4, 1, 0],
        [2, 3, 6],
      ],
    ]);
    expect(position(generator)).toBe(7008601228353732126n);
    expect(position()).toBe(900450186894289455n);
  });

  it("draw one seed when an iterator is made, the order's at its first batch, and nothing more when it is left", () => {
    const loader = new DataLoader(seven, { shuffle: true });
    loader[Symbol.iterator]();
    expect(position()).toBe(3969543146641149120n);
    manualSeed(0);
    loader[Symbol.iterator]().next();
    expect(position()).toBe(1895649597198586619n);
    const generator = new Generator(5);
    for (const [batch] of new DataLoader(seven, { batchSize: 3, shuffle: true, generator })) {
      expect(batch.toArray()).toEqual([2, 4, 3]);
      break;
    }
    expect(position(generator)).toBe(9009596224835060452n);
  });

  it("of two iterations at once are independent", () => {
    const loader = new DataLoader(seven, { shuffle: true, batchSize: 7 });
    const [a, b] = [loader[Symbol.iterator](), loader[Symbol.iterator]()];
    const [first, second] = [a.next().value?.[0], b.next().value?.[0]];
    expect(first?.toArray()).not.toEqual(second?.toArray());
    expect(a.next().done).toBe(true);
  });

  it("are the sampler's, read again for each epoch", () => {
    const sampler = [6, 0, 6];
    const loader = new DataLoader(seven, { sampler, batchSize: 2 });
    expect(orders(loader)).toEqual([[6, 0], [6]]);
    sampler.push(1);
    expect(orders(loader)).toEqual([
      [6, 0],
      [6, 1],
    ]);
    expect(loader.length).toBe(2);
  });

  it("are the batch sampler's, whose iterator is made before the seed is drawn", () => {
    const generator = new Generator(5);
    const batchSampler = {
      [Symbol.iterator]: () => [[Number(drawInt64(generator) % 7n)], [1, 2, 3]][Symbol.iterator](),
    };
    const loader = new DataLoader(seven, { batchSampler, generator });
    const expected = Number(drawInt64(new Generator(5)) % 7n);
    expect(orders(loader)).toEqual([[expected], [1, 2, 3]]);
    expect([loader.batchSize, loader.sampler]).toEqual([null, null]);
    expect(() => loader.length).toThrow(/its batchSampler has no length/);
  });
});

describe("batches", () => {
  it("are typed tuples of tensors", () => {
    const x = tensor([[1], [2], [3]]);
    const y = tensor([4, 5, 6]);
    const loader = new DataLoader(new TensorDataset(x, y), { batchSize: 2 });
    const sums: number[] = [];
    for (const [input, target] of loader) {
      expectTypeOf(input).toEqualTypeOf<Tensor>();
      expectTypeOf(target).toEqualTypeOf<Tensor>();
      expect([input.shape.length, target.shape.length]).toEqual([2, 1]);
      sums.push(input.sum().item() + target.sum().item());
    }
    expect(sums).toEqual([12, 9]);
  });

  it("are collated from the items where the dataset has none", () => {
    const dataset: Dataset<{ x: number; name: string }> = { length: 3, get: (i) => ({ x: i, name: `row ${i}` }) };
    const [batch] = new DataLoader(dataset, { batchSize: 3 });
    expectTypeOf(batch).toEqualTypeOf<{ x: Tensor; name: string[] }>();
    expect([batch.x.toArray(), batch.name]).toEqual([
      [0, 1, 2],
      ["row 0", "row 1", "row 2"],
    ]);
  });

  it("are what a collate function makes of the items", () => {
    const loader = new DataLoader(seven, { batchSize: 4, collate: (items) => items.map(([t]) => t.item()) });
    expectTypeOf(loader).toEqualTypeOf<DataLoader<[Tensor], number[]>>();
    expect([...loader]).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6],
    ]);
  });

  it("partition the dataset, whatever the size", () => {
    const cases = fc.record({
      n: fc.integer({ min: 1, max: 50 }),
      batchSize: fc.integer({ min: 1, max: 20 }),
      shuffle: fc.boolean(),
      dropLast: fc.boolean(),
    });
    fc.assert(
      fc.property(cases, ({ n, ...options }) => {
        const loader = new DataLoader(range(n), options);
        const batches = orders(loader) as number[][];
        const kept = options.dropLast ? n - (n % options.batchSize) : n;
        expect(batches.length).toBe(loader.length);
        expect(batches.slice(0, -1).every((batch) => batch.length === options.batchSize)).toBe(true);
        const seen = batches.flat();
        expect([seen.length, new Set(seen).size]).toEqual([kept, kept]);
        expect(seen.every((i) => i >= 0 && i < n)).toBe(true);
      }),
    );
  });

  it("of an empty dataset are none", () => {
    const loader = new DataLoader(range(0), { batchSize: 4 });
    expect([loader.length, [...loader]]).toEqual([0, []]);
  });
});

describe("options that do not go together", () => {
  const sampler = new SequentialSampler(seven);
  const batchSampler = [[0, 1], [2]];

  it.each<[string, object, RegExp, ErrorConstructor]>([
    ["sampler and shuffle", { sampler, shuffle: true }, /sampler option is mutually exclusive with shuffle/, Error],
    [
      "batchSampler and batchSize",
      { batchSampler, batchSize: 2 },
      /batchSampler option is mutually exclusive with batchSize, shuffle, sampler, and dropLast/,
      Error,
    ],
    ["batchSampler and shuffle", { batchSampler, shuffle: true }, /batchSampler option is mutually exclusive/, Error],
    ["batchSampler and sampler", { batchSampler, sampler }, /batchSampler option is mutually exclusive/, Error],
    ["batchSampler and dropLast", { batchSampler, dropLast: true }, /batchSampler option is mutually exclusive/, Error],
    ["batchSize 0", { batchSize: 0 }, /batchSize is 0, expected a whole number of at least 1/, RangeError],
    ["batchSize 2.5", { batchSize: 2.5 }, /batchSize is 2.5/, RangeError],
    ["batchSize '32'", { batchSize: "32" }, /batchSize is "32"/, TypeError],
    [
      "batch_size",
      { batch_size: 32 },
      /DataLoader: unknown option "batch_size", expected batchSize, shuffle/,
      TypeError,
    ],
    ["shuffle 1", { shuffle: 1 }, /shuffle is 1, expected true or false/, TypeError],
    ["collate true", { collate: true }, /collate is true, expected a function/, TypeError],
    ["a seed for a generator", { generator: 7 }, /generator is 7, expected a Generator/, TypeError],
    ["sampler 3", { sampler: 3 }, /sampler is 3, expected a Sampler or an iterable/, TypeError],
  ])("%s", (_, options, message, kind) => {
    const attempt = () => new DataLoader(seven, options as DataLoaderOptions<[Tensor], [Tensor]>);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(kind);
    expect(position()).toBe(900450186894289455n);
  });

  it("an empty dataset and shuffle", () => {
    expect(() => new DataLoader(range(0), { shuffle: true })).toThrow(/the source is empty/);
  });

  it("a position that the dataset does not have, or no dataset at all", () => {
    expect(() => [...new DataLoader(seven, { sampler: [7] })]).toThrow(/index 7 is out of range/);
    // @ts-expect-error a tensor is no dataset
    expect(() => new DataLoader(tensor([1, 2]))).toThrow(
      /dataset is Tensor, expected a Dataset .* put tensors into a TensorDataset/,
    );
  });
});
