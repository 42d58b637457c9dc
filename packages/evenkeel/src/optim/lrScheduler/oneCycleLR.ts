import {
  checkDeclared,
  checkOptions,
  defaultsOf,
  flag,
  type GivenOptions,
  listOf,
  numberAbove,
  numberAtLeast,
  numberBetween,
  type OptionValues,
  oneOf,
  optional,
  type PartialOptions,
  refuse,
  required,
  share,
  wholeNumber,
  withoutUndefined,
  wrongState,
} from "../../core/index.ts";
import { cos } from "../../core/math/portableMath.ts";
import { checkScheduled, type ScheduledGroup, type ScheduledOptimizer } from "./scheduled.ts";
import { LRScheduler, type LRSchedulerOptions, type Moment, schedulerOptions } from "./scheduler.ts";
import { checkCount, type OneForAll, perGroup } from "./settings.ts";

/** Lists have one value for each parameter group. */
const cycle = {
  /** The highest rates. */
  maxLr: required(listOf(numberAtLeast(0), "a list")),
  /** The total number of batches. */
  totalSteps: optional(wholeNumber(1)),
  /** The fraction of the steps in which the rate rises (0.3). */
  pctStart: optional(numberBetween(0, 1), 0.3),
  /** The curve between two rates ("cos"). */
  annealStrategy: optional(oneOf(["cos", "linear"]), "cos"),
  /** Whether momentum, or the first beta, moves opposite to the rate (true). */
  cycleMomentum: optional(flag(), true),
  /** The lowest momentums (0.85). */
  baseMomentum: optional(listOf(share("number"), "a list")),
  /** The highest momentums (0.95). */
  maxMomentum: optional(listOf(share("number"), "a list")),
  /** The first rate is maxLr / divFactor (25). */
  divFactor: optional(numberAbove(0), 25),
  /** The last rate is the first one / finalDivFactor (1e4). */
  finalDivFactor: optional(numberAbove(0), 1e4),
  /**
   * Three phases: rise, fall to the first rate, then fall to the last rate; false: rise and fall
   * (false).
   */
  threePhase: optional(flag(), false),
};

/** In place of totalSteps. */
const cycleLength = {
  /** The number of epochs. */
  epochs: optional(wholeNumber(1)),
  /** The number of batches in each. */
  stepsPerEpoch: optional(wholeNumber(1)),
};

export interface OneCycleLRSettings extends OptionValues<typeof cycle> {}

/**
 * Like the settings, but with numbers in place of lists, and epochs and batches in place of the
 * steps.
 */
export interface OneCycleLROptions
  extends OneForAll<typeof cycle>,
    GivenOptions<typeof cycleLength>,
    LRSchedulerOptions {}

/**
 * A phase of the schedule: both quantities change from one of their bounds to another until step
 * `end`.
 */
interface Phase {
  readonly end: number;
  readonly rates: readonly [from: "initial" | "max", to: "initial" | "max" | "min"];
  readonly momentums: readonly [from: "base" | "max", to: "base" | "max"];
}

/**
 * One cycle over the whole training, a step per batch: the rate rises from maxLr / divFactor to
 * maxLr and falls to nearly 0, while momentum (the first beta of Adam) does the opposite. The
 * optimizer's own rate is not used.
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.OneCycleLR.html,
 * https://arxiv.org/abs/1708.07120
 */
export class OneCycleLR extends LRScheduler<OneCycleLRSettings> {
  /**
   * @throws as `LRScheduler`; TypeError without `totalSteps`, or `epochs` and `stepsPerEpoch`;
   *   Error if momentum is to be cycled and the optimizer has none
   */
  constructor(optimizer: ScheduledOptimizer, options: OneCycleLROptions) {
    super(optimizer, defaultsOf(cycle), settingsOf(optimizer, options), cycle);
  }

  protected override checkTogether(settings: OneCycleLRSettings): void {
    const { paramGroups } = this.optimizer;
    for (const name of ["maxLr", "baseMomentum", "maxMomentum"] as const) {
      checkCount("OneCycleLR", name, settings[name], paramGroups);
    }
    if (!settings.cycleMomentum) return;
    if (paramGroups.some(({ momentum, betas }) => momentum === undefined && betas === undefined)) {
      throw wrongState(
        "OneCycleLR",
        "the optimizer has neither momentum nor betas to cycle",
        "give cycleMomentum: false",
      );
    }
  }

