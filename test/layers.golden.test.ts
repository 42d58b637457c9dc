import { compile, grad, ones, type Tensor } from "evenkeel";
import * as nn from "evenkeel/nn";
import { describe, expect, it } from "vitest";
import { camelCase, expectClose, type Golden, load, tensorOf } from "./goldens/golden.ts";
import { Block, Empty, Net, Tree } from "./goldens/networks.ts";

/** The nn modules: values, gradients, state, and how they print. */

type State = Readonly<Record<string, Golden>>;

interface Pass {
  readonly train: boolean;
  readonly input: Golden;
  readonly output: Golden;
  readonly gradOutput: Golden;
  readonly gradInput: Golden | null;
  readonly gradParams: State;
  readonly exact: { readonly output: Golden; readonly gradInput: Golden | null; readonly gradParams: State };
}

interface LayerCase {
  readonly name: string;
  readonly layer: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly state: State;
  readonly passes: readonly Pass[];
  readonly stateAfter: State;
  readonly exactAfter: State;
}

interface LossCase {
  readonly name: string;
  readonly loss: keyof typeof lossClasses;
  readonly args: Readonly<Record<string, unknown>>;
  readonly weights: State;
  readonly input: Golden;
  readonly target: Golden;
  readonly output: Golden;
  readonly gradInput: Golden;
  readonly exact: { readonly output: Golden; readonly gradInput: Golden };
}

interface NetworkCase {
  readonly name: string;
  readonly repr: string;
  readonly keys: readonly string[];
  readonly parameters: readonly string[];
  readonly buffers: readonly string[];
  readonly modules: readonly string[];
  readonly children: readonly string[];
}

const torchs = load<{ layers: LayerCase[]; losses: LossCase[]; networks: NetworkCase[] }>("layers.json");
const norms = load<{ layers: LayerCase[]; networks: NetworkCase[] }>("norms.json");
const ensembles = load<{ layers: LayerCase[] }>("ensemble.json");
const { losses } = torchs;
const layers = [...torchs.layers, ...norms.layers, ...ensembles.layers];
const networks = [...torchs.networks, ...norms.networks];

const { BatchNorm2d, BatchNorm3d, InstanceNorm1d, InstanceNorm2d, InstanceNorm3d } = nn;
const { GroupNorm, LayerNorm, LocalResponseNorm } = nn;
const normalizations: Readonly<Record<string, object>> = {
  ...{ BatchNorm2d, BatchNorm3d, InstanceNorm1d, InstanceNorm2d, InstanceNorm3d },
  ...{ GroupNorm, LayerNorm, LocalResponseNorm },
};

/** A layer from torch's arguments: those that we take by position, and the rest as options. */
function makeLayer(layer: string, args: Readonly<Record<string, unknown>>): nn.Module {
  if ("positional" in args) {
    const { positional, ...options } = camelCase(args);
    const Layer = normalizations[layer] as unknown as new (...given: unknown[]) => nn.Module;
    return new Layer(...(positional as unknown[]), options);
  }
  const { inFeatures, outFeatures, numFeatures, p, dim, startDim, endDim, negativeSlope, alpha, ...more } = camelCase(
    args,
  ) as Record<string, never>;
  const { normalizedShape, numEmbeddings, embeddingDim, ...options } = more as Record<string, never>;
  const makers: Record<string, () => nn.Module> = {
    Linear: () => new nn.Linear(inFeatures, outFeatures, options),
    LayerNorm: () => new nn.LayerNorm(normalizedShape, options),
    Embedding: () => new nn.Embedding(numEmbeddings, embeddingDim, options),
    BatchNorm1d: () => new nn.BatchNorm1d(numFeatures, options),
    AlphaDropout: () => new nn.AlphaDropout(p),
    Dropout: () => new nn.Dropout(p),
    Dropout1d: () => new nn.Dropout1d(p),
    Dropout2d: () => new nn.Dropout2d(p),
    Dropout3d: () => new nn.Dropout3d(p),
    FeatureAlphaDropout: () => new nn.FeatureAlphaDropout(p),
    GLU: () => new nn.GLU(dim),
    Hardshrink: () => new nn.Hardshrink(options),
    Softshrink: () => new nn.Softshrink(options),
    Tanhshrink: () => new nn.Tanhshrink(),
    Softmax2d: () => new nn.Softmax2d(),
    RReLU: () => new nn.RReLU(options),
    ReLU: () => new nn.ReLU(),
    LeakyReLU: () => new nn.LeakyReLU(negativeSlope),
    ELU: () => new nn.ELU(alpha),
    GELU: () => new nn.GELU(options),
    SiLU: () => new nn.SiLU(),
    LogSigmoid: () => new nn.LogSigmoid(),
    LogSoftmax: () => new nn.LogSoftmax(dim),
    Tanh: () => new nn.Tanh(),
    Sigmoid: () => new nn.Sigmoid(),
    Softmax: () => new nn.Softmax(dim),
    Softplus: () => new nn.Softplus(options),
    CELU: () => new nn.CELU(alpha),
    SELU: () => new nn.SELU(),
    Mish: () => new nn.Mish(),
    Softsign: () => new nn.Softsign(),
    Softmin: () => new nn.Softmin(dim),
    ReLU6: () => new nn.ReLU6(),
    Hardtanh: () => new nn.Hardtanh(options),
    Hardswish: () => new nn.Hardswish(),
    Hardsigmoid: () => new nn.Hardsigmoid(),
    Threshold: () => new nn.Threshold(options.threshold, options.value),
    PReLU: () => new nn.PReLU(options),
    Unflatten: () => new nn.Unflatten(dim, options.unflattenedSize),
    Identity: () => new nn.Identity(),
    EnsembleView: () => new nn.EnsembleView(options.k),
    ElementwiseAffine: () => new nn.ElementwiseAffine(options.shape, { bias: options.bias }),
    LinearEnsemble: () => new nn.LinearEnsemble(inFeatures, outFeatures, options as never),
    Flatten: () => new nn.Flatten(startDim, endDim),
  };
  return makers[layer]();
}

