import { expect, test } from "vitest";
import { ones, tensor, zeros } from "../../tensor/index.ts";
import { linear } from "./linear.ts";

const weight = tensor([
  [1, 2, 3],
  [-1, 0, 1],
]);
const bias = tensor([10, 20]);
const row = [1, 1, 2]; // -> [9, 1]

test("any leading dimensions, none included", () => {
  expect(linear(tensor(row), weight, bias).toArray()).toEqual([19, 21]);
  expect(linear(tensor([row, row]), weight).toArray()).toEqual([
    [9, 1],
    [9, 1],
  ]);
  expect(linear(tensor([[row], [row]]), weight, bias).toArray()).toEqual([[[19, 21]], [[19, 21]]]);
  expect(linear(zeros([0, 3]), weight, bias).shape).toEqual([0, 2]);
  expect(linear(zeros([2, 0, 3]), weight).shape).toEqual([2, 0, 2]);
});

test("misuses", () => {
  expect(() => linear(zeros([4, 5]), weight)).toThrow(RangeError);
  expect(() => linear(zeros([4, 5]), weight)).toThrow(/input \[4, 5\] has 5 features .* weight \[2, 3\] expects 3/);
  expect(() => linear(tensor(1), weight)).toThrow(/a single value/);
  expect(() => linear(zeros([4, 3]), weight, zeros([3]))).toThrow(/bias has shape \[3\], expected \[2\]/);
  expect(() => linear(zeros([4, 3]), weight, ones([1]))).toThrow(/bias has shape \[1\], expected \[2\]/);
  expect(() => linear(zeros([3]), zeros([3]))).toThrow(/weight has shape \[3\], expected 2 dimensions/);
  expect(() => linear(zeros([4, 3], { dtype: "float64" }), weight)).toThrow(TypeError);
  expect(() => linear(zeros([4, 3], { dtype: "int32" }), weight, bias)).toThrow(TypeError);
});
