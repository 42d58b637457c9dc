import { DataLoader, TensorDataset } from "../../data/index.ts";
import type { Checkpoint } from "../../io/index.ts";
import type { StateDict } from "../../nn/index.ts";
import { Adam, AdamW, type Optimizer, SGD } from "../../optim/index.ts";
import { manualSeed, Generator as RandomGenerator } from "../../random/index.ts";
import { cat, cloneState, noGrad, type Tensor } from "../../tensor/index.ts";
import { runningNorms } from "../batchNorm/layers.ts";
import { BatchNormUpdate } from "../batchNorm/update.ts";
import type { Loss } from "../evaluate/evaluate.ts";
import type { TrainingEvent } from "../fit/events.ts";
import { type FitOptions, planFit } from "../fit/fitOptions.ts";
import type { History } from "../fit/history.ts";
import { TrainingLoop } from "../fit/loop.ts";
import { TrainingPrograms } from "../fit/programs.ts";
import { ForwardState, keepModes, type Model } from "../modelState.ts";
import type { TablePlan } from "./plan.ts";
import { checkSameSchedule, newScheduler } from "./schedule.ts";

/** Rows as tensors, inputs before the target. */
export type Rows = readonly [Tensor, ...Tensor[]];

/** What the programs of a trainer are made of. All else may be another in each of its trainings. */
export interface TrainerOptions extends Pick<TablePlan, "optimizer" | "clipGradNorm"> {
  readonly loss: Loss;
  /** As `fit` takes it. */
  readonly compile?: FitOptions["compile"];
  /**
   * Rows that go through the network at once where nothing is trained; pictures take much memory.
   */
  readonly rowsAtOnce?: { readonly scored: number; readonly statistics: number } | undefined;
}

/** What a training is given besides its plan. */
interface RunOptions<K extends string> extends Pick<FitOptions<K>, "metrics" | "columns" | "signal"> {
  readonly resume?: Checkpoint | undefined;
  /** Whether the best weights are kept meanwhile, for early stopping, or for an interrupt. */
  readonly keepsBest: boolean;
}

/** A training that has ended; the network has the weights of `keptEpoch`. */
export interface TrainerRun<K extends string> {
  readonly history: History<K>;
  /** From 1; 0 if no epoch was finished. */
  readonly keptEpoch: number;
}

const usualRowsAtOnce = { scored: 4096, statistics: 8192 };

/**
 * Trains one network on tables, as often as it is asked to: `trainTable` once, a study hundreds of
 * times. Compiling takes longer than many of these trainings, so network, optimizer and compiled
 * programs are kept; `reset` makes all of it as good as new, to the bit. It draws from the default
 * generator, so one training at a time may run between two pauses.
 */
export class TableTrainer<M extends Model = Model> {
  /** What is trained. */
  readonly network: M;
  readonly #make: () => M;
  /** The network and all below it, listed once. */
  readonly #modules: ReturnType<M["modules"]>;
  readonly #options: TrainerOptions;
  readonly #rowsAtOnce: NonNullable<TrainerOptions["rowsAtOnce"]>;
  readonly #optimizer: Adam | AdamW | SGD;
  readonly #restartOptimizer: Restart;
  readonly #programs: TrainingPrograms;
  readonly #statistics: BatchNormUpdate;
  /** Statistics and default generator, while others are tried. */
  readonly #before: ForwardState;
  /** Whether there is batch normalization whose running statistics can be recomputed. */
  readonly hasStatistics: boolean;