const decodeState = (state: State): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(state).map(([name, golden]) => [name, tensorOf(golden)]));

/**
 * One call of a layer and its way back: the output, then the gradients of the input, if it has one,
 * and of the parameters.
 */
const stepOf = (module: nn.Module) => (input: Tensor, gradOutput: Tensor) => {
  const output = module(input);
  const wanted = [...(input.requiresGrad ? [input] : []), ...module.parameters()];
  return [output, ...(wanted.length === 0 ? [] : grad(output, wanted, { gradOutputs: gradOutput }))];
};

describe.each(["eager", "compiled"] as const)("layers, %s", (executor) => {
  for (const { name, layer, args, state, passes, stateAfter, exactAfter } of layers) {
    it(name, () => {
      const module = makeLayer(layer, args);
      expect(Object.keys(module.stateDict())).toEqual(Object.keys(state));
      module.loadStateDict(decodeState(state));
      const step = executor === "compiled" ? compile(stepOf(module)) : stepOf(module);
      passes.forEach((pass, i) => {
        const at = (what: string) => `pass ${i} (${pass.train ? "train" : "eval"}), ${what}`;
        const input = tensorOf(pass.input, { requiresGrad: pass.gradInput !== null });
        module.train(pass.train);
        const [output, ...grads] = step(input, tensorOf(pass.gradOutput));
        expectClose(output, pass.output, pass.exact.output, at("output"));
        if (pass.gradInput !== null) {
          expectClose(grads.shift() ?? null, pass.gradInput, pass.exact.gradInput, at("gradient of the input"));
        }
        const names = module.namedParameters().map(([key]) => key);
        expect(names).toEqual(Object.keys(pass.gradParams));
        for (const [k, key] of names.entries()) {
          expectClose(grads[k], pass.gradParams[key], pass.exact.gradParams[key], at(`gradient of ${key}`));
        }
      });
      const after = module.stateDict();
      expect(Object.keys(after)).toEqual(Object.keys(stateAfter));
      for (const [key, golden] of Object.entries(stateAfter)) {
        expectClose(after[key], golden, exactAfter[key], `${key} afterwards`);
      }
    });
  }
});

const { MSELoss, L1Loss, SmoothL1Loss, HuberLoss, NLLLoss, CrossEntropyLoss, BCEWithLogitsLoss } = nn;
const { BCELoss, KLDivLoss, CosineSimilarity } = nn;
const lossClasses = {
  ...{ MSELoss, L1Loss, SmoothL1Loss, HuberLoss, NLLLoss, CrossEntropyLoss, BCEWithLogitsLoss },
  ...{ BCELoss, KLDivLoss, CosineSimilarity },
};

describe("losses", () => {
  for (const { name, loss, args, weights, input, target, output, gradInput, exact } of losses) {
    it(name, () => {
      const criterion = new lossClasses[loss](camelCase({ ...args, ...decodeState(weights) }));
      const x = tensorOf(input, { requiresGrad: true });
      const value = criterion(x, tensorOf(target));
      expectClose(value, output, exact.output, "output");
      value.sum().backward();
      expectClose(x.grad, gradInput, exact.gradInput, "gradient of the input");
    });
  }
});

