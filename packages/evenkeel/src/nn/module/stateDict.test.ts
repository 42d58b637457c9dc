import { format } from "node:util";
import { describe, expect, expectTypeOf, test } from "vitest";
import { ones, type Tensor, tensor, zeros } from "../../tensor/index.ts";
import { ReLU } from "../layers/activation/activation.ts";
import { BatchNorm1d, Linear } from "../layers/byOptions.ts";
import { ModuleDict, ModuleList, Sequential } from "./containers.ts";
import { Module } from "./module.ts";
import { Buffer, Parameter } from "./parameter.ts";
import type { StateDict } from "./stateDict.ts";

class Block extends Module {
  seq: Sequential<[Linear, ReLU]>;
  w = new Parameter(zeros([2, 3]));
  bn = new BatchNorm1d(4);
  scratch = new Buffer(zeros([5]), { persistent: false });
  constructor(size: number) {
    super();
    this.seq = new Sequential(new Linear(size, 3), new ReLU());
  }
  forward(x: Tensor) {
    return this.seq(x);
  }
}

class Net extends Module {
  a = new Block(3);
  l = new ModuleList([new Block(2)]);
  d = new ModuleDict({ "2": new Linear(1, 1), y: new Sequential() });
  last = this.a.seq.at(0);
  forward(x: Tensor) {
    return this.a(x);
  }
}

const block = ["w", "seq.0.weight", "seq.0.bias", "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var"];
const ofBlock = (path: string) => [...block, "bn.num_batches_tracked"].map((key) => `${path}.${key}`);

/** Everything a load may change, as plain numbers. */
const contents = (module: Module) =>
  Object.entries(module.stateDict()).map(([key, { data, version }]) => [key, [...data], version]);

describe("stateDict", () => {
  test("keys are PyTorch's, in its order, with shared tensors under each of their names", () => {
    // As PyTorch 1.13 lists them for the same class.
    expect(Object.keys(new Net().stateDict())).toEqual([
      ...ofBlock("a"),
      ...ofBlock("l.0"),
      "d.2.weight",
      "d.2.bias",
      "last.weight",
      "last.bias",
    ]);
  });

  test("the tensors share memory with the module and have no history", () => {
    const layer = new Linear(2, 1);
    const { weight } = layer.stateDict();
    expect([weight.requiresGrad, weight instanceof Parameter]).toEqual([false, false]);
    weight.fill_(5);
    expect(layer.weight.toArray()).toEqual([[5, 5]]);
    expectTypeOf(layer.stateDict()).toEqualTypeOf<StateDict>();
  });

  test("a prefix is put before each key as it is", () => {
    expect(Object.keys(new Linear(1, 1).stateDict({ prefix: "net." }))).toEqual(["net.weight", "net.bias"]);
  });
});

