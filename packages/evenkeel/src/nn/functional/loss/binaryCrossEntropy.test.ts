import { expect, test } from "vitest";
import { compile } from "../../../compile/index.ts";
import { noGrad, ones, type Tensor, tensor, zeros } from "../../../tensor/index.ts";
import { binaryCrossEntropyWithLogits as bce, binaryCrossEntropy } from "./binaryCrossEntropy.ts";

const logits = [0.5, -2, 3, 0];
const targets = [1, 0, 0.25, 0.5];
const input = tensor(logits);
const target = tensor(targets);
const log = (x: number) => -Math.log1p(Math.exp(-x)); // log(sigmoid(x))

test("by definition, with the three reductions", () => {
  const losses = logits.map((x, i) => -targets[i] * log(x) - (1 - targets[i]) * log(-x));
  const total = losses.reduce((a, b) => a + b);
  bce(input, target, { reduction: "none" }).data.forEach((loss, i) => {
    expect(loss).toBeCloseTo(losses[i], 6);
  });
  expect(bce(input, target, { reduction: "sum" }).item()).toBeCloseTo(total, 5);
  expect(bce(input, target).item()).toBeCloseTo(total / 4, 6);
});

test("weight multiplies the loss, posWeight its positive part; both broadcast", () => {
  const x = input.reshape(2, 2);
  const options = { weight: tensor([[2], [3]]), posWeight: tensor([5, 7]), reduction: "none" } as const;
  const actual = bce(x, target.reshape(2, 2), options);
  logits.forEach((x, i) => {
    const loss = -targets[i] * (i % 2 ? 7 : 5) * log(x) - (1 - targets[i]) * log(-x);
    expect(actual.data[i]).toBeCloseTo(loss * (i < 2 ? 2 : 3), 5);
  });
  expect(actual.shape).toEqual([2, 2]);
});

test("large logits neither overflow nor cancel, with posWeight either", () => {
  const x = tensor([-200, 200, -200, 200, -50]);
  const t = tensor([0, 1, 1, 0, 0]);
  expect(bce(x, t, { reduction: "none" }).toArray()).toEqual([0, 0, 200, 200, Math.fround(Math.exp(-50))]);
  const weighed = bce(x, t, { posWeight: tensor(3), reduction: "none" });
  expect(weighed.toArray()).toEqual([0, 0, 600, 200, Math.fround(Math.exp(-50))]);
});

test("misuses", () => {
  expect(() => bce(zeros([3, 1]), zeros([3]))).toThrow(/input has shape \[3, 1\] but target has shape \[3\]/);
  expect(() => bce(zeros([3, 2]), zeros([3, 2]), { posWeight: ones([3]) })).toThrow(RangeError);
  expect(() => bce(zeros([2]), zeros([2]), { weight: ones([3, 2]) })).toThrow(
    /weight has shape \[3, 2\], expected one that broadcasts to the input's \[2\]/,
  );
});

test("of probabilities: that of their logits, and finite at 0 and 1", () => {
  expect(binaryCrossEntropy(input.sigmoid(), target).item()).toBeCloseTo(bce(input, target).item(), 6);
  const certain = tensor([0, 0, 1, 1], { requiresGrad: true });
  const losses = binaryCrossEntropy(certain, tensor([0, 1, 0, 1]), { reduction: "none" });
  expect(losses.add(0).toArray()).toEqual([0, 100, 100, 0]);
  losses.sum().backward();
  expect(certain.grad?.data.every(Number.isFinite)).toBe(true);
});

test("a compiled step refuses what is no probability at every call, and writes nothing then", () => {
  const weight = tensor([0.25, 0.5], { requiresGrad: true });
  const run = (x: Tensor) => {
    const loss = binaryCrossEntropy(weight.mul(x), tensor([0, 1]));
    loss.backward();
    noGrad(() => weight.sub_(weight.grad!.mul(0.1)));
    weight.grad = null;
    return loss;
  };
  const step = compile(run);
  const eager = weight.detach().clone();
  expect(step(ones([2])).item()).toBeCloseTo(-(Math.log(0.75) + Math.log(0.5)) / 2, 6);
  expect(weight.toArray()).not.toEqual(eager.toArray());
  const before = weight.detach().clone().toArray();
  expect(() => step(tensor([1, 9]))).toThrow(/binaryCrossEntropy: input .* at \[1\] is no probability/);
  expect(weight.toArray()).toEqual(before);
  expect(step(ones([2])).item()).toBeLessThan(0.5);
});
