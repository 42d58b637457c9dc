import { expect, expectTypeOf, it } from "vitest";
import { manualSeed } from "../random/index.ts";
import { arange, type Tensor } from "../tensor/index.ts";
import { DataLoader, iter, next, TensorDataset } from "./index.ts";

it("next(iter(loader)) is the first batch of a loop", () => {
  const loader = new DataLoader(new TensorDataset(arange(10), arange(10)), { batchSize: 4, shuffle: true });
  manualSeed(3);
  const [looped] = [...loader];
  manualSeed(3);
  const batch = next(iter(loader));
  expectTypeOf(batch).toEqualTypeOf<[Tensor, Tensor]>();
  expect(batch.map(String)).toEqual(looped.map(String));
});

it("goes on from item to item, and says when there is none left", () => {
  const iterator = iter([1, 2]);
  expect([next(iterator), next(iterator), next(iterator, 0)]).toEqual([1, 2, 0]);
  expect(() => next(iterator)).toThrow(
    new RangeError("next: the iterator has no further item; make a new one with iter(loader), or use a for loop"),
  );
  expect(() => next(iter([undefined]))).not.toThrow();
});

it("refuses what is no iterable, and no iterator", () => {
  expect(() => iter(3 as never)).toThrow("iter: 3 is no iterable, expected a DataLoader or a list");
  expect(() => next([1] as never)).toThrow("next: [1] is no iterator, expected one made by iter(loader)");
});
