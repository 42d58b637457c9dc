import { checkOptions, refuseInStep } from "../../core/index.ts";
import { copyOptions } from "../options.ts";
import { requireKeys, requireObject } from "../stateDict.ts";
import { checkScheduled, type ScheduledGroup, type ScheduledOptimizer } from "./scheduled.ts";
import { checkCount, checkSettings, completeSettings, finite, listOf, type SettingRules, whole } from "./settings.ts";

export interface LRSchedulerOptions {
  /**
   * How far the schedule had come, to go on with it: the optimizer must have been loaded, `initialLr` included. -1, the
   * default, begins. Rather than this, load the scheduler's own state.
   */
  readonly lastEpoch?: number;
}

/** Where a schedule stands. */
export interface Moment {
  /** The step that is made, counted from 0, which the constructor makes. */
  readonly epoch: number;
  /** The rate that the group had before any schedule. */
  readonly base: number;
  /** The number of the group. */
  readonly index: number;
  /** Whether it is the step of the constructor. */
  readonly first: boolean;
}

interface Progress {
  lastEpoch: number;
  baseLrs: number[];
  lastLr: number[];
}

/** What a scheduler saves: plain data. */
export type SchedulerStateDict<S extends object> = S & Progress;

const progressRules: SettingRules<Progress> = {
  lastEpoch: whole(0),
  baseLrs: listOf(finite),
  lastLr: listOf(finite),
};

/**
 * Base of the learning rate schedulers, with settings `S`. Made after the optimizer, it sets the first rate at once;
 * `step()` belongs behind `optimizer.step()`, once per epoch or, for OneCycleLR, once per batch. A rate that was changed
 * by hand, or by another scheduler, is where the next one starts from. Compiled steps read rates at each run: no new
 * program is made. https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate
 */
export abstract class LRScheduler<S extends object = object> {
  readonly optimizer: ScheduledOptimizer;
  protected settings: S;
  readonly #rules: SettingRules<S>;
  #lastEpoch: number;
  #baseLrs: readonly number[];
  #lastLr: readonly number[] = [];

  /**
   * @throws TypeError without an optimizer, or for an option that is unknown or of the wrong kind
   * @throws RangeError for an option that is out of range
   * @throws Error with `lastEpoch` if a group has no `initialLr`
   */
  constructor(
    optimizer: ScheduledOptimizer,
    defaults: Partial<S>,
    options: Partial<S> & LRSchedulerOptions,
    rules: SettingRules<S>,
  ) {
    const owner = this.constructor.name;
    checkScheduled(owner, optimizer);
    checkOptions(owner, options, [...Object.keys(rules), "lastEpoch"]);
    const { lastEpoch = -1, ...given } = options;
    whole(-1)(owner, "lastEpoch", lastEpoch);
    this.optimizer = optimizer;
    this.#rules = rules;
    this.settings = copyOptions(completeSettings(owner, defaults, given as unknown as Partial<S>, rules));
    this.checkTogether(this.settings);
    const { paramGroups } = optimizer;
    if (lastEpoch === -1) for (const [index, group] of paramGroups.entries()) this.begin(group, index);
    this.#baseLrs = paramGroups.map(({ initialLr }, index) => {
      if (initialLr !== undefined) return initialLr;
      throw new Error(
        `${owner}: parameter group ${index} has no initialLr to go on from; load the optimizer's state first, ` +
          "or leave lastEpoch out and load the scheduler's",
      );
    });
    this.#lastEpoch = lastEpoch;
    this.#advance(true);
  }

  /** Relations between settings that no single rule can see. Throws if they do not go together. */
  protected checkTogether(_settings: S): void {}

  /** Prepares a group for the schedule. */
  protected begin(group: ScheduledGroup, _index: number): void {
    group.initialLr ??= group.lr;
  }

  /** The next rate of a group, from the one it has. */
  protected abstract rate(lr: number, at: Moment): number;

  /** What else the schedule changes in a group. */
  protected others(_group: ScheduledGroup, _at: Moment): Partial<ScheduledGroup> {
    return {};
  }

  /** How many steps were made, that of the constructor not counted. */
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

  /** Sets the rates of the next epoch, or of the next batch. @throws RangeError behind the end of a schedule that has one */
  step(): void {
    refuseInStep("step() of a learning rate scheduler", "call it behind the compiled step");
    this.#advance(false);
  }

  #advance(first: boolean): void {
    const { paramGroups } = this.optimizer;
    const epoch = this.#lastEpoch + 1;
    const changes = paramGroups.map((group, index) => {
      const at = { epoch, base: this.#baseLrs[index] ?? group.lr, index, first };
      return { lr: this.rate(group.lr, at), ...this.others(group, at) };
    });
    for (const [index, change] of changes.entries()) Object.assign(paramGroups[index], change);
    this.#lastEpoch = epoch;
    this.#lastLr = changes.map(({ lr }) => lr);
  }

  /** Settings and progress, as plain data. The rates themselves are in the state dict of the optimizer. */
  stateDict(): SchedulerStateDict<S> {
    const progress = { lastEpoch: this.#lastEpoch, baseLrs: [...this.#baseLrs], lastLr: [...this.#lastLr] };
    return { ...copyOptions(this.settings), ...progress };
  }

  /**
   * Goes on from `stateDict()` of a scheduler of the same kind. The optimizer's state is to be loaded too, for its rates.
   * @throws TypeError, RangeError or Error if it is not such a state; the scheduler is unchanged then
   */
  loadStateDict(stateDict: SchedulerStateDict<S>): void {
    const owner = this.constructor.name;
    requireObject(stateDict, `the state dict of ${owner}`, "an object as stateDict() gives it");
    const names = [...Object.keys(progressRules), ...Object.keys(this.#rules)];
    requireKeys(stateDict, names, [], `the state dict of ${owner}`, "scheduler");
    const { lastEpoch, baseLrs, lastLr, ...rest } = stateDict;
    const settings = rest as unknown as S;
    checkSettings(owner, stateDict, progressRules);
    checkSettings(owner, settings, this.#rules);
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
