import { expect, test } from "vitest";
import { type Tensor, tensor } from "../../tensor/index.ts";
import * as F from "../functional/index.ts";
import type { Module } from "../module/module.ts";
import * as losses from "./loss.ts";

const x = tensor([
  [1, -2, 0.5],
  [0, 3, -1],
]);
const y = tensor([
  [0, 1, 0.75],
  [0, 1, 0.25],
]);
const classes = tensor([2, 1], { dtype: "int32" });
const weight = tensor([0.5, 2, 4]);

const cases: [name: string, loss: Module<[Tensor, Tensor]>, expected: Tensor][] = [
  ["MSELoss", new losses.MSELoss(), F.mseLoss(x, y)],
  ["MSELoss sum", new losses.MSELoss({ reduction: "sum" }), F.mseLoss(x, y, { reduction: "sum" })],
  ["L1Loss", new losses.L1Loss({ reduction: "none" }), F.l1Loss(x, y, { reduction: "none" })],
  ["SmoothL1Loss", new losses.SmoothL1Loss(), F.smoothL1Loss(x, y)],
  ["SmoothL1Loss 0.3", new losses.SmoothL1Loss({ beta: 0.3 }), F.smoothL1Loss(x, y, { beta: 0.3 })],
  ["HuberLoss", new losses.HuberLoss({ reduction: "sum" }), F.huberLoss(x, y, { reduction: "sum" })],
  ["HuberLoss 0.3", new losses.HuberLoss({ delta: 0.3 }), F.huberLoss(x, y, { delta: 0.3 })],
  ["CrossEntropyLoss", new losses.CrossEntropyLoss(), F.crossEntropy(x, classes)],
  [
    "CrossEntropyLoss with options",
    new losses.CrossEntropyLoss({ weight, ignoreIndex: 1, labelSmoothing: 0.2 }),
    F.crossEntropy(x, classes, { weight, ignoreIndex: 1, labelSmoothing: 0.2 }),
  ],
  ["NLLLoss", new losses.NLLLoss(), F.nllLoss(x, classes)],
  [
    "NLLLoss with options",
    new losses.NLLLoss({ weight, ignoreIndex: 1 }),
    F.nllLoss(x, classes, { weight, ignoreIndex: 1 }),
  ],
  ["BCELoss", new losses.BCELoss(), F.binaryCrossEntropy(y, y)],
  [
    "BCELoss with options",
    new losses.BCELoss({ weight, reduction: "sum" }),
    F.binaryCrossEntropy(y, y, { weight, reduction: "sum" }),
  ],
  ["KLDivLoss", new losses.KLDivLoss(), F.klDiv(x, y)],
  [
    "KLDivLoss with options",
    new losses.KLDivLoss({ reduction: "batchmean", logTarget: true }),
    F.klDiv(x, y, { reduction: "batchmean", logTarget: true }),
  ],
  ["BCEWithLogitsLoss", new losses.BCEWithLogitsLoss(), F.binaryCrossEntropyWithLogits(x, y)],
  [
    "BCEWithLogitsLoss with options",
    new losses.BCEWithLogitsLoss({ weight, posWeight: weight }),
    F.binaryCrossEntropyWithLogits(x, y, { weight, posWeight: weight }),
  ],
];

test.each(cases)("%s is what functional computes", (name, loss, expected) => {
  const target = /^(Cross|NLL)/.test(name) ? classes : y;
  expect(loss(name.startsWith("BCELoss") ? y : x, target).toArray()).toEqual(expected.toArray());
  expect(String(loss)).toBe(`${name.split(" ")[0]}()`);
});

test("every option changes the value", () => {
  const values = cases.map(([, , expected]) => JSON.stringify(expected.toArray()));
  expect(new Set(values).size).toBe(values.length);
});

test("weights are in the state dict under PyTorch's names, and not trained", () => {
  const loss = new losses.BCEWithLogitsLoss({ weight, posWeight: weight });
  expect(Object.keys(loss.stateDict())).toEqual(["weight", "pos_weight"]);
  expect(Object.keys(new losses.CrossEntropyLoss({ weight }).stateDict())).toEqual(["weight"]);
  expect(Object.keys(new losses.CrossEntropyLoss().stateDict())).toEqual([]);
  expect(loss.parameters()).toEqual([]);
});

test("arguments of the constructors", () => {
  // @ts-expect-error: no such reduction
  expect(() => new losses.MSELoss({ reduction: "avg" })).toThrow('MSELoss: reduction is "avg"');
  // @ts-expect-error: no such option
  expect(() => new losses.MSELoss({ beta: 1 })).toThrow('MSELoss: unknown option "beta", expected reduction');
  // @ts-expect-error: options are an object
  expect(() => new losses.L1Loss("sum")).toThrow('L1Loss: the options are "sum"');
  expect(() => new losses.SmoothL1Loss({ beta: -1 })).toThrow("SmoothL1Loss: beta is -1");
  expect(() => new losses.HuberLoss({ delta: 0 })).toThrow("HuberLoss: delta is 0");
  expect(() => new losses.CrossEntropyLoss({ labelSmoothing: 2 })).toThrow("CrossEntropyLoss: labelSmoothing is 2");
  // @ts-expect-error: weights are a tensor
  expect(() => new losses.NLLLoss({ weight: [1, 2] })).toThrow(TypeError);
});
