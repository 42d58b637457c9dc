import { expect, test } from "vitest";
import { compile } from "../../compile/index.ts";
import { type Tensor, tensor, zeros } from "../../tensor/index.ts";
import { oneHot } from "./oneHot.ts";

const int = (data: number[] | number[][]) => tensor(data, { dtype: "int32" });

test("a dimension more, as many classes as there are or as asked for", () => {
  const counted = oneHot(int([2, 0]));
  expect(counted.dtype).toBe("int32");
  expect(counted.toArray()).toEqual([
    [0, 0, 1],
    [1, 0, 0],
  ]);
  expect(oneHot(int([[1], [0]]), { numClasses: 2 }).toArray()).toEqual([[[0, 1]], [[1, 0]]]);
  expect(oneHot(tensor(1, { dtype: "int32" })).toArray()).toEqual([0, 1]);
  expect(oneHot(zeros([0], { dtype: "int32" }), { numClasses: 3 }).shape).toEqual([0, 3]);
});

test("misuses", () => {
  expect(() => oneHot(int([[0], [5]]), { numClasses: 3 })).toThrow(
    "class 5 at [1, 0] is out of range, expected 0 to 2",
  );
  expect(() => oneHot(int([1, -1]))).toThrow("class -1 at [1]");
  expect(() => oneHot(tensor([0, 1]))).toThrow(TypeError);
  expect(() => oneHot(zeros([0], { dtype: "int32" }))).toThrow("give numClasses");
  expect(() => oneHot(int([0]), { numClasses: 0 })).toThrow("numClasses is 0");
});

test("a compiled step: the same, the classes checked at every call", () => {
  const step = compile((classes: Tensor) => oneHot(classes.t(), { numClasses: 3 }).float().mul(2));
  for (const classes of [int([[0, 2, 1]]), int([[2, 2, 0]])]) {
    expect(step(classes).toArray()).toEqual(oneHot(classes.t(), { numClasses: 3 }).float().mul(2).toArray());
  }
  expect(() => step(int([[0, 1, 3]]))).toThrow("oneHot: class 3 at [2, 0] is out of range, expected 0 to 2");
  expect(
    step(int([[1, 1, 1]]))
      .sum()
      .item(),
  ).toBe(6);
  expect(() => compile(oneHot)(int([0, 1]))).toThrow(/^oneHot: without numClasses .* give numClasses/);
});
