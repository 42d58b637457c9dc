import { nn } from "evenkeel";

/**
 * The networks of the page: Linear, BatchNorm and ReLU for each hidden layer, a Linear at the end.
 * `quiet` is the fastest step in milliseconds that bench/RESULTS.md has of a quiet machine, in Node
 * 20 on one thread.
 */
export const workloads = {
  W1: { title: "9-50-25-1 (the tutorial's), batch 64", sizes: [9, 50, 25, 1], batch: 64, quiet: 0.019 },
  W4: { title: "100-256-256-256-1, batch 1024", sizes: [100, 256, 256, 256, 1], batch: 1024, quiet: 17.63 },
  W3: { title: "512-1024-1024-1, batch 512", sizes: [512, 1024, 1024, 1], batch: 512, quiet: 82.98 },
} as const;

export type WorkloadName = keyof typeof workloads;

export function networkOf(sizes: readonly number[]): nn.Sequential {
  const layers = sizes.slice(1).flatMap((outputs, i) => {
    const linear = new nn.Linear(sizes[i], outputs);
    return i === sizes.length - 2 ? [linear] : [linear, new nn.BatchNorm1d(outputs), new nn.ReLU()];
  });
  return new nn.Sequential(...layers);
}

/** Of all parameters, weights and biases of BatchNorm among them. */
export function parametersOf(sizes: readonly number[]): number {
  return sizes.slice(1).reduce((sum, outputs, i) => {
    const norm = i === sizes.length - 2 ? 0 : 2 * outputs;
    return sum + (sizes[i] + 1) * outputs + norm;
  }, 0);
}
