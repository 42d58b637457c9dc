import type { DType, Shape } from "../../core/index.ts";
import type { EnsembleMeanOf } from "../../ops/ensemble/ensembleMean.loops.ts";
import type { FittedPreprocessing } from "../encoding/fittedPreprocessing.ts";
import type { Task } from "../schema/schema.ts";
import type { Activation, EmbeddingRule, NetworkSize, ResolvedNetwork } from "./networkOptions.ts";

/**
 * The network for a table as plain data: its layers in order, and under which names and in which
 * shapes its state is kept. TabularNet is made from it to train, and a loaded model predicts by it
 * without a tensor.
 */

export type Layer = LinearLayer | NormLayer | ActivationLayer | DropoutLayer | EnsembleLayer;

/**
 * Where one network has several members: between "flatten" and "unflatten" the members of all rows
 * are rows of their own.
 */
export type EnsembleLayer = EnsembleScale | LinearEnsembleLayer | EnsembleShape;

/** Every member's scales of the inputs. */
export interface EnsembleScale {
  readonly kind: "elementwiseAffine";
  readonly members: number;
  readonly width: number;
}

/** An output layer for each member. */
export interface LinearEnsembleLayer {
  readonly kind: "linearEnsemble";
  readonly members: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** [N, d] -> [N, members, d]; [N, members, d] -> [N * members, d]; and back. They learn nothing. */
export interface EnsembleShape {
  readonly kind: "ensembleView" | "flatten" | "unflatten";
  readonly members: number;
}

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

/** What eval mode makes of the members' outputs: [N, members, outputs] -> [N, outputs]. */
export interface EnsembleMeanLayer {
  readonly kind: "ensembleMean";
  readonly members: number;
  readonly outputs: number;
  readonly of: EnsembleMeanOf;
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

/** What of the members' outputs is averaged, by what these mean. */
export const meanOf: Readonly<Record<Task, EnsembleMeanOf>> = {
  regression: "values",
  binary: "sigmoid",
  multiclass: "softmax",
};

/** PyTorch's default for both kinds of normalization. */
const eps = 1e-5;

/**
 * How wide a category is embedded. "fastai" is its rule of thumb, 1.6 * n^0.56, at most 600:
 * https://docs.fast.ai/tabular.model.html#emb_sz_rule
 */
export function embeddingWidth(categories: number, rule: EmbeddingRule): number {
  return rule === "small" ? Math.min(8, categories) : Math.min(600, Math.round(1.6 * categories ** 0.56));
}

/** The size of a network for these inputs and this target. */
export function sizeFor({
  features,
  embeddings,
  outputs,
  task,
  sources,
}: Pick<FittedPreprocessing, "features" | "embeddings" | "outputs" | "task"> &
  Pick<NetworkSize, "sources">): NetworkSize {
  return {
    ...{ features: features.length, embeddings: embeddings.map(({ categories }) => categories), outputs, task },
    ...(sources && { sources }),
  };
}

type Embedding = Pick<ResolvedNetwork, "embedding">;

export function embeddingTables({ embeddings = [] }: NetworkSize, { embedding }: Embedding): EmbeddingTable[] {
  return embeddings.map((categories) => ({ categories, width: embeddingWidth(categories, embedding) }));
}

/**
 * The width of what the first layer is given: the numeric inputs, and the embedded categories
 * behind them.
 */
export function inputWidth(size: NetworkSize, options: Embedding): number {
  return embeddingTables(size, options).reduce((sum, { width }) => sum + width, size.features);
}

/** The layers behind the embeddings. Their positions are their names: "layers.0". */
export function layersOf(size: NetworkSize, options: ResolvedNetwork): Layer[] {
  return [...eachLayer(size, options)];
}

/** {@link layersOf} and what eval mode puts behind them. */
export function evalLayersOf(size: NetworkSize, options: ResolvedNetwork): (Layer | EnsembleMeanLayer)[] {
  const layers = layersOf(size, options);
  const { members } = options;
  if (members === 1) return layers;
  return [...layers, { kind: "ensembleMean", members, outputs: size.outputs, of: meanOf[size.task as Task] }];
}

function* eachLayer(size: NetworkSize, options: ResolvedNetwork): Generator<Layer> {
  const { hidden, norm, normPlace, activation, dropout, biasBeforeNorm, members } = options;
  const bias = biasBeforeNorm || norm !== "batch" || normPlace === "after";
  let inputs = inputWidth(size, options);
  const isEnsemble = members > 1;
  if (isEnsemble) {
    yield { kind: "ensembleView", members };
    yield { kind: "elementwiseAffine", members, width: inputs };
  }
  const merges = isEnsemble && hidden.length > 0;
  if (merges) yield { kind: "flatten", members };
  for (const width of hidden) {
    const normalization: Layer | undefined = norm === "none" ? undefined : { kind: `${norm}Norm`, width, eps };
    yield { kind: "linear", inputs, outputs: width, bias };
    if (normPlace === "before" && normalization !== undefined) yield normalization;
    yield { kind: "activation", activation };
    if (normPlace === "after" && normalization !== undefined) yield normalization;
    if (dropout > 0) yield { kind: "dropout", p: dropout };
    inputs = width;
  }
  if (merges) yield { kind: "unflatten", members };
  const { outputs } = size;
  yield isEnsemble
    ? { kind: "linearEnsemble", members, inputs, outputs }
    : { kind: "linear", inputs, outputs, bias: true };
}

/**
 * The state of such a network, without making it: what a file must hold before memory is taken for
 * it.
 */
export function stateEntries(size: NetworkSize, options: ResolvedNetwork): StateEntry[] {
  const entry = (name: string, shape: Shape, dtype: DType = "float32"): StateEntry => ({ name, shape, dtype });
  const tables = embeddingTables(size, options).map(({ categories, width }, i) =>
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
      case "elementwiseAffine":
        return [entry(`${at}.weight`, [layer.members, layer.width])];
      case "linearEnsemble":
        return [
          entry(`${at}.weight`, [layer.members, layer.inputs, layer.outputs]),
          entry(`${at}.bias`, [layer.members, layer.outputs]),
        ];
      default:
        return [];
    }
  };
  return [...tables, ...layersOf(size, options).flatMap(ofLayer)];
}

/** Values in the parameters of such a network, counted without a list of them. */
export function countParameters(size: NetworkSize, options: ResolvedNetwork): number {
  let count = embeddingTables(size, options).reduce((sum, { categories, width }) => sum + categories * width, 0);
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
    case "elementwiseAffine":
      return layer.members * layer.width;
    case "linearEnsemble":
      return layer.members * (layer.inputs + 1) * layer.outputs;
    default:
      return 0;
  }
}
