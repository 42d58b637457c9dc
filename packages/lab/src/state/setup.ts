import type { Activation, Norm } from "evenkeel/tabular";

/** What a hidden layer consists of, in any order. */
export const parts = ["linear", "norm", "activation", "dropout"] as const;
export type Part = (typeof parts)[number];

export const builtinTables = ["mpg", "penguins", "digits"] as const;
/** A built-in table, or one of the visitor's own, which no link can hold. */
export type TableName = (typeof builtinTables)[number] | "own";

export const optimizers = ["adam", "adamw", "sgd"] as const;
export type OptimizerName = (typeof optimizers)[number];

/** Numeric inputs as they stand in the table, or with mean 0 and variance 1. */
export const inputScales = ["raw", "zscore"] as const;
export type InputScale = (typeof inputScales)[number];

/** What stands between the last convolution and the outputs: the heads of the study's question about pooling. */
export const heads = ["globalAverage", "globalMax", "averageLinear", "maxLinear"] as const;
export type Head = (typeof heads)[number];

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
  /** Widths of the hidden layers; of pictures, the channels of the convolutions. */
  readonly hidden: readonly number[];
  /** The order of what a hidden layer consists of. */
  readonly order: readonly Part[];
  /** The head of a ConvNet; tables have none. */
  readonly head: Head;
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
  head: "maxLinear",
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

/** Whether the networks see pictures, so that they are ConvNets. */
export function hasPictures({ table }: Pick<Setup, "table">): boolean {
  return table === "digits";
}

/** With pooling between them, more convolutions would leave less than 2 x 2 places of a picture. */
export const mostConvolutions = 3;

/** The lengths that a ConvNet has where no others are asked for: those of the tutorial would be slow. */
export const usualConvNet = { hidden: [8, 16], steps: 300 } as const;

/** What changes where another table is chosen. What belongs to the table before is given up. */
export function otherTable(setup: Setup, table: TableName, target = ""): Partial<Setup> {
  const { hidden, steps } = hasPictures({ table }) ? usualConvNet : defaultSetup;
  const isOtherKind = hasPictures(setup) !== hasPictures({ table });
  return { table, target, times: "", constant: false, ...(isOtherKind && { hidden, steps }) };
}
