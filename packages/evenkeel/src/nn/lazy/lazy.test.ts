import { describe, expect, expectTypeOf, it } from "vitest";
import { type Golden, load, tensorOf } from "../../../../../test/goldens/golden.ts";
import { compile } from "../../compile/index.ts";
import { Adam } from "../../optim/index.ts";
import { defaultGenerator, manualSeed } from "../../random/index.ts";
import { ones, rand, randn, type Tensor, zeros } from "../../tensor/index.ts";
import * as nn from "../index.ts";

interface LazyCase {
  readonly name: string;
  readonly positional: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly before: { readonly repr: string; readonly keys: string[]; readonly parameters: string[] };
  readonly untouched: Golden;
  readonly input: Golden;
  readonly repr: string;
  readonly type: string;
  readonly state: Readonly<Record<string, Golden>>;
  readonly next: Golden;
}

const { LazyLinear, LazyBatchNorm1d, LazyBatchNorm2d, LazyBatchNorm3d } = nn;
const { LazyConv1d, LazyConv2d, LazyConv3d } = nn;
const { LazyInstanceNorm1d, LazyInstanceNorm2d, LazyInstanceNorm3d } = nn;
const lazies: Readonly<Record<string, object>> = {
  ...{ LazyLinear, LazyBatchNorm1d, LazyBatchNorm2d, LazyBatchNorm3d },
  ...{ LazyConv1d, LazyConv2d, LazyConv3d },
  ...{ LazyInstanceNorm1d, LazyInstanceNorm2d, LazyInstanceNorm3d },
};
const ours: Readonly<Record<string, string>> = { track_running_stats: "trackRunningStats" };

const net = () =>
  new nn.Sequential(new nn.LazyLinear(4), new nn.LazyBatchNorm1d(), new nn.ReLU(), new nn.LazyLinear(1));

describe("as in torch, before and after the first call", () => {
  it.each(load<{ lazies: LazyCase[] }>("norms.json").lazies.map((one, i) => [`${i} ${one.name}`, one] as const))(
    "%s",
    (_, one) => {
      const Layer = lazies[one.name] as new (...args: unknown[]) => nn.Module;
      const options = Object.fromEntries(Object.entries(one.options).map(([key, v]) => [ours[key] ?? key, v]));
      manualSeed(7);
      const layer = new Layer(...one.positional, options);
      expect(String(layer)).toBe(one.before.repr);
      expect(Object.keys(layer.stateDict())).toEqual(one.before.keys);
      expect(layer.parameters().map(String)).toEqual(one.before.parameters);
      expect([...rand([1]).data]).toEqual([...tensorOf(one.untouched).data]);
      manualSeed(7);
      const held = layer.parameters();
      layer(tensorOf(one.input));
      expect([...rand([1]).data]).toEqual([...tensorOf(one.next).data]);
      expect(String(layer)).toBe(one.repr);
      expect(layer.constructor.name).toBe(one.type);
      const state = layer.stateDict();
      expect(Object.keys(state)).toEqual(Object.keys(one.state));
      for (const [key, golden] of Object.entries(one.state)) {
        const { shape, dtype, data } = tensorOf(golden);
        // Running statistics have a golden of their own; weights are those of torch to the bit.
        expect([state[key].shape, state[key].dtype]).toEqual([shape, dtype]);
        if (!key.startsWith("running")) expect([...state[key].data]).toEqual([...data]);
      }
      expect(layer.parameters()).toEqual(held);
      for (const [i, parameter] of layer.parameters().entries()) expect(parameter).toBe(held[i]);
    },
  );
});

it("the plain class is recognized before and after", () => {
  const layer = new nn.LazyBatchNorm2d();
  expect([layer instanceof nn.BatchNorm2d, layer instanceof nn.LazyBatchNorm2d]).toEqual([true, true]);
  layer(zeros([2, 3, 2, 2]));
  expect([layer instanceof nn.BatchNorm2d, layer instanceof nn.LazyBatchNorm2d]).toEqual([true, false]);
});

it("types read the options", () => {
  expectTypeOf(new nn.LazyLinear(2).bias).toEqualTypeOf<nn.Parameter>();
  expectTypeOf(new nn.LazyLinear(2, { bias: false }).bias).toEqualTypeOf<null>();
  expectTypeOf(new nn.LazyBatchNorm1d({ affine: false }).weight).toEqualTypeOf<null>();
  expectTypeOf(new nn.LazyBatchNorm1d().running_mean).toEqualTypeOf<nn.Buffer>();
});

it("trains like the plain network that it becomes", () => {
  const x = randn([6, 3]);
  manualSeed(3);
  const lazy = net();
  lazy(x);
  manualSeed(3);
  const plain = new nn.Sequential(new nn.Linear(3, 4), new nn.BatchNorm1d(4), new nn.ReLU(), new nn.Linear(4, 1));
  plain(x);
  expect(String(lazy)).toBe(String(plain));
  for (const model of [lazy, plain]) {
    const optimizer = new Adam(model.parameters());
    const step = compile((input: Tensor) => {
      const loss = model(input).square().mean();
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      return loss;
    });
    step(x);
    step(x);
  }
  const values = (model: nn.AnyModule) => Object.values(model.stateDict()).map(({ data }) => [...data]);
  expect(values(lazy)).toEqual(values(plain));
});

it("keeps the dtype that it was converted to, and the flag", () => {
  const layer = new nn.LazyLinear(2).double().requiresGrad_(false);
  expect(layer(ones([1, 3], { dtype: "float64" })).dtype).toBe("float64");
  expect(layer.weight.requiresGrad).toBe(false);
});

