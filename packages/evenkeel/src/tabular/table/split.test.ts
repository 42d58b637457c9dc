import { describe, expect, it } from "vitest";
import { Generator, randperm } from "../../random/index.ts";
import { inferSchema } from "../schema/inferSchema.ts";
import { splitRows } from "./split.ts";
import type { SplitOptions } from "./splitOptions.types.ts";
import { tableFromColumns } from "./tableFrom.ts";

function splitOf(values: readonly unknown[], options?: SplitOptions) {
  const table = tableFromColumns({ y: values });
  return splitRows(table, inferSchema(table, { target: "y" }), options);
}

const numbers = (n: number) => Array.from({ length: n }, (_, i) => Math.sin(i));

describe("splitRows", () => {
  it("takes the first rows of torch's order for the test, the next for validation", () => {
    const order = [...randperm(50, new Generator(3))];
    const { train, validation, test } = splitOf(numbers(50), { seed: 3 });
    const ascending = (rows: number[]) => Int32Array.from(rows.sort((a, b) => a - b));
    expect(test).toEqual(ascending(order.slice(0, 10)));
    expect(validation).toEqual(ascending(order.slice(10, 18)));
    expect(train).toEqual(ascending(order.slice(18)));
  });

  it("gives every part its share of every class, and training the last row of each", () => {
    const classes = Array.from({ length: 200 }, (_, i) => (i < 150 ? "a" : i < 198 ? "b" : i === 198 ? "c" : "d"));
    const split = splitOf(classes, { test: 0.2, validation: 0.1 });
    const counts = (rows: Int32Array) =>
      ["a", "b", "c", "d"].map((name) => rows.filter((i) => classes[i] === name).length);
    expect(counts(split.test)).toEqual([30, 10, 0, 0]);
    expect(counts(split.validation)).toEqual([15, 5, 0, 0]);
    expect(counts(split.train)).toEqual([105, 33, 1, 1]);
  });

  it("leaves rows without a target out", () => {
    const values = numbers(40).map((value, i) => (i % 4 === 0 ? null : value));
    const { train, validation, test } = splitOf(values);
    const all = [...train, ...validation, ...test].sort((a, b) => a - b);
    expect(all).toEqual(values.flatMap((value, i) => (value === null ? [] : [i])));
  });

  it("fills every part that was asked for, or says that it cannot", () => {
    const { train, validation, test } = splitOf([0.1, 0.2, 0.3]);
    expect([train.length, validation.length, test.length]).toEqual([1, 1, 1]);
    expect(splitOf([0.1, 0.2], { validation: 0 }).validation).toEqual(new Int32Array(0));
    expect(() => splitOf([0.1, 0.2])).toThrow(/2 rows with a target do not fill 3 parts/);
    expect(() => splitOf([0.1, null], { validation: 0 })).toThrow(/1 rows with a target do not fill 2 parts/);
    expect(() => splitOf(["a", "b", "c", "d"])).toThrow(/4 classes in 4 rows are too many to stratify/);
    expect(splitOf(["a", "b", "c", "d"], { stratify: false }).test.length).toBe(1);
  });

  it.each<[SplitOptions | Record<string, unknown>, RegExp]>([
    [{ test: 1 }, /test is 1, expected a share from 0 up to, but not including, 1/],
    [{ test: -0.1 }, /test is -0.1/],
    [{ validation: Number.NaN }, /validation is NaN/],
    [{ validation: "0.2" }, /validation is "0.2", expected a share/],
    [{ test: 0.6, validation: 0.4 }, /are 1 together, which leaves nothing for training/],
    [{ stratify: true }, /stratify is for classes, and "y" is a number/],
    [{ seed: 1.5 }, /seed is 1.5, expected a whole number/],
    [{ train: 0.8 }, /unknown option "train"/],
  ])("refuses %o", (options, message) => {
    expect(() => splitOf(numbers(20), options as SplitOptions)).toThrow(message);
  });
});
