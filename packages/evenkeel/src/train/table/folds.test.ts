import { describe, expect, it } from "vitest";
import { noise } from "../../../../../test/kernelHarness.ts";
import { inferSchema, tableFromColumns } from "../../tabular/index.ts";
import { bestLength, comparedLength, heldBack } from "./folds.ts";

const of = <T>(n: number, value: (i: number) => T) => Array.from({ length: n }, (_, i) => value(i));
const fold = (...losses: number[]) => ({ losses, reason: "earlyStopping" as const });

describe("bestLength", () => {
  it("is the epoch of the lowest mean, among those that all folds have, the last of equals", () => {
    expect(bestLength([fold(4, 1, 2, 9)])).toBe(2);
    expect(bestLength([fold(4, 1, 2, 9), fold(9, 9, 1, 9)])).toBe(3);
    expect(bestLength([fold(4, 3, 2, 0), fold(4, 3, 3)])).toBe(3);
    expect(bestLength([fold(2, 1, 1, 2)])).toBe(3);
  });

  it("goes on with a fold that had nothing left to learn", () => {
    // Cut to the shortest, the fold of two epochs would end the others where they still learn.
    expect(bestLength([fold(0.5, 0.009), fold(3, 2, 1, 4, 5)], 0.01)).toBe(3);
    expect(bestLength([fold(0.5, 0.009), fold(3, 2, 1, 0.01)], 0.01)).toBe(4);
    expect(bestLength([fold(0.5, 0.009), fold(3, 2, 1, 4, 5)])).toBe(2);
  });
});

it("a fold is trained no longer than matters: its later epochs change no length", () => {
  const random = noise(5);
  const between = (low: number, high: number) => low + ((random() + 3) / 6) * (high - low);
  let cut = 0;
  for (let round = 0; round < 500; round++) {
    const whole = of(5, () => fold(...of(Math.ceil(between(0, 12)), () => Math.round(between(0, 6)))));
    for (const enough of [undefined, 1]) {
      const trained: typeof whole = [];
      for (const { losses, reason } of whole) {
        const kept = losses.slice(0, comparedLength(trained, enough));
        if (kept.length < losses.length) cut++;
        trained.push({ losses: kept, reason });
      }
      expect(bestLength(trained, enough)).toBe(bestLength(whole, enough));
    }
  }
  expect(cut).toBeGreaterThan(1000);
});

describe("heldBack", () => {
  const n = 103;
  const train = Int32Array.from({ length: n }, (_, i) => 2 * i);
  const split = { train, validation: Int32Array.of(1, 3), test: Int32Array.of(5) };
  const columns = { x: of(2 * n, (i) => i), y: of(2 * n, (i) => i % 7), person: of(2 * n, (i) => `p${i % 10}`) };
  const table = tableFromColumns(columns);
  const schema = inferSchema(table, { target: "y" });

  it("holds every training row back once, in parts of nearly equal size, by the seed", () => {
    const parts = heldBack(table, schema, split, 5, { seed: 3 });
    expect(parts.map(({ length }) => length).sort()).toEqual([25, 26, 26, 26]);
    expect(parts.flatMap((part) => [...part]).sort((a, b) => a - b)).toEqual([...train]);
    expect(heldBack(table, schema, split, 5, { seed: 3 })).toEqual(parts);
    expect(heldBack(table, schema, split, 5, { seed: 4 })).not.toEqual(parts);
  });

  it("holds half of the training rows back in the second of two", () => {
    const [half, ...others] = heldBack(table, schema, split, 2, { seed: 3 });
    expect(others).toEqual([]);
    expect(half.length).toBe(51);
  });

  it("keeps groups and copies of a row together", () => {
    const grouped = heldBack(table, schema, split, 3, { seed: 0, group: "person" });
    const people = grouped.map((rows) => new Set([...rows].map((row) => row % 10)));
    for (const person of people[0]) expect(people[1].has(person)).toBe(false);
    const size = of(2 * n, (i) => Math.floor(i / 8));
    const copied = tableFromColumns({
      ...{ x: size.map((i) => Math.sin(i)), z: size.map((i) => Math.cos(i)), y: size.map((i) => i % 5) },
    });
    const [first, second] = heldBack(copied, inferSchema(copied, { target: "y" }), split, 3, { seed: 0 });
    const values = new Set([...first].map((row) => Math.floor(row / 8)));
    for (const row of second) expect(values.has(Math.floor(row / 8))).toBe(false);
  });

  it("gives no part that would leave nothing to train on, or nothing to validate by", () => {
    const one = tableFromColumns({ x: of(2 * n, () => 1), y: of(2 * n, () => 2), z: of(2 * n, () => 3) });
    expect(
      heldBack(one, { ...inferSchema(table, { target: "y" }), columns: [] }, split, 3, { seed: 0, group: "x" }),
    ).toEqual([]);
  });
});
