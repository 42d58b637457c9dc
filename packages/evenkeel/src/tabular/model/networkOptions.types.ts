// Written by `npm run docs` from the declarations; change those.
import type { OptionValue } from "../../core/index.ts";
import type { networkOptions } from "./networkOptions.ts";

type Value<K extends keyof typeof networkOptions> = OptionValue<typeof networkOptions, K>;

/** The hidden part of a network for a table. */
export interface NetworkOptions {
  /** Widths of the hidden layers; none gives a linear model. Default: [64, 32]. */
  readonly hidden?: Value<"hidden"> | undefined;
  /** What normalizes the activations of a hidden layer. Default: "batch". */
  readonly norm?: Value<"norm"> | undefined;
  /**
   * Whether normalization stands before the activation, as in its paper, or after it. Default:
   * "before".
   */
  readonly normPlace?: Value<"normPlace"> | undefined;
  /** The nonlinearity of the hidden layers. Default: "relu". */
  readonly activation?: Value<"activation"> | undefined;
  /** The share of activations dropped after each hidden layer. Default: 0. */
  readonly dropout?: Value<"dropout"> | undefined;
  /**
   * Whether a Linear right before batch normalization has a bias, which the normalization takes
   * away again. Default: false.
   */
  readonly biasBeforeNorm?: Value<"biasBeforeNorm"> | undefined;
  /**
   * How many networks are one: they share the hidden layers, scale the inputs each in its own way,
   * have an output each, and predict their mean. Default: 1.
   */
  readonly members?: Value<"members"> | undefined;
  /**
   * How embedded categories start: by fastai's rule, up to 600 wide and normal(0, 1), or small, at
   * most 8 wide and normal(0, 0.3). Default: "fastai".
   */
  readonly embedding?: Value<"embedding"> | undefined;
}
