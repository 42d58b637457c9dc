import { type CompileOptions, compileOptions } from "../../compile/compile.ts";
import type { Check as Watch } from "../../compile/index.ts";
import {
  abortSignal,
  type Check,
  fn,
  type GivenOptions,
  listOf,
  mismatch,
  numberAbove,
  numberAtLeast,
  optional,
  orElse,
  passes,
  plainObject,
  required,
  resolveOptions,
  string,
  wholeNumber,
  wrongState,
  wrongType,
} from "../../core/index.ts";
import type { Checkpoint } from "../../io/index.ts";
import { pairsOf } from "../../optim/averagedModel.ts";
import { AveragedModel } from "../../optim/index.ts";
import { checkLoader, type Loader, loaders } from "../batches.ts";
import { evaluateOptions, noBatches } from "../evaluate/evaluate.ts";
import { checkMetrics, type Metrics } from "../evaluate/scoreboard.ts";
import type { Model } from "../modelState.ts";
import type { Ranks } from "../ranks/ranks.ts";
import { EarlyStopping, type EarlyStoppingOptions, earlyStoppingOptions } from "./earlyStopping.ts";
import type { BatchEvent, EpochEvent, StartEvent, StopEvent, TrainingEvent, ValidationEvent } from "./events.ts";
import type { Monitor } from "./history.ts";
import type { StepOptimizer } from "./programs.ts";
import { Schedule, scheduleOptions } from "./schedule.ts";

const compiling: Check<boolean | { readonly check?: Watch | undefined }> = {
  expected: 'true, false or an object such as { check: "always" }',
  isKind: (value) => passes(value, orElse(plainObject(), true)) || value === false,
  fits: () => true,
};

const milliseconds: Check<number> = {
  ...numberAtLeast(0),
  expected: "milliseconds, at least 0",
  fits: (value) => value >= 0,
};

const averages: Check<AveragedModel> = {
  expected: "one such as new optim.AveragedModel(model)",
  isKind: (value) => value instanceof AveragedModel,
  fits: () => true,
};

const callback = fn<(event: never) => unknown>();

const fitOptions = {
  /** Training batches, one pass per epoch: a DataLoader, or an array of [input, target]. */
  train: required(loaders),
  /** Rows to score after every epoch, in eval mode. */
  validation: optional(loaders),
  ...evaluateOptions,
  ...scheduleOptions,
  /**
   * An average of this model's weights: `new optim.AveragedModel(model)`. It is updated after every
   * optimizer step, within the compiled one. Validation, early stopping and the best weights are
   * then those of its `module`, and the model itself ends with the weights of the last step.
   */
  average: optional(averages),
  /** The largest number of passes over the training rows. */
  epochs: required(wholeNumber(1)),
  earlyStopping: {
    ...optional(plainObject<EarlyStoppingOptions & { readonly monitor?: string | undefined }>()),
    options: { ...earlyStoppingOptions, monitor: optional(string()) },
  },
  /**
   * The state of an earlier training: the result of `event.checkpoint()` in an epoch, or of
   * `loadCheckpoint` of evenkeel/io. The training continues from there and ends with the same bytes
   * as one that was never interrupted, if network, optimizer, loaders and options are the same.
   * `epochs` includes those of the earlier training.
   */
  resume: optional(plainObject<Checkpoint>()),
  /** Ends the training between two steps. The history then says "aborted"; no error is thrown. */
  signal: optional(abortSignal),
  /** Scale the gradients of each step so that their common 2-norm is at most this. */
  clipGradNorm: optional(orElse(numberAbove(0), Number.POSITIVE_INFINITY)),
  /** Names of the input's columns, for errors. */
  columns: optional(listOf(string(), "a list of names")),
  /**
   * Run steps and validation as compiled programs, and with `check` how often to look whether model
   * and loss would do something else by now (see `compile`). Callbacks and the body of a loop over
   * the training may change anything: after each but those of batches, the next step is looked at
   * in any case. False runs eagerly, for models that look at values while they compute, and for
   * debugging (true).
   */
  compile: { ...optional(compiling, true), options: { check: compileOptions.check } },
  /** Milliseconds of work after which timers, signals and the screen get a turn (10). */
  yieldEvery: optional(milliseconds, 10),
  onStart: optional(callback),
  onBatch: optional(callback),
  onValidation: optional(callback),
  onEpoch: optional(callback),
  onStop: optional(callback),
};

export interface FitOptions<K extends string = never> extends GivenOptions<typeof fitOptions> {
  /** Further numbers to report, by name: `{ mae: train.mae() }`. */
  readonly metrics?: Metrics<K> | undefined;
  /**
   * Stop when a number no longer improves. By default `monitor` is "validation.loss", and `mode` is
   * the metric's own direction. With `restoreBest` (the default) the model ends with the weights of
   * the best epoch, whatever ended the training.
   */
  readonly earlyStopping?: (EarlyStoppingOptions & { readonly monitor?: Monitor<NoInfer<K>> | undefined }) | undefined;
  // Called, and awaited, before a loop over the training gets the event.
  readonly onStart?: ((event: StartEvent) => unknown) | undefined;
  readonly onBatch?: ((event: BatchEvent) => unknown) | undefined;
  readonly onValidation?: ((event: ValidationEvent<NoInfer<K>>) => unknown) | undefined;
  readonly onEpoch?: ((event: EpochEvent<NoInfer<K>>) => unknown) | undefined;
  readonly onStop?: ((event: StopEvent<NoInfer<K>>) => unknown) | undefined;
}

