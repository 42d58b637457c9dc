import { expect, test } from "vitest";
import { combine } from "./reduce.ts";

const f32 = (...values: number[]) => new Float32Array(values);

test("sums are made in double, in the order of the list, and rounded once", () => {
  const [a, b, c] = [f32(1, 2 ** 24), f32(2 ** -24, 1), f32(2 ** -24, 1)];
  combine(a, [a, b, c], "sum");
  // In float32, adding one after the other would give 1 and 2^24.
  expect([...a]).toEqual([1 + 2 ** -23, 2 ** 24 + 2]);
  const [x, y, z] = [new Float64Array([0.1]), new Float64Array([0.2]), new Float64Array([0.3])];
  combine(z, [x, y, z], "sum");
  expect(z[0]).toBe(0.1 + 0.2 + 0.3);
  expect(z[0]).not.toBe(0.3 + 0.2 + 0.1);
});

test("any of the arrays may take the result, also beyond one block", () => {
  const length = 5000;
  for (const at of [0, 1, 2]) {
    const all = [1, 2, 3].map((scale) => new Float32Array(length).map((_, i) => i * scale));
    combine(all[at], all, "sum");
    expect(all[at]).toEqual(new Float32Array(length).map((_, i) => i * 6));
  }
});

test("the smallest and largest, with NaN among them", () => {
  const all = [f32(1, Number.NaN, 5, -0), f32(2, 3, Number.NaN, 0), f32(0, 7, 1, 0)];
  const [least, most] = [f32(0, 0, 0, 1), f32(0, 0, 0, 1)];
  combine(least, all, "min");
  combine(most, all, "max");
  expect([...least]).toEqual([0, Number.NaN, Number.NaN, -0]);
  expect([...most]).toEqual([2, Number.NaN, Number.NaN, 0]);
});

test.each([1, 2, 3, 4, 5, 9])("sums of %d arrays are those of a loop in double", (count) => {
  const values = (k: number) => Float64Array.from({ length: 2500 }, (_, i) => Math.sin(i * 7 + k) * 10 ** (i % 7));
  for (const Type of [Float32Array, Float64Array]) {
    const all = Array.from({ length: count }, (_, k) => new Type(values(k)));
    const expected = new Type(all[0].length);
    for (let i = 0; i < expected.length; i++) expected[i] = all.map((one) => one[i]).reduce((a, b) => a + b);
    combine(all[count - 1], all, "sum");
    expect(all[count - 1]).toEqual(expected);
  }
});

test("nothing, and one array alone", () => {
  const [none, one] = [f32(), f32(4)];
  combine(none, [none, none], "sum");
  combine(one, [one], "max");
  expect([none.length, one[0]]).toEqual([0, 4]);
});
