import { type Compiled, type CompileOptions, compile } from "../../compile/index.ts";
import * as nn from "../../nn/index.ts";
import { Adam } from "../../optim/index.ts";
import { manualSeed } from "../../random/index.ts";
import type { Task } from "../../tabular/index.ts";
import { cat, noGrad, Tensor } from "../../tensor/index.ts";
import { Storage } from "../../tensor/storage.ts";
import { batchNormLayers } from "../../train/batchNorm/layers.ts";

/**
 * More rows than this do not go through a network at once. Running statistics are then averaged over batches of about this
 * size. A convolution keeps many times its input in memory, so pictures go in fewer.
 */
const mostRows = { table: 4096, pictures: 256 };

const losses = { regression: nn.MSELoss, binary: nn.BCEWithLogitsLoss, multiclass: nn.CrossEntropyLoss };

/**
 * A network with its optimizer and its compiled programs, used for one training after another: compiling takes longer than
 * many of these trainings. `reset` makes it as good as new, to the bit.
 */
export class Trainer {
  readonly #make: () => nn.AnyModule;
  /** What is trained. */
  readonly network: nn.AnyModule;
  readonly #norms: ReturnType<typeof runningNorms>;
  readonly #optimizer: Adam;
  readonly #step: Compiled<Tensor[], Tensor>;
  readonly #forward: Compiled<Tensor[], Tensor>;
  readonly #mostRows: number;

  /**
   * @param make a new network at every call, its weights drawn from the default generator
   * @param options for the compiled programs; code that is known to close over nothing that changes need not be checked
   */
  constructor(
    make: () => nn.AnyModule,
    task: Task,
    {
      rowsAre = "table",
      ...options
    }: Pick<CompileOptions, "check"> & { readonly rowsAre?: keyof typeof mostRows } = {},
  ) {
    this.#make = make;
    this.#mostRows = mostRows[rowsAre];
    const network = make();
    const optimizer = new Adam(network.parameters());
    const loss = new losses[task]();
    this.network = network;
    this.#optimizer = optimizer;
    this.#norms = runningNorms(network);
    this.#step = compile((...batch: Tensor[]) => {
      const value = loss(network(batch[0], ...batch.slice(1, -1)), batch[batch.length - 1]);
      optimizer.zeroGrad();
      value.backward();
      optimizer.step();
      return value.detach();
    }, options);
    this.#forward = compile((x: Tensor, ...codes: Tensor[]) => network(x, ...codes), options);
  }

  get hasBatchNorm(): boolean {
    return this.#norms.length > 0;
  }

  /** Fresh weights from a seed, which also starts the default generator; no memory of earlier steps. */
  reset(seed: number, lr: number): void {
    manualSeed(seed);
    this.network.loadStateDict(this.#make().stateDict());
    const { paramGroups } = this.#optimizer.stateDict();
    this.#optimizer.loadStateDict({ state: {}, paramGroups: paramGroups.map((group) => ({ ...group, lr })) });
    this.network.train();
  }

  /** One step; the loss before it. */
  step(inputs: readonly Tensor[], target: Tensor): number {
    return this.#step(...inputs, target).item();
  }

  /** What the network says in eval mode. */
  outputs(inputs: readonly Tensor[]): Tensor {
    this.network.eval();
    try {
      const parts = noGrad(() => this.#batches(inputs).map((batch) => this.#forward(...batch)));
      return parts.length === 1 ? parts[0] : cat(parts);
    } finally {
      this.network.train();
    }
  }

  /** All rows, in as few parts of about one size as the memory allows. */
  #batches(inputs: readonly Tensor[]): (readonly Tensor[])[] {
    const rows = inputs[0].shape[0];
    const count = Math.ceil(rows / this.#mostRows);
    if (count === 1) return [inputs];
    return Array.from({ length: count }, (_, i) => {
      const [from, to] = [i, i + 1].map((at) => Math.floor((at * rows) / count));
      return inputs.map((input) => input.narrow(0, from, to - from));
    });
  }

  /**
   * Runs `use` with running statistics recomputed over these rows, as `updateBatchNorm` does it, but by compiled programs;
   * then puts back those of the training.
   */
  recomputed<T>(inputs: readonly Tensor[], use: () => T): T {
    const buffers = this.#norms.flatMap((layer) => [...layer.buffers()]);
    const kept = buffers.map(({ data }) => data.slice());
    const momenta = this.#norms.map(({ momentum }) => momentum);
    try {
      for (const layer of this.#norms) {
        layer.resetRunningStats();
        layer.momentum = null;
      }
      for (const batch of this.#batches(inputs)) noGrad(() => this.#forward(...batch));
      for (const [i, layer] of this.#norms.entries()) layer.momentum = momenta[i];
      return use();
    } finally {
      for (const [i, layer] of this.#norms.entries()) layer.momentum = momenta[i];
      for (const [i, { data }] of buffers.entries()) data.set(kept[i]);
    }
  }
}

/** The BatchNorm layers whose running statistics a training changes: not those that have none, or are kept in eval mode. */
export function runningNorms(network: nn.AnyModule): ReturnType<typeof batchNormLayers> {
  network.train();
  return batchNormLayers(network).filter((layer) => layer.training && layer.running_mean !== null);
}

/** Rows of a tensor, in this order. */
export function takeTensorRows(tensor: Tensor, order: Int32Array): Tensor {
  const { data, shape, dtype } = tensor;
  const width = tensor.numel() / shape[0];
  const taken = data.slice(0, order.length * width);
  for (let i = 0; i < order.length; i++) {
    for (let k = 0; k < width; k++) taken[i * width + k] = data[order[i] * width + k];
  }
  return new Tensor(new Storage(taken), [order.length, ...shape.slice(1)], dtype);
}