const { Linear, Sequential, BatchNorm1d } = nn;
const makeNetwork: Record<string, () => nn.AnyModule> = {
  Net: () => new Net(),
  Tree: () => new Tree(),
  Block: () => new Block(2),
  Empty: () => new Empty(),
  sequential: () =>
    new Sequential(new Linear(9, 50), new nn.ReLU(), new Linear(50, 25), new nn.ReLU(), new Linear(25, 1)),
  "empty sequential": () => new Sequential(),
  "nested sequential": () =>
    new Sequential(new Sequential(new Linear(2, 3), new nn.Tanh()), new Sequential(new Sequential(new nn.Sigmoid()))),
  activations: () =>
    new Sequential(
      new nn.ReLU(),
      new nn.LeakyReLU(),
      new nn.LeakyReLU(0.2),
      new nn.ELU(),
      new nn.ELU(0.5),
      new nn.GELU(),
      new nn.GELU({ approximate: "tanh" }),
      new nn.SiLU(),
      new nn.Tanh(),
      new nn.Sigmoid(),
      new nn.Softmax(1),
      new nn.Softplus(),
      new nn.Softplus({ beta: 2, threshold: 30 }),
      new nn.Identity(),
      new nn.Flatten(),
      new nn.Flatten(0, 2),
    ),
  "more activations": () =>
    new Sequential(
      new nn.PReLU(),
      new nn.PReLU(3),
      new nn.SELU(),
      new nn.Mish({ inplace: true }),
      new nn.ReLU6(),
      new nn.ReLU6({ inplace: true }),
      new nn.Hardtanh(),
      new nn.Hardtanh(-2.5, 0.5, { inplace: true }),
      new nn.CELU(),
      new nn.CELU(0.5),
      new nn.Softsign(),
      new nn.Softmin(1),
      new nn.Threshold(0.1, 20),
      new nn.Hardswish(),
      new nn.Hardsigmoid(),
      new nn.Unflatten(1, [2, 3]),
      new nn.Unflatten(1, [2]),
    ),
  "gates, shrinking activations and dropouts": () =>
    new Sequential(
      new nn.GLU(),
      new nn.GLU(1),
      new nn.Hardshrink(),
      new nn.Hardshrink(1.25),
      new nn.Softshrink(),
      new nn.Softshrink(0.25),
      new nn.Tanhshrink(),
      new nn.Softmax2d(),
      new nn.RReLU(),
      new nn.RReLU(0.1, 0.3, { inplace: true }),
      new nn.Dropout1d(),
      new nn.Dropout2d(0.25, { inplace: true }),
      new nn.Dropout3d(0.1),
      new nn.AlphaDropout(),
      new nn.FeatureAlphaDropout(0.2),
    ),
  normalization: () =>
    new Sequential(
      new BatchNorm1d(3),
      new BatchNorm1d(3, { eps: 1e-3, momentum: null }),
      new BatchNorm1d(3, { affine: false }),
      new BatchNorm1d(3, { trackRunningStats: false }),
      new BatchNorm1d(3, { momentum: 0.01 }),
      new nn.Dropout(),
      new nn.Dropout(0.25),
    ),
  "layer normalization": () =>
    new Sequential(
      new nn.LayerNorm(3),
      new nn.LayerNorm([2, 3], { eps: 1e-3 }),
      new nn.LayerNorm(3, { elementwiseAffine: false }),
    ),
  "normalization of images": () =>
    new Sequential(
      new nn.BatchNorm2d(3),
      new nn.BatchNorm2d(3, { eps: 1e-3, momentum: null }),
      new nn.BatchNorm3d(3, { affine: false }),
      new nn.BatchNorm3d(3, { trackRunningStats: false }),
      new nn.InstanceNorm1d(3),
      new nn.InstanceNorm2d(3, { affine: true }),
      new nn.InstanceNorm3d(3, { trackRunningStats: true, momentum: 0.01 }),
      new nn.GroupNorm(2, 6),
      new nn.GroupNorm(1, 4, { eps: 1e-3, affine: false }),
      new nn.LocalResponseNorm(2),
      new nn.LocalResponseNorm(5, { alpha: 1e-3, beta: 0.5, k: 2 }),
      new nn.LayerNorm([2, 3], { elementwiseAffine: false }),
    ),
  embeddings: () =>
    new nn.ModuleList([
      new nn.Embedding(10, 3),
      new nn.Embedding(4, 2, { paddingIdx: 0 }),
      new nn.Embedding(4, 2, { paddingIdx: -1 }),
    ]),
  losses: () =>
    new nn.ModuleList([
      new nn.MSELoss(),
      new nn.L1Loss(),
      new nn.SmoothL1Loss(),
      new nn.HuberLoss(),
      new nn.NLLLoss(),
      new nn.CrossEntropyLoss(),
      new nn.BCEWithLogitsLoss(),
      new nn.BCELoss(),
      new nn.KLDivLoss(),
      new nn.CosineSimilarity(),
    ]),
  list: () => new nn.ModuleList([new Linear(1, 2), new Linear(2, 1, { bias: false })]),
  dictionary: () => new nn.ModuleDict({ a: new Linear(1, 2), b: new nn.ReLU() }),
  "empty list": () => new nn.ModuleList(),
  linear: () => new Linear(3, 4, { bias: false }),
  "loss with weights": () => new nn.CrossEntropyLoss({ weight: ones([3]) }),
};

describe("networks", () => {
  for (const { name, repr, keys, parameters, buffers, modules, children } of networks) {
    it(`${name} prints as in torch`, () => {
      expect(makeNetwork[name]().toString()).toBe(repr);
    });
    it(`${name} has torch's names in torch's order`, () => {
      const network = makeNetwork[name]();
      const names = (entries: readonly (readonly [string, unknown])[]) => entries.map(([key]) => key);
      expect(Object.keys(network.stateDict())).toEqual(keys);
      expect(names(network.namedParameters())).toEqual(parameters);
      expect(names(network.namedBuffers())).toEqual(buffers);
      expect(names(network.namedModules())).toEqual(modules);
      expect(names(network.namedChildren())).toEqual(children);
    });
  }
});
