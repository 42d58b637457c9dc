/**
 * A layer of a ConvNet and its sizes; convolutions have no bias, and padding in front of their
 * stride of 1.
 */
export type Layer =
  | readonly [kind: "conv", inputs: number, outputs: number, kernel: number, padding: number]
  | readonly [kind: "batchNorm", channels: number]
  | readonly [kind: "maxPool", size: number]
  | readonly [kind: "linear", inputs: number, outputs: number]
  | readonly [kind: "relu" | "globalAverage" | "flatten"];

/**
 * A network of Linear, BatchNorm1d and ReLU per hidden layer and a Linear at the end, a ConvNet, or
 * a matrix product.
 */
export interface Workload {
  /** What `--only` names; several workloads may share one. */
  readonly id: string;
  readonly title: string;
  /**
   * `train`: forward, loss, backward and Adam. `infer`: forward in eval mode. `matmul`: [batch,
   * sizes[0]] by sizes.
   */
  readonly kind: "train" | "infer" | "matmul";
  /** The layers of a ConvNet, and the pictures [C, H, W] that it sees. */
  readonly layers?: readonly Layer[];
  readonly picture?: readonly number[];
  /** Features in, hidden units, outputs; of a ConvNet the classes alone. */
  readonly sizes: readonly number[];
  readonly loss: "mse" | "crossEntropy";
  readonly batch: number;
  /** Losses compared before anything is timed. */
  readonly verified: number;
}

const tutorial = [9, 50, 25, 1];
/** Convolution, BatchNorm2d, ReLU. */
const block = (inputs: number, outputs: number, kernel: number, padding: number): Layer[] => [
  ["conv", inputs, outputs, kernel, padding],
  ["batchNorm", outputs],
  ["relu"],
];

const training = { kind: "train", loss: "mse" } as const;
const inference = { kind: "infer", loss: "mse", verified: 1 } as const;

export const workloads: readonly Workload[] = [
  {
    ...training,
    id: "W1",
    title: "the tutorial's net 9-50-25-1, MSE, batch 32",
    sizes: tutorial,
    batch: 32,
    verified: 20,
  },
  {
    ...training,
    id: "W1",
    title: "the tutorial's net 9-50-25-1, MSE, batch 64",
    sizes: tutorial,
    batch: 64,
    verified: 20,
  },
  {
    ...training,
    id: "W2",
    title: "784-256-128-10, cross entropy, batch 128",
    sizes: [784, 256, 128, 10],
    loss: "crossEntropy",
    batch: 128,
    verified: 5,
  },
  {
    ...training,
    id: "W3",
    title: "512-1024-1024-1, MSE, batch 512",
    sizes: [512, 1024, 1024, 1],
    batch: 512,
    verified: 2,
  },
  {
    ...training,
    id: "W4",
    title: "100-256-256-256-1, MSE, batch 1024",
    sizes: [100, 256, 256, 256, 1],
    batch: 1024,
    verified: 3,
  },
  { ...inference, id: "W5", title: "inference of the tutorial's net, one row", sizes: tutorial, batch: 1 },
  { ...inference, id: "W5", title: "inference of the tutorial's net, 10,000 rows", sizes: tutorial, batch: 10_000 },
  {
    ...training,
    id: "W7",
    title: "ConvNet 8-16 of 5 x 5, Linear 400-120-10, on 28 x 28, cross entropy, batch 64",
    picture: [1, 28, 28],
    layers: [
      ...block(1, 8, 5, 2),
      ["maxPool", 2],
      ...block(8, 16, 5, 0),
      ["maxPool", 2],
      ["flatten"],
      ["linear", 400, 120],
      ["relu"],
      ["linear", 120, 10],
    ],
    sizes: [10],
    loss: "crossEntropy",
    batch: 64,
    verified: 5,
  },
  {
    ...training,
    id: "W8",
    title: "ConvNet 32-64-64 of 3 x 3, global average, on 3 x 32 x 32, cross entropy, batch 32",
    picture: [3, 32, 32],
    layers: [
      ...block(3, 32, 3, 1),
      ["maxPool", 2],
      ...block(32, 64, 3, 1),
      ["maxPool", 2],
      ...block(64, 64, 3, 1),
      ["globalAverage"],
      ["flatten"],
      ["linear", 64, 10],
    ],
    sizes: [10],
    loss: "crossEntropy",
    batch: 32,
    verified: 4,
  },
  {
    id: "GEMM",
    title: "matrix product 1024 x 1024 x 1024",
    kind: "matmul",
    sizes: [1024, 1024],
    loss: "mse",
    batch: 1024,
    verified: 1,
  },
];

/** Floating point operations of one matrix product. */
export function matmulOperations(workload: Workload): number {
  return 2 * workload.batch * workload.sizes[0] * workload.sizes[1];
}

/** The whole process: load the table, train, print the test error. It has scripts of its own. */
export const wholeProcess = {
  id: "W6",
  title: "a whole process: load MPG, train the tutorial's net 100 epochs at batch 32, print the test error",
} as const;

export const ids: readonly string[] = [...new Set([...workloads.map(({ id }) => id), wholeProcess.id])];
