import { createHash } from "node:crypto";
import { distributed, Generator, randn } from "evenkeel";
import { TensorDataset } from "evenkeel/data";
import "evenkeel/node";
import * as F from "evenkeel/nn/functional";
import { Ranks } from "../../packages/evenkeel/src/train/ranks/ranks.ts";
import { TableTrainer } from "../../packages/evenkeel/src/train/table/trainer.ts";
import { init } from "../../packages/mpi/src/index.ts";
import { networkOf, parametersOf, type WorkloadName, workloads } from "./workloads.ts";

/**
 * What bench/ranks.ts starts on every rank: the training loop of `trainTable` over a network of the
 * bench, and the exchanges alone. Rank 0 prints one line of JSON.
 */

export interface Request {
  readonly workload: WorkloadName;
  /** Instead of the workload's. */
  readonly batch?: number;
  readonly steps: number;
  readonly epochs: number;
  /** "sgd" to compare losses: Adam amplifies rounding in weights before BatchNorm. */
  readonly optimizer?: "adam" | "sgd";
}

export interface Measured {
  readonly ranks: number;
  readonly batch: number;
  /** Milliseconds of a step, in each epoch but the first. */
  readonly steps: readonly number[];
  /** The same in milliseconds of the processor, which others that use it do not lengthen. */
  readonly processor: readonly number[];
  /** Milliseconds of an allReduce of as many float32 as there are parameters; 0 with one rank. */
  readonly gradients: number;
  /** Of two numbers: what the ranks pay to agree on something. */
  readonly agreement: number;
  /** Of picking the rows of a whole batch. */
  readonly gather: number;
  readonly parameters: number;
  /** The loss of every epoch, of all rows. */
  readonly losses: readonly number[];
  /** Of the weights; every rank has found the same. */
  readonly digest: string;
}

const request = JSON.parse(process.argv[2]) as Request;
const { sizes, batch: usual } = workloads[request.workload];
const { batch = usual, steps, epochs, optimizer = "adam" } = request;
const several = process.env.OMPI_COMM_WORLD_SIZE !== undefined;
if (several) distributed.init(await init());

const generator = new Generator(1);
const x = randn([batch * steps, sizes[0]], { generator });
const y = x
  .narrow(1, 0, 1)
  .mul(2)
  .add(x.narrow(1, 1, 1).square());
const ranks = Ranks.of(undefined);
const trainer = new TableTrainer(() => networkOf(sizes), {
  ...{ optimizer, loss: F.mseLoss, compile: { check: "never" }, ranks },
});
const plan = {
  seed: 0,
  lr: optimizer === "sgd" ? 0.01 : 1e-3,
  weightDecay: 0,
  batchSize: batch,
  epochs,
  schedule: "none",
  patience: false,
} as const;
trainer.reset(plan);
const seconds = [0];
const used = [process.cpuUsage()];
const losses: number[] = [];
for (const event of trainer.run({ train: [x, y] }, plan, { keepsBest: false })) {
  if (event instanceof Promise) {
    await event;
    continue;
  }
  if (event.type !== "epoch") continue;
  seconds.push(event.seconds);
  used.push(process.cpuUsage());
  losses.push(event.train.loss);
}
const times = seconds.slice(2).map((end, i) => ((end - seconds[i + 1]) / steps) * 1000);

const processor = used.slice(2).map(({ user, system }, i) => {
  const before = used[i + 1];
  return (user + system - before.user - before.system) / 1000 / steps;
});

const hash = createHash("sha256");
for (const { data } of trainer.network.parameters()) hash.update(new Uint8Array(data.slice().buffer));
const digest = hash.digest("hex").slice(0, 16);
const communicator = distributed.isInitialized() ? distributed.getCommunicator() : undefined;
for (const other of communicator?.allGather(new TextEncoder().encode(digest)) ?? []) {
  if (new TextDecoder().decode(other) !== digest) throw new Error("the ranks have different weights");
}

/** The fastest of some rounds, in milliseconds. */
function timed(rounds: number, each: number, run: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    communicator?.barrier();
    const start = performance.now();
    for (let i = 0; i < each; i++) run();
    best = Math.min(best, (performance.now() - start) / each);
  }
  return best;
}

const dataset = new TensorDataset(x, y);
const picked = Array.from({ length: batch }, (_, i) => (i * 7919) % x.shape[0]);
const gradients = new Float32Array(parametersOf(sizes) + 2);
const two = new Float64Array(2);
const measured: Measured = {
  ...{
    ranks: communicator?.size ?? 1,
    batch,
    steps: times,
    processor,
    losses,
    digest,
    parameters: parametersOf(sizes),
  },
  gather: timed(10, 10, () => dataset.batch(picked)),
  gradients: communicator === undefined ? 0 : timed(10, 5, () => communicator.allReduce(gradients)),
  agreement: communicator === undefined ? 0 : timed(10, 100, () => communicator.allReduce(two)),
};
if ((communicator?.rank ?? 0) === 0) process.stdout.write(`${JSON.stringify(measured)}\n`);
