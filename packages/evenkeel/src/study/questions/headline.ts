import { type Arm, describeArm } from "../arms/arm.ts";
import { type BySeed, candidate, differences, testRows, unitOf, worthBeside } from "../claims/claim.ts";
import { type Figure, judged, type Verdict } from "../report/judge.ts";
import { powerOf } from "../report/power.ts";
import { mean } from "../report/statistics.ts";
import type { StudyView } from "../report/view.ts";
import { measured, number, percent } from "../report/words.ts";

/**
 * The cost of stale running statistics: the error of the same weights as trained, and with
 * recomputed statistics.
 */
export interface StaleStatistics {
  readonly arm: Arm;
  readonly lr: number;
  /**
   * Test error as trained and recomputed, over seeds, judged as the claim that recomputing helps.
   */
  readonly cost: Figure;
}

/** The answer to the question of a study. */
export interface Headline {
  readonly verdict: Verdict;
  /** The figure that the verdict is about; null if no trial is finished. */
  readonly difference: Figure | null;
  readonly stale: readonly StaleStatistics[];
  /** The answer in a few plain sentences, for people who know no statistics. */
  readonly answer: readonly string[];
  /**
   * The smallest effect that the study would have found, and what would find half of it; null if
   * there are too few seeds to say.
   */
  readonly power: string | null;
  /** The answer with its figures first; at the end, one sentence for each of `stale`. */
  readonly sentences: readonly string[];
}

/** The effects of interest that an interval around no effect does not exclude. */
export function leftOpen({ interval }: Figure, worth: number): string {
  if (interval === null || interval.low > 0 || interval.high < 0) return "";
  const possible = [...(interval.low <= -worth ? ["a gain"] : []), ...(interval.high >= worth ? ["a loss"] : [])];
  return possible.length === 0 ? "" : ` The interval does not exclude ${possible.join(" or ")} of that size.`;
}

export function sayWorth(view: StudyView, worth: number): string {
  const isRow = view.plan.settings.metric === "errorRate" && worth * view.differentTestRows <= 1 + 1e-9;
  return `the smallest effect of interest is ${number(worth)}${isRow ? `, one of ${testRows(view)}` : ""}`;
}

/**
 * A warning for the case that the arm that the validation rows choose is not significantly better
 * than the best constant on the test rows. It is one comparison, by the ratio of the errors, at 95%
 * in one direction.
 */
export function nothingLearned(view: StudyView): string[] {
  const unit = unitOf(view);
  const { scale } = view;
  const [best] = bestOf(view, view.plan.arms);
  if (best === undefined) return [];
  const errors = [...view.trainings(best)].flatMap(([seed, trainings]) => {
    const constant = view.constantOf(seed, "test");
    return constant === undefined ? [] : [{ constant, own: trainings.map(({ uncappedTest }) => uncappedTest) }];
  });
  if (errors.length < 2) return [];
  const constant = scale.mean(errors.map((error) => error.constant));
  const apart = errors.map((error) => error.own.map((own) => scale.of(own) - scale.of(error.constant)));
  const { interval } = view.estimate(apart, constant, 0.9);
  if (interval !== null && interval.high < 0) return [];
  const reached = number(scale.mean(errors.flatMap(({ own }) => own)));
  return [
    `No network here predicts significantly better than a constant (test ${unit} ${reached} with ${describeArm(best)}, the constant ` +
      `${number(constant)}): there may be nothing to learn from these columns, and what follows compares how networks fit noise.`,
  ];
}

/**
 * The effect of recomputing on each of these arms, which have BatchNorm. `name` is the arm's name
 * in the figure.
 */
export function staleStatistics(
  view: StudyView,
  arms: readonly { readonly name: string; readonly batch: Arm }[],
): StaleStatistics[] {
  return arms.flatMap(({ name, batch }) => {
    const rate = view.rate(batch, "kept");
    if (rate === undefined) return [];
    const [fresh, stale] = (["recomputed", "asTrained"] as const).map((kind) => view.trainingsAt(batch, rate.lr, kind));
    if (fresh.size === 0) return [];
    const label = `recomputed minus as trained, on ${name}`;
    const [cost] = judged([candidate(view, label, stale, differences(view, fresh, stale))]);
    return [{ arm: batch, lr: rate.lr, cost }];
  });
}

export function sayStale(view: StudyView, { arm, lr, cost }: StaleStatistics): string {
  const average = (kind: "asTrained" | "recomputed") => number(view.average(view.trainingsAt(arm, lr, kind)).value);
  const figures =
    `${describeArm(arm)}, learning rate ${lr}: test ${cost.unit} ${average("asTrained")} as trained, ${average("recomputed")} ` +
    `with the same weights and running statistics recomputed over the training rows, ${measured(cost)}`;
  const verdict = cost.judged?.verdict;
  switch (verdict) {
    case "held":
      return `Stale running statistics: ${figures}. The network is better than its evaluation; recompute them (updateBatchNorm).`;
    case "not held":
      return `Running statistics that fit: ${figures}. Recomputing them gains less than the smallest effect of interest.`;
    case "undecided":
    case undefined:
      return `Whether running statistics are stale is undecided: ${figures}.`;
    default:
      return verdict satisfies never;
  }
}

