import { describe, expect, it } from "vitest";
import type { CrossEntropyOptions } from "../nn/functional/index.ts";
import * as F from "../nn/functional/index.ts";
import { Linear, ReLU, Sequential } from "../nn/index.ts";
import { Adam } from "../optim/index.ts";
import { manualSeed } from "../random/index.ts";
import { randint, randn, type Tensor, tensor } from "../tensor/index.ts";
import { compile } from "./compile.ts";
import type { Explanation } from "./explain/explain.ts";

/** A classifier, compiled: its head is one task forward and one backward. */

const weight = tensor([0.5, 2, 1.25]);

function trainer(options: CrossEntropyOptions = {}) {
  manualSeed(3);
  const model = new Sequential(new Linear(4, 8), new ReLU(), new Linear(8, 3));
  const optimizer = new Adam(model.parameters(), { lr: 0.01 });
  const step = (x: Tensor, target: Tensor): Tensor => {
    optimizer.zeroGrad();
    const loss = F.crossEntropy(model(x), target, options);
    loss.backward();
    optimizer.step();
    return loss;
  };
  return { model, step };
}

const batch = () => [randn([32, 4]), randint(0, 3, [32])] as const;

const namesOf = (step: { explain(): Explanation }) => step.explain().programs[0].tasks.map(({ name }) => name);

describe("a training step with crossEntropy", () => {
  it.each<[string, CrossEntropyOptions]>([
    ["alone", {}],
    ["weighted", { weight }],
    ["with a class ignored", { ignoreIndex: 1 }],
    ["weighted, with a class ignored", { weight, ignoreIndex: 1 }],
    ["summed", { reduction: "sum", weight }],
  ])("goes from the last layer to its gradients in two tasks: %s", (_, options) => {
    const compiled = compile(trainer(options).step);
    compiled(...batch());
    const names = namesOf(compiled);
    const last = names.lastIndexOf("linear");
    expect(names.slice(last, last + 4)).toEqual(["linear", "crossEntropy", "crossEntropyBackward", "matmul"]);
    expect(names.filter((name) => name.startsWith("crossEntropy"))).toHaveLength(2);
    expect(compiled.explain().programs[0].fallbacks).toBe(0);
  });

  it("with reduction none too, whatever becomes of the losses", () => {
    const compiled = compile((x: Tensor, target: Tensor, factors: Tensor) => {
      const logits = x.clone().requiresGrad_();
      const loss = F.crossEntropy(logits, target, { weight, reduction: "none" }).mul(factors).mean();
      loss.backward();
      return [loss, logits.grad as Tensor] as const;
    });
    const [x, target, factors] = [randn([5, 3]), tensor([0, -100, 2, 1, 1], { dtype: "int32" }), randn([5])];
    const [loss, dx] = compiled(x, target, factors);
    const leaf = x.clone().requiresGrad_();
    const expected = F.nllLoss(leaf.logSoftmax(1), target, { weight, reduction: "none" }).mul(factors).mean();
    expected.backward();
    expect(loss.item()).toBeCloseTo(expected.item(), 6);
    for (const [i, value] of dx.data.entries()) expect(value).toBeCloseTo(leaf.grad?.data[i] as number, 6);
    expect(namesOf(compiled).filter((name) => name.startsWith("crossEntropy"))).toHaveLength(2);
  });

  it("refuses a class that is not there with the words of eager execution, and moves nothing", () => {
    for (const options of [{}, { weight }, { labelSmoothing: 0.1 }]) {
      const { model, step } = trainer(options);
      const compiled = compile(step);
      compiled(...batch());
      const before = model.parameters().map((parameter) => parameter.toArray());
      const [x] = batch();
      const target = tensor(
        Array.from({ length: 32 }, (_, i) => (i === 5 ? 3 : 1)),
        { dtype: "int32" },
      );
      expect(() => compiled(x, target)).toThrow(RangeError);
      if (!("labelSmoothing" in options)) {
        expect(() => compiled(x, target)).toThrow("crossEntropy: target 3 at [5] is out of range for 3 classes");
      }
      expect(model.parameters().map((parameter) => parameter.toArray())).toEqual(before);
      expect(compiled(...batch()).item()).toBeGreaterThan(0);
    }
  });
});

it("class weights that are learned get their gradient, as before", () => {
  const gradientOf = (run: (step: (w: Tensor) => Tensor) => (w: Tensor) => Tensor) => {
    const [logits, target] = [randn([6, 3]), randint(0, 3, [6])];
    return (w: Tensor) =>
      run((factors) => {
        const leaf = factors.clone().requiresGrad_();
        F.crossEntropy(logits, target, { weight: leaf }).backward();
        return leaf.grad as Tensor;
      })(w);
  };
  manualSeed(1);
  const eager = gradientOf((step) => step)(weight);
  manualSeed(1);
  const compiled = gradientOf((step) => compile(step))(weight);
  expect(eager.data.some((value) => value !== 0)).toBe(true);
  for (const [i, value] of compiled.data.entries()) expect(value).toBeCloseTo(eager.data[i], 6);
});
