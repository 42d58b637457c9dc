import {
  finiteNumber,
  flag,
  type GivenOptions,
  mismatch,
  numberAtLeast,
  oneOf,
  optional,
  orElse,
  required,
  resolveOptions,
  wholeNumber,
  withoutUndefined,
  wrongState,
} from "../../core/index.ts";
import { checkStopping } from "../../io/checkpointChecks.ts";
import type { EarlyStoppingState } from "../../io/index.ts";
import type { StateDict } from "../../nn/index.ts";
import { cloneState } from "../../tensor/index.ts";
import type { Model } from "../modelState.ts";

export const earlyStoppingOptions = {
  /**
   * Stop after this number of epochs in a row without improvement; at least 1. Infinity never
   * stops.
   */
  patience: required(orElse(wholeNumber(1), Number.POSITIVE_INFINITY)),
  /** The least improvement over the best epoch that counts (0). */
  minDelta: optional(numberAtLeast(0), 0),
  /** Whether smaller or larger is better ("min"). */
  mode: optional(oneOf(["min", "max"]), "min"),
  /**
   * Stop as soon as a value is at least this good; by default no value is. Lightning's
   * stopping_threshold.
   */
  stoppingThreshold: optional(finiteNumber()),
  /** Keep a copy of the weights and buffers of the best epoch, for `restore` (true). */
  restoreBest: optional(flag(), true),
};

export interface EarlyStoppingOptions extends GivenOptions<typeof earlyStoppingOptions> {}

/**
 * Watches one number per epoch and reports when it has stopped improving. `fit` uses it, and your
 * own loop can:
 * ```ts
 * const stopping = new EarlyStopping({ patience: 10 });
 * for (let epoch = 0; epoch < 500 && !stopping.shouldStop; epoch++) {
 *   // … train …
 *   stopping.update(validationLoss, model);
 * }
 * stopping.restore(model);
 * ```
 */
export class EarlyStopping {
  readonly patience: number;
  readonly minDelta: number;
  readonly mode: "min" | "max";
  readonly stoppingThreshold: number | undefined;
  readonly restoreBest: boolean;
  #epochs = 0;
  #best: number | undefined;
  #bestEpoch: number | undefined;
  #state: StateDict | undefined;

  /** @throws RangeError or TypeError for options that are unknown or out of range */
  constructor(options: EarlyStoppingOptions) {
    const { patience, minDelta, mode, stoppingThreshold, restoreBest } = resolveOptions(
      "EarlyStopping",
      options,
      earlyStoppingOptions,
    );
    this.patience = patience;
    this.minDelta = minDelta;
    this.mode = mode;
    this.stoppingThreshold = stoppingThreshold;
    this.restoreBest = restoreBest;
  }

  /** The best value so far; undefined before the first update (NaN is never the best). */
  get best(): number | undefined {
    return this.#best;
  }

  /** The update, counted from 1, that gave the best value. */
  get bestEpoch(): number | undefined {
    return this.#bestEpoch;
  }

  /** Whether a value is as good as `stoppingThreshold`. */
  get hasReached(): boolean {
    const { stoppingThreshold: threshold } = this;
    if (threshold === undefined || this.#best === undefined) return false;
    return this.mode === "min" ? this.#best <= threshold : this.#best >= threshold;
  }

  /** Whether the last `patience` updates brought no improvement, or a value is good enough. */
  get shouldStop(): boolean {
    if (this.hasReached) return true;
    return this.#epochs - (this.#bestEpoch ?? 0) >= this.patience;
  }

  /**
   * Records the value of an epoch and, if it is the best, a copy of the model's state. Returns
   * whether it is the best.
   */
  update(value: number, model: Model): boolean {
    this.#epochs++;
    const better =
      this.#best === undefined
        ? !Number.isNaN(value)
        : this.mode === "min"
          ? value < this.#best - this.minDelta
          : value > this.#best + this.minDelta;
    if (!better) return false;
    this.#best = value;
    this.#bestEpoch = this.#epochs;
    if (this.restoreBest) this.#state = cloneState(model.stateDict());
    return true;
  }

  /**
   * Loads the weights and buffers of the best epoch into the model, bit for bit. Returns false if
   * none were kept.
   */
  restore(model: Model): boolean {
    if (this.#state === undefined) return false;
    model.loadStateDict(this.#state);
    return true;
  }

  /**
   * The state for a checkpoint. It shares the best weights, which are only ever replaced, never
   * written into.
   */
  stateDict(): EarlyStoppingState {
    const { mode } = this;
    return {
      epochs: this.#epochs,
      mode,
      ...withoutUndefined({ best: this.#best, bestEpoch: this.#bestEpoch, model: this.#state }),
    };
  }

  /**
   * Loads a `stateDict()`. Patience and minDelta are kept.
   * @throws TypeError or RangeError if the state is invalid
   * @throws Error if it has the other mode, or lacks the best weights, which `restoreBest` needs
   */
  loadStateDict(state: EarlyStoppingState): void {
    checkStopping("EarlyStopping", state);
    const { epochs, mode, best, bestEpoch, model } = state;
    if (mode !== this.mode) {
      throw mismatch(
        "wrong-state",
        "EarlyStopping",
        `the state is one of mode "${mode}"`,
        `"${this.mode}"`,
        "make it with that mode",
      );
    }
    if (this.restoreBest && bestEpoch !== undefined && model === undefined) {
      throw wrongState(
        "EarlyStopping",
        `the state has no weights of its best epoch ${bestEpoch}, because restoreBest was off when it was saved`,
        "set restoreBest to false here too",
      );
    }
    this.#epochs = epochs;
    this.#best = best;
    this.#bestEpoch = bestEpoch;
    this.#state = this.restoreBest ? cloneState(model) : undefined;
  }
}
