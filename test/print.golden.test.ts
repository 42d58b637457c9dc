import * as ek from "evenkeel";
import * as F from "evenkeel/nn/functional";
import { describe, expect, it } from "vitest";
import { type Golden, load, tensorOf } from "./goldens/golden.ts";

/** Tensors print as in torch, without the `torch.` before a dtype. */

interface Case {
  readonly name: string;
  readonly value: Golden;
  readonly requiresGrad: boolean;
  readonly expression: string | null;
  readonly text: string;
}

const { cases } = load<{ cases: Case[] }>("print.json");

const expressions: Record<string, (x: ek.Tensor) => ek.Tensor> = {
  add: (x) => x.add(1),
  sub: (x) => x.sub(1),
  mul: (x) => x.mul(2),
  div: (x) => x.div(2),
  pow: (x) => x.pow(2),
  neg: (x) => x.neg(),
  exp: (x) => x.exp(),
  log: (x) => x.log(),
  sqrt: (x) => x.sqrt(),
  tanh: (x) => x.tanh(),
  sigmoid: (x) => x.sigmoid(),
  relu: (x) => x.relu(),
  sum: (x) => x.sum(),
  sumDim: (x) => x.sum(0),
  mean: (x) => x.mean(),
  meanDim: (x) => x.mean(0),
  max: (x) => x.max(),
  maxDim: (x) => x.max(0).values,
  reshape: (x) => x.reshape(-1),
  transpose: (x) => x.transpose(0, 1),
  matmul: (x) => x.matmul(x.T),
  softmax: (x) => x.softmax(1),
  logSoftmax: (x) => x.logSoftmax(1),
  indexSelect: (x) => x.indexSelect(0, ek.tensor([0], { dtype: "int32" })),
  cat: (x) => ek.cat([x, x]),
  stack: (x) => ek.stack([x, x]),
  clamp: (x) => x.clamp({ min: 0, max: 1 }),
  var: (x) => x.var(),
  mse: (x) => F.mseLoss(x, ek.zeros([2, 3])),
};

/**
 * Steps of the graph carry our names of the operations, which are not always torch's, and may put
 * the suffix elsewhere.
 */
function withoutName(shown: unknown): string {
  return String(shown).replace(/,\s+grad_fn=<\w+>/, ", grad_fn");
}

describe("printing", () => {
  for (const { name, value, requiresGrad, expression, text } of cases) {
    it(name, () => {
      const leaf = tensorOf(value, { requiresGrad });
      const shown = expression === null ? leaf : expressions[expression](leaf);
      const expected = text.replace("dtype=torch.", "dtype=");
      if (expression === null) expect(shown.toString()).toBe(expected);
      else expect(withoutName(shown)).toBe(withoutName(expected));
    });
  }
});
