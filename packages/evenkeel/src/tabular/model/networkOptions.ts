import { flag, listOf, oneOf, option, share, wholeNumber } from "../../core/index.ts";

/** What `norm` can be: nothing, BatchNorm1d or LayerNorm behind each hidden layer. */
export const norms = ["none", "batch", "layer"] as const;
/** What `activation` can be: the nonlinearity behind each hidden layer. */
export const activations = ["relu", "leakyRelu", "elu", "gelu", "silu", "tanh"] as const;

/** The options of `TabularNet`. */
export const networkOptions = {
  hidden: option({
    check: listOf(wholeNumber(1, 65_536), "widths such as [64, 32]", { noun: "widths", none: "none" }),
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
