import { expect, test } from "vitest";
import { compile } from "../../../compile/index.ts";
import { grad, type Tensor, tensor } from "../../../tensor/index.ts";
import type { Module } from "../../module/module.ts";
import * as layers from "./shrink.ts";
import { GLU, Softmax2d } from "./softmax.ts";

const x = tensor([
  [-7, -3, -0.5, -0.1],
  [0, 0.25, 0.5, 6.5],
]);

const shrinking: Module[] = [new layers.Hardshrink(), new layers.Softshrink({ lambd: 0.3 }), new layers.Tanhshrink()];

test.each([...shrinking, new GLU(), new GLU({ dim: 0 })].map((layer) => [String(layer), layer] as const))(
  "%s is one loop when compiled, with the gradient of eager",
  (_, layer) => {
    const step = compile((x: Tensor) => {
      const y = layer(x) as Tensor;
      return [y, ...grad(y.square().sum(), [x])];
    });
    const eager = (x: Tensor) => {
      const y = layer(x) as Tensor;
      return [y, ...grad(y.square().sum(), [x])];
    };
    const input = x.clone().requiresGrad_();
    const compiled = step(input);
    for (const [i, wanted] of eager(input).entries()) {
      for (const [j, value] of wanted.data.entries()) expect(compiled[i].data[j]).toBeCloseTo(value, 5);
    }
    expect(step.explain().programs[0].fallbacks).toBe(0);
  },
);

test("a setting that changes between two compiled calls has effect", () => {
  const layer = new layers.Softshrink(0.5) as layers.Softshrink & { lambd: number };
  const step = compile((x: Tensor) => layer(x));
  expect(step(tensor([1])).toArray()).toEqual([0.5]);
  layer.lambd = 0.25;
  expect(step(tensor([1])).toArray()).toEqual([0.75]);
});

test("Softmax2d: the channels of each place sum to 1", () => {
  const y = new Softmax2d()(tensor([0, 1, 2, 3, 4, 5, 6, 7], { shape: [2, 2, 2] }));
  for (const value of y.sum(0).data) expect(value).toBeCloseTo(1, 6);
});