describe("a first call that is refused changes nothing", () => {
  it.each<[string, () => nn.Module, Tensor, RegExp]>([
    ["another dtype", () => new nn.LazyLinear(2), ones([2, 3]).double(), /float64/],
    ["other dimensions", () => new nn.LazyBatchNorm2d(), ones([2, 3]), /LazyBatchNorm2d|BatchNorm2d.*4D input/],
    ["one value per channel", () => new nn.LazyBatchNorm1d(), ones([1, 3]), /more than 1 value per channel/],
    ["a single value", () => new nn.LazyLinear(2), ones([]), /LazyLinear: the first input has shape \[\].*too few/],
    ["a vector", () => new nn.LazyBatchNorm1d(), ones([3]), /too few dimensions/],
    [
      "groups that do not fit",
      () => new nn.LazyConv1d(4, 1, { groups: 2 }),
      ones([2, 3, 5]),
      /LazyConv1d.* 3 channels, which 2/,
    ],
    ["no features", () => new nn.LazyLinear(2), ones([2, 0]), /size that it is to learn is 0/],
  ])("%s", (_, make, input, message) => {
    const layer = make();
    const before = String(layer);
    const { state } = { state: defaultGenerator.getState() };
    expect(() => layer(input)).toThrow(message);
    expect(defaultGenerator.getState()).toEqual(state);
    expect(String(layer)).toBe(before);
    expect(layer.parameters().map(String)).toEqual(layer.parameters().map(() => "<UninitializedParameter>"));
    expect(
      layer
        .buffers()
        .filter((buffer) => !buffer.keepDtype)
        .map(String),
    ).not.toContain("tensor");
    // And it still learns from the next.
    const shape =
      layer instanceof nn.LazyBatchNorm2d ? [2, 2, 2, 2] : layer instanceof nn.LazyConv1d ? [2, 2, 2] : [2, 3];
    layer(ones(shape));
    expect(layer.constructor.name).not.toContain("Lazy");
  });
});

describe("state dicts", () => {
  it("of initialized layers make lazy ones whole, which then learn their size from the input", () => {
    const source = net();
    source(randn([4, 3]));
    const target = net();
    const before = defaultGenerator.getState();
    expect(String(target.loadStateDict(source.stateDict()))).toBe("<All keys matched successfully>");
    expect(target.parameters().map(({ shape }) => shape)).toEqual(source.parameters().map(({ shape }) => shape));
    const x = randn([5, 3]);
    const drawn = defaultGenerator.getState();
    expect([...target.eval()(x).data]).toEqual([...source.eval()(x).data]);
    expect(defaultGenerator.getState()).toEqual(drawn);
    expect(before).not.toEqual(drawn); // randn drew, and nothing else
    expect(String(target)).toBe(String(source));
  });

  it("of lazy ones leave lazy ones lazy, and are refused by initialized ones", () => {
    const lazy = net();
    expect(lazy.loadStateDict(net().stateDict()).missingKeys).toEqual([]);
    expect(lazy.parameters().map(String)[0]).toBe("<UninitializedParameter>");
    const made = net();
    made(randn([4, 3]));
    expect(() => made.loadStateDict(lazy.stateDict())).toThrow(/no values for 0.weight.*<UninitializedParameter>/);
  });

  it("for another size of input are refused at the call", () => {
    const layer = new nn.LazyLinear(4);
    layer.loadStateDict(new nn.Linear(3, 4).stateDict());
    expect(() => layer(ones([2, 5]))).toThrow(
      "LazyLinear: the first input has shape [2, 5], for which weight has shape [4, 5]; one of shape [4, 3] was loaded",
    );
    expect(layer(ones([2, 3])).shape).toEqual([2, 4]);
    expect(layer.inFeatures).toBe(3);
  });

  it("that bring a part only are refused at the call", () => {
    const layer = new nn.LazyLinear(4);
    layer.loadStateDict({ weight: zeros([4, 3]) }, { strict: false });
    expect(() => layer(ones([2, 3]))).toThrow("LazyLinear: weight was loaded and bias was not; load all, or none");
  });
});

it("a clone learns for itself", () => {
  const original = net();
  const copy = nn.clone(original);
  copy(randn([4, 3]));
  expect(String(copy)).toContain("Linear(in_features=3, out_features=4, bias=True)");
  expect(String(original)).toContain("LazyLinear(in_features=0, out_features=4, bias=True)");
  original(randn([4, 7]));
  expect(original.getParameter("0.weight").shape).toEqual([4, 7]);
});

it("a summary shows what it would become, and leaves it as it is", () => {
  const model = net();
  const before = defaultGenerator.getState();
  const table = String(nn.summary(model, [3]));
  expect(table).toMatch(/0 \(Linear\) +\[N, 4\] +16/);
  expect(String(model)).toContain("LazyLinear(in_features=0");
  expect(defaultGenerator.getState()).toEqual(before);
});

it("the first call is no part of a compiled step, and the step runs once it was made", () => {
  const model = net();
  const forward = compile((x: Tensor) => model(x));
  expect(() => forward(ones([4, 3]))).toThrow(/the first call of LazyLinear.*call the network once before the step/s);
  expect(String(model)).toContain("LazyLinear");
  model(ones([4, 3]));
  expect(forward(ones([4, 3])).shape).toEqual([4, 1]);
});

it("resetParameters does nothing before the first call", () => {
  const layer = new nn.LazyLinear(4);
  layer.resetParameters();
  expect(String(layer.weight)).toBe("<UninitializedParameter>");
  layer(ones([2, 3]));
  const before = [...layer.weight.data];
  layer.resetParameters();
  expect([...layer.weight.data]).not.toEqual(before);
});
