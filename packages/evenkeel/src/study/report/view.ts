import { type Arm, armId, type NamedArm, type NormArm, type Statistics, sameArm } from "../arms/arm.ts";
import type { StudyPlan } from "../plan/plan.ts";
import type { Reading, TrialResult } from "../trial/trialResult.ts";
import { isPlain, plainVariant, secondTraining, type Variant } from "../trial/trialSpec.ts";
import { ErrorScale } from "./errorScale.ts";
import { averageOf, type Estimate, estimateMean, isBelow, type Measured, mean } from "./statistics.ts";

/**
 * The errors of a trained network, in the study's metric. None is above the best constant's on the
 * same rows: a user with a worse network would take the constant.
 */
export interface Observation {
  readonly seed: number;
  readonly train: number;
  readonly validation: number;
  readonly test: number;
  /** The test error as it was, also above the constant's. */
  readonly uncappedTest: number;
  /** The validation error after each epoch, as it was. */
  readonly curve: readonly number[];
  /** A diverged training counts as the best constant; the errors are the constant's. */
  readonly diverged: boolean;
}

/** The trainings of an arm by seed, the first one first. */
export type Trainings = ReadonlyMap<number, readonly Observation[]>;

/** The rate with the lowest validation error of an arm, over the seeds that tried all rates. */
interface ChosenRate {
  readonly lr: number;
  /** The mean validation error at that rate. */
  readonly validation: number;
}

/**
 * A network with BatchNorm is scored in two ways; `kept` is the one that is better on the
 * validation rows.
 */
function readingOf({ readings, spec }: TrialResult, statistics: Statistics): Reading | undefined {
  const { asTrained, recomputed } = readings;
  if (recomputed === undefined || statistics === "asTrained") return asTrained;
  if (statistics === "recomputed" || asTrained === undefined) return recomputed;
  return error(recomputed, "validation", spec.metric) < error(asTrained, "validation", spec.metric)
    ? recomputed
    : asTrained;
}

/** A network whose error is below this fraction of the best constant's predicts nearly everything. */
const nearlyAll = 0.1;

type Part = "train" | "validation" | "test";

function error(scores: Pick<Reading, Part>, part: Part, metric: keyof Reading[Part]): number {
  return scores[part][metric] ?? Number.NaN;
}

/** The results of a study, finished or not, by arm and seed. */
export class StudyView {
  readonly plan: StudyPlan;
  /** By the name of the arm, rate and variant. */
  readonly #trials = new Map<string, TrialResult[]>();
  /** A trial on all rows by seed, for the errors of the best constant. */
  readonly #whole = new Map<number, TrialResult>();
  readonly #rates = new Map<string, ChosenRate | undefined>();
  readonly #seen = new Map<string, ReadonlyMap<number, Observation>>();
  #scale: ErrorScale | undefined;

  constructor(plan: StudyPlan, trials: readonly TrialResult[]) {
    this.plan = plan;
    for (const trial of trials) {
      const { spec } = trial;
      const key = keyOf(spec.arm, spec.lr, spec);
      const others = this.#trials.get(key);
      if (others === undefined) this.#trials.set(key, [trial]);
      else others.push(trial);
      if (spec.rows === 1 && !this.#whole.has(spec.seed)) this.#whole.set(spec.seed, trial);
    }
  }

  /** The arm of the plan with these settings. */
  arm(scale: NormArm["scale"], norm: NormArm["norm"], dropout = 0): NormArm | undefined {
    const arms = this.plan.arms.filter((arm) => arm.name === undefined);
    return arms.find((arm) => sameArm(arm, { scale, norm, dropout }));
  }

  /** The arm with this name. */
  named(name: string): NamedArm | undefined {
    return this.plan.arms.filter((arm) => arm.name !== undefined).find((arm) => arm.name === name);
  }

  /**
   * The arm that others are compared with: z-scores without normalization if the question is about
   * that, otherwise the first arm of the plan.
   */
  get reference(): Arm {
    const { ask, arms } = this.plan;
    return (ask === undefined ? this.arm("zscore", "none") : undefined) ?? arms[0];
  }

  /**
   * The scale on which test errors are compared. Its threshold is a tenth of the best constant's
   * error; for error rates the one of which the smallest effect of interest is one test row that is
   * no copy.
   */
  get scale(): ErrorScale {
    this.#scale ??= new ErrorScale(this.#threshold());
    return this.#scale;
  }

  #threshold(): number {
    const { settings, seeds, worth } = this.plan;
    if (settings.metric === "errorRate") return worth === 0 ? 1 : Math.min(1, 1 / (worth * this.differentTestRows));
    const constants = seeds.flatMap((seed) => this.constantOf(seed, "test") ?? []);
    return constants.length === 0 ? 1 : nearlyAll * mean(constants) || 1;
  }