/** "z-score, BatchNorm, learning rate 0.01"; for several arms, also why there are several. */
export function sayArms(view: StudyView, arms: readonly Arm[]): string {
  const each = arms.map((arm) => `${describeArm(arm)}, learning rate ${view.rate(arm, "kept")?.lr}`);
  return arms.length === 1
    ? each[0]
    : `the mean of ${arms.length} that do equally well on the validation rows: ${each.join("; ")}`;
}

/**
 * The arm with the lowest validation error, with or without dropout, and those that are worse by
 * less than the smallest effect of interest: the validation rows cannot choose among these.
 */
export function bestOf(view: StudyView, arms: readonly Arm[]): Arm[] {
  const rated = arms.flatMap((arm) => {
    const rate = view.rate(arm, "kept");
    return rate === undefined ? [] : [{ arm, validation: rate.validation }];
  });
  const best = Math.min(...rated.map(({ validation }) => validation));
  return rated
    .filter(({ validation }) => validation - best < worthBeside(view, best) || validation === best)
    .map(({ arm }) => arm);
}

/**
 * The mean test error of the arms by seed and training, on the scale of errors, for the seeds that
 * all arms have.
 */
export function meansOf(view: StudyView, arms: readonly Arm[]): BySeed {
  const seen = arms.map((arm) => view.trainings(arm));
  const whole = [...(seen[0]?.keys() ?? [])].filter((seed) => seen.every((one) => one.has(seed)));
  return new Map(
    whole.map((seed) => {
      const all = seen.map((one) => one.get(seed) ?? []);
      const least = Math.min(...all.map(({ length }) => length));
      return [seed, Array.from({ length: least }, (_, i) => mean(all.map((trainings) => view.test(trainings[i]))))];
    }),
  );
}

/** The mean of positions on the scale of errors, as an error. */
export function errorOf(view: StudyView, means: BySeed): number {
  return view.scale.at(mean([...means.values()].map(mean)));
}

/** What the study could have seen of a difference beside this error, in words. */
export function sayPower(view: StudyView, apart: BySeed, beside: number, confidence: number): string | null {
  const { scale } = view;
  const power = powerOf(view.asSplits([...apart.values()]), {
    ...{ overlap: view.overlap(), confidence, worth: scale.step(beside, worthBeside(view, beside)) },
    reach: (seeds) => scale.step(beside, view.reach(seeds, confidence)),
  });
  if (power === undefined) return null;
  const { smallest, seedsForHalf, rowsForHalf } = power;
  const size = -scale.move(beside, -smallest);
  if (beside <= 0) return null;
  if (size >= beside) return "Even an error of 0 would be found in fewer than 4 of 5 such studies.";
  const found = `A gain of ${sizeOf(size, beside)} would be found 4 times in 5`;
  if (seedsForHalf !== null && view.plan.settings.time === undefined) {
    return `${found}; half of it takes ${seedsForHalf} seeds.`;
  }
  return rowsForHalf === null
    ? `${found}; half of it is hardly of interest.`
    : `${found}; half of it takes ${twoDigits(rowsForHalf)} times the rows.`;
}

/** "1.7 (62%)": a difference, and the part that it is of an error; nothing is a part of 0. */
function sizeOf(difference: number, beside: number): string {
  const part = beside > 0 ? ` (${percent(Number((difference / beside).toPrecision(2)))})` : "";
  return `${twoDigits(difference)}${part}`;
}

/** For figures that are read, not computed with: 0.21, 1.7, 2900. */
function twoDigits(value: number): string {
  const rounded = Number(value.toPrecision(2));
  const size = Math.abs(rounded);
  if (size >= 1e6 || (size > 0 && size < 1e-4)) return rounded.toExponential();
  return size > 0 && size < 10 ? rounded.toPrecision(2) : `${rounded}`;
}

/**
 * How a difference came out, as the end of a sentence: "yes: MAE 1.7 (62%) lower, in 10 of 10
 * seeds". An interval that is open is told by what it leaves room for.
 * @param beside the error that the difference is told beside
 */
export function sayOutcome(view: StudyView, figure: Figure, beside: number): string {
  const { value, interval, judged, won, lost, seeds } = figure;
  if (value === null) return "nothing to compare";
  if (interval === null || judged === undefined) return "too few seeds to tell";
  const least = -judged.worth;
  const size = `${unitOf(view)} ${sizeOf(Math.abs(value), beside)}`;
  const times = (many?: number) => (many === undefined ? "" : `, in ${many} of ${seeds} seeds`);
  if (judged.verdict === "held") return `yes: ${size} lower${times(won)}`;
  if (interval.low >= least && interval.low > 0) return `no: ${size} higher${times(lost)}`;
  if (interval.low > -least && interval.high < least) return `no difference of interest (${twoDigits(least)})`;
  if (interval.high < 0) return `${size} lower${times(won)}, perhaps too little to be of interest`;
  if (interval.low > 0) return `${size} higher${times(lost)}, perhaps too little to be of interest`;
  const room = Math.max(-interval.low, interval.high);
  if (room <= wide * beside) return `no difference larger than ${twoDigits(room)} ${unitOf(view)}`;
  return `open: ${unitOf(view)} from ${twoDigits(-interval.low)} lower to ${twoDigits(interval.high)} higher`;
}

/** An interval that reaches further than this part of the error says little. */
const wide = 0.1;
