import {
  checkOptions,
  defaultsOf,
  finiteNumber,
  listOf,
  numberAtLeast,
  type OptionValues,
  oneOf,
  optional,
  orElse,
  refuseMisspellings,
  required,
  share,
  wholeNumber,
  withoutUndefined,
  wrongType,
} from "../../core/index.ts";
import { Tensor } from "../../tensor/index.ts";
import { copyOptions } from "../options.ts";
import { requireKeys, requireObject } from "../stateDict.ts";
import { checkScheduled, type ScheduledOptimizer } from "./scheduled.ts";
import { checkCount, checkSettings, type OneForAll, perGroup } from "./settings.ts";

const plateau = {
  /** Whether smaller ("min") or larger ("max") values are better ("min"). */
  mode: optional(oneOf(["min", "max"]), "min"),
  /** The factor of a reduction, below 1 (0.1). */
  factor: optional(share("number"), 0.1),
  /**
   * The number of epochs without improvement that are tolerated; one more reduces the rate (10).
   */
  patience: optional(wholeNumber(0), 10),
  /** The smallest change that counts as an improvement (1e-4). */
  threshold: optional(numberAtLeast(0), 1e-4),
  /** Whether the threshold is relative to the best value or a difference ("rel"). */
  thresholdMode: optional(oneOf(["rel", "abs"]), "rel"),
  /** The number of epochs after a reduction that are not counted (0). */
  cooldown: optional(wholeNumber(0), 0),
  /** The lowest rate of each parameter group (0). */
  minLr: optional(listOf(numberAtLeast(0), "a list")),
  /** A reduction by at most this is skipped (1e-8). */
  eps: optional(numberAtLeast(0), 1e-8),
};

export interface ReduceLROnPlateauSettings extends OptionValues<typeof plateau> {}

/** Like the settings, but one lowest rate may apply to all groups. */
export interface ReduceLROnPlateauOptions extends OneForAll<typeof plateau> {}

const progress = {
  /** null before the first value. */
  best: required(orElse(finiteNumber(), null)),
  numBadEpochs: required(wholeNumber(0)),
  cooldownCounter: required(wholeNumber(0)),
  lastEpoch: required(wholeNumber(0)),
  lastLr: required(listOf(finiteNumber(), "a list")),
};

type Progress = OptionValues<typeof progress>;

/** Its state dict: plain data. */
export type ReduceLROnPlateauStateDict = ReduceLROnPlateauSettings & Progress;

/**
 * Reduces the rate when a number, such as the validation loss, no longer improves. `step(value)`
 * belongs at the end of each epoch.
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ReduceLROnPlateau.html
 */
export class ReduceLROnPlateau {
  readonly optimizer: ScheduledOptimizer;
  #settings: ReduceLROnPlateauSettings;
  #progress: Progress;

  /**
   * @throws TypeError without an optimizer, or for an option that is unknown or of the wrong kind
   * @throws RangeError for an option that is out of range
   */
  constructor(optimizer: ScheduledOptimizer, options: ReduceLROnPlateauOptions = {}) {
    refuseMisspellings(ReduceLROnPlateau.prototype, "scheduler");
    const owner = "ReduceLROnPlateau";
    checkScheduled(owner, optimizer);
    checkOptions(owner, options, Object.keys(plateau));
    const { minLr = 0, ...rest } = withoutUndefined(options);
    const { paramGroups } = optimizer;
    const settings = { ...defaultsOf(plateau), ...rest, minLr: perGroup(owner, "minLr", minLr, paramGroups) };
    checkSettings(owner, settings, plateau);
    this.optimizer = optimizer;
    this.#settings = copyOptions(settings);
    this.#progress = { best: null, numBadEpochs: 0, cooldownCounter: 0, lastEpoch: 0, lastLr: ratesOf(optimizer) };
  }

  /** Whether smaller or larger values are better. */
  get mode(): "min" | "max" {
    return this.#settings.mode;
  }