  /** How many of a split's test rows are no copies, on average. */
  get differentTestRows(): number {
    const { all, test, distinct } = this.plan.rows;
    return distinct === all ? test : Math.max(1, (test * distinct) / all);
  }

  /** Where the test error of a network is on the scale. */
  readonly test = ({ test }: Observation): number => this.scale.of(test);

  /** How far the test error is above the training error on the scale. */
  readonly gap = ({ test, train }: Observation): number => this.scale.of(test) - this.scale.of(train);

  /**
   * The rate with the lowest mean validation error over seeds, the smaller of two equal ones. Each
   * kind of statistics has its own best rate, as it would for a user. Test rows are not used.
   */
  rate(arm: Arm, statistics: Statistics): ChosenRate | undefined {
    const key = JSON.stringify([arm, statistics]);
    if (!this.#rates.has(key)) this.#rates.set(key, this.#choose(arm, statistics));
    return this.#rates.get(key);
  }

  #choose(arm: Arm, statistics: Statistics): ChosenRate | undefined {
    const choices = this.rates(arm, statistics);
    if (choices.length === 0) return undefined;
    return choices.reduce((best, choice) => (isBelow(choice.validation, best.validation) ? choice : best));
  }

  /**
   * All rates in increasing order with their mean validation errors; none until a seed has tried
   * all rates.
   */
  rates(arm: Arm, statistics: Statistics): ChosenRate[] {
    const byRate = [...this.plan.lrs].sort((a, b) => a - b).map((lr) => ({ lr, seen: this.at(arm, lr, statistics) }));
    const complete = this.plan.seeds.filter((seed) => byRate.every(({ seen }) => seen.has(seed)));
    if (complete.length === 0) return [];
    return byRate.map(({ lr, seen }) => ({
      lr,
      validation: mean(complete.map((seed) => seen.get(seed)?.validation ?? Number.NaN)),
    }));
  }

