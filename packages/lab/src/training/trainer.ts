import {
  type Compiled,
  cat,
  data,
  F,
  getRngState,
  manualSeed,
  type nn,
  optim,
  Generator as RandomGenerator,
  setRngState,
  type Tensor,
} from "evenkeel";
import type { Norm, Task } from "evenkeel/tabular";
import { type Setup, sides } from "../state/setup.ts";
import type { Layer } from "./layers.ts";
import { LabNetwork } from "./network.ts";
import { networkLayers } from "./networkLayers.ts";
import { program } from "./program.ts";
import type { PreparedRows, Rows } from "./rows.ts";

/** Values of the batches that are kept for trainings that differ in their rate alone: 32 MB. */
const mostKept = 8_000_000;

/** The losses of `trainTable`. */
export const losses: Readonly<Record<Task, (output: Tensor, target: Tensor) => Tensor>> = {
  regression: (output, target) => F.mseLoss(output, target),
  binary: (output, target) => F.binaryCrossEntropyWithLogits(output, target),
  multiclass: (output, target) => F.crossEntropy(output, target),
};

/**
 * What the programs of a training are made for, as text. Trainings that are alike in it share their
 * programs: another rate, seed or scale of the inputs needs no new ones.
 */
export function programsFor(prepared: PreparedRows, setup: Setup, norm: Norm): string {
  const { schema, train, heldOut } = prepared;
  const shapes = [...train, ...heldOut].map(({ shape }) => shape);
  const { optimizer, batchSize } = setup;
  return JSON.stringify([networkLayers(prepared, setup, norm), optimizer, schema.task, batchSize, shapes]);
}

/**
 * A network in training, one step at a time. It does what `trainTable` does: the same seeds draw the
 * same weights, batches and masks, so a training of the same settings gives the same bits.
 */
export class Trainer {
  readonly network: LabNetwork;
  /** Steps done since the last restart. */
  step = 0;
  #setup: Setup;
  #rows: Rows;
  readonly #layers: readonly Layer[];
  readonly #restartOptimizer: (lr: number) => void;
  readonly #step: Compiled<[x: Tensor, y: Tensor], Tensor>;
  #batches: Iterator<Rows, never>;
  /** The weights of a seed, and what the default generator was left as when they were drawn. */
  #initial: { readonly seed: number; readonly state: nn.StateDict; readonly after: Uint8Array } | undefined;

