import { type Arm, describeScale, type NormArm } from "../arms/arm.ts";
import type { Candidate, Figure, Verdict } from "../report/judge.ts";
import { mean } from "../report/statistics.ts";
import type { Observation, StudyView } from "../report/view.ts";
import { measured, nameMetric, percent, sayVerdict } from "../report/words.ts";

export type ClaimId =
  | "speed"
  | "stability"
  | "betterResult"
  | "scaleSensitivity"
  | "regularization"
  | "noGuarantee"
  | "moreData"
  | PlacementClaimId
  | PoolingClaimId
  | RecipeClaimId
  | `better:${string}`;

type PlacementClaimId = "paperOrder" | "fastaiOrder" | "dropoutBeforeBatchNorm" | "dropoutUnneeded";
type PoolingClaimId = "globalAsGood" | "globalOverfitsLess" | "maxBetter";

/** The claims of the questions about `trainTable`'s recipe. */
type RecipeClaimId =
  | ("dropoutHelps" | "halfIsBest")
  | ("smallBatches" | "tinyBatches" | "largeBatchGap")
  | ("hiddenNeeded" | "deeperBetter" | "widerNoWorse")
  | ("reluBetter" | "eluBetter" | "geluBetter" | "siluBetter")
  | ("oneCycleBetter" | "decayBetter" | "sgdBetter")
  | ("scalingNeeded" | "squashBetter" | "limitNeeded");

/** A claim about the arms, judged on one table. */
export interface Claim {
  readonly id: ClaimId;
  /** The statement, and the rule that it was judged by. */
  readonly claim: string;
  readonly rule: string;
  readonly verdict: Verdict;
  readonly figures: readonly Figure[];
  /** The figures, in a sentence. */
  readonly sentence: string;
}

/** The same features with and without BatchNorm. */
interface Setting {
  readonly scale: Arm["scale"];
  readonly name: string;
  readonly none: NormArm;
  readonly batch: NormArm;
}

export function settingsOf(view: StudyView): Setting[] {
  const scales = [...new Set(view.plan.arms.map(({ scale }) => scale))];
  return scales.flatMap((scale) => {
    const [none, batch] = [view.arm(scale, "none"), view.arm(scale, "batch")];
    return none === undefined || batch === undefined ? [] : [{ scale, name: describeScale(scale), none, batch }];
  });
}

/** "MAE" */
export function unitOf({ plan }: StudyView): string {
  return nameMetric(plan.settings.metric);
}

export const testError = ({ test }: Observation): number => test;
export const gapOf = ({ test, train }: Observation): number => test - train;

/**
 * A network whose error is below this fraction of the best constant's predicts nearly everything.
 */
const nearlyAll = 0.1;

/**
 * The smallest effect of interest for an error of this size: a fraction of the error. If the error
 * is near 0, it is at least one test row, or the same fraction of a tenth of the best constant's
 * error.
 */
export function worthBeside(view: StudyView, error: number): number {
  const { worth, settings, seeds, rows } = view.plan;
  if (settings.metric === "errorRate") return Math.max(worth * error, 1 / rows.test);
  const constants = seeds.flatMap((seed) => view.constantOf(seed, "test") ?? []);
  return worth * Math.max(error, constants.length === 0 ? 0 : nearlyAll * mean(constants));
}

/**
 * The smallest effect of interest given the mean test error of the arms to compare with, as a
 * negative number.
 */
export function worthOf(view: StudyView, others: Map<number, Observation>): number {
  return others.size === 0 ? 0 : -worthBeside(view, mean([...others.values()].map(testError)));
}

/** "1% of the error without, but one of the 69 test rows at least" */
export function describeWorth({ plan: { worth, settings, rows } }: StudyView, of = "the error without"): string {
  return settings.metric === "errorRate"
    ? `${percent(worth)} of ${of}, but one of the ${rows.test} test rows at least`
    : `${percent(worth)} of ${of}, or of a tenth of the best constant's where that is more`;
}

export function differencesBySeed(
  first: Map<number, Observation>,
  second: Map<number, Observation>,
  of: (observation: Observation) => number = testError,
): Map<number, number> {
  return new Map(
    [...first].flatMap(([seed, observation]): [number, number][] => {
      const other = second.get(seed);
      return other === undefined ? [] : [[seed, of(observation) - of(other)]];
    }),
  );
}

export function differences(...given: Parameters<typeof differencesBySeed>): number[] {
  return [...differencesBySeed(...given).values()];
}

/** A mean difference of test errors that a claim says is below 0. */
export function candidate(view: StudyView, label: string, worth: number, values: readonly number[]): Candidate {
  return { label, unit: unitOf(view), none: 0, worth, estimate: (confidence) => view.estimate(values, confidence) };
}

/**
 * "On raw features: -0.3 MAE (97.5% interval …), held." for each figure that is judged, and why the
 * intervals are wide.
 */
export function tell(figures: readonly Figure[]): string {
  const among = figures.filter(({ judged }) => judged !== undefined);
  const sentences = among.map((figure) => {
    const { label, unit } = figure;
    return `${label}: ${figure.value === null ? "not measured" : `${measured(figure)} ${unit}`}, ${why(figure)}`;
  });
  if (among.length > 1 && among.some(({ interval }) => interval !== null)) {
    sentences.push(`${percent(among[0].confidence)} each, so that the ${among.length} hold together in 95%`);
  }
  return sentences.map((sentence) => `${sentence[0].toUpperCase()}${sentence.slice(1)}.`).join(" ");
}

/** The verdict, and if it is undecided although the interval leaves out no effect, the reason. */
function why({ value, interval, judged }: Figure): string {
  if (judged === undefined) return "";
  const { none, worth, verdict } = judged;
  if (verdict !== "undecided" || value === null || interval === null || interval.high >= none)
    return sayVerdict(verdict);
  return value > worth
    ? "significant, but perhaps below the smallest effect of interest"
    : "from too few seeds to tell";
}

/** The result of a claim that needs arms or variants that the study does not have. */
export function notStudied(claim: Pick<Claim, "id" | "claim" | "rule">, missing: string): Claim {
  return { ...claim, verdict: "undecided", figures: [], sentence: `Not studied: this takes ${missing}.` };
}
