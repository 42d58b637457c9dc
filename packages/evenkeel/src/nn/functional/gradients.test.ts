import { expect, test } from "vitest";
import { Generator } from "../../random/index.ts";
import { gradcheck, gradgradcheck, ones, randn, type Tensor, tensor } from "../../tensor/index.ts";
import * as F from "./index.ts";

/**
 * First and second derivatives of what is composed of several rows, against central differences in
 * float64.
 */

const generator = new Generator(7);
const normal = (...shape: number[]) => randn(shape, { generator, dtype: "float64" });

function check(f: (...inputs: Tensor[]) => Tensor, ...inputs: Tensor[]): void {
  const leaves = inputs.map((x) => x.detach().requiresGrad_());
  expect(gradcheck(f, leaves)).toBe(true);
  expect(gradgradcheck(f, leaves)).toBe(true);
}

const probabilities = (...shape: number[]) => normal(...shape).softmax(1);
const classWeight = tensor([0.5, 2, 1.25], { dtype: "float64" });
const targets = tensor([0, 2, 1, 2], { dtype: "int32" });
const partly = tensor([0, -100, 1, 2], { dtype: "int32" });
const reductions = ["mean", "sum", "none"] as const;

test("gelu with tanh", () => check((x) => F.gelu(x, { approximate: "tanh" }), normal(3, 4)));
test("logSigmoid", () => check(F.logSigmoid, normal(5)));
test("what is composed of pieces", () => {
  check((x) => F.celu(x, { alpha: 0.7 }), normal(3, 4));
  for (const f of [F.selu, F.mish, F.softsign, F.relu6, F.hardtanh, F.hardswish, F.hardsigmoid]) {
    check((x) => f(x.mul(3)), normal(3, 4));
  }
  check((x) => F.threshold(x, 0.3, 2), normal(3, 4));
  check((x) => F.softmin(x, { dim: 0 }), normal(3, 4));
  check(F.prelu, normal(2, 3, 4), normal(3));
  check(F.prelu, normal(6), normal(1));
  check((a, b) => F.cosineSimilarity(a, b, { dim: -1 }), normal(3, 4), normal(1, 4));
});
test("instanceNorm", () => {
  check((x, weight, bias) => F.instanceNorm(x, { weight, bias }), normal(2, 3, 4), normal(3), normal(3));
  check((x) => F.instanceNorm(x, { eps: 0.1 }), normal(1, 2, 2, 2));
  const [runningMean, runningVar] = [normal(3), normal(3).square()];
  const running = { runningMean, runningVar, useInputStats: false, eps: 0.1 };
  check((x, weight) => F.instanceNorm(x, { ...running, weight }), normal(2, 3, 2), normal(3));
});
test.each([...reductions, "batchmean"] as const)("klDiv, %s", (reduction) => {
  check((x, t) => F.klDiv(x, t, { reduction }), normal(4, 3), probabilities(4, 3));
  check((x, t) => F.klDiv(x, t, { reduction, logTarget: true }), normal(4, 3), normal(4, 3));
});
test.each(reductions)("binaryCrossEntropy, %s", (reduction) => {
  check(
    (x, t) => F.binaryCrossEntropy(x.sigmoid(), t, { reduction, weight: classWeight }),
    normal(4, 3),
    probabilities(4, 3),
  );
});
test("linear over leading dimensions", () => check(F.linear, normal(2, 3, 4), normal(5, 4), normal(5)));
test("linear of a vector without bias", () => check((x, w) => F.linear(x, w), normal(4), normal(2, 4)));

test.each(reductions)("regression losses, %s", (reduction) => {
  const pair = () => [normal(4, 3), normal(4, 3)];
  check((x, t) => F.mseLoss(x, t, { reduction }), ...pair());
  check((x, t) => F.l1Loss(x, t, { reduction }), ...pair());
  check((x, t) => F.smoothL1Loss(x, t, { reduction, beta: 0.7 }), ...pair());
  check((x, t) => F.smoothL1Loss(x, t, { reduction, beta: 0 }), ...pair());
  check((x, t) => F.huberLoss(x, t, { reduction, delta: 0.7 }), ...pair());
});

test.each(reductions)("crossEntropy of classes, %s", (reduction) => {
  check((x) => F.crossEntropy(x, targets, { reduction }), normal(4, 3));
  check((x) => F.crossEntropy(x, partly, { reduction, weight: classWeight }), normal(4, 3));
  const smoothed = { reduction, labelSmoothing: 0.2 } as const;
  check((x) => F.crossEntropy(x, partly, smoothed), normal(4, 3));
  check((x) => F.crossEntropy(x, partly, { ...smoothed, weight: classWeight }), normal(4, 3));
  check((x) => F.crossEntropy(x, targets.reshape(2, 2), smoothed), normal(2, 3, 2));
  check((x) => F.crossEntropy(x, targets.select(0, 1), smoothed), normal(3));
  check((x) => F.nllLoss(x, partly, { reduction, weight: classWeight }), normal(4, 3));
});

test.each(reductions)("crossEntropy of probabilities, %s", (reduction) => {
  check((x, t) => F.crossEntropy(x, t, { reduction }), normal(4, 3), probabilities(4, 3));
  const options = { reduction, weight: classWeight, labelSmoothing: 0.2 };
  check((x, t) => F.crossEntropy(x, t, options), normal(4, 3, 2), probabilities(4, 3, 2));
});

test.each(reductions)("binaryCrossEntropyWithLogits, %s", (reduction) => {
  const target = () => normal(4, 3).sigmoid();
  check((x, t) => F.binaryCrossEntropyWithLogits(x, t, { reduction }), normal(4, 3), target());
  const options = { reduction, weight: normal(4, 1).exp(), posWeight: classWeight };
  check((x, t) => F.binaryCrossEntropyWithLogits(x, t, options), normal(4, 3), target());
});

test("batchNorm in training: input, weight and bias, [N, C] and [N, C, L]", () => {
  const norm = (x: Tensor, weight: Tensor, bias: Tensor) => F.batchNorm(x, { weight, bias, training: true });
  check(norm, normal(5, 3), normal(3), normal(3));
  check(norm, normal(2, 3, 4), normal(3), normal(3));
  check((x) => F.batchNorm(x, { training: true, eps: 0.1 }), normal(5, 3));
});

test("batchNorm by running statistics", () => {
  const fixed = { runningMean: normal(3), runningVar: normal(3).square().add(0.1) };
  const norm = (x: Tensor, weight: Tensor, bias: Tensor) => F.batchNorm(x, { ...fixed, weight, bias });
  check(norm, normal(5, 3), normal(3), normal(3));
});

test("dropout passes the gradient through its mask", () => {
  const x = ones([100], { requiresGrad: true });
  const y = F.dropout(x, { p: 0.3, generator });
  y.sum().backward();
  expect(x.grad?.toArray()).toEqual(y.toArray());
});
