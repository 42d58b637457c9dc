import { checkOptions, describe, formatShape, mismatch, text, wrongType, wrongValue } from "../../core/index.ts";
import * as nn from "../../nn/index.ts";
import { cat, type Tensor } from "../../tensor/index.ts";

/** What `network.norm` can be: nothing, BatchNorm1d or LayerNorm behind each hidden layer. */
export const norms = ["none", "batch", "layer"] as const;
/** What `network.activation` can be: the nonlinearity behind each hidden layer. */
export const activations = ["relu", "leakyRelu", "elu", "gelu", "silu", "tanh"] as const;

/** What normalizes the activations of a hidden layer. */
export type Norm = (typeof norms)[number];
export type Activation = (typeof activations)[number];

/** The hidden part of a network for a table. */
export interface NetworkOptions {
  /** Widths of the hidden layers; none gives a linear model. Default [64, 32]. */
  readonly hidden?: readonly number[];
  /** Default "batch". */
  readonly norm?: Norm;
  /** Whether normalization stands before the activation, as its paper has it, or after. Default "before". */
  readonly normPlace?: "before" | "after";
  /** Default "relu". */
  readonly activation?: Activation;
  /** Share of activations dropped after every hidden layer. Default 0. */
  readonly dropout?: number;
  /**
   * Whether a Linear right before batch normalization has a bias, which the normalization takes away again. Default false.
   */
  readonly biasBeforeNorm?: boolean;
}

/** What a network is given, and how much it is to say. */
export interface NetworkSize {
  /** Numeric inputs. */
  readonly features: number;
  /** Categories of each embedded column, the one for unknown ones included. */
  readonly embeddings?: readonly number[];
  readonly outputs: number;
}

export type ResolvedNetwork = Required<NetworkOptions>;

const optionNames = ["hidden", "norm", "normPlace", "activation", "dropout", "biasBeforeNorm"];
const widest = 65_536;

/**
 * Options with their defaults.
 * @throws TypeError or RangeError naming the option that is unknown or does not fit
 */
export function resolveNetwork(options: NetworkOptions = {}): ResolvedNetwork {
  checkOptions("network", options, optionNames);
  const {
    hidden = [64, 32],
    norm = "batch",
    normPlace = "before",
    activation = "relu",
    dropout = 0,
    biasBeforeNorm = false,
  } = options;
  if (!Array.isArray(hidden)) throw wrongType("network", { option: "hidden" }, hidden, "widths: [64, 32]");
  for (const width of hidden) {
    if (Number.isInteger(width) && width >= 1 && width <= widest) continue;
    throw mismatch(
      "wrong-value",
      "network",
      text`${{ option: "hidden" }} has the width ${describe(width)}`,
      `whole numbers from 1 to ${widest}`,
    );
  }
  checkChoice("norm", norm, norms);
  checkChoice("normPlace", normPlace, ["before", "after"]);
  checkChoice("activation", activation, activations);
  if (!(typeof dropout === "number" && dropout >= 0 && dropout < 1)) {
    throw wrongValue("network", { option: "dropout" }, dropout, "a share from 0 up to, but not including, 1");
  }
  if (typeof biasBeforeNorm !== "boolean") {
    throw wrongType("network", { option: "biasBeforeNorm" }, biasBeforeNorm, "true or false");
  }
  return { hidden: [...hidden], norm, normPlace, activation, dropout, biasBeforeNorm };
}

function checkChoice(name: string, value: unknown, choices: readonly string[]): void {
  if ((choices as readonly unknown[]).includes(value)) return;
  throw wrongValue("network", { option: name }, value, `one of ${choices.join(", ")}`);
}

/**
 * How wide a category is embedded: fastai's rule of thumb, 1.6 * n^0.56, at most 600.
 * https://docs.fast.ai/tabular.model.html#emb_sz_rule
 */
export function embeddingWidth(categories: number): number {
  return Math.min(600, Math.round(1.6 * categories ** 0.56));
}

/**
 * A network for a table: embedded categories beside the numeric inputs, then hidden layers of Linear, normalization,
 * activation and dropout, then a Linear to the outputs. It is called with the numeric inputs [N, features] and, where
 * columns are embedded, their codes, int32 [N, columns]; it gives [N, outputs].
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
    const { features, embeddings = [], outputs } = size;
    const widths = embeddings.map(embeddingWidth);
    this.embeddings =
      embeddings.length === 0
        ? null
        : new nn.ModuleList(embeddings.map((categories, i) => new nn.Embedding(categories, widths[i])));
    const layers: nn.AnyModule[] = [];
    let before = features + widths.reduce((sum, width) => sum + width, 0);
    for (const width of this.options.hidden) {
      layers.push(...hiddenLayer(before, width, this.options));
      before = width;
    }
    this.layers = new nn.Sequential(...layers, new nn.Linear(before, outputs));
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

function hiddenLayer(inputs: number, width: number, options: ResolvedNetwork): nn.AnyModule[] {
  const { norm, normPlace, activation, dropout, biasBeforeNorm } = options;
  const bias = biasBeforeNorm || norm !== "batch" || normPlace === "after";
  const layer: nn.AnyModule[] = [new nn.Linear(inputs, width, { bias }), activationLayer(activation)];
  if (norm !== "none") {
    const normalization = norm === "batch" ? new nn.BatchNorm1d(width) : new nn.LayerNorm(width);
    layer.splice(normPlace === "before" ? 1 : 2, 0, normalization);
  }
  if (dropout > 0) layer.push(new nn.Dropout(dropout));
  return layer;
}

function activationLayer(activation: Activation): nn.AnyModule {
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
  }
}

/** Values in the parameters of such a network, without making it: what a file must hold before memory is taken for it. */
export function countParameters({ features, embeddings = [], outputs }: NetworkSize, options: ResolvedNetwork): number {
  let before = features;
  let count = 0;
  for (const categories of embeddings) {
    before += embeddingWidth(categories);
    count += categories * embeddingWidth(categories);
  }
  for (const width of options.hidden) {
    const bias = options.biasBeforeNorm || options.norm !== "batch" || options.normPlace === "after";
    count += before * width + (bias ? width : 0) + (options.norm === "none" ? 0 : 2 * width);
    before = width;
  }
  return count + before * outputs + outputs;
}
