import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { compile } from "../../compile/index.ts";
import { ones, type Tensor } from "../../tensor/index.ts";
import { Linear, Module, ModuleList, Parameter, ReLU } from "../index.ts";

let warnings: string[] = [];
beforeEach(() => {
  warnings = [];
  vi.spyOn(console, "warn").mockImplementation((text: string) => void warnings.push(text));
});
afterEach(() => void vi.restoreAllMocks());

const layers = () => [new Linear(2, 2), new ReLU(), new Linear(2, 2)];
const through = (list: Iterable<Module>, x: Tensor) => [...list].reduce((y, layer) => layer(y), x);

class Stray extends Module {
  list: unknown = null;
  run: (x: Tensor) => Tensor = (x) => x;
  override forward(x: Tensor): Tensor {
    return this.run(x);
  }
}

function warningsOf(list: unknown, run: (x: Tensor) => Tensor): string[] {
  const model = new Stray();
  Object.assign(model, { list, run });
  for (let i = 0; i < 3; i++) model(ones([1, 2]));
  return warnings;
}

it("a plain list of layers is reported once, with the cure", () => {
  const list = layers();
  expect(warningsOf(list, (x) => through(list, x))).toEqual([
    "evenkeel: Stray.list holds 2 members, the first a Linear in a plain list: parameters() and stateDict() do not find what " +
      "stands there, so it is neither trained nor saved; use new nn.ModuleList([...])",
  ]);
});

it("in a compiled step too", () => {
  const model = new Stray();
  const list = layers();
  Object.assign(model, { list, run: (x: Tensor) => through(list, x) });
  const step = compile((x: Tensor) => model(x));
  for (let i = 0; i < 5; i++) step(ones([1, 2]));
  expect(warnings).toHaveLength(1);
});

type Made = [list: unknown, run: (x: Tensor) => Tensor];

/** A list made of layers, and a forward that calls the first of them. */
const first = (wrap: (layer: Module) => unknown, layer: Module = new Linear(2, 2)): Made => [
  wrap(layer),
  (x) => layer(x),
];

function multiplied(): Made {
  const factor = new Parameter(ones([2]));
  return [[factor], (x) => x.mul(factor)];
}

it.each<[string, () => Made, RegExp]>([
  ["a plain object", () => first((a) => ({ a })), /a plain object.*nn\.ModuleDict/],
  ["a Map", () => first((a) => new Map([["a", a]])), /in a Map.*nn\.ModuleDict/],
  ["a Set", () => first((a) => new Set([a])), /in a Set.*nn\.ModuleList/],
  ["lists of lists", () => first((a) => [[a]]), /a plain list.*nn\.ModuleList/],
  ["parameters", multiplied, /a Parameter in a plain list.*a field of its own/],
])("%s", (_, make, message) => {
  expect(warningsOf(...make())).toEqual([expect.stringMatching(message)]);
});

it.each<[string, () => Made]>([
  ["layers that are never called", () => [layers(), (x) => x]],
  ["layers without parameters", () => first((a) => [a], new ReLU())],
  ["a ModuleList", () => first((a) => new ModuleList([a]))],
  ["numbers and tensors", () => [[1, ones([2]), { a: [2] }], (x) => x]],
])("no word of %s", (_, make) => {
  expect(warningsOf(...make())).toEqual([]);
});

it("no word of a list of layers that are fields too", () => {
  class Both extends Module {
    first = new Linear(2, 2);
    all = [this.first];
    override forward(x: Tensor): Tensor {
      return through(this.all, x);
    }
  }
  new Both()(ones([1, 2]));
  expect(warnings).toEqual([]);
});
