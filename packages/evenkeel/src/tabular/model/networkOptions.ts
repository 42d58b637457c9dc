import { checkDeclared, defaultOf, flag, listOf, oneOf, option, share, wholeNumber } from "../../core/index.ts";
import type { NetworkOptions } from "./networkOptions.types.ts";

/** What `norm` can be: nothing, BatchNorm1d or LayerNorm behind each hidden layer. */
export const norms = ["none", "batch", "layer"] as const;
/** What `activation` can be: the nonlinearity behind each hidden layer. */
export const activations = ["relu", "leakyRelu", "elu", "gelu", "silu", "tanh"] as const;

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
};

/** What normalizes the activations of a hidden layer. */
export type Norm = (typeof norms)[number];
export type Activation = (typeof activations)[number];

/** What a network is given, and how much it is to say. */
export interface NetworkSize {
  /** Numeric inputs. */
  readonly features: number;
  /** Categories of each embedded column, the one for unknown ones included. */
  readonly embeddings?: readonly number[];
  readonly outputs: number;
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
  } = options;
  return { hidden: [...hidden], norm, normPlace, activation, dropout, biasBeforeNorm };
}
