import { formatShape, mismatch, wrongValue } from "../../core/index.ts";
import { linear } from "../../nn/functional/index.ts";
import * as nn from "../../nn/index.ts";
import { cat, noGrad, type Tensor } from "../../tensor/index.ts";
import type { Task } from "../schema/schema.ts";
import { combineMembers } from "./combineMembers.ts";
import { embeddingTables, type Layer, layersOf } from "./layers.ts";
import { type Activation, type NetworkSize, type ResolvedNetwork, resolveNetwork } from "./networkOptions.ts";
import type { NetworkOptions } from "./networkOptions.types.ts";

/**
 * A network for a table: embedded categories beside the numeric inputs, then hidden layers of
 * Linear, normalization, activation and dropout, then a Linear to the outputs. It is called with
 * the numeric inputs [N, features] and, where columns are embedded, their codes, int32 [N,
 * columns]; it gives [N, outputs].
 *
 * With several `members` it is an ensemble in one, TabM-mini: each scales the inputs in its own way
 * and has an output layer of its own; the hidden layers are shared. In training it gives the
 * outputs of all members, [N, members, outputs], for a loss of each; in eval mode their
 * {@link combineMembers combination}, [N, outputs]. Gorishniy et al. 2024,
 * https://arxiv.org/abs/2410.24210
 */
export class TabularNet extends nn.Module<Tensor[]> {
  readonly size: NetworkSize;
  readonly options: ResolvedNetwork;
  embeddings: nn.ModuleList | null;
  layers: nn.Sequential;

  /**
   * @throws TypeError or RangeError naming the option that is unknown or does not fit, or the part
   *   of `size` that several members need
   */
  constructor(size: NetworkSize, options: NetworkOptions = {}) {
    super();
    this.size = size;
    this.options = resolveNetwork(options);
    if (this.options.members > 1) checkEnsemble(size);
    const tables = embeddingTables(size, this.options);
    this.embeddings =
      tables.length === 0
        ? null
        : new nn.ModuleList(tables.map(({ categories, width }) => new nn.Embedding(categories, width)));
    if (this.options.embedding === "small") {
      noGrad(() => {
        for (const { weight } of (this.embeddings ?? []) as Iterable<nn.Embedding>) weight.mul_(smallSpread);
      });
    }
    this.layers = new nn.Sequential(...layersOf(size, this.options).map(moduleOf));
    if (this.options.members > 1) tieSigns(this.layers, size, this.options);
  }

  override forward(x: Tensor, ...[codes]: Tensor[]): Tensor {
    const parts = this.embeddings === null ? [x] : [x, ...this.embedded(this.embeddings, codes)];
    const { members, hidden } = this.options;
    const scalesWeights = this.training && members > 1 && hidden.length > 0 && x.shape[0] >= manyRows;
    if (scalesWeights) return this.withScaledWeights(parts);
    const output = this.layers(parts.length === 1 ? x : cat(parts, 1));
    if (this.training || members === 1) return output;
    return combineMembers(output, this.size.task as Task);
  }

  /** The embedded categories, which stand behind the numeric inputs. */
  private embedded(embeddings: nn.ModuleList, codes: Tensor | undefined): Tensor[] {
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
    return Array.from(embeddings as Iterable<nn.Embedding>, (embedding, i) => embedding(codes.select(1, i)));
  }

  /**
   * The layers of several members in a training of many rows. A member's scales multiply the first
   * hidden layer's weights there instead of the inputs, (x * s) W^T = x (s * W)^T, and numeric inputs
   * are a product of their own: so the products that would give gradients of the numeric inputs are
   * never made, a third of those of that layer.
   */
  private withScaledWeights([x, ...embedded]: Tensor[]): Tensor {
    const [, scale, , first, ...behind] = this.layers as Iterable<nn.AnyModule> as FirstLayers;
    const members = this.options.members;
    const width = first.outFeatures;
    // One member after another: that is one loop of a compiled step, which a broadcast [k, 1, d] is not.
    const scaled = Array.from({ length: members }, (_, j) => first.weight.mul(scale.weight.select(0, j)));
    const weight = cat(scaled, 0);
    const [rows, numbers] = x.shape;
    const products: Tensor[] = [];
    if (numbers > 0) products.push(linear(x, weight.narrow(1, 0, numbers)));
    if (embedded.length > 0) {
      products.push(linear(cat(embedded, 1), weight.narrow(1, numbers, first.inFeatures - numbers)));
    }
    const sum = products.reduce((a, b) => a.add(b)).reshape([rows * members, width]);
    return behind.reduce((value, layer) => layer(value), first.bias === null ? sum : sum.add(first.bias));
  }
}

/** The first layers of several members that share hidden layers. */
type FirstLayers = [
  view: nn.EnsembleView,
  scale: nn.ElementwiseAffine<false>,
  flatten: nn.Flatten,
  first: nn.Linear,
  ...behind: nn.Module[],
];

/** From this many rows on, scaled weights save more than their making costs: at 128 rows and 180 inputs a sixth of a step. */
const manyRows = 64;

/** The standard deviation of "small" embeddings at the start. */
const smallSpread = 0.3;

/** @throws RangeError naming the part of `size` that does not fit */
function checkEnsemble({ features, embeddings = [], task, sources }: NetworkSize): void {
  if (task === undefined || !tasks.includes(task)) {
    throw wrongValue(
      "TabularNet",
      "size.task",
      task,
      `${tasks.map((each) => JSON.stringify(each)).join(" or ")}, by which the outputs of several members become one`,
    );
  }
  if (sources === undefined) return;
  for (const [part, count] of [["features", features] as const, ["embeddings", embeddings.length] as const]) {
    if (sources[part].length === count) continue;
    throw wrongValue("TabularNet", `the length of size.sources.${part}`, sources[part].length, `${count}, the inputs`);
  }
}

const tasks: readonly Task[] = ["regression", "binary", "multiclass"];

/**
 * Gives all inputs of one source the sign of the first of them, for each member: the bins of a
 * column, the elements of an embedding. Signs of their own would make noise of what belongs
 * together.
 */
function tieSigns(layers: nn.Sequential, size: NetworkSize, options: ResolvedNetwork): void {
  const scale = Array.from(layers).find((layer) => layer instanceof nn.ElementwiseAffine) as nn.ElementwiseAffine;
  const sources = sourcesOfInputs(size, options);
  const first = sources.map((source) => sources.indexOf(source));
  noGrad(() => scale.weight.copy_(scale.weight.indexSelect(1, first)));
}

/** The source of every input of the first layer. */
function sourcesOfInputs(size: NetworkSize, options: ResolvedNetwork): number[] {
  const { features, embeddings = [] } = size;
  const {
    sources = {
      features: Array.from({ length: features }, (_, i) => i),
      embeddings: embeddings.map((_, i) => features + i),
    },
  } = size;
  const embedded = embeddingTables(size, options).flatMap(({ width }, i) => {
    return Array.from({ length: width }, () => sources.embeddings[i]);
  });
  return [...sources.features, ...embedded];
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
    case "ensembleView":
      return new nn.EnsembleView(layer.members);
    case "elementwiseAffine":
      return new nn.ElementwiseAffine([layer.members, layer.width], { bias: false, scalingInit: "randomSigns" });
    case "flatten":
      return new nn.Flatten(0, 1);
    case "unflatten":
      return new nn.Unflatten(0, [-1, layer.members]);
    case "linearEnsemble":
      return new nn.LinearEnsemble(layer.inputs, layer.outputs, { k: layer.members });
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