describe("loadStateDict", () => {
  test("copies into the same tensors, without a gradient, and reports that all is well", () => {
    const [from, to] = [new Net(), new Net()];
    for (const [i, value] of Object.values(from.stateDict()).entries()) value.fill_(i + 1);
    const { weight } = to.a.seq.at(0);
    const [version, before] = [weight.version, weight.data];
    const result = to.loadStateDict(from.stateDict());
    expect(result).toEqual({ missingKeys: [], unexpectedKeys: [] });
    expect([String(result), format(result)]).toEqual(Array(2).fill("<All keys matched successfully>"));
    expect(String(new Linear(1, 1).loadStateDict({ weight: zeros([1, 1]), extra: zeros([]) }, { strict: false }))).toBe(
      "_IncompatibleKeys(missing_keys=['bias'], unexpected_keys=['extra'])",
    );
    for (const [key, value] of Object.entries(from.stateDict())) {
      expect([key, to.stateDict()[key].toArray()]).toEqual([key, value.toArray()]);
    }
    expect([weight.data === before, weight.isLeaf, weight.requiresGrad]).toEqual([true, true, true]);
    expect(weight.version).toBeGreaterThan(version);
    from.a.seq.at(0).weight.requiresGrad_(false).fill_(-1);
    expect(weight.data).not.toContain(-1);
  });

  test("dtypes are converted as copy_ does", () => {
    const layer = new BatchNorm1d(1);
    layer.loadStateDict({
      weight: tensor([0.1], { dtype: "float64" }),
      bias: tensor([3], { dtype: "int32" }),
      running_mean: tensor([true]),
      running_var: ones([1]),
      num_batches_tracked: tensor(7, { dtype: "int32" }),
    });
    expect([layer.weight, layer.bias, layer.running_mean].map((t) => [t?.dtype, t?.item()])).toEqual([
      ["float32", Math.fround(0.1)],
      ["float32", 3],
      ["float32", 1],
    ]);
    expect([layer.num_batches_tracked.dtype, layer.num_batches_tracked.item()]).toEqual(["float64", 7]);
  });

  test("the error lists every missing, unexpected and misfitting key, and nothing is written", () => {
    class Odd extends Net {
      counts = new Buffer(zeros([2], { dtype: "int32" }));
    }
    const net = new Odd();
    const { "a.w": _w, "l.0.bn.bias": _b, ...dict } = net.stateDict();
    for (const [key, value] of Object.entries(dict)) dict[key] = value.clone().fill_(3);
    Object.assign(dict, {
      q: zeros([2]),
      "a.foo": ones([3]),
      counts: zeros([2]),
      "l.0.w": zeros([3]),
      "a.bn.weight": [1, 2, 3, 4],
    });
    const before = contents(net);
    expect(() => net.loadStateDict(dict)).toThrow(
      new Error(
        [
          "Error(s) in loading state_dict for Odd:",
          '\tMissing key(s) in state_dict: "a.w", "l.0.bn.bias".',
          '\tUnexpected key(s) in state_dict: "q", "a.foo".',
          "\tdtype mismatch for counts: copying float32 values from checkpoint into int32 would lose their fractions; " +
            'convert them first, with .to("int32").',
          "\twrong kind for a.bn.weight: expected a Tensor in the state dict, got [1, 2, 3, 4].",
          "\tsize mismatch for l.0.w: copying a param with shape [3] from checkpoint, the shape in current model is [2, 3].",
          "Nothing was loaded. Pass { strict: false } to load the keys that both have.",
        ].join("\n"),
      ),
    );
    expect(contents(net)).toEqual(before);
  });

  test("strict: false loads what fits and returns the rest", () => {
    const layer = new Linear(2, 1);
    const found = layer.loadStateDict({ bias: tensor([9]), other: zeros([1]) }, { strict: false });
    expect(found).toEqual({ missingKeys: ["weight"], unexpectedKeys: ["other"] });
    expect(layer.bias.item()).toBe(9);
  });

  test("strict: false does not excuse a wrong shape, and says nothing of strict", () => {
    const layer = new Linear(2, 1);
    const before = contents(layer);
    const load = () => layer.loadStateDict({ bias: tensor([9]), weight: zeros([1, 3]) }, { strict: false });
    expect(load).toThrow(/size mismatch for weight: .*\nNothing was loaded\.$/);
    expect(contents(layer)).toEqual(before);
  });

  test("a transposed, flattened or broadcastable shape is a mismatch", () => {
    const layer = new Linear(2, 3, { bias: false });
    for (const shape of [[2, 3], [6], [1, 2], [], [3, 2, 1]]) {
      expect(() => layer.loadStateDict({ weight: zeros(shape) })).toThrow(/size mismatch for weight/);
    }
  });

  test("a buffer outside the state dict is neither missing nor accepted", () => {
    class WithScratch extends Module {
      scratch = new Buffer(zeros([1]), { persistent: false });
      forward(x: Tensor) {
        return x;
      }
    }
    expect(new WithScratch().loadStateDict({}).missingKeys).toEqual([]);
    expect(() => new WithScratch().loadStateDict({ scratch: ones([1]) })).toThrow(/Unexpected .* "scratch"/);
  });

  test("keys that every object inherits are not taken for entries", () => {
    const layer = Object.assign(new Linear(1, 1), { valueOf: new Parameter(zeros([1])) });
    expect(() => layer.loadStateDict({ weight: zeros([1, 1]), bias: zeros([1]) } as StateDict)).toThrow(
      'Missing key(s) in state_dict: "valueOf".',
    );
  });

  test.each([
    ["null", null, "got null"],
    ["a map", new Map(), "got Map; convert it with Object.fromEntries(map)"],
    ["a list", [zeros([1])], "got a list of 1"],
    ["a tensor", zeros([1]), "got Tensor"],
    ["a module", new Linear(1, 1), "got Linear"],
  ])("%s is no state dict", (_, given, message) => {
    expect(() => new Linear(1, 1).loadStateDict(given as never)).toThrow(TypeError);
    expect(() => new Linear(1, 1).loadStateDict(given as never)).toThrow(
      `Linear.loadStateDict takes an object of tensors by key, as stateDict() gives, ${message}`,
    );
  });
});
