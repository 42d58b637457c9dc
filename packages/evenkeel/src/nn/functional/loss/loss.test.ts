import { expect, test } from "vitest";
import { ones, tensor, zeros } from "../../../tensor/index.ts";
import { huberLoss, l1Loss, mseLoss, smoothL1Loss } from "./loss.ts";

const input = tensor([1, 2, -3, 0.5]);
const target = tensor([1, 0, 1, 0.25]);
// differences: 0, 2, -4, 0.25

test("mseLoss", () => {
  expect(mseLoss(input, target, { reduction: "none" }).toArray()).toEqual([0, 4, 16, 0.0625]);
  expect(mseLoss(input, target, { reduction: "sum" }).item()).toBe(20.0625);
  expect(mseLoss(input, target).item()).toBe(5.015625);
});

test("l1Loss, whose gradient at an exact hit is 0", () => {
  expect(l1Loss(input, target, { reduction: "none" }).toArray()).toEqual([0, 2, 4, 0.25]);
  expect(l1Loss(input, target).item()).toBe(1.5625);
  const x = input.clone().requiresGrad_();
  l1Loss(x, target, { reduction: "sum" }).backward();
  expect(x.grad?.toArray()).toEqual([0, 1, -1, 1]);
});

test("smoothL1Loss", () => {
  expect(smoothL1Loss(input, target, { reduction: "none" }).toArray()).toEqual([0, 1.5, 3.5, 0.03125]);
  expect(smoothL1Loss(input, target, { beta: 4, reduction: "none" }).toArray()).toEqual([0, 0.5, 2, 0.0078125]);
  expect(smoothL1Loss(input, target, { beta: 0, reduction: "none" }).toArray()).toEqual([0, 2, 4, 0.25]);
});

test("huberLoss", () => {
  expect(huberLoss(input, target, { reduction: "none" }).toArray()).toEqual([0, 1.5, 3.5, 0.03125]);
  expect(huberLoss(input, target, { delta: 2, reduction: "none" }).toArray()).toEqual([0, 2, 6, 0.03125]);
  expect(huberLoss(input, target, { delta: 2 }).item()).toBe(2.0078125);
});

test("a target converts to the dtype of the input; no values give NaN as mean and 0 as sum", () => {
  expect(mseLoss(input, tensor([1, 0, 1, 0], { dtype: "int32" })).dtype).toBe("float32");
  expect(mseLoss(zeros([0]), zeros([0])).item()).toBeNaN();
  expect(mseLoss(zeros([0]), zeros([0]), { reduction: "sum" }).item()).toBe(0);
});

test.each([mseLoss, l1Loss, smoothL1Loss, huberLoss])("%o refuses shapes that PyTorch would broadcast", (loss) => {
  expect(() => loss(zeros([3, 1]), zeros([3]))).toThrow(RangeError);
  expect(() => loss(zeros([3, 1]), zeros([3]))).toThrow(
    /input has shape \[3, 1\] but target has shape \[3\].*target\.reshape\(\[3, 1\]\)/,
  );
  expect(() => loss(zeros([3, 2]), zeros([1, 2]))).toThrow(/one target for each value of the input/);
});

test("options out of range", () => {
  // @ts-expect-error: no such reduction
  expect(() => mseLoss(input, target, { reduction: "avg" })).toThrow(
    'reduction is "avg", expected "mean", "sum" or "none"',
  );
  expect(() => smoothL1Loss(input, target, { beta: -1 })).toThrow("smoothL1Loss: beta is -1");
  expect(() => huberLoss(input, target, { delta: 0 })).toThrow("huberLoss: delta is 0");
  expect(() => huberLoss(input, target, { delta: Number.NaN })).toThrow("delta is NaN");
  expect(() => mseLoss(ones([2], { dtype: "int32" }), zeros([2]))).toThrow(TypeError);
});
