/** A network of Linear, BatchNorm1d and ReLU per hidden layer and a Linear at the end, or a matrix product. */
export interface Workload {
  /** What `--only` names; several workloads may share one. */
  readonly id: string;
  readonly title: string;
  /** `train`: forward, loss, backward and Adam. `infer`: forward in eval mode. `matmul`: [batch, sizes[0]] by sizes. */
  readonly kind: "train" | "infer" | "matmul";
  /** Features in, hidden units, outputs. */
  readonly sizes: readonly number[];
  readonly loss: "mse" | "crossEntropy";
  readonly batch: number;
  /** Losses compared before anything is timed. */
  readonly verified: number;
}

const tutorial = [9, 50, 25, 1];
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
