import { describe, expect, it } from "vitest";
import { arange, type Tensor, tensor, zeros } from "../tensor/index.ts";
import { checkLoader, inputsOf, rowBatches, toExample } from "./batches.ts";

/** Batches of these sizes with rows numbered from 0. */
function batchesOf(...sizes: number[]): [Tensor, Tensor][] {
  let start = 0;
  return sizes.map((size) => {
    const rows = arange(start, start + size).reshape(size, 1);
    start += size;
    return [rows, rows.mul(10)];
  });
}

const sizes = (loader: Iterable<readonly Tensor[]>, joinLone: boolean) =>
  [...rowBatches(loader, joinLone)].map((b) => b.rows);

describe("rowBatches", () => {
  it("hands a loader's batches on as they are", () => {
    const loader = batchesOf(3, 1, 1);
    const result = [...rowBatches(loader, false)];
    expect(result.map(({ tensors }) => tensors)).toEqual(loader);
    expect(result[0].tensors[0]).toBe(loader[0][0]);
  });

  it("joins a lone row to the batch before it, the first one to the batch after it", () => {
    expect(sizes(batchesOf(32, 32, 1), true)).toEqual([32, 33]);
    expect(sizes(batchesOf(1, 4, 4), true)).toEqual([5, 4]);
    expect(sizes(batchesOf(4, 1, 4), true)).toEqual([5, 4]);
    expect(sizes(batchesOf(2, 2), true)).toEqual([2, 2]);
    const [batch] = rowBatches(batchesOf(2, 1), true);
    expect(batch.joined).toBe(true);
    expect(batch.tensors.map((item) => item.toArray())).toEqual([
      [[0], [1], [2]],
      [[0], [10], [20]],
    ]);
  });

  it("refuses one row in all, and a loader of single rows, before it gives any batch", () => {
    expect(() => rowBatches(batchesOf(1), true).next()).toThrow("the loader gives one row in all");
    expect(() => rowBatches(batchesOf(1, 1, 1, 1), true).next()).toThrow("use batchSize 2 or more");
  });

  it("lets single rows with several values per channel through", () => {
    const images = () => [zeros([1, 3, 5]), zeros([1])];
    expect(sizes([images()], true)).toEqual([1]);
    expect(sizes([images(), images(), images()], true)).toEqual([1, 1, 1]);
  });

  it("draws batches only as they are used when it need not look ahead", () => {
    const drawn: number[] = [];
    function* loader() {
      for (const [i, batch] of batchesOf(2, 2, 2).entries()) {
        drawn.push(i);
        yield batch;
      }
    }
    const iterator = rowBatches(loader(), false);
    iterator.next();
    expect(drawn).toEqual([0]);
    iterator.return();
    expect(drawn).toEqual([0]);
  });

  it("refuses batches that are none", () => {
    const first = (batch: unknown) => rowBatches([batch as Tensor[]], false).next();
    expect(() => first([zeros([3, 1]), zeros([2, 1])])).toThrow("shapes [3, 1] and [2, 1], which differ in their rows");
    expect(() => first([zeros([0, 1]), zeros([0, 1])])).toThrow("which has no rows");
    expect(() => first([tensor(1)])).toThrow(RangeError);
    expect(() => first({ x: 1 })).toThrow(TypeError);
    expect(() => first([[1, 2], [3]])).toThrow("[...inputs, target]");
  });
});

describe("inputs and target", () => {
  it("the target is the last tensor, and all others are inputs", () => {
    const [a, b, y] = [zeros([2, 1]), zeros([2, 3]), zeros([2])];
    const [batch, single] = rowBatches([[a, b, y], a] as Iterable<Tensor | Tensor[]>, false);
    expect(toExample(batch)).toEqual({ inputs: [a, b], target: y, rows: 2 });
    expect(inputsOf(batch)).toEqual([a, b]);
    expect(inputsOf(single)).toEqual([a]);
    expect(() => toExample(single)).toThrow("a batch of one tensor");
  });
});

describe("checkLoader", () => {
  it("names what it was given instead of a loader", () => {
    expect(() => checkLoader(zeros([2, 2]), "train")).toThrow("train is Tensor, expected something to loop over");
    expect(() => checkLoader(undefined, "train")).toThrow("train is undefined");
    expect(() => checkLoader({}, "train")).toThrow("train is a plain object");
  });

  it("refuses an iterator where several passes are needed", () => {
    const generator = rowBatches(batchesOf(2), false);
    expect(() => checkLoader(generator, "train", true)).toThrow("used up after one epoch");
    expect(() => checkLoader(generator, "the loader")).not.toThrow();
  });

  it("does not start an iteration, which would draw from the generator", () => {
    let started = 0;
    const loader = {
      [Symbol.iterator]: () => {
        started++;
        return [][Symbol.iterator]();
      },
    };
    checkLoader(loader, "train", true);
    expect(started).toBe(0);
  });
});