  protected override begin(group: ScheduledGroup, index: number): void {
    const { maxLr, divFactor, cycleMomentum, maxMomentum } = this.settings;
    group.initialLr = maxLr[index] / divFactor;
    if (cycleMomentum) Object.assign(group, withMomentum(group, maxMomentum[index]));
  }

  protected override rate(_: number, at: Moment): number {
    const { maxLr, finalDivFactor } = this.settings;
    const marks = { initial: at.base, max: maxLr[at.index], min: at.base / finalDivFactor };
    const { phase, progress } = phaseAt(at.epoch, this.settings);
    return anneal(this.settings, marks[phase.rates[0]], marks[phase.rates[1]], progress);
  }

  protected override others(group: ScheduledGroup, { epoch, index }: Moment): Partial<ScheduledGroup> {
    const { cycleMomentum, baseMomentum, maxMomentum } = this.settings;
    if (!cycleMomentum) return {};
    const marks = { base: baseMomentum[index], max: maxMomentum[index] };
    const { phase, progress } = phaseAt(epoch, this.settings);
    return withMomentum(group, anneal(this.settings, marks[phase.momentums[0]], marks[phase.momentums[1]], progress));
  }
}

/** The phase of a step, and the completed fraction of it. */
function phaseAt(step: number, settings: OneCycleLRSettings): { phase: Phase; progress: number } {
  const { totalSteps } = settings;
  if (step > totalSteps) {
    throw refuse(
      "wrong-value",
      "OneCycleLR",
      `this is step ${step} of ${totalSteps}: the cycle is over`,
      "give as many totalSteps as there are batches in all",
    );
  }
  const phases = phasesOf(settings);
  const found = phases.findIndex(({ end }) => step <= end);
  const index = found < 0 ? phases.length - 1 : found;
  const phase = phases[index];
  const start = index === 0 ? 0 : phases[index - 1].end;
  // A phase of length 0 is at its end.
  return { phase, progress: phase.end === start ? 1 : (step - start) / (phase.end - start) };
}

function phasesOf({ totalSteps, pctStart, threePhase }: OneCycleLRSettings): readonly Phase[] {
  const rise: Phase = { end: pctStart * totalSteps - 1, rates: ["initial", "max"], momentums: ["max", "base"] };
  const end = totalSteps - 1;
  if (!threePhase) return [rise, { end, rates: ["max", "min"], momentums: ["base", "max"] }];
  const fall: Phase = { end: 2 * pctStart * totalSteps - 2, rates: ["max", "initial"], momentums: ["base", "max"] };
  return [rise, fall, { end, rates: ["initial", "min"], momentums: ["max", "max"] }];
}

function anneal({ annealStrategy }: OneCycleLRSettings, from: number, to: number, progress: number): number {
  if (annealStrategy === "linear") return (to - from) * progress + from;
  return to + ((from - to) / 2) * (cos(Math.PI * progress) + 1);
}

/** Adam's momentum is its first beta. */
function withMomentum({ betas }: ScheduledGroup, momentum: number): Partial<ScheduledGroup> {
  return betas === undefined ? { momentum } : { betas: [momentum, betas[1]] };
}

function settingsOf(
  optimizer: ScheduledOptimizer,
  options: OneCycleLROptions,
): PartialOptions<OneCycleLRSettings> & LRSchedulerOptions {
  checkScheduled("OneCycleLR", optimizer);
  checkOptions("OneCycleLR", options, Object.keys({ ...cycle, ...cycleLength, ...schedulerOptions }));
  const { maxLr, baseMomentum = 0.85, maxMomentum = 0.95, epochs, stepsPerEpoch, ...rest } = withoutUndefined(options);
  const lists = Object.entries({ maxLr, baseMomentum, maxMomentum }).map(([name, value]) => {
    return [name, perGroup("OneCycleLR", name, value, optimizer.paramGroups)];
  });
  checkDeclared("OneCycleLR", { epochs, stepsPerEpoch }, cycleLength);
  const { totalSteps = stepsOf(epochs, stepsPerEpoch) } = rest;
  return { ...rest, totalSteps, ...Object.fromEntries(lists) };
}

function stepsOf(epochs: number | undefined, stepsPerEpoch: number | undefined): number {
  if (epochs === undefined || stepsPerEpoch === undefined) {
    throw refuse("missing", "OneCycleLR", "how long is the cycle? Give totalSteps, or epochs and stepsPerEpoch");
  }
  return epochs * stepsPerEpoch;
}
