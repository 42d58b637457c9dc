import type { Check, CompileOptions } from "../../compile/index.ts";
import { checkOptions, mismatch, wrongState, wrongType, wrongValue } from "../../core/index.ts";
import type { Checkpoint } from "../../io/index.ts";
import { checkLoader, type Loader } from "../batches.ts";
import { checkLoss, type Loss, noBatches } from "../evaluate/evaluate.ts";
import { checkMetrics, type Metrics } from "../evaluate/scoreboard.ts";
import type { Model } from "../modelState.ts";
import { EarlyStopping, type EarlyStoppingOptions, earlyStoppingKeys } from "./earlyStopping.ts";
import type { BatchEvent, EpochEvent, StartEvent, StopEvent, TrainingEvent, ValidationEvent } from "./events.ts";
import type { Monitor } from "./history.ts";
import type { StepOptimizer } from "./programs.ts";
import { Schedule, type ScheduleOptions } from "./schedule.ts";

export interface FitOptions<K extends string = never> extends ScheduleOptions {
  /** Training batches, one pass per epoch: a DataLoader, or an array of [input, target]. */
  readonly train: Loader;
  /** Rows to score after every epoch, in eval mode. */
  readonly validation?: Loader | undefined;
  /** Mean loss of a batch: a module such as `new nn.MSELoss()`, or a function. */
  readonly loss: Loss;
  /** An optimizer of the model's parameters: SGD, Adam, AdamW. */
  readonly optimizer: StepOptimizer;
  /** The largest number of passes over the training rows. */
  readonly epochs: number;
  /** Further numbers to report, by name: `{ mae: train.mae() }`. */
  readonly metrics?: Metrics<K> | undefined;
  /**
   * Stop when a number no longer improves. By default `monitor` is "validation.loss", and `mode` is
   * the metric's own direction. With `restoreBest` (the default) the model ends with the weights of
   * the best epoch, whatever ended the training.
   */
  readonly earlyStopping?: (EarlyStoppingOptions & { readonly monitor?: Monitor<NoInfer<K>> | undefined }) | undefined;
  /**
   * The state of an earlier training: the result of `event.checkpoint()` in an epoch, or of
   * `loadCheckpoint` of evenkeel/io. The training continues from there and ends with the same bytes
   * as one that was never interrupted, if network, optimizer, loaders and options are the same.
   * `epochs` includes those of the earlier training.
   */
  readonly resume?: Checkpoint | undefined;
  /** Ends the training between two steps. The history then says "aborted"; no error is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Scale the gradients of each step so that their common 2-norm is at most this. */
  readonly clipGradNorm?: number | undefined;
  /** Names of the input's columns, for errors. */
  readonly columns?: readonly string[] | undefined;
  /**
   * Run steps and validation as compiled programs; `check` says how often to check that model and
   * loss would still do the same (see `compile`). Callbacks and the body of a loop over the
   * training may change anything, so the step after each of them, except those for batches, is
   * always checked. Default true. False runs eagerly, for models that read values while they
   * compute, and for debugging.
   */
  readonly compile?: boolean | { readonly check?: Check | undefined } | undefined;
  /** Milliseconds of work after which timers, signals and the screen get a turn. Default 10. */
  readonly yieldEvery?: number | undefined;
  // Called, and awaited, before a loop over the training gets the event.
  readonly onStart?: ((event: StartEvent) => unknown) | undefined;
  readonly onBatch?: ((event: BatchEvent) => unknown) | undefined;
  readonly onValidation?: ((event: ValidationEvent<NoInfer<K>>) => unknown) | undefined;
  readonly onEpoch?: ((event: EpochEvent<NoInfer<K>>) => unknown) | undefined;
  readonly onStop?: ((event: StopEvent<NoInfer<K>>) => unknown) | undefined;
}

