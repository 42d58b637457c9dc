import {
  check,
  checkOptions,
  describe,
  finiteNumber,
  type GivenOptions,
  listOf,
  mismatch,
  type OptionValues,
  optional,
  type PartialOptions,
  refuseInStep,
  refuseMisspellings,
  required,
  resolveOptions,
  warnOnce,
  wholeNumber,
  wrongState,
} from "../../core/index.ts";
import { Optimizer } from "../optimizer.ts";
import { copyOptions, currentRate, declaredLike, type Hyperparameters } from "../options.ts";
import { requireKeys, requireObject } from "../stateDict.ts";
import { hasStepped } from "../stepped.ts";
import {
  checkScheduled,
  isScheduled,
  noteScheduled,
  type ScheduledGroup,
  type ScheduledOptimizer,
} from "./scheduled.ts";
import { checkCount, checkSettings, completeSettings } from "./settings.ts";

export const schedulerOptions = {
  /**
   * The last completed step, to continue a schedule: the optimizer must have been loaded, including
   * `initialLr`. A new one starts without it (-1). Prefer to load the scheduler's own state.
   */
  lastEpoch: optional(wholeNumber(-1), -1),
};

export interface LRSchedulerOptions extends GivenOptions<typeof schedulerOptions> {}

/** The position in a schedule. */
export interface Moment {
  /** The current step; the constructor makes step 0. */
  readonly epoch: number;
  /** The rate that the group had before any schedule. */
  readonly base: number;
  /** The index of the group. */
  readonly index: number;
  /** Whether it is the step of the constructor. */
  readonly first: boolean;
}

const progress = {
  lastEpoch: required(wholeNumber(0)),
  baseLrs: required(listOf(finiteNumber(), "a list")),
  lastLr: required(listOf(finiteNumber(), "a list")),
};

type Progress = OptionValues<typeof progress>;

/** The state dict of a scheduler: plain data, so functions among its settings are left out. */
export type SchedulerStateDict<S extends object> = S & Progress;

/**
 * Base of the learning rate schedulers, with settings `S`. The constructor sets the first rate;
 * call `step()` after `optimizer.step()`, once per epoch or, for OneCycleLR, once per batch. The
 * next rate is computed from the current one, even if the user or another scheduler changed it.
 * Compiled steps read rates at each run: no new program is made.
 *
 * A custom scheduler passes its settings to `super` and implements `getLr`. The constructor already
 * calls it, so it may read `this.settings`, but no fields of the subclass.
 *
 * @example
 * class Halving extends LRScheduler<{ every: number }> {
 *   constructor(optimizer: ScheduledOptimizer, every: number) {
 *     super(optimizer, { every });
 *   }
 *   override getLr() {
 *     return this.baseLrs.map((base) => base * 0.5 ** Math.floor(this.lastEpoch / this.settings.every));
 *   }
 * }
 *
 * https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate
 */
export abstract class LRScheduler<S extends object = object> {
  readonly optimizer: ScheduledOptimizer;
  /** The settings of the schedule: plain data, saved with its progress. */
  protected settings: S;
  readonly #declared: Hyperparameters<S>;
  #lastEpoch: number;
  #baseLrs: readonly number[];
  #lastLr: readonly number[] = [];
  /** Whether the current step is that of the constructor. */
  #first = true;