  constructor(prepared: PreparedRows, setup: Setup, norm: Norm) {
    const { schema, train, pictures } = prepared;
    this.#setup = setup;
    this.#rows = train;
    this.#layers = networkLayers(prepared, setup, norm);
    const network = new LabNetwork(this.#layers, pictures);
    this.network = network;
    const { optimizer, restart } = newOptimizer(network, setup);
    this.#restartOptimizer = restart;
    const loss = losses[schema.task];
    this.#step = program((x: Tensor, y: Tensor) => {
      optimizer.zeroGrad();
      const value = loss(network.forward(x), y);
      value.backward();
      optimizer.step();
      return value;
    });
    this.#batches = this.#draw();
    this.restart(prepared, setup);
  }

  get stepsPerEpoch(): number {
    const { batchSize } = this.#setup;
    const rows = this.#rows[0].shape[0];
    const whole = Math.ceil(rows / batchSize);
    return this.#joinsLone && whole > 1 && rows % batchSize === 1 ? whole - 1 : whole;
  }

  /** The first batches of the training, so many or all that fit; undefined if they do not. Asking moves nothing of it. */
  firstBatches(count: number): readonly Rows[] | undefined {
    const [{ shape }] = this.#rows;
    const values = this.#rows.reduce((sum, rows) => sum + rows.numel() / shape[0], 0);
    if (count * Math.min(this.#setup.batchSize, shape[0]) * values > mostKept) return undefined;
    const batches = this.#draw();
    return Array.from({ length: count }, () => batches.next().value);
  }

  /** The batches of the first epoch. Asking for them moves nothing of the training. */
  firstEpoch(): Iterable<Rows> {
    return this.#epoch(new RandomGenerator(this.#setup.seed));
  }

  /**
   * Draws new weights and forgets all steps.
   * @param prepared rows, and a set-up, that {@link programsFor} says the programs are made for
   * @param kept the batches of the seed, where they were drawn before and there are enough of them
   */
  restart({ train }: PreparedRows, setup: Setup, kept?: readonly Rows[]): void {
    this.#rows = train;
    this.#setup = setup;
    this.network.loadStateDict(this.#initialState(setup.seed));
    this.network.train();
    this.#restartOptimizer(setup.lr);
    this.#batches = (kept?.values() as Iterator<Rows, never> | undefined) ?? this.#draw();
    this.step = 0;
  }

  /** One step. Returns the loss of its batch before the step: NaN or infinite once training diverged. */
  next(): number {
    const { value } = this.#batches.next();
    this.step++;
    return this.#step(...value).item();
  }

  /** Gives its program back. It trains no more. */
  dispose(): void {
    this.#step.dispose();
  }

  /** The weights that the seed draws, with the default generator as after drawing them. */
  #initialState(seed: number): nn.StateDict {
    if (this.#initial?.seed === seed) setRngState(this.#initial.after);
    else {
      manualSeed(seed);
      const state = new LabNetwork(this.#layers, this.network.pictures).stateDict();
      this.#initial = { seed, state, after: getRngState() };
    }
    return this.#initial.state;
  }

  /** Both networks get the same batches. */
  get #joinsLone(): boolean {
    return sides.some((side) => this.#setup[side] === "batch");
  }

  *#draw(): Generator<Rows, never, undefined> {
    const generator = new RandomGenerator(this.#setup.seed);
    for (;;) yield* this.#epoch(generator);
  }

  /** The batches of an epoch. Batch normalization cannot train on one row, so a last one joins the batch before it. */
  *#epoch(generator: RandomGenerator): Generator<Rows, void, undefined> {
    const { batchSize } = this.#setup;
    const dataset = new data.TensorDataset(...this.#rows);
    const loader = new data.DataLoader(dataset, { batchSize, shuffle: true, generator });
    yield* (this.#joinsLone ? joined(loader) : loader) as Iterable<Rows>;
  }
}

/** The batches of a loader; a last one of a single row is part of the batch before it, as in `train.fit`. */
function* joined(loader: Iterable<Rows>): Generator<Rows, void, undefined> {
  let held: Rows | undefined;
  for (const batch of loader) {
    if (held !== undefined && batch[0].shape[0] === 1) {
      held = [cat([held[0], batch[0]]), cat([held[1], batch[1]])];
      continue;
    }
    if (held !== undefined) yield held;
    held = batch;
  }
  if (held !== undefined) yield held;
}

/** An optimizer, and what brings it back to its first step with another rate. */
interface Restartable {
  readonly optimizer: optim.Adam | optim.AdamW | optim.SGD;
  readonly restart: (lr: number) => void;
}

function newOptimizer(network: LabNetwork, { optimizer, lr }: Pick<Setup, "optimizer" | "lr">): Restartable {
  const parameters = network.parameters();
  switch (optimizer) {
    case "adam":
      return restartable(new optim.Adam(parameters, { lr }));
    case "adamw":
      return restartable(new optim.AdamW(parameters, { lr }));
    case "sgd":
      return restartable(new optim.SGD(parameters, { lr, momentum: 0.9 }));
  }
}

function restartable<O extends { lr: number }, T extends optim.Optimizer<O>>(optimizer: T & optim.Optimizer<O>) {
  const { paramGroups } = optimizer.stateDict();
  const restart = (lr: number) => {
    optimizer.loadStateDict({ state: {}, paramGroups: paramGroups.map((group) => ({ ...group, lr })) });
    optimizer.zeroGrad();
  };
  return { optimizer, restart };
}
