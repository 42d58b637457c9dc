import { expect, it } from "vitest";
import * as F from "../../nn/functional/index.ts";
import { grad, randn, type Tensor } from "../../tensor/index.ts";
import { compile } from "../compile.ts";

/**
 * The size from which convolutions are channels-last, with the default limit: no test here sets it
 * to 0.
 */

const weight = randn([8, 8, 1, 1]).requiresGrad_();
const dyLike = (x: Tensor) => randn([2, 8, 32, x.shape[3]]);

/** 8 to 8 channels, 1 x 1: 2^17 multiply-adds for two pictures of 32 x 32. */
const steps: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  forward: (x) => F.conv2d(x, weight),
  "forward, several": (x) => F.conv2d(F.conv2d(F.conv2d(x, weight), weight), weight),
  transposed: (x) => F.convTranspose2d(x, weight),
  "the gradient by the input": (x) => {
    const leaf = x.detach().requiresGrad_();
    return grad([F.conv2d(leaf, weight.detach())], [leaf], { gradOutputs: [dyLike(x)] })[0] as Tensor;
  },
  "the gradient by the weight": (x) => grad([F.conv2d(x, weight)], [weight], { gradOutputs: [dyLike(x)] })[0] as Tensor,
  "groups, of which each sees a part": (x) => F.conv2d(cat4(x), randn([8, 2, 1, 1]), null, { groups: 4 }),
};

/** Four times the pictures, for four groups. */
const cat4 = (x: Tensor) => x.repeat(4, 1, 1, 1);

function tasksOf(step: (x: Tensor) => Tensor, x: Tensor): string {
  const compiled = compile(step);
  compiled(x);
  return compiled
    .explain()
    .programs[0].tasks.map(({ name }) => name)
    .join(" ");
}

it.each(Object.entries(steps))("%s: from 2^17 multiply-adds on", (_, step) => {
  expect(tasksOf(step, randn([2, 8, 32, 32]))).toContain("Last");
  const small = tasksOf(step, randn([2, 8, 32, 31]));
  expect(small).toContain("convolution");
  expect(small).not.toContain("Last");
});

const large: Readonly<Record<string, () => Tensor>> = {
  "two dimensions in float32": () => F.conv2d(randn([4, 8, 32, 32]), weight).sum(),
  "one dimension": () => F.conv1d(randn([4, 8, 1024]), weight.detach().reshape([8, 8, 1])).sum(),
  doubles: () =>
    F.conv2d(randn([4, 8, 32, 32], { dtype: "float64" }), weight.detach().double())
      .sum()
      .float(),
};

it.each(Object.entries(large))("whether a small convolution turns beside a large one of %s", (what, other) => {
  const tasks = tasksOf((x) => F.conv2d(x, weight).sum().add(other()), randn([1, 8, 2, 2]));
  expect(tasks.includes("Last")).toBe(what === "two dimensions in float32");
});
