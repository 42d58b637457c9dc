import { DataLoader, RandomSampler, TensorDataset } from "../../data/index.ts";
import type { Checkpoint } from "../../io/index.ts";
import { type StateDict, SyncBatchNorm, utils } from "../../nn/index.ts";
import { Adam, AdamW, AveragedModel, getPolynomialDecayAvgFn, type Optimizer, SGD } from "../../optim/index.ts";
import { manualSeed, Generator as RandomGenerator } from "../../random/index.ts";
import { cat, cloneState, noGrad, type Tensor } from "../../tensor/index.ts";
import type { Loader } from "../batches.ts";
import { runningNorms } from "../batchNorm/layers.ts";
import { BatchNormUpdate } from "../batchNorm/update.ts";
import type { Loss } from "../evaluate/evaluate.ts";
import type { TrainingEvent } from "../fit/events.ts";
import { type FitOptions, type FitPlan, planFit } from "../fit/fitOptions.ts";
import type { History } from "../fit/history.ts";
import { TrainingLoop } from "../fit/loop.ts";
import { TrainingPrograms } from "../fit/programs.ts";
import { takeCheckpoint } from "../fit/resume.ts";
import { ForwardState, keepModes, type Model } from "../modelState.ts";
import { alone } from "../ranks/alone.ts";
import type { Ranks } from "../ranks/ranks.ts";
import type { TablePlan } from "./plan.ts";
import { checkSameSchedule, newScheduler } from "./schedule.ts";

/** Rows as tensors, inputs before the target. */
export type Rows = readonly [Tensor, ...Tensor[]];

/** Training rows that memory does not hold. */
export interface RowStream {
  /** How many there are, those of other ranks included. */
  readonly rows: number;
  /** @param generator what all ranks draw the order of an epoch from */
  batches(
    batchSize: number,
    generator: RandomGenerator,
  ): Loader & Pick<FitPlan<never>, "sharesOf"> & { readonly length: number };
}

/** The options that determine a trainer's programs. All others may differ between its trainings. */
export interface TrainerOptions
  extends Pick<TablePlan, "optimizer" | "clipGradNorm">,
    Partial<Pick<TablePlan, "average" | "decay">> {
  readonly loss: Loss;
  /** What metrics are given of the output for a training batch; by default the output. */
  readonly judged?: ((output: Tensor) => Tensor) | undefined;
  /** As in `fit`. */
  readonly compile?: FitOptions["compile"];
  /** The most rows in one forward pass without training; pictures need much memory. */
  readonly rowsAtOnce?: { readonly scored: number; readonly statistics: number } | undefined;
  /** The ranks that train the network together, each with a share of every batch. */
  readonly ranks?: Ranks | undefined;
  /** How many rows its layers make of each, as an ensemble does. Default: 1. */
  readonly perRow?: number | undefined;
}

/** The arguments of a training besides its plan. */
interface RunOptions<K extends string> extends Pick<FitOptions<K>, "metrics" | "columns" | "signal"> {
  readonly resume?: Checkpoint | undefined;
  /** Whether to keep the best weights, for early stopping or an interrupt. */
  readonly keepsBest: boolean;
  /** The epochs that the schedule is planned for, if not those of the plan. */
  readonly scheduled?: number | undefined;
}

/** A finished training; the network has the weights of `keptEpoch`. */
export interface TrainerRun<K extends string> {
  readonly history: History<K>;
  /** From 1; 0 if no epoch was finished. */
  readonly keptEpoch: number;
  /**
   * The state at the end, with which a training goes on to its end at once. Call it before the
   * trainer is used again.
   */
  readonly checkpoint: () => Checkpoint;
}

/** The average is over about the last 1 / (this + 1) of the steps. */
const averagedShare = 9;

/** Running statistics are recomputed over so many rows, of more rows. */
const mostStatisticsRows = 2 ** 18;

const usualRowsAtOnce = { scored: 4096, statistics: 8192 };

/**
 * Trains one network on tables, any number of times: once for `trainTable`, hundreds of times for a
 * study. Compiling takes longer than many of these trainings, so network, optimizer and compiled
 * programs are kept; `reset` restores them to their initial state, to the bit. Trainings draw from
 * the default generator, so only one at a time may run between two pauses.
 */
export class TableTrainer<M extends Model = Model> {
  /** The network that is scored and kept: the one that is trained, or the average of its weights. */
  readonly network: M;
  readonly #trained: M;
  readonly #average: AveragedModel<M> | undefined;
  readonly #make: () => M;
  /** The scored network and all modules below it, listed once. */
  readonly #modules: ReturnType<M["modules"]>;
  readonly #options: TrainerOptions;
  readonly #rowsAtOnce: NonNullable<TrainerOptions["rowsAtOnce"]>;
  readonly #optimizer: Adam | AdamW | SGD;
  readonly #restartOptimizer: Restart;
  readonly #programs: TrainingPrograms;
  readonly #statistics: BatchNormUpdate;
  /** Statistics and default generator, to restore after others were tried. */
  readonly #before: ForwardState;
  /** Whether there is a BatchNorm whose running statistics can be recomputed. */
  readonly hasStatistics: boolean;

