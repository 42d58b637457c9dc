import { expect, test } from "vitest";
import { type Tensor, tensor } from "../../../tensor/index.ts";
import * as F from "../../functional/index.ts";
import type { Module } from "../../module/module.ts";
import { Dropout } from "../dropout.ts";
import { Flatten } from "../flatten.ts";
import * as layers from "./activation.ts";
import * as softmax from "./softmax.ts";

const x = tensor([
  [-3, -0.5, 0],
  [0.5, 2, 30],
]);

const cases: [printed: string, layer: Module, same: (x: Tensor) => Tensor][] = [
  ["ReLU()", new layers.ReLU(), F.relu],
  ["LeakyReLU(negative_slope=0.01)", new layers.LeakyReLU(), F.leakyRelu],
  ["LeakyReLU(negative_slope=0.2)", new layers.LeakyReLU(0.2), (x) => F.leakyRelu(x, { negativeSlope: 0.2 })],
  ["ELU(alpha=1.0)", new layers.ELU(), F.elu],
  ["ELU(alpha=0.5)", new layers.ELU(0.5), (x) => F.elu(x, { alpha: 0.5 })],
  ["ReLU(inplace=True)", new layers.ReLU({ inplace: true }), F.relu],
  ["SiLU(inplace=True)", new layers.SiLU({ inplace: true }), F.silu],
  [
    "LeakyReLU(negative_slope=0.2, inplace=True)",
    new layers.LeakyReLU(0.2, { inplace: true }),
    (x) => F.leakyRelu(x, { negativeSlope: 0.2, inplace: true }),
  ],
  [
    "LeakyReLU(negative_slope=0.3)",
    new layers.LeakyReLU({ negativeSlope: 0.3 }),
    (x) => F.leakyRelu(x, { negativeSlope: 0.3 }),
  ],
  ["ELU(alpha=0.5, inplace=True)", new layers.ELU({ alpha: 0.5, inplace: true }), (x) => F.elu(x, { alpha: 0.5 })],
  ["GELU(approximate='none')", new layers.GELU(), F.gelu],
  ["GELU(approximate='tanh')", new layers.GELU({ approximate: "tanh" }), (x) => F.gelu(x, { approximate: "tanh" })],
  ["SiLU()", new layers.SiLU(), F.silu],
  ["Tanh()", new layers.Tanh(), F.tanh],
  ["Sigmoid()", new layers.Sigmoid(), F.sigmoid],
  ["LogSigmoid()", new layers.LogSigmoid(), F.logSigmoid],
  ["Softplus(beta=1, threshold=20)", new layers.Softplus(), F.softplus],
  [
    "Softplus(beta=0.5, threshold=1)",
    new layers.Softplus({ beta: 0.5, threshold: 1 }),
    (x) => F.softplus(x, { beta: 0.5, threshold: 1 }),
  ],
  ["CELU(alpha=0.5, inplace=True)", new layers.CELU(0.5, { inplace: true }), (x) => F.celu(x, { alpha: 0.5 })],
  ["SELU()", new layers.SELU(), F.selu],
  ["Mish()", new layers.Mish(), F.mish],
  ["Softsign()", new layers.Softsign(), F.softsign],
  ["Softmin(dim=1)", new softmax.Softmin({ dim: 1 }), (x) => F.softmin(x, { dim: 1 })],
  ["Softmax(dim=1)", new softmax.Softmax(1), (x) => F.softmax(x, { dim: 1 })],
  ["Softmax(dim=-1)", new softmax.Softmax({ dim: -1 }), (x) => F.softmax(x, { dim: 1 })],
  ["LogSoftmax(dim=-2)", new softmax.LogSoftmax(-2), (x) => F.logSoftmax(x, { dim: 0 })],
  ["Flatten(start_dim=1, end_dim=-1)", new Flatten(), (x) => x],
  ["Flatten(start_dim=0, end_dim=1)", new Flatten(0, 1), (x) => x.reshape(-1)],
  ["Dropout(p=1.0, inplace=False)", new Dropout(1), (x) => x.mul(0)],
];

test.each(cases)("%s", (printed, layer, same) => {
  expect(String(layer)).toBe(printed);
  expect(layer(x).shape).toEqual(same(x).shape);
  expect(layer(x).toArray()).toEqual(same(x).toArray());
  expect(layer.parameters()).toEqual([]);
});

test("the options reach the function: other settings, other values", () => {
  const values = (layer: Module) => JSON.stringify(layer(x).toArray());
  expect(values(new layers.LeakyReLU(0.2))).not.toBe(values(new layers.LeakyReLU()));
  expect(values(new layers.ELU(0.5))).not.toBe(values(new layers.ELU()));
  expect(values(new layers.GELU({ approximate: "tanh" }))).not.toBe(values(new layers.GELU()));
  expect(values(new layers.Softplus({ beta: 2 }))).not.toBe(values(new layers.Softplus()));
  expect(values(new layers.Softplus({ threshold: 0.1 }))).not.toBe(values(new layers.Softplus()));
  expect(values(new softmax.Softmax(0))).not.toBe(values(new softmax.Softmax(1)));
});

test("Flatten keeps the batch", () => {
  expect(new Flatten()(x.reshape(1, 2, 3)).shape).toEqual([1, 6]);
});

test("inplace leaves the input as it is", () => {
  const before = x.toArray();
  for (const call of [F.relu, F.silu, F.leakyRelu, F.elu]) call(x, { inplace: true });
  new layers.ReLU({ inplace: true })(x);
  expect(x.toArray()).toEqual(before);
});

test("arguments of the constructors", () => {
  // @ts-expect-error: PyTorch's position
  expect(() => new layers.ReLU(true)).toThrow(
    "ReLU: the options are true, expected an object such as { inplace: ... }",
  );
  // @ts-expect-error: the call of F.relu meant
  expect(() => new layers.ReLU(x)).toThrow("ReLU: the options are Tensor");
  expect(() => new layers.LeakyReLU(Number.NaN)).toThrow("LeakyReLU: negativeSlope is NaN");
  expect(() => new layers.ELU(Number.POSITIVE_INFINITY)).toThrow("ELU: alpha is Infinity");
  // @ts-expect-error: PyTorch's positional form
  expect(() => new layers.GELU("tanh")).toThrow('GELU: the options are "tanh", expected an object');
  // @ts-expect-error: no such approximation
  expect(() => new layers.GELU({ approximate: "sigmoid" })).toThrow('GELU: approximate is "sigmoid"');
  expect(() => new layers.Softplus({ beta: 0 })).toThrow("Softplus: beta is 0");
  // @ts-expect-error: the dimension is needed
  expect(() => new softmax.Softmax()).toThrow("Softmax: dim is undefined, expected a whole number such as 1 or -1");
  expect(() => new softmax.LogSoftmax(0.5)).toThrow("LogSoftmax: dim is 0.5");
  expect(() => new Flatten(1, 1.5)).toThrow("Flatten: endDim is 1.5");
  expect(() => new softmax.Softmax(2)(x)).toThrow(RangeError);
});
