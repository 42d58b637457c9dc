import { type Compiled, compile } from "../compile/index.ts";
import * as nn from "../nn/index.ts";
import { Adam } from "../optim/index.ts";
import { manualSeed } from "../random/index.ts";
import { type NetworkOptions, type NetworkSize, TabularNet, type Task } from "../tabular/index.ts";
import { noGrad, Storage, Tensor } from "../tensor/index.ts";
import { batchNormLayers } from "../train/batchNormLayers.ts";

/** Running statistics over more rows than this are averaged over batches of about this size. */
const mostRows = 4096;

const losses = { regression: nn.MSELoss, binary: nn.BCEWithLogitsLoss, multiclass: nn.CrossEntropyLoss };

/** Nothing in network and loss closes over what may change. */
const ownCode = { check: "never" } as const;

/**
 * A network with its optimizer and its compiled programs, used for one training after another: compiling takes longer than
 * many of these trainings. `reset` makes it as good as new, to the bit.
 */
export class Trainer {
  readonly #size: NetworkSize;
  readonly #options: NetworkOptions;
  /** What is trained. */
  readonly network: TabularNet;
  readonly #norms: ReturnType<typeof batchNormLayers>;
  readonly #optimizer: Adam;
  readonly #step: Compiled<Tensor[], Tensor>;
  readonly #forward: Compiled<Tensor[], Tensor>;

  constructor(size: NetworkSize, options: NetworkOptions, task: Task) {
    this.#size = size;
    this.#options = options;
    const network = new TabularNet(size, options);
    const optimizer = new Adam(network.parameters());
    const loss = new losses[task]();
    this.network = network;
    this.#optimizer = optimizer;
    this.#norms = batchNormLayers(network);
    this.#step = compile((...batch: Tensor[]) => {
      const value = loss(network(batch[0], ...batch.slice(1, -1)), batch[batch.length - 1]);
      optimizer.zeroGrad();
      value.backward();
      optimizer.step();
      return value.detach();
    }, ownCode);
    this.#forward = compile((x: Tensor, ...codes: Tensor[]) => network(x, ...codes), ownCode);
  }

  get hasBatchNorm(): boolean {
    return this.#norms.length > 0;
  }

  /** Fresh weights from a seed, which also starts the default generator; no memory of earlier steps. */
  reset(seed: number, lr: number): void {
    manualSeed(seed);
    this.network.loadStateDict(new TabularNet(this.#size, this.#options).stateDict());
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
      return noGrad(() => this.#forward(...inputs));
    } finally {
      this.network.train();
    }
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
      const rows = inputs[0].shape[0];
      const batches = Math.ceil(rows / mostRows);
      for (let i = 0; i < batches; i++) {
        const [from, to] = [i, i + 1].map((at) => Math.floor((at * rows) / batches));
        const batch = batches === 1 ? inputs : inputs.map((input) => input.narrow(0, from, to - from));
        noGrad(() => this.#forward(...batch));
      }
      for (const [i, layer] of this.#norms.entries()) layer.momentum = momenta[i];
      return use();
    } finally {
      for (const [i, layer] of this.#norms.entries()) layer.momentum = momenta[i];
      for (const [i, { data }] of buffers.entries()) data.set(kept[i]);
    }
  }
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
