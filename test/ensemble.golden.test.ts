import { compile, manualSeed, rand, randn, type Tensor } from "evenkeel";
import * as nn from "evenkeel/nn";
import { combineMembers, type NetworkOptions, type NetworkSize, TabularNet, type Task } from "evenkeel/tabular";
import { describe, expect, it } from "vitest";
import { camelCase, expectClose, expectSame, type Golden, load, type Position, tensorOf } from "./goldens/golden.ts";

/** Ensembles in one network against torch; their layers alone are in layers.golden.test.ts. */

type State = Readonly<Record<string, Golden>>;

interface InitialCase {
  readonly name: string;
  readonly layer: "ElementwiseAffine" | "LinearEnsemble";
  readonly args: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly state: State;
  readonly after: Position;
}

interface Mean {
  readonly output: Golden;
  readonly gradInput: Golden;
}

interface MeanCase extends Mean {
  readonly name: string;
  readonly task: Task;
  readonly input: Golden;
  readonly gradOutput: Golden;
  readonly exact: Mean;
}

interface Network {
  readonly output: Golden;
  readonly combined: Golden;
  readonly gradients: State;
}

interface NetworkCase extends Network {
  readonly name: string;
  readonly size: NetworkSize;
  readonly options: NetworkOptions;
  readonly state: State;
  readonly x: Golden;
  readonly codes: Golden;
  readonly exact: Network;
}

const { initial, means, networks } = load<{
  initial: InitialCase[];
  means: MeanCase[];
  networks: NetworkCase[];
}>("ensemble.json");

describe("starting values are torch's, to the bit", () => {
  it.each(initial.map((each) => [each.name, each] as const))("%s", (_, { layer, args, seed, state, after }) => {
    const { shape, inFeatures, outFeatures, ...options } = camelCase(args) as Record<string, never>;
    manualSeed(seed);
    const module =
      layer === "ElementwiseAffine"
        ? new nn.ElementwiseAffine(shape, options)
        : new nn.LinearEnsemble(inFeatures, outFeatures, options as never);
    const made = module.stateDict();
    expect(Object.keys(made)).toEqual(Object.keys(state));
    for (const [key, golden] of Object.entries(state)) expectSame(made[key], golden, key);
    expectSame(rand([1]), after.uniform, "the next uniform");
    expectSame(randn([1]), after.normal, "the next normal");
  });
});

describe.each([false, true])("compiled: %s", (compiled) => {
  it.each(means.map((each) => [each.name, each] as const))("the mean of members, %s", (_, each) => {
    const forward = compile((x: Tensor) => combineMembers(x, each.task), { compile: compiled });
    expectClose(forward(tensorOf(each.input)), each.output, each.exact.output, "output");
    const step = compile(
      (x: Tensor, dy: Tensor) => {
        combineMembers(x, each.task).backward(dy);
      },
      { compile: compiled },
    );
    const x = tensorOf(each.input, { requiresGrad: true });
    step(x, tensorOf(each.gradOutput));
    expectClose(x.grad, each.gradInput, each.exact.gradInput, "gradient");
  });

  it.each(networks.map((each) => [each.name, each] as const))("TabularNet, %s", (_, each) => {
    const net = new TabularNet(each.size, each.options);
    expect(Object.keys(net.stateDict())).toEqual(Object.keys(each.state));
    net.loadStateDict(Object.fromEntries(Object.entries(each.state).map(([key, golden]) => [key, tensorOf(golden)])));
    const [x, codes] = [tensorOf(each.x), tensorOf(each.codes)];
    const step = compile(
      () => {
        net.zeroGrad();
        const output = net(x, codes);
        output.square().sum().backward();
        return output.detach();
      },
      { compile: compiled },
    );
    expectClose(step(), each.output, each.exact.output, "output");
    for (const [key, parameter] of net.namedParameters()) {
      expectClose(parameter.grad, each.gradients[key], each.exact.gradients[key], `gradient of ${key}`);
    }
    net.eval();
    const predict = compile(() => net(x, codes).detach(), { compile: compiled });
    expectClose(predict(), each.combined, each.exact.combined, "combined");
  });
});
