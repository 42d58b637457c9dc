import type { Activation, Norm } from "evenkeel/tabular";

/** What a hidden layer consists of, in any order. */
export const parts = ["linear", "norm", "activation", "dropout"] as const;
export type Part = (typeof parts)[number];

export const builtinTables = ["mpg", "penguins"] as const;
/** A built-in table, or one of the visitor's own, which no link can hold. */
export type TableName = (typeof builtinTables)[number] | "own";

export const optimizers = ["adam", "adamw", "sgd"] as const;
export type OptimizerName = (typeof optimizers)[number];

/** Numeric inputs as they stand in the table, or with mean 0 and variance 1. */
export const inputScales = ["raw", "zscore"] as const;
export type InputScale = (typeof inputScales)[number];

/** The two networks that are trained beside each other. */
export const sides = ["left", "right"] as const;
export type Side = (typeof sides)[number];

/**
 * Everything that decides the numbers on the page. The same set-up and table give the same bits, so a
 * link that holds it is a lesson.
 */
export interface Setup {
  readonly table: TableName;
  /** The column that is predicted; the table's usual one if empty. */
  readonly target: string;
  /** Of the split, the initial weights, the order of the rows, and dropout. */
  readonly seed: number;
  /** Widths of the hidden layers. */
  readonly hidden: readonly number[];
  /** The order of what a hidden layer consists of. */
  readonly order: readonly Part[];
  readonly left: Norm;
  readonly right: Norm;
  readonly activation: Activation;
  /** The share of activations dropped; at 0 there is no dropout. */
  readonly dropout: number;
  /** Whether a Linear right before BatchNorm has a bias, which the normalization takes away again. */
  readonly biasBeforeNorm: boolean;
  readonly scale: InputScale;
  readonly optimizer: OptimizerName;
  readonly batchSize: number;
  /** How many steps a training has. */
  readonly steps: number;
  readonly lr: number;
  /** Of BatchNorm's running statistics: how much of each step's goes into them. */
  readonly momentum: number;
  /** A column whose values are multiplied by a million; none if empty. */
  readonly times: string;
  /** Whether a column of one value is added to the table. */
  readonly constant: boolean;
}

/** The tutorial's network on its table. */
export const defaultSetup: Setup = {
  table: "mpg",
  target: "",
  seed: 0,
  hidden: [50, 25],
  order: ["linear", "norm", "activation", "dropout"],
  left: "none",
  right: "batch",
  activation: "relu",
  dropout: 0,
  biasBeforeNorm: true,
  scale: "raw",
  optimizer: "adam",
  batchSize: 32,
  steps: 2000,
  lr: 0.001,
  momentum: 0.1,
  times: "",
  constant: false,
};