/** Options with their defaults, checked. */
export interface FitPlan<K extends string> extends Omit<FitOptions<K>, "compile" | "average"> {
  readonly average?: AveragedModel<Model> | undefined;
  /** What is validated and kept: the model, or the average of its weights. */
  readonly scored: Model;
  readonly compile: Pick<CompileOptions, "compile" | "check">;
  readonly yieldEvery: number;
  readonly monitor: Monitor<K>;
  /** Finds the best epoch; it never stops the training if early stopping is off. */
  readonly stopping: EarlyStopping;
  readonly schedule: Schedule;
  /** The ranks among which batches and validation rows are divided. */
  readonly ranks?: Ranks | undefined;
  /**
   * How many rows each rank has of a batch, which are counted from 0, where its batches are rows of
   * its own; undefined where every rank has all rows of a batch.
   */
  readonly sharesOf?: ((batch: number) => readonly number[] | undefined) | undefined;
  /** The validation rows of this rank; undefined where every rank scores all. */
  readonly validationShare?: Loader | undefined;
}

const callbacks = {
  start: "onStart",
  batch: "onBatch",
  validation: "onValidation",
  epoch: "onEpoch",
  stop: "onStop",
} as const;

/**
 * @throws TypeError, RangeError or Error naming the option, if it is missing, unknown or invalid
 */
export function planFit<K extends string>(model: Model, options: FitOptions<K>): FitPlan<K> {
  checkModel(model);
  const { train, validation, average, compile, yieldEvery } = resolveOptions("fit", options, fitOptions);
  checkLoader(train, "train", true);
  if (validation !== undefined) checkLoader(validation, "validation", true);
  if (validation !== undefined && isEmpty(validation)) throw noBatches("validation");
  checkParameters(model, options.optimizer);
  const averaged = average as unknown as AveragedModel<Model> | undefined;
  if (averaged !== undefined) checkAverage(averaged, model);
  checkMetrics(options.metrics);
  const { monitor, stopping } = planStopping(options);
  const schedule = new Schedule(options, { monitor, mode: stopping.mode });
  return {
    ...options,
    average: averaged,
    scored: averaged?.module ?? model,
    compile: typeof compile === "object" ? compile : { compile },
    yieldEvery,
    monitor,
    stopping,
    schedule,
  };
}

/** Whether a loader's length is 0; a loader without a length is found empty in its first pass. */
function isEmpty(loader: Loader & { readonly length?: number }): boolean {
  try {
    return loader.length === 0;
  } catch {
    return false; // a DataLoader whose sampler has no length
  }
}

/** Whether the options have a callback for an event. */
export function takes<K extends string>(options: FitOptions<K>, { type }: TrainingEvent<K>): boolean {
  return options[callbacks[type]] !== undefined;
}

/** The callback for a kind of event. */
export function callbackFor<K extends string>(options: FitOptions<K>): (event: TrainingEvent<K>) => unknown {
  return (event) => (options[callbacks[event.type]] as ((event: TrainingEvent<K>) => unknown) | undefined)?.(event);
}

function checkModel(model: unknown): void {
  if (typeof model === "function" && "modules" in model && "training" in model) return;
  const hint = typeof model === "function" ? "; make one with new" : "";
  throw wrongType("fit", "the model", model, `an nn.Module${hint}`);
}

function checkParameters(model: Model, optimizer: StepOptimizer): void {
  const optimized = new Set(optimizer.paramGroups.flatMap((group) => [...group.params]));
  if (model.parameters().some((parameter) => optimized.has(parameter))) return;
  throw wrongState(
    "fit",
    "the optimizer holds none of the model's parameters, so nothing would be trained",
    "make it from this model's parameters()",
  );
}

function checkAverage(average: AveragedModel<Model>, model: Model): void {
  if (average.module === model || average === model) {
    throw wrongState(
      "fit",
      "the model to train is the average itself",
      "pass the model whose weights it averages: fit(net, { average: new optim.AveragedModel(net) })",
    );
  }
  pairsOf(average, model);
}

function planStopping<K extends string>(options: FitOptions<K>): Pick<FitPlan<K>, "monitor" | "stopping"> {
  const { earlyStopping, validation, metrics } = options;
  if (earlyStopping === undefined) {
    const never = { patience: Number.POSITIVE_INFINITY, restoreBest: false };
    return { monitor: validation === undefined ? "train.loss" : "validation.loss", stopping: new EarlyStopping(never) };
  }
  const { monitor = "validation.loss", ...rest } = earlyStopping;
  const names = ["loss", ...Object.keys(metrics ?? {})];
  const parts = validation === undefined ? ["train"] : ["validation", "train"];
  const known = parts.flatMap((part) => names.map((name) => `${part}.${name}`));
  if (!known.includes(monitor)) {
    const hint = validation === undefined ? "; without a validation loader only training numbers are known" : "";
    throw mismatch("wrong-value", "earlyStopping", `monitor is "${monitor}"`, `one of ${known.join(", ")}${hint}`);
  }
  const metric = metrics?.[monitor.slice(monitor.indexOf(".") + 1) as K];
  const mode = rest.mode ?? (metric?.higherIsBetter ? "max" : "min");
  return { monitor, stopping: new EarlyStopping({ ...rest, mode }) };
}
