import { parametersOf, type WorkloadName, workloads } from "./workloads.ts";

/**
 * What a step costs on some ranks: the rows that each computes, what every rank does whatever its
 * rows are, and the exchanges. Milliseconds and bytes.
 */

/** Fitted to steps of one rank with batches of several sizes. */
export interface Compute {
  /** The optimizer's step, and what a program does in any case. */
  readonly fixed: number;
  readonly perRow: number;
  /** Picking the rows of a whole batch, of which each rank then takes its share. */
  readonly gather: number;
}

export interface Network {
  readonly name: string;
  /** Until a message arrives, without its bytes. */
  readonly latency: number;
  /** Bytes in a millisecond, out of one rank. */
  readonly bandwidth: number;
  /** What a rank does for each message that it sends or receives. */
  readonly overhead: number;
}

/** Assumed, not measured: usual figures of TCP, and of RDMA, between two processes. */
export const networks: readonly Network[] = [
  { name: "1 GbE, 50 us, 117 MB/s", latency: 0.05, bandwidth: 117e3, overhead: 0.005 },
  { name: "100 Gb, 2 us, 12 GB/s", latency: 0.002, bandwidth: 12e6, overhead: 0.001 },
];

/** How the sums of an array reach all ranks. */
export type Algorithm = "direct" | "ring" | "tree";

/** Up to so many bytes @evenkeel/mpi sends an array as a whole. */
const small = 16_384;

/** The time of an allReduce of so many bytes. */
export function exchange(bytes: number, ranks: number, network: Network, algorithm: Algorithm): number {
  if (ranks === 1) return 0;
  const { latency, bandwidth, overhead } = network;
  const others = ranks - 1;
  switch (algorithm) {
    // What @evenkeel/mpi does: each rank sends to each, small arrays whole, large ones in parts.
    case "direct":
      if (bytes <= small) return latency + others * (overhead + bytes / bandwidth);
      return 2 * (latency + others * (overhead + bytes / ranks / bandwidth));
    case "ring":
      return 2 * others * (latency + overhead + bytes / ranks / bandwidth);
    // Sums up a binary tree, and back down.
    case "tree":
      return 2 * Math.ceil(Math.log2(ranks)) * (latency + overhead + bytes / bandwidth);
  }
}

/** The sizes of all exchanges of a step: those of each BatchNorm, forward and backward, and the gradients. */
export function messagesOf(workload: WorkloadName, ranks: number): number[] {
  const { sizes } = workloads[workload];
  const norms = sizes.slice(1, -1).flatMap((channels) => [8 * ranks * (1 + 2 * channels), 8 * 2 * channels]);
  return [...norms, 4 * (parametersOf(sizes) + 2)];
}

export interface Step {
  readonly compute: number;
  readonly exchanges: number;
}

/** A step of a batch that is divided among ranks, each on a machine of its own. */
export function stepOf(
  workload: WorkloadName,
  { fixed, perRow, gather }: Compute,
  ranks: number,
  network: Network,
  algorithm: Algorithm,
  batch: number = workloads[workload].batch,
): Step {
  const rows = Math.ceil(batch / ranks);
  const messages = ranks > batch ? [16] : messagesOf(workload, ranks);
  return {
    compute: fixed + (ranks > batch ? batch : rows) * perRow + (ranks > 1 ? gather : 0),
    exchanges: messages.reduce((sum, bytes) => sum + exchange(bytes, ranks, network, algorithm), 0),
  };
}

/** Least squares of milliseconds over rows. */
export function fitCompute(
  points: readonly (readonly [rows: number, milliseconds: number])[],
): Omit<Compute, "gather"> {
  const n = points.length;
  // By relative errors: otherwise the largest batch alone decides.
  const weights = points.map(([, time]) => 1 / time ** 2);
  const total = weights.reduce((a, b) => a + b, 0);
  const mean = (of: (point: readonly [number, number]) => number) =>
    points.reduce((sum, point, i) => sum + weights[i] * of(point), 0) / total;
  const [x, y] = [mean(([rows]) => rows), mean(([, time]) => time)];
  const covariance = mean(([rows, time]) => (rows - x) * (time - y));
  const perRow = n < 2 ? y / x : covariance / mean(([rows]) => (rows - x) ** 2);
  return { perRow, fixed: Math.max(0, y - perRow * x) };
}

/** How many ranks are fastest, and how much faster than one they are. */
export function bestRanks(
  workload: WorkloadName,
  compute: Compute,
  network: Network,
  algorithm: Algorithm,
  most = 512,
  batch?: number,
): { readonly ranks: number; readonly speedup: number } {
  const time = (ranks: number) => {
    const { compute: own, exchanges } = stepOf(workload, compute, ranks, network, algorithm, batch);
    return own + exchanges;
  };
  let best = 1;
  for (let ranks = 2; ranks <= most; ranks++) if (time(ranks) < time(best)) best = ranks;
  return { ranks: best, speedup: time(1) / time(best) };
}
