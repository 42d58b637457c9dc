import { type Arm, describeArm } from "../arms/arm.ts";
import { candidate, differences, testError, unitOf, worthBeside, worthOf } from "../claims/claim.ts";
import { confidenceOf, type Figure, judged, type Verdict } from "../report/judge.ts";
import { mean } from "../report/statistics.ts";
import type { StudyView } from "../report/view.ts";
import { measured, number } from "../report/words.ts";

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
  /** The answer first; at the end, one sentence for each of `stale`. */
  readonly sentences: readonly string[];
}

/** The effects of interest that an interval around no effect does not exclude. */
export function leftOpen({ interval }: Figure, worth: number): string {
  if (interval === null || interval.low > 0 || interval.high < 0) return "";
  const possible = [...(interval.low <= -worth ? ["a gain"] : []), ...(interval.high >= worth ? ["a loss"] : [])];
  return possible.length === 0 ? "" : ` The interval does not exclude ${possible.join(" or ")} of that size.`;
}

export function sayWorth({ plan: { rows, settings } }: StudyView, worth: number): string {
  const isRow = settings.metric === "errorRate" && worth * rows.test <= 1 + 1e-9;
  return `the smallest effect of interest is ${number(worth)}${isRow ? `, one of ${rows.test} test rows` : ""}`;
}

/**
 * A warning for the case that no arm is significantly better than the best constant on the test
 * rows.
 */
export function nothingLearned(view: StudyView): string[] {
  const unit = unitOf(view);
  const gains = view.plan.arms.flatMap((arm) => {
    const pairs = [...view.seen(arm)].flatMap(([seed, { test }]): [number, number][] => {
      const constant = view.constantOf(seed, "test");
      return constant === undefined ? [] : [[test, constant]];
    });
    return pairs.length < 2 ? [] : [pairs];
  });
  const apart = gains.map((pairs) => {
    const values = pairs.map(([test, constant]) => test - constant);
    return view.estimate(values, confidenceOf(gains.length)).interval;
  });
  if (apart.length === 0 || apart.some((interval) => interval && interval.high < 0)) return [];
  const [best] = gains.map((pairs) => mean(pairs.map(([test]) => test))).sort((a, b) => a - b);
  const constant = number(mean(gains[0].map(([, error]) => error)));
  return [
    `No network here predicts significantly better than a constant (test ${unit} ${number(best)} at best, the constant ${constant}): ` +
      "there may be nothing to learn from these columns, and what follows compares how networks fit noise.",
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
    const [fresh, stale] = (["recomputed", "asTrained"] as const).map((kind) => view.at(batch, rate.lr, kind));
    if (fresh.size === 0) return [];
    const label = `recomputed minus as trained, on ${name}`;
    const [cost] = judged([candidate(view, label, worthOf(view, stale), differences(fresh, stale))]);
    return [{ arm: batch, lr: rate.lr, cost }];
  });
}

export function sayStale(view: StudyView, { arm, lr, cost }: StaleStatistics): string {
  const average = (kind: "asTrained" | "recomputed") =>
    number(mean([...view.at(arm, lr, kind).values()].map(testError)));
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

/** The mean test error of the arms by seed, for the seeds that all arms have. */
export function meansOf(view: StudyView, arms: readonly Arm[]): Map<number, number> {
  const seen = arms.map((arm) => view.seen(arm));
  const whole = [...seen[0].keys()].filter((seed) => seen.every((one) => one.has(seed)));
  return new Map(whole.map((seed) => [seed, mean(seen.flatMap((one) => one.get(seed)?.test ?? []))]));
}
