import { getRngState, nn, setRngState, type Tensor } from "evenkeel";
import type { Activation } from "evenkeel/tabular";
import type { PictureKit } from "../pictures/kit.ts";
import type { Layer } from "./layers.ts";

/** What a layer was given, where it is watched: a normalization, an activation, or the last Linear. */
export interface Seen {
  /** The position of the layer. */
  readonly at: number;
  readonly kind: "norm" | "activation" | "output";
}

/**
 * A network of these layers. Its state is named as that of `TabularNet` ("layers.0.weight"), and it
 * draws its weights in the same order, so that the same seed gives the same bits.
 */
export class LabNetwork extends nn.Module<[Tensor]> {
  readonly specs: readonly Layer[];
  /** What makes the layers that only a network of pictures has. */
  readonly pictures: PictureKit | undefined;
  /** What {@link watched} gives, in its order. */
  readonly seen: readonly Seen[];
  layers: nn.Sequential;

  constructor(specs: readonly Layer[], pictures?: PictureKit) {
    super();
    this.specs = specs;
    this.pictures = pictures;
    this.seen = specs.flatMap(({ kind }, at): Seen[] => {
      if (isNorm[kind]) return [{ at, kind: "norm" }];
      if (at === specs.length - 1) return [{ at, kind: "output" }];
      return kind === "activation" ? [{ at, kind }] : [];
    });
    this.layers = new nn.Sequential(...specs.map((spec) => moduleOf(spec, pictures)));
  }

  override forward(x: Tensor): Tensor {
    return this.layers(x);
  }

  /** The output, and what the watched layers were given. */
  watched(x: Tensor): [output: Tensor, ...given: Tensor[]] {
    const given: Tensor[] = [];
    let value = x;
    for (const [at, layer] of [...(this.layers as Iterable<nn.AnyModule>)].entries()) {
      if (this.seen.some((seen) => seen.at === at)) given.push(value);
      value = layer(value) as Tensor;
    }
    return [value, ...given];
  }

  /** The BatchNorm at a position, if there is one. */
  batchNormAt(at: number): nn.BatchNorm1d | nn.BatchNorm2d | undefined {
    const layer = this.layers.at(at);
    return isBatchNorm(layer) ? layer : undefined;
  }
}

const isNorm: Readonly<Partial<Record<Layer["kind"], true>>> = {
  ...{ batchNorm: true, layerNorm: true, batchNorm2d: true, groupNorm: true },
};

/** Whether a module has running statistics. */
export function isBatchNorm(module: nn.AnyModule): module is nn.BatchNorm1d | nn.BatchNorm2d {
  return module instanceof nn.BatchNorm1d || module instanceof nn.BatchNorm2d;
}

/** A network of the same layers with the same values. Nothing is drawn from the default generator. */
export function copyOf(network: LabNetwork): LabNetwork {
  const state = getRngState();
  const copy = new LabNetwork(network.specs, network.pictures);
  setRngState(state);
  copy.loadStateDict(network.stateDict());
  return copy;
}

function moduleOf(layer: Layer, pictures: PictureKit | undefined): nn.AnyModule {
  switch (layer.kind) {
    case "linear":
      return new nn.Linear(layer.inputs, layer.outputs, { bias: layer.bias });
    case "batchNorm":
      return new nn.BatchNorm1d(layer.width, { momentum: layer.momentum });
    case "layerNorm":
      return new nn.LayerNorm(layer.width);
    case "activation":
      return new activationModules[layer.activation]();
    case "dropout":
      return new nn.Dropout(layer.p);
    default:
      if (pictures === undefined) throw new Error(`no network of a table has a layer of kind ${layer.kind}`);
      return pictures.moduleOf(layer);
  }
}

/** The modules of the activations, by their names here. PyTorch has the same. */
export const activationModules: Readonly<Record<Activation, new () => nn.AnyModule>> = {
  relu: nn.ReLU,
  leakyRelu: nn.LeakyReLU,
  elu: nn.ELU,
  gelu: nn.GELU,
  silu: nn.SiLU,
  tanh: nn.Tanh,
};
