import { checkOptions, describe } from "../../core/index.ts";

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
  if (!Array.isArray(hidden)) throw new TypeError(`network: hidden is ${describe(hidden)}, expected widths: [64, 32]`);
  for (const width of hidden) {
    if (Number.isInteger(width) && width >= 1 && width <= widest) continue;
    throw new RangeError(
      `network: hidden has the width ${describe(width)}, expected whole numbers from 1 to ${widest}`,
    );
  }
  checkChoice("norm", norm, norms);
  checkChoice("normPlace", normPlace, ["before", "after"]);
  checkChoice("activation", activation, activations);
  if (!(typeof dropout === "number" && dropout >= 0 && dropout < 1)) {
    throw new RangeError(
      `network: dropout is ${describe(dropout)}, expected a share from 0 up to, but not including, 1`,
    );
  }
  if (typeof biasBeforeNorm !== "boolean") {
    throw new TypeError(`network: biasBeforeNorm is ${describe(biasBeforeNorm)}, expected true or false`);
  }
  return { hidden: [...hidden], norm, normPlace, activation, dropout, biasBeforeNorm };
}

function checkChoice(name: string, value: unknown, choices: readonly string[]): void {
  if ((choices as readonly unknown[]).includes(value)) return;
  throw new RangeError(`network: ${name} is ${describe(value)}, expected one of ${choices.join(", ")}`);
}