/** Options with their defaults, checked. */
export interface FitPlan<K extends string> extends Omit<FitOptions<K>, "compile"> {
  readonly compile: Pick<CompileOptions, "compile" | "check">;
  readonly yieldEvery: number;
  readonly monitor: Monitor<K>;
  /** Finds the best epoch; it never stops the training if early stopping is off. */
  readonly stopping: EarlyStopping;
  readonly schedule: Schedule;
}

const callbacks = {
  start: "onStart",
  batch: "onBatch",
  validation: "onValidation",
  epoch: "onEpoch",
  stop: "onStop",
} as const;

const keys = [
  ...["train", "validation", "loss", "optimizer", "epochs", "metrics", "earlyStopping", "signal", "clipGradNorm"],
  ...["scheduler", "schedulerInterval", "columns", "compile", "yieldEvery", "resume", ...Object.values(callbacks)],
];

/**
 * @throws TypeError, RangeError or Error naming the option, if it is missing, unknown or invalid
 */
export function planFit<K extends string>(model: Model, options: FitOptions<K>): FitPlan<K> {
  checkModel(model);
  checkOptions("fit", options, keys);
  const { train, validation, loss, epochs, metrics, clipGradNorm, signal, compile = true, yieldEvery = 10 } = options;
  checkLoader(train, "train", true);
  if (validation !== undefined) checkLoader(validation, "validation", true);
  if (validation !== undefined && isEmpty(validation)) throw noBatches("validation");
  checkLoss("fit", loss);
  checkOptimizer(model, options.optimizer);
  if (!Number.isInteger(epochs) || epochs < 1) {
    throw wrongValue("fit", { option: "epochs" }, epochs, "a whole number of at least 1");
  }
  checkMetrics(metrics);
  if (clipGradNorm !== undefined && !(clipGradNorm > 0)) {
    throw wrongValue("fit", { option: "clipGradNorm" }, clipGradNorm, "a number above 0");
  }
  if (signal !== undefined && typeof signal?.aborted !== "boolean") {
    throw wrongType("fit", { option: "signal" }, signal, "an AbortSignal such as controller.signal");
  }
  const compiled = typeof compile === "object" && compile !== null ? compile : { compile };
  if (typeof compile !== "boolean") checkOptions("fit: compile", compile, ["check"]);
  if (!(yieldEvery >= 0)) throw wrongValue("fit", { option: "yieldEvery" }, yieldEvery, "milliseconds, at least 0");
  for (const name of Object.values(callbacks)) {
    if (options[name] !== undefined && typeof options[name] !== "function") {
      throw wrongType("fit", { option: name }, options[name], "a function");
    }
  }
  const { monitor, stopping } = planStopping(options);
  const schedule = new Schedule(options, { monitor, mode: stopping.mode });
  return { ...options, compile: compiled, yieldEvery, monitor, stopping, schedule };
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

function checkOptimizer(model: Model, optimizer: StepOptimizer): void {
  if (typeof optimizer?.step !== "function" || !Array.isArray(optimizer.paramGroups)) {
    throw wrongType(
      "fit",
      { option: "optimizer" },
      optimizer,
      "one such as new optim.Adam(model.parameters(), { lr: 1e-3 })",
    );
  }
  const optimized = new Set(optimizer.paramGroups.flatMap((group) => [...group.params]));
  if (model.parameters().some((parameter) => optimized.has(parameter))) return;
  throw wrongState(
    "fit",
    "the optimizer holds none of the model's parameters, so nothing would be trained",
    "make it from this model's parameters()",
  );
}

function planStopping<K extends string>(options: FitOptions<K>): Pick<FitPlan<K>, "monitor" | "stopping"> {
  const { earlyStopping, validation, metrics } = options;
  if (earlyStopping === undefined) {
    const never = { patience: Number.POSITIVE_INFINITY, restoreBest: false };
    return { monitor: validation === undefined ? "train.loss" : "validation.loss", stopping: new EarlyStopping(never) };
  }
  checkOptions("earlyStopping", earlyStopping, [...earlyStoppingKeys, "monitor"]);
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