  /** Observations by seed, at this rate. */
  at(arm: Arm, lr: number, statistics: Statistics, variant = plainVariant): ReadonlyMap<number, Observation> {
    const key = keyOf(arm, lr, variant);
    const own = `${statistics} ${key}`;
    const known = this.#seen.get(own);
    if (known !== undefined) return known;
    const found = (this.#trials.get(key) ?? []).filter(({ spec }) => sameArm(spec.arm, arm));
    const seen = new Map(found.map((trial) => [trial.spec.seed, observationOf(trial, statistics)]));
    this.#seen.set(own, seen);
    return seen;
  }

  /**
   * Observations by seed, at the chosen rate. Variants were trained at the rate chosen for `kept`.
   */
  seen(
    arm: Arm | undefined,
    statistics: Statistics = "kept",
    variant = plainVariant,
  ): ReadonlyMap<number, Observation> {
    const rate = arm && this.rate(arm, isPlain(variant) ? statistics : "kept");
    return rate === undefined || arm === undefined ? new Map() : this.at(arm, rate.lr, statistics, variant);
  }

  /**
   * All trainings by seed at the chosen rate: two of the data without changes, where the rate is
   * the one that was chosen for `kept`, else one.
   */
  trainings(arm: Arm | undefined, statistics: Statistics = "kept", variant = plainVariant): Trainings {
    const rate = arm && this.rate(arm, statistics);
    if (arm === undefined || rate === undefined) return new Map();
    if (isPlain(variant)) return this.trainingsAt(arm, rate.lr, statistics);
    return new Map([...this.seen(arm, statistics, variant)].map(([seed, one]) => [seed, [one]]));
  }

  /** The trainings by seed at this rate: two where it is the one that was chosen for `kept`. */
  trainingsAt(arm: Arm, lr: number, statistics: Statistics): Trainings {
    const second = this.at(arm, lr, statistics, secondTraining);
    return new Map(
      [...this.at(arm, lr, statistics)].map(([seed, one]) => [seed, [one, second.get(seed) ?? []].flat()]),
    );
  }

  /**
   * The correlation of the seeds' results, for `EstimateOptions`. Seeds split the same rows again,
   * so any two share a fraction of the rows that they are scored on, which is as large as the
   * fraction that one scores. It does not depend on how many rows are trained on.
   */
  overlap(part: "validation" | "test" = "test"): number {
    const { all, [part]: scored } = this.plan.rows;
    return scored / (all - scored);
  }

  /**
   * The mean over seeds of positions or steps on the scale of errors, with its interval; NaN if
   * there are none.
   * @param beside the error that a step is beside, in the unit of errors
   */
  estimate(values: readonly Measured[], beside: number, confidence = 0.95): Estimate {
    const reach = this.scale.step(beside, this.reach(values.length, confidence));
    return estimateMean(this.asSplits(values), { confidence, overlap: this.overlap(), reach });
  }

  /**
   * The values with the trainings of each seed, to separate the luck of the split from that of the
   * training. If all seeds have the same split, they do not show the luck of the split; then a seed
   * counts as one value, and its interval is as wide as if the seeds had split the rows anew.
   */
  asSplits(values: readonly Measured[]): readonly Measured[] {
    return this.plan.settings.time === undefined ? values : values.map(averageOf);
  }

  /** The mean of steps on the scale of errors as a difference of errors, beside this error. */
  difference(values: readonly Measured[], beside: number, confidence = 0.95): Estimate {
    return this.asDifference(this.estimate(values, beside, confidence), beside);
  }

  /**
   * A step on the scale as a difference of errors, beside this error. No difference is larger than
   * the best constant's error, which all errors are capped at, nor takes an error below 0.
   */
  asDifference(step: Estimate, beside: number): Estimate {
    const most = this.plan.settings.metric === "errorRate" ? 1 : this.scale.threshold / nearlyAll;
    return converted(step, (value) => Math.min(most, Math.max(-beside, this.scale.move(beside, value))));
  }

  /** The mean error over all trainings, on the scale of errors, with its interval. */
  average(trainings: Trainings, part: "test" | "train" = "test"): Estimate {
    const values = [...trainings.values()].map((all) => all.map((one) => this.scale.of(one[part])));
    const centre = this.scale.at(mean(values.map(mean)));
    return converted(this.estimate(values, centre), (position) => Math.max(0, this.scale.at(position)));
  }

  /**
   * The least half-width of an interval of error rates; 0 for other errors. If no row differs, the
   * interval would have no width. But differences may exist that are so rare that they show in no
   * scored row: at the rarity that is returned, this happens in 1 of 40 studies, for 95% (the rule
   * of three). Copies of a row show no more than the row, and the rows of a group may all be alike.
   */
  reach(seeds: number, confidence = 0.95): number {
    const { settings, rows } = this.plan;
    if (settings.metric !== "errorRate") return 0;
    const scored = rows.independent * (1 - (1 - rows.test / rows.all) ** seeds);
    return Math.log(2 / (1 - confidence)) / scored;
  }

  /** The error of the best constant of a seed, on the validation rows by default. */
  constantOf(seed: number, part: "validation" | "test" = "validation"): number | undefined {
    const trial = this.#whole.get(seed);
    return trial && error(trial.constant, part, trial.spec.metric);
  }

  /**
   * The validation error that "epochs to" counts to: the plan's, or 1.1 times the reference's final
   * error on the same seed, because some splits are harder than others. Near 0 it is further from
   * that error: by one validation row, or 1% of the best constant's error. NaN if there is none.
   */
  targetError(seed: number): number {
    const { targetError, settings, rows } = this.plan;
    if (targetError !== null) return targetError;
    const ends = this.seen(this.reference).get(seed)?.validation ?? Number.NaN;
    const least = settings.metric === "errorRate" ? 1 / rows.validation : 0.01 * (this.constantOf(seed) ?? 0);
    return ends + Math.max(0.1 * ends, least);
  }
}

function converted({ count, value, interval }: Estimate, convert: (value: number) => number): Estimate {
  const between = interval && { low: convert(interval.low), high: convert(interval.high) };
  return { count, value: convert(value), interval: between };
}

/** All factors of a study are the same, so that only their presence counts. */
function keyOf(arm: Arm, lr: number, { rows, rescale, epochFraction, stream }: Variant): string {
  return JSON.stringify([armId(arm), lr, rows, rescale !== null, epochFraction, stream]);
}

function observationOf(trial: TrialResult, statistics: Statistics): Observation {
  const reading = readingOf(trial, statistics);
  const scores = reading ?? trial.constant;
  const { metric, seed } = trial.spec;
  const part = (name: Part) => Math.min(error(scores, name, metric), error(trial.constant, name, metric));
  return {
    ...{ seed, train: part("train"), validation: part("validation"), test: part("test") },
    uncappedTest: error(scores, "test", metric),
    ...{ curve: reading?.curve ?? [], diverged: reading === undefined },
  };
}
