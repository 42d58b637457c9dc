import { describe, expect, it } from "vitest";
import { manualSeed } from "../random/index.ts";
import { grad, randn, type Tensor } from "../tensor/index.ts";
import { compile } from "./compile.ts";

/**
 * Products of batches that broadcast: by code alone, forward and backward, with what eager
 * execution gives.
 */

const shapes: [a: number[], b: number[]][] = [
  [
    [4, 3],
    [2, 3, 5],
  ],
  [[3], [2, 3, 5]],
  [[2, 4, 3], [3]],
  [
    [2, 1, 4, 3],
    [6, 3, 5],
  ],
  [
    [2, 4, 3],
    [3, 5],
  ],
  [
    [1, 4, 3],
    [6, 3, 5],
  ],
  [
    [5, 1, 2, 3],
    [1, 4, 3, 2],
  ],
];

describe("a product of batches that broadcast", () => {
  it.each(shapes)("[%j] x [%j]", (shapeA, shapeB) => {
    manualSeed(0);
    const [a, b] = [randn(shapeA), randn(shapeB)];
    for (const x of [a, b]) x.requiresGrad = true;
    const both = (x: Tensor, y: Tensor): Tensor[] => {
      const product = x.matmul(y);
      return [product.detach(), ...grad(product.square().mean(), [x, y])];
    };
    const step = compile(both);
    const compiled = step(a, b);
    const [program] = step.explain().programs;
    expect(program.fallbacks, String(step.explain())).toBe(0);
    for (const [i, expected] of both(a, b).entries()) {
      expect(compiled[i].shape).toEqual(expected.shape);
      expected.data.forEach((value, j) => {
        expect(Math.abs(compiled[i].data[j] - value)).toBeLessThan(2e-6 * (1 + Math.abs(value)));
      });
    }
  });
});
