import { formatShape, mismatch } from "../../core/index.ts";
import * as nn from "../../nn/index.ts";
import { cat, type Tensor } from "../../tensor/index.ts";
import { embeddingTables, type Layer, layersOf } from "./layers.ts";
import { type Activation, type NetworkSize, type ResolvedNetwork, resolveNetwork } from "./networkOptions.ts";
import type { NetworkOptions } from "./networkOptions.types.ts";

/**
 * A network for a table: embedded categories beside the numeric inputs, then hidden layers of
 * Linear, normalization, activation and dropout, then a Linear to the outputs. It is called with
 * the numeric inputs [N, features] and, where columns are embedded, their codes, int32 [N,
 * columns]; it gives [N, outputs].
 */
export class TabularNet extends nn.Module<Tensor[]> {
  readonly size: NetworkSize;
  readonly options: ResolvedNetwork;
  embeddings: nn.ModuleList | null;
  layers: nn.Sequential;

  /** @throws TypeError or RangeError naming the option that is unknown or does not fit */
  constructor(size: NetworkSize, options: NetworkOptions = {}) {
    super();
    this.size = size;
    this.options = resolveNetwork(options);
    const tables = embeddingTables(size);
    this.embeddings =
      tables.length === 0
        ? null
        : new nn.ModuleList(tables.map(({ categories, width }) => new nn.Embedding(categories, width)));
    this.layers = new nn.Sequential(...layersOf(size, this.options).map(moduleOf));
  }

  override forward(x: Tensor, ...[codes]: Tensor[]): Tensor {
    const { embeddings } = this;
    if (embeddings === null) return this.layers(x);
    const columns = embeddings.length;
    if (codes === undefined || codes.ndim !== 2 || codes.shape[1] !== columns) {
      const given = codes === undefined ? "are missing" : `have shape ${formatShape(codes.shape)}`;
      throw mismatch(
        "wrong-value",
        "TabularNet",
        `the codes of its embedded columns ${given}`,
        `int32 [N, ${columns}]`,
      );
    }
    const embedded = Array.from(embeddings, (embedding, i) => embedding(codes.select(1, i)));
    return this.layers(cat([x, ...embedded], 1));
  }
}

function moduleOf(layer: Layer): nn.AnyModule {
  switch (layer.kind) {
    case "linear":
      return new nn.Linear(layer.inputs, layer.outputs, { bias: layer.bias });
    case "batchNorm":
      return new nn.BatchNorm1d(layer.width, { eps: layer.eps });
    case "layerNorm":
      return new nn.LayerNorm(layer.width, { eps: layer.eps });
    case "activation":
      return activationModule(layer.activation);
    case "dropout":
      return new nn.Dropout(layer.p);
  }
}

function activationModule(activation: Activation): nn.AnyModule {
  switch (activation) {
    case "relu":
      return new nn.ReLU();
    case "leakyRelu":
      return new nn.LeakyReLU();
    case "elu":
      return new nn.ELU();
    case "gelu":
      return new nn.GELU();
    case "silu":
      return new nn.SiLU();
    case "tanh":
      return new nn.Tanh();
    default:
      return activation satisfies never;
  }
}
