import { compile, full, rand, randn, type Tensor } from "evenkeel";
import * as nn from "evenkeel/nn";
import { manualSeed } from "evenkeel/random";
import { describe, expect, it } from "vitest";
import { type ConvArgs, convCalls } from "./goldens/convCalls.ts";
import { camelCase, expectClose, expectSame, type Golden, load, type Position, tensorOf } from "./goldens/golden.ts";
import { type OpCase, testCases } from "./goldens/opCases.ts";

/** Convolutions, windows and borders: what torch computes, prints, and starts with. */

type State = Readonly<Record<string, Golden>>;

interface LayerCase {
  readonly name: string;
  readonly layer: keyof typeof classes;
  readonly args: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly repr: string;
  readonly state: State;
  readonly after: Position;
  readonly input: Golden;
  readonly call: Readonly<Record<string, unknown>>;
  readonly output: Golden;
  readonly gradOutput: Golden;
  readonly gradInput: Golden;
  readonly gradParams: State;
  readonly exact: { readonly output: Golden; readonly gradInput: Golden; readonly gradParams: State };
}

interface Dirac {
  readonly shape: readonly number[];
  readonly groups: number;
  readonly value: Golden;
}

const { cases, layers, dirac } = load<{ cases: OpCase<ConvArgs>[]; layers: LayerCase[]; dirac: Dirac[] }>("conv.json");

testCases(cases, (call) => convCalls[call]);

const { Conv1d, Conv2d, Conv3d } = nn;
const { ConvTranspose1d, ConvTranspose2d, ConvTranspose3d } = nn;
const { Unfold, Fold, ZeroPad2d } = nn;
const { ConstantPad1d, ConstantPad2d, ConstantPad3d } = nn;
const { ReflectionPad1d, ReflectionPad2d, ReflectionPad3d } = nn;
const { ReplicationPad1d, ReplicationPad2d, ReplicationPad3d } = nn;
const classes = {
  ...{ Conv1d, Conv2d, Conv3d },
  ...{ ConvTranspose1d, ConvTranspose2d, ConvTranspose3d },
  ...{ Unfold, Fold, ZeroPad2d },
  ...{ ConstantPad1d, ConstantPad2d, ConstantPad3d },
  ...{ ReflectionPad1d, ReflectionPad2d, ReflectionPad3d },
  ...{ ReplicationPad1d, ReplicationPad2d, ReplicationPad3d },
};

type AnyLayer = nn.Module<[input: Tensor, options?: object], Tensor>;
type MakeLayer = new (...args: unknown[]) => AnyLayer;

describe.each(["eager", "compiled"] as const)("layers, %s", (executor) => {
  it.each(layers.map((one) => [one.name, one] as const))("%s", (_, { layer, args, options, seed, ...golden }) => {
    manualSeed(seed);
    const more = Object.keys(options).length === 0 ? [] : [camelCase(options)];
    const module = new (classes[layer] as unknown as MakeLayer)(...args, ...more);
    expect(module.toString()).toBe(golden.repr);
    expect(Object.keys(module.stateDict())).toEqual(Object.keys(golden.state));
    for (const [key, value] of Object.entries(module.stateDict())) expectSame(value, golden.state[key], key);
    expectSame(rand([1]), golden.after.uniform, "generator");
    expectSame(randn([1]), golden.after.normal, "generator");

    const call = Object.keys(golden.call).length === 0 ? [] : [camelCase(golden.call)];
    const input = tensorOf(golden.input, { requiresGrad: true });
    const step = (x: Tensor) => {
      module.zeroGrad();
      const output = module(x, ...call);
      output.backward(tensorOf(golden.gradOutput));
      return { output, gradInput: x.grad! };
    };
    const { output, gradInput } = executor === "compiled" ? compile(step)(input) : step(input);
    expectClose(output, golden.output, golden.exact.output, "output");
    expectClose(gradInput, golden.gradInput, golden.exact.gradInput, "gradient of the input");
    for (const [key, parameter] of module.namedParameters()) {
      expectClose(parameter.grad, golden.gradParams[key], golden.exact.gradParams[key], `gradient of ${key}`);
    }
  });
});

it.each(dirac)("init.dirac_ of $shape in $groups groups", ({ shape, groups, value }) => {
  expectSame(nn.init.dirac_(full(shape, 7), { groups }), value);
});
