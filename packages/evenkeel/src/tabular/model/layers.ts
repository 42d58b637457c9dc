import type { DType, Shape } from "../../core/index.ts";
import type { FittedPreprocessing } from "../encoding/fittedPreprocessing.ts";
import type { Activation, NetworkSize, ResolvedNetwork } from "./networkOptions.ts";

/**
 * The network for a table as plain data: its layers in order, and under which names and in which
 * shapes its state is kept. TabularNet is made from it to train, and a loaded model predicts by it
 * without a tensor.
 */

export type Layer = LinearLayer | NormLayer | ActivationLayer | DropoutLayer;

export interface LinearLayer {
  readonly kind: "linear";
  readonly inputs: number;
  readonly outputs: number;
  readonly bias: boolean;
}

/** Learns a weight and a bias; "batchNorm" keeps running statistics too. */
export interface NormLayer {
  readonly kind: "batchNorm" | "layerNorm";
  readonly width: number;
  readonly eps: number;
}

export interface ActivationLayer {
  readonly kind: "activation";
  readonly activation: Activation;
}

export interface DropoutLayer {
  readonly kind: "dropout";
  readonly p: number;
}

/** The table of an embedded column. */
export interface EmbeddingTable {
  readonly categories: number;
  readonly width: number;
}

/** What is kept under a name. */
export interface StateEntry {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** PyTorch's default for both kinds of normalization. */
const eps = 1e-5;

/**
 * How wide a category is embedded: fastai's rule of thumb, 1.6 * n^0.56, at most 600.
 * https://docs.fast.ai/tabular.model.html#emb_sz_rule
 */
export function embeddingWidth(categories: number): number {
  return Math.min(600, Math.round(1.6 * categories ** 0.56));
}

/** The size of a network for these inputs and this target. */
export function sizeFor({
  features,
  embeddings,
  outputs,
}: Pick<FittedPreprocessing, "features" | "embeddings" | "outputs">): NetworkSize {
  return { features: features.length, embeddings: embeddings.map(({ categories }) => categories), outputs };
}

export function embeddingTables({ embeddings = [] }: NetworkSize): EmbeddingTable[] {
  return embeddings.map((categories) => ({ categories, width: embeddingWidth(categories) }));
}

/**
 * The width of what the first layer is given: the numeric inputs, and the embedded categories
 * behind them.
 */
export function inputWidth(size: NetworkSize): number {
  return embeddingTables(size).reduce((sum, { width }) => sum + width, size.features);
}

/** The layers behind the embeddings. Their positions are their names: "layers.0". */
export function layersOf(size: NetworkSize, options: ResolvedNetwork): Layer[] {
  return [...eachLayer(size, options)];
}

function* eachLayer(size: NetworkSize, options: ResolvedNetwork): Generator<Layer> {
  const { hidden, norm, normPlace, activation, dropout, biasBeforeNorm } = options;
  const bias = biasBeforeNorm || norm !== "batch" || normPlace === "after";
  let inputs = inputWidth(size);
  for (const width of hidden) {
    const normalization: Layer | undefined = norm === "none" ? undefined : { kind: `${norm}Norm`, width, eps };
    yield { kind: "linear", inputs, outputs: width, bias };
    if (normPlace === "before" && normalization !== undefined) yield normalization;
    yield { kind: "activation", activation };
    if (normPlace === "after" && normalization !== undefined) yield normalization;
    if (dropout > 0) yield { kind: "dropout", p: dropout };
    inputs = width;
  }
  yield { kind: "linear", inputs, outputs: size.outputs, bias: true };
}

/**
 * The state of such a network, without making it: what a file must hold before memory is taken for
 * it.
 */
export function stateEntries(size: NetworkSize, options: ResolvedNetwork): StateEntry[] {
  const entry = (name: string, shape: Shape, dtype: DType = "float32"): StateEntry => ({ name, shape, dtype });
  const tables = embeddingTables(size).map(({ categories, width }, i) =>
    entry(`embeddings.${i}.weight`, [categories, width]),
  );
  const ofLayer = (layer: Layer, i: number): StateEntry[] => {
    const at = `layers.${i}`;
    switch (layer.kind) {
      case "linear":
        return [
          entry(`${at}.weight`, [layer.outputs, layer.inputs]),
          ...(layer.bias ? [entry(`${at}.bias`, [layer.outputs])] : []),
        ];
      case "layerNorm":
        return [entry(`${at}.weight`, [layer.width]), entry(`${at}.bias`, [layer.width])];
      case "batchNorm":
        return [
          entry(`${at}.weight`, [layer.width]),
          entry(`${at}.bias`, [layer.width]),
          entry(`${at}.running_mean`, [layer.width]),
          entry(`${at}.running_var`, [layer.width]),
          entry(`${at}.num_batches_tracked`, [], "float64"),
        ];
      case "activation":
      case "dropout":
        return [];
    }
  };
  return [...tables, ...layersOf(size, options).flatMap(ofLayer)];
}

/** Values in the parameters of such a network, counted without a list of them. */
export function countParameters(size: NetworkSize, options: ResolvedNetwork): number {
  let count = embeddingTables(size).reduce((sum, { categories, width }) => sum + categories * width, 0);
  for (const layer of eachLayer(size, options)) count += parametersOf(layer);
  return count;
}

function parametersOf(layer: Layer): number {
  switch (layer.kind) {
    case "linear":
      return (layer.inputs + (layer.bias ? 1 : 0)) * layer.outputs;
    case "batchNorm":
    case "layerNorm":
      return 2 * layer.width;
    case "activation":
    case "dropout":
      return 0;
  }
}