  /**
   * @param optimizer whose rates are to be set
   * @param defaults the settings that the user does not have to give
   * @param options the options of the user, if they are not merged into the defaults already
   * @param declared the declaration of each setting; without it each must have the kind of its
   *   default
   * @throws TypeError without an optimizer, or for an option that is unknown or of the wrong kind
   * @throws RangeError for an option that is out of range
   * @throws Error with `lastEpoch` if a group has no `initialLr`
   */
  constructor(
    optimizer: ScheduledOptimizer,
    defaults: Partial<S>,
    options: PartialOptions<S> & LRSchedulerOptions = {},
    declared: Hyperparameters<S> = declaredLike(defaults, finiteNumber()),
  ) {
    refuseMisspellings(LRScheduler.prototype, "scheduler");
    const owner = this.constructor.name;
    checkScheduled(owner, optimizer);
    checkOptions(owner, options, Object.keys({ ...declared, ...schedulerOptions }));
    const { lastEpoch: last, ...given } = options;
    const { lastEpoch } = resolveOptions(owner, { lastEpoch: last }, schedulerOptions);
    this.optimizer = optimizer;
    this.#declared = declared;
    this.settings = copyOptions(completeSettings(owner, defaults, given as unknown as Partial<S>, declared));
    this.checkTogether(this.settings);
    const { paramGroups } = optimizer;
    if (lastEpoch === -1) for (const [index, group] of paramGroups.entries()) this.begin(group, index);
    this.#baseLrs = paramGroups.map(({ initialLr }, index) => {
      if (initialLr !== undefined) return initialLr;
      throw wrongState(
        owner,
        `parameter group ${index} has no initialLr to go on from`,
        "load the optimizer's state first, or leave lastEpoch out and load the scheduler's",
      );
    });
    this.#lastEpoch = lastEpoch;
    this.#advance();
    this.#first = false;
  }

  /** Checks relations between settings. Throws if they conflict. */
  protected checkTogether(_settings: S): void {}

  /** Prepares a group for the schedule. */
  protected begin(group: ScheduledGroup, _index: number): void {
    group.initialLr ??= group.lr;
  }

  /**
   * The rates of the current step, one for each parameter group: from `baseLrs`, `lastEpoch` and
   * `settings`, or from the rates that the groups have, `this.optimizer.paramGroups[0].lr`.
   */
  getLr(): number[] {
    return this.optimizer.paramGroups.map((group, index) => this.rate(group.lr, this.#moment(index)));
  }

  /** The next rate of a group, from the current one: for schedules that treat all groups alike. */
  protected rate(_lr: number, _at: Moment): number {
    const name = this.constructor.name;
    throw wrongState("", `${name} has no method "getLr"`, "write getLr() { ... }, which gives a rate for each group");
  }

  /** Other changes of the schedule to a group. */
  protected others(_group: ScheduledGroup, _at: Moment): Partial<ScheduledGroup> {
    return {};
  }

  /** The number of steps, without that of the constructor. */
  get lastEpoch(): number {
    return this.#lastEpoch;
  }

  /** The rate of each group before any schedule. */
  get baseLrs(): readonly number[] {
    return this.#baseLrs;
  }

  /** The rates as this scheduler last set them, one for each parameter group. */
  getLastLr(): number[] {
    return [...this.#lastLr];
  }

  /**
   * Sets the rates of the next epoch, or of the next batch. If a rate was set below the schedule's
   * lowest, the schedule may give a negative one; the optimizer accepts it, as PyTorch's does.
   * @throws RangeError after the end of a finite schedule, if a rate set by the user is invalid, or
   *   for a rate that is not finite; nothing is changed then
   */
  step(): void {
    refuseInStep("step() of a learning rate scheduler", "call it behind the compiled step");
    if (this.#lastEpoch === 0 && this.optimizer instanceof Optimizer && !hasStepped(this.optimizer)) {
      warnOnce(
        this.optimizer,
        "scheduler before optimizer",
        () =>
          `${this.constructor.name}.step() before the first optimizer.step(): the first rate of the schedule is never used. ` +
          "Call optimizer.step() first, then scheduler.step().",
      );
    }
    this.#advance();
  }

  #advance(): void {
    const { paramGroups } = this.optimizer;
    const { name } = this.constructor;
    for (const [index, group] of paramGroups.entries()) {
      check(name, `lr of parameter group ${index}`, group.lr, currentRate(isScheduled(group)));
    }
    const before = this.#lastEpoch;
    this.#lastEpoch++;
    // A group that was added since starts from its own rate.
    this.#baseLrs = paramGroups.map((group, index) => this.#baseLrs[index] ?? group.lr);
    try {
      const lastLr = checkRates(name, this.getLr(), paramGroups);
      const others = paramGroups.map((group, index) => this.others(group, this.#moment(index)));
      for (const [index, group] of paramGroups.entries()) {
        noteScheduled(Object.assign(group, { lr: lastLr[index] }, others[index]));
      }
      this.#lastLr = lastLr;
    } catch (error) {
      this.#lastEpoch = before;
      throw error;
    }
  }

  #moment(index: number): Moment {
    return { epoch: this.#lastEpoch, base: this.#baseLrs[index], index, first: this.#first };
  }

  /**
   * Settings and progress, as plain data. The rates themselves are in the state dict of the
   * optimizer.
   */
  stateDict(): SchedulerStateDict<S> {
    return {
      ...dataOf(this.settings),
      ...{ lastEpoch: this.#lastEpoch, baseLrs: [...this.#baseLrs], lastLr: [...this.#lastLr] },
    };
  }

  /**
   * Continues from `stateDict()` of a scheduler of the same kind. Load the optimizer's state too,
   * for its rates.
   * @throws TypeError, RangeError or Error if it is not such a state; the scheduler is unchanged
   *   then
   */
  loadStateDict(stateDict: SchedulerStateDict<S>): void {
    const owner = this.constructor.name;
    requireObject(stateDict, `the state dict of ${owner}`, "an object as stateDict() gives it");
    const names = [...Object.keys(progress), ...Object.keys(dataOf(this.settings))];
    requireKeys(stateDict, names, [], `the state dict of ${owner}`, "scheduler");
    const { lastEpoch, baseLrs, lastLr, ...rest } = stateDict;
    const settings: S = { ...this.settings, ...(rest as unknown as S) };
    checkSettings<Progress>(owner, stateDict, progress);
    checkSettings(owner, settings, this.#declared);
    for (const [name, list] of Object.entries({ baseLrs, lastLr })) {
      checkCount(owner, name, list, this.optimizer.paramGroups);
    }
    this.checkTogether(settings);
    this.settings = copyOptions(settings);
    this.#lastEpoch = lastEpoch;
    this.#baseLrs = [...baseLrs];
    this.#lastLr = [...lastLr];
  }
}

/** @throws unless there is a finite number for each group */
function checkRates(owner: string, rates: unknown, groups: readonly unknown[]): number[] {
  if (!Array.isArray(rates)) {
    throw mismatch("wrong-type", owner, `getLr gave ${describe(rates)}`, "a list with a rate for each parameter group");
  }
  checkCount(owner, "what getLr gave", rates, groups);
  for (const [index, rate] of rates.entries()) {
    if (Number.isFinite(rate)) continue;
    throw mismatch(
      "wrong-value",
      owner,
      `getLr gave ${describe(rate)} for parameter group ${index}`,
      "a finite number",
      "it runs in the constructor already: give what it reads to super(optimizer, { ... }) and read this.settings",
    );
  }
  return [...rates];
}

/** A deep copy of the settings without functions. */
function dataOf<S extends object>(settings: S): S {
  const isCode = (value: unknown): boolean =>
    typeof value === "function" || (Array.isArray(value) && value.some(isCode));
  return copyOptions(Object.fromEntries(Object.entries(settings).filter(([, value]) => !isCode(value))) as S);
}
