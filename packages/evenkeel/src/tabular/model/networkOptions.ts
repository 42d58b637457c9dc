import { checkDeclared, defaultOf, flag, listOf, oneOf, option, share, wholeNumber } from "../../core/index.ts";
import type { Task } from "../schema/schema.ts";
import type { NetworkOptions } from "./networkOptions.types.ts";

/** What `norm` can be: nothing, BatchNorm1d or LayerNorm behind each hidden layer. */
export const norms = ["none", "batch", "layer"] as const;
/** What `activation` can be: the nonlinearity behind each hidden layer. */
export const activations = ["relu", "leakyRelu", "elu", "gelu", "silu", "tanh"] as const;
/** What `embedding` can be: how wide an embedded category is, and how far its vectors start from 0. */
export const embeddingRules = ["fastai", "small"] as const;

/**
 * More hidden layers than any network for a table has. A model's file can claim as many as it
 * likes: what is made of each of them costs far more than the byte that claims it.
 */
const mostLayers = 1000;

/** The options of `TabularNet`. */
export const networkOptions = {
  hidden: option({
    check: listOf(wholeNumber(1, 65_536), "widths such as [64, 32]", {
      ...{ noun: "widths", none: "none", most: mostLayers },
    }),
    default: [64, 32],
    help: "Widths of the hidden layers; none gives a linear model.",
  }),
  norm: option({ check: oneOf(norms), default: "batch", help: "What normalizes the activations of a hidden layer." }),
  normPlace: option({
    check: oneOf(["before", "after"]),
    default: "before",
    help: "Whether normalization stands before the activation, as in its paper, or after it.",
  }),
  activation: option({ check: oneOf(activations), default: "relu", help: "The nonlinearity of the hidden layers." }),
  dropout: option({ check: share(), default: 0, help: "The share of activations dropped after each hidden layer." }),
  biasBeforeNorm: option({
    check: flag(),
    default: false,
    help: "Whether a Linear right before batch normalization has a bias, which the normalization takes away again.",
  }),
  members: option({
    check: wholeNumber(1, 64),
    default: 1,
    help: "How many networks are one: they share the hidden layers, scale the inputs each in its own way, have an output each, and predict their mean.",
  }),
  embedding: option({
    check: oneOf(embeddingRules),
    default: "fastai",
    help: "How embedded categories start: by fastai's rule, up to 600 wide and normal(0, 1), or small, at most 8 wide and normal(0, 0.3).",
  }),
};

/** What normalizes the activations of a hidden layer. */
export type Norm = (typeof norms)[number];
export type Activation = (typeof activations)[number];
export type EmbeddingRule = (typeof embeddingRules)[number];

/** What a network is given, and how much it is to say. */
export interface NetworkSize {
  /** Numeric inputs. */
  readonly features: number;
  /** Categories of each embedded column, the one for unknown ones included. */
  readonly embeddings?: readonly number[];
  readonly outputs: number;
  /** What is predicted: how the outputs of several members become one. Needed where there are any. */
  readonly task?: Task | undefined;
  /** Which column inputs come from. Absent: each numeric input and embedding from one of its own. */
  readonly sources?: InputSources | undefined;
}

/**
 * A number for each numeric input and each embedding, the same for all that come from one column of
 * the table: where members scale their inputs, these start with one sign.
 */
export interface InputSources {
  readonly features: readonly number[];
  readonly embeddings: readonly number[];
}

export type ResolvedNetwork = { readonly [K in keyof NetworkOptions]-?: NonNullable<NetworkOptions[K]> };

/**
 * Options with their defaults.
 * @throws TypeError or RangeError naming the option that is unknown or does not fit
 */
export function resolveNetwork(options: NetworkOptions = {}): ResolvedNetwork {
  checkDeclared("network", options, networkOptions);
  const {
    hidden = defaultOf(networkOptions, "hidden"),
    norm = defaultOf(networkOptions, "norm"),
    normPlace = defaultOf(networkOptions, "normPlace"),
    activation = defaultOf(networkOptions, "activation"),
    dropout = defaultOf(networkOptions, "dropout"),
    biasBeforeNorm = defaultOf(networkOptions, "biasBeforeNorm"),
    members = defaultOf(networkOptions, "members"),
    embedding = defaultOf(networkOptions, "embedding"),
  } = options;
  return { hidden: [...hidden], norm, normPlace, activation, dropout, biasBeforeNorm, members, embedding };
}