  /** The best value so far; the worst there can be before the first. */
  get best(): number {
    return this.#progress.best ?? (this.#settings.mode === "min" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY);
  }

  /** Epochs without improvement since the best, or since the last reduction. */
  get numBadEpochs(): number {
    return this.#progress.numBadEpochs;
  }

  /** How many epochs are still not counted. */
  get cooldownCounter(): number {
    return this.#progress.cooldownCounter;
  }

  /** How many values were seen. */
  get lastEpoch(): number {
    return this.#progress.lastEpoch;
  }

  /** The rates after the last step, one for each parameter group. */
  getLastLr(): number[] {
    return [...this.#progress.lastLr];
  }

  /**
   * Records the value of the next epoch. NaN is not an improvement.
   * @throws TypeError unless it is a number, or a tensor with one
   */
  step(metrics: number | Tensor): void {
    const value = metrics instanceof Tensor ? metrics.item() : metrics;
    if (typeof value !== "number") {
      throw wrongType(
        "ReduceLROnPlateau",
        "metrics",
        metrics,
        "the number that is watched, such as the validation loss",
      );
    }
    const { patience, cooldown } = this.#settings;
    const progress = this.#progress;
    progress.lastEpoch++;
    if (this.#isBetter(value)) {
      progress.best = value;
      progress.numBadEpochs = 0;
    } else progress.numBadEpochs++;
    if (progress.cooldownCounter > 0) {
      progress.cooldownCounter--;
      progress.numBadEpochs = 0;
    }
    if (progress.numBadEpochs > patience) {
      this.#reduce();
      progress.cooldownCounter = cooldown;
      progress.numBadEpochs = 0;
    }
    progress.lastLr = ratesOf(this.optimizer);
  }

  #isBetter(value: number): boolean {
    const { mode, threshold, thresholdMode } = this.#settings;
    const { best } = this;
    if (mode === "min") return value < (thresholdMode === "rel" ? best * (1 - threshold) : best - threshold);
    return value > (thresholdMode === "rel" ? best * (threshold + 1) : best + threshold);
  }

  #reduce(): void {
    const { factor, minLr, eps } = this.#settings;
    for (const [index, group] of this.optimizer.paramGroups.entries()) {
      const reduced = Math.max(group.lr * factor, minLr[index] ?? 0);
      if (group.lr - reduced > eps) group.lr = reduced;
    }
  }

  /**
   * Settings and progress, as plain data. The rates themselves are in the state dict of the
   * optimizer.
   */
  stateDict(): ReduceLROnPlateauStateDict {
    return { ...copyOptions(this.#settings), ...copyOptions(this.#progress) };
  }

  /**
   * Continues from the `stateDict()` of another. Load the optimizer's state too, for its rates.
   * @throws TypeError, RangeError or Error if it is not such a state; nothing is changed then
   */
  loadStateDict(stateDict: ReduceLROnPlateauStateDict): void {
    const owner = "ReduceLROnPlateau";
    requireObject(stateDict, `the state dict of ${owner}`, "an object as stateDict() gives it");
    const declared = { ...plateau, ...progress };
    requireKeys(stateDict, Object.keys(declared), [], `the state dict of ${owner}`, "scheduler");
    checkSettings<ReduceLROnPlateauStateDict>(owner, stateDict, declared);
    for (const name of ["minLr", "lastLr"] as const) {
      checkCount(owner, name, stateDict[name], this.optimizer.paramGroups);
    }
    const { best, numBadEpochs, cooldownCounter, lastEpoch, lastLr, ...settings } = stateDict;
    this.#settings = copyOptions(settings);
    this.#progress = copyOptions({ best, numBadEpochs, cooldownCounter, lastEpoch, lastLr });
  }
}

const ratesOf = ({ paramGroups }: ScheduledOptimizer): number[] => paramGroups.map(({ lr }) => lr);