  /** @param make a new network at every call, its weights drawn from the default generator */
  constructor(make: () => M, options: TrainerOptions) {
    const { loss, clipGradNorm, compile = true } = options;
    const network = make();
    const how = typeof compile === "boolean" ? { compile } : compile;
    this.#make = make;
    this.#options = options;
    this.#rowsAtOnce = options.rowsAtOnce ?? usualRowsAtOnce;
    this.network = network;
    this.#modules = network.modules() as ReturnType<M["modules"]>;
    const { optimizer, restart } = newOptimizer(network, options);
    this.#optimizer = optimizer;
    this.#restartOptimizer = restart;
    this.#programs = new TrainingPrograms(network, {
      ...{ loss, optimizer, compile: how },
      ...(clipGradNorm !== undefined && { clipGradNorm }),
    });
    this.#statistics = new BatchNormUpdate(network, { estimate: "population", dropout: true, compile });
    this.#before = new ForwardState(network);
    this.hasStatistics = runningNorms(network).length > 0;
  }

  /**
   * Fresh weights from a seed, which also starts the default generator; no memory of earlier steps.
   */
  reset({ seed, lr, weightDecay }: Pick<TablePlan, "seed" | "lr" | "weightDecay">): void {
    manualSeed(seed);
    this.network.loadStateDict(this.#make().stateDict());
    this.network.train();
    this.#restartOptimizer({ lr, weightDecay });
    this.#optimizer.zeroGrad();
  }

  /**
   * Trains as planned, from where `reset` or the checkpoint left the network. Gives the events of
   * `fit` but for those of batches, and promises to await before it goes on. Orders of rows are
   * drawn from a generator of their own, so that networks that draw more or less from the default
   * one get the same batches.
   *
   * @throws as `fit`
   */
  *run<K extends string = never>(
    { train, validation }: { readonly train: Rows; readonly validation?: Rows | undefined },
    plan: Pick<TablePlan, "batchSize" | "epochs" | "lr" | "schedule" | "patience" | "seed">,
    { resume, keepsBest, metrics, columns, signal }: RunOptions<K>,
  ): Generator<TrainingEvent<K> | Promise<void>, TrainerRun<K>, undefined> {
    const { loss } = this.#options;
    const { batchSize, epochs, patience, seed } = plan;
    const schedule = newScheduler(this.#optimizer, plan, Math.ceil(train[0].shape[0] / batchSize));
    checkSameSchedule(schedule.scheduler, resume?.scheduler);
    const earlyStopping = {
      monitor: validation === undefined ? ("train.loss" as const) : ("validation.loss" as const),
      patience: patience === false ? Number.POSITIVE_INFINITY : patience,
      restoreBest: true,
    };
    const generator = new RandomGenerator(seed);
    const fitPlan = planFit<K>(this.network, {
      train: new DataLoader(new TensorDataset(...train), { batchSize, shuffle: true, generator }),
      ...(validation && { validation: this.#scored(validation) }),
      ...{ loss, optimizer: this.#optimizer, ...schedule, epochs },
      ...(metrics && { metrics }),
      ...(columns && { columns }),
      ...(signal && { signal }),
      ...(resume && { resume }),
      ...(keepsBest && { earlyStopping }),
    });
    const events = new TrainingLoop(this.network, fitPlan, this.#programs).events(false);
    const keepsLast = keepsBest && patience === false;
    let last: StateDict | undefined = resume?.epoch === epochs ? resume.model : undefined;
    let item = events.next();
    try {
      for (; !item.done; item = events.next()) {
        const isLast = !(item.value instanceof Promise) && item.value.type === "epoch" && item.value.epoch === epochs;
        if (keepsLast && isLast) last = cloneState(this.network.stateDict());
        yield item.value;
      }
    } finally {
      events.return(undefined as never);
    }
    const history = item.value;
    const completed = patience === false && history.reason === "completed";
    // The best ones were put back; where all epochs are trained, the last are wanted.
    if (completed && last !== undefined) this.network.loadStateDict(last);
    return { history, keptEpoch: completed ? epochs : (history.bestEpoch ?? 0) };
  }

  #scored(rows: Rows) {
    const { scored } = this.#rowsAtOnce;
    return new DataLoader(new TensorDataset(...rows), { batchSize: scored, generator: new RandomGenerator(0) });
  }

  /**
   * What the network says in eval mode. A row gets the same answer, to the bit, whatever rows are
   * with it.
   */
  outputs(inputs: readonly Tensor[]): Tensor {
    const { scored } = this.#rowsAtOnce;
    const restoreModes = keepModes(this.#modules);
    this.network.eval();
    try {
      const parts = noGrad(() => inParts(inputs, scored).map((part) => this.#programs.outputs(...part)));
      return parts.length === 1 ? parts[0] : cat(parts);
    } finally {
      restoreModes();
    }
  }

  /**
   * Recomputes the running statistics of batch normalization over these rows; see
   * `updateBatchNorm`.
   */
  recompute(rows: Rows): void {
    const count = rows[0].shape[0];
    const { statistics } = this.#rowsAtOnce;
    if (count <= statistics) {
      this.#statistics.run([rows]);
      return;
    }
    // Batches of equal size, since each weighs the same, and at random: the rows of a sorted table
    // differ from batch to batch, and what they differ by between batches would be left out.
    const batchSize = Math.ceil(count / Math.ceil(count / statistics));
    const order = { batchSize, shuffle: true, generator: new RandomGenerator(0) };
    this.#statistics.run(new DataLoader(new TensorDataset(...rows), order));
  }

  /**
   * Runs `use` with running statistics recomputed over these rows. Statistics and default generator
   * are then as they were.
   */
  recomputed<T>(rows: Rows, use: () => T): T {
    this.#before.take();
    try {
      this.recompute(rows);
      return use();
    } finally {
      this.#before.restore();
    }
  }
}

/** All rows, in as few parts of about one size as there may be. */
function inParts(inputs: readonly Tensor[], most: number): (readonly Tensor[])[] {
  const rows = inputs[0].shape[0];
  const count = Math.ceil(rows / most);
  if (count <= 1) return [inputs];
  return Array.from({ length: count }, (_, i) => {
    const [from, to] = [i, i + 1].map((at) => Math.floor((at * rows) / count));
    return inputs.map((input) => input.narrow(0, from, to - from));
  });
}

/** Makes an optimizer as good as new, with these settings. */
type Restart = (settings: Pick<TablePlan, "lr" | "weightDecay">) => void;

function newOptimizer(
  network: Model,
  { optimizer }: Pick<TablePlan, "optimizer">,
): { optimizer: Adam | AdamW | SGD; restart: Restart } {
  const parameters = network.parameters();
  switch (optimizer) {
    case "adam":
      return restartable(new Adam(parameters));
    case "adamw":
      return restartable(new AdamW(parameters));
    case "sgd":
      return restartable(new SGD(parameters, { lr: 0.1, momentum: 0.9 }));
  }
}

function restartable<O extends { lr: number; weightDecay: number }, T extends Optimizer<O>>(
  optimizer: T & Optimizer<O>,
): { optimizer: T; restart: Restart } {
  const before = cloneState(optimizer.stateDict());
  const restart: Restart = (settings) => {
    // A schedule would start from the rate that an earlier one has noted down.
    for (const group of optimizer.paramGroups) delete group.initialLr;
    optimizer.loadStateDict({ state: {}, paramGroups: before.paramGroups.map((group) => ({ ...group, ...settings })) });
  };
  return { optimizer, restart };
}
