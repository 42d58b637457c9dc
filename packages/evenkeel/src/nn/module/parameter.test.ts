import { expect, test } from "vitest";
import { Tensor, tensor, zeros } from "../../tensor/index.ts";
import { Buffer, Parameter } from "./parameter.ts";

test("a parameter is a leaf that requires a gradient and shares the memory of its data", () => {
  const data = tensor([[1, 2]], { dtype: "float64" });
  const parameter = new Parameter(data);
  expect(parameter).toBeInstanceOf(Tensor);
  expect([parameter.requiresGrad, parameter.isLeaf, parameter.dtype, parameter.shape]).toEqual([
    true,
    true,
    "float64",
    [1, 2],
  ]);
  data.fill_(7);
  expect(parameter.toArray()).toEqual([[7, 7]]);
});

test("the history of the data is left behind", () => {
  const x = tensor([1], { requiresGrad: true });
  const parameter = new Parameter(x.mul(3));
  parameter.mul(2).sum().backward();
  expect([parameter.gradFn, parameter.grad?.item(), x.grad]).toEqual([null, 2, null]);
});

test("a frozen parameter, and one of whole numbers", () => {
  expect(new Parameter(zeros([1]), { requiresGrad: false }).requiresGrad).toBe(false);
  const whole = zeros([1], { dtype: "int32" });
  expect(new Parameter(whole, { requiresGrad: false }).dtype).toBe("int32");
  expect(() => new Parameter(whole)).toThrow(/only float32 and float64/);
});

test("a parameter prints as PyTorch's", () => {
  expect(String(new Parameter(zeros([2, 2])))).toBe(
    "Parameter containing:\ntensor([[0., 0.],\n        [0., 0.]], requires_grad=True)",
  );
});

test("what is computed from a parameter is a plain tensor", () => {
  const sum = new Parameter(zeros([2])).add(1);
  expect(sum).not.toBeInstanceOf(Parameter);
  expect(String(new Parameter(zeros([2])).detach())).toBe("tensor([0., 0.])");
});

test("a buffer requires no gradient, whatever its data did", () => {
  const buffer = new Buffer(tensor([1], { requiresGrad: true }));
  expect([buffer.requiresGrad, buffer.persistent, buffer.keepDtype]).toEqual([false, true, false]);
  expect(new Buffer(zeros([1]), { persistent: false }).persistent).toBe(false);
});

test.each([
  ["a list", [1, 2], "[1, 2]"],
  ["a number", 3, "3"],
  ["nothing", undefined, "undefined"],
])("%s is refused with a way out", (_, data, said) => {
  expect(() => new Parameter(data as never)).toThrow(
    `Parameter takes a Tensor, got ${said}; make one with tensor(...)`,
  );
  expect(() => new Buffer(data as never)).toThrow(`Buffer takes a Tensor, got ${said}; make one with tensor(...)`);
});