  /**
   * @param make makes a new network at every call, with weights drawn from the default generator
   */
  constructor(make: () => M, options: TrainerOptions) {
    const { loss, clipGradNorm, average = false, judged, compile = true, ranks, perRow } = options;
    const trained = ranks === undefined ? make() : (SyncBatchNorm.convertSyncBatchNorm(make()) as M);
    // Running statistics that are averaged too fit the averaged weights better than those of a step.
    const averaging = { avgFn: getPolynomialDecayAvgFn(averagedShare), useBuffers: true };
    const averaged = average ? new AveragedModel(trained, averaging) : undefined;
    const network = averaged?.module ?? trained;
    const how = typeof compile === "boolean" ? { compile } : compile;
    this.#make = make;
    this.#options = options;
    this.#rowsAtOnce = options.rowsAtOnce ?? usualRowsAtOnce;
    this.network = network;
    this.#trained = trained;
    this.#average = averaged;
    this.#modules = network.modules() as ReturnType<M["modules"]>;
    const { optimizer, restart } = newOptimizer(trained, options);
    this.#optimizer = optimizer;
    this.#restartOptimizer = restart;
    this.#programs = new TrainingPrograms(trained, {
      ...{ loss, optimizer, compile: how, average: averaged as AveragedModel<Model> | undefined },
      ...{ judged, ranks, perRow },
      ...(clipGradNorm !== undefined && { clipGradNorm }),
    });
    this.#statistics = new BatchNormUpdate(network, { estimate: "population", dropout: true, compile });
    this.#before = new ForwardState(network);
    this.hasStatistics = runningNorms(network).length > 0;
  }

  /**
   * Draws new weights from a seed, which also seeds the default generator, and forgets earlier
   * steps.
   */
  reset({ seed, lr, weightDecay }: Pick<TablePlan, "seed" | "lr" | "weightDecay">): void {
    manualSeed(seed);
    const initial = this.#make().stateDict();
    for (const network of new Set([this.#trained, this.network])) {
      network.loadStateDict(initial);
      network.train();
    }
    this.#average?.n_averaged.data.fill(0);
    this.#restartOptimizer({ lr, weightDecay });
    this.#optimizer.zeroGrad();
  }

  /**
   * Trains as planned, from the state of `reset` or of the checkpoint. Yields the events of `fit`
   * except those of batches, and promises to await before it continues. The order of the rows comes
   * from its own generator, so that networks that draw more or less from the default one get the
   * same batches.
   *
   * @throws as `fit`
   */
  *run<K extends string = never>(
    { train, validation }: { readonly train: Rows | RowStream; readonly validation?: Rows | undefined },
    plan: Pick<TablePlan, "batchSize" | "epochs" | "lr" | "schedule" | "patience" | "seed" | "enough">,
    { resume, keepsBest, scheduled, metrics, columns, signal }: RunOptions<K>,
  ): Generator<TrainingEvent<K> | Promise<void>, TrainerRun<K>, undefined> {
    const { loss, ranks } = this.#options;
    const { batchSize, epochs, patience, seed, enough } = plan;
    const planned = { ...plan, epochs: scheduled ?? epochs };
    const earlyStopping = {
      monitor: validation === undefined ? ("train.loss" as const) : ("validation.loss" as const),
      patience: patience === false ? Number.POSITIVE_INFINITY : patience,
      restoreBest: true,
      ...(enough !== undefined && { stoppingThreshold: enough }),
    };
    const generator = new RandomGenerator(seed);
    const batches =
      "rows" in train
        ? train.batches(batchSize, generator)
        : new DataLoader(new TensorDataset(...train), { batchSize, shuffle: true, generator });
    const schedule = newScheduler(this.#optimizer, planned, batches.length);
    checkSameSchedule(schedule.scheduler, resume?.scheduler);
    const fitPlan = planFit<K>(this.#trained, {
      train: batches,
      ...(validation && { validation: inParts(validation, this.#rowsAtOnce.scored) }),
      ...{ loss, optimizer: this.#optimizer, ...schedule, epochs },
      ...(this.#average && { average: this.#average as unknown as AveragedModel }),
      ...(metrics && { metrics }),
      ...(columns && { columns }),
      ...(signal && { signal }),
      ...(resume && { resume }),
      ...(keepsBest && { earlyStopping }),
    });
    const share = validation && ranks?.shareOf(validation[0].shape[0]);
    const own = share && validation.map((tensor) => tensor.narrow(0, share.from, share.rows));
    const validationShare = own && inParts(own, this.#rowsAtOnce.scored);
    // Ranks divide the batches of rows that all of them have.
    const sharesOf = ranks && "sharesOf" in batches ? (batch: number) => batches.sharesOf?.(batch) : undefined;
    const shared = { ...fitPlan, ranks, validationShare, ...(sharesOf && { sharesOf }) };
    const events = new TrainingLoop(this.#trained, shared, this.#programs).events(false);
    const keepsLast = keepsBest && patience === false;
    // The loop has loaded the checkpoint.
    let last: StateDict | undefined = resume?.epoch === epochs ? cloneState(this.network.stateDict()) : undefined;
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
    // The loop restored the best weights; if all epochs are trained, the last ones are kept.
    if (completed && last !== undefined) this.network.loadStateDict(last);
    const checkpoint = () => takeCheckpoint(this.#trained, fitPlan, history.epochs);
    return { history, keptEpoch: completed ? epochs : (history.bestEpoch ?? 0), checkpoint };
  }

  /**
   * The network's output in eval mode. The output for a row is the same, to the bit, whatever rows
   * are with it.
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
   * Recomputes the running statistics of BatchNorm over these rows; see `updateBatchNorm`. Of more
   * than 262,144 rows as many are drawn: a mean of theirs errs by a 512th of a standard deviation.
   * Of several ranks each computes all of it, so that all have the same statistics.
   */
  recompute(rows: Rows): void {
    alone(() => this.#recompute(rows));
  }

  #recompute(rows: Rows): void {
    const all = rows[0].shape[0];
    const { statistics } = this.#rowsAtOnce;
    if (all <= statistics) {
      this.#statistics.run([rows]);
      return;
    }
    // Batches of equal size, because all have the same weight, and in random order: if the table is
    // sorted, its rows differ from batch to batch, and the variance between batches would be left
    // out.
    const count = Math.min(all, mostStatisticsRows);
    const batchSize = Math.ceil(count / Math.ceil(count / statistics));
    const dataset = new TensorDataset(...rows);
    const generator = new RandomGenerator(0);
    const order =
      count < all
        ? { sampler: new RandomSampler(dataset, { numSamples: count, generator }) }
        : { shuffle: true, generator };
    this.#statistics.run(new DataLoader(dataset, { batchSize, ...order }));
  }

  /**
   * Runs `use` with running statistics recomputed over these rows, and restores statistics and
   * default generator.
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

/** All rows, in as few parts of about equal size as possible. */
function inParts(inputs: readonly Tensor[], most: number): (readonly Tensor[])[] {
  const rows = inputs[0].shape[0];
  const count = Math.ceil(rows / most);
  if (count <= 1) return [inputs];
  return Array.from({ length: count }, (_, i) => {
    const [from, to] = [i, i + 1].map((at) => Math.floor((at * rows) / count));
    return inputs.map((input) => input.narrow(0, from, to - from));
  });
}

/** Restores an optimizer to its initial state, with these settings. */
type Restart = (settings: Pick<TablePlan, "lr" | "weightDecay">) => void;

function newOptimizer(
  network: Model,
  { optimizer, decay }: Pick<TrainerOptions, "optimizer" | "decay">,
): { optimizer: Adam | AdamW | SGD; restart: Restart } {
  const parameters = groupsOf(network, decay);
  switch (optimizer) {
    case "adam":
      return restartable(new Adam(parameters));
    case "adamw":
      return restartable(new AdamW(parameters));
    case "sgd":
      return restartable(new SGD(parameters, { lr: 0.1, momentum: 0.9 }));
  }
}

/** One group of all parameters, or one of those that are decayed and one of the others. */
function groupsOf(network: Model, decay: TrainerOptions["decay"]) {
  if (decay !== "weights") return [{ params: network.parameters() }];
  const decayed = utils.decayedParameters(network);
  const others = network.parameters().filter((parameter) => !decayed.includes(parameter));
  return [{ params: decayed }, { params: others }].filter(({ params }) => params.length > 0);
}

function restartable<O extends { lr: number; weightDecay: number }, T extends Optimizer<O>>(
  optimizer: T & Optimizer<O>,
): { optimizer: T; restart: Restart } {
  const before = cloneState(optimizer.stateDict());
  const restart: Restart = ({ lr, weightDecay }) => {
    // Otherwise a schedule would start from the rate that an earlier one stored.
    for (const group of optimizer.paramGroups) delete group.initialLr;
    // The second group is that of the parameters that are not decayed.
    const paramGroups = before.paramGroups.map((group, i) => ({
      ...group,
      lr,
      weightDecay: i === 0 ? weightDecay : 0,
    }));
    optimizer.loadStateDict({ state: {}, paramGroups });
  };
  return { optimizer, restart };
}
