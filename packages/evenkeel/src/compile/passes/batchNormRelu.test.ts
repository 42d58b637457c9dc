import { describe, expect, it } from "vitest";
import { BatchNorm1d } from "../../nn/index.ts";
import { manualSeed } from "../../random/index.ts";
import { noGrad, randn, type Tensor } from "../../tensor/index.ts";
import { compile } from "../compile.ts";

/**
 * Batch normalization and a ReLU with something in between that keeps or changes the view, the
 * values or the gradient. Only the plain pair may become one op, and all of them have the gradients
 * of eager execution.
 */

type Between = (normalized: Tensor, weight: Tensor) => Tensor;

const steps: Readonly<Record<string, { fused: boolean; between: Between }>> = {
  "relu alone": { fused: true, between: (y) => y.relu() },
  "flatten, then relu": { fused: false, between: (y) => y.flatten(1).relu() },
  "reshape to one row, then relu": { fused: false, between: (y) => y.reshape(1, -1).relu() },
  "unsqueeze, then relu": { fused: false, between: (y) => y.unsqueeze(0).relu() },
  "reshape there and back": { fused: true, between: (y) => y.flatten().reshape(y.shape).relu() },
  "relu, then flatten": { fused: true, between: (y) => y.relu().flatten(1) },
  "relu of a transposed": { fused: false, between: (y) => y.transpose(1, 2).relu() },
  "relu twice": { fused: true, between: (y) => y.relu().relu() },
  "relu, and the normalized values too": { fused: false, between: (y) => y.relu().add(y.mul(0.1)) },
  "relu, read twice": { fused: true, between: (y) => (([a]) => a.mul(a))([y.relu()]) },
  "relu of a part": { fused: false, between: (y) => y.slice(0, 1).relu() },
};

describe.each(Object.entries(steps))("batch normalization, then %s", (_, { fused, between }) => {
  it.each([[[8, 2, 3]], [[5, 3, 1]], [[4, 1, 7]], [[3, 2, 2, 2]]])("has eager values and gradients: %j", (shape) => {
    const results = [false, true].map((enabled) => {
      manualSeed(1);
      const norm = new BatchNorm1d(shape[1]);
      if (shape.length > 3) norm.forward = (x) => forwardOf(norm, x);
      noGrad(() => norm.weight?.copy_(randn([shape[1]])));
      const [x, weight] = [randn(shape, { requiresGrad: true }), randn(shape)];
      const step = compile(
        (w: Tensor) => {
          const y = between(norm(x), w);
          const loss = y.mul(y.tanh().detach()).sum();
          loss.backward();
          return loss;
        },
        { compile: enabled },
      );
      const loss = step(weight);
      return [loss, x.grad, norm.weight?.grad, norm.bias?.grad].map((t) => Array.from((t as Tensor).data));
    });
    const [eager, compiled] = results;
    for (const [i, values] of eager.entries()) {
      for (const [j, value] of values.entries()) expect(compiled[i][j]).toBeCloseTo(value, 4);
    }
  });

  it(`is ${fused ? "one op" : "left alone"}`, () => {
    const norm = new BatchNorm1d(2);
    const step = compile((x: Tensor) => between(norm(x), x));
    step(randn([8, 2, 3]));
    const names = step.explain().programs[0].tasks.map(({ name }) => name);
    expect(names.includes("batchNormRelu"), names.join("; ")).toBe(fused);
  });
});

/** Four dimensions, which BatchNorm1d refuses: as three, and back. */
function forwardOf(norm: BatchNorm1d, x: Tensor): Tensor {
  return BatchNorm1d.prototype.forward.call(norm, x.flatten(2)).reshape(x.shape);
}
