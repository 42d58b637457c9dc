import { type Arm, describeScale, type NormArm } from "../arms/arm.ts";
import { type Candidate, type Figure, shown, type Verdict } from "../report/judge.ts";
import { mean } from "../report/statistics.ts";
import type { Observation, StudyView, Trainings } from "../report/view.ts";
import { count, measured, nameMetric, percent, sayVerdict } from "../report/words.ts";

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
  /** The statement in a few words: "trains in fewer epochs". */
  readonly short: string;
  /** The statement, and the rule that it was judged by. */
  readonly claim: string;
  readonly rule: string;
  readonly verdict: Verdict;
  readonly figures: readonly Figure[];
  /** The figures, in a sentence. */
  readonly sentence: string;
}

/**
 * How many claims about normalization are judged beside each other: `judgeClaims` makes them. All
 * their verdicts hold together in 95%.
 */
export const claimsTogether = 7;

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

/**
 * The smallest effect of interest for an error of this size: a fraction of the error. If the error
 * is near 0, it is at least one test row that is no copy, or the same fraction of a tenth of the
 * best constant's error.
 */
export function worthBeside(view: StudyView, error: number): number {
  const { plan, scale } = view;
  const { worth, settings } = plan;
  return Math.max(
    worth * error,
    settings.metric === "errorRate" ? 1 / view.differentTestRows : worth * scale.threshold,
  );
}

/** "1% of the error without, but one of the 69 test rows at least" */
export function describeWorth(view: StudyView, of = "the error without"): string {
  const { worth, settings } = view.plan;
  return settings.metric === "errorRate"
    ? `${percent(worth)} of ${of}, but one of the ${testRows(view)} at least`
    : `${percent(worth)} of ${of}, or of a tenth of the best constant's where that is more`;
}

/** "69 test rows", "17 different test rows" */
export function testRows({ plan: { rows }, differentTestRows }: StudyView): string {
  const few = Math.round(differentTestRows);
  return few === rows.test ? `${few} test rows` : `${few} different test rows`;
}

/** Values of the trainings of a seed: differences of two arms, or what else is compared. */
export type BySeed = ReadonlyMap<number, readonly number[]>;

/**
 * The differences of two arms by seed, training by training. `of` is what is compared, by default
 * the test error on the scale of errors.
 */
export function differences(
  view: StudyView,
  first: Trainings,
  second: Trainings,
  of: (observation: Observation) => number = view.test,
): BySeed {
  const values = (trainings: Trainings) => new Map([...trainings].map(([seed, all]) => [seed, all.map(of)]));
  return minus(values(first), values(second));
}

/** The differences of the values that both have. */
export function minus(first: BySeed, second: BySeed): BySeed {
  return new Map(
    [...first].flatMap(([seed, values]): [number, number[]][] => {
      const others = second.get(seed) ?? [];
      const both = values.slice(0, others.length).map((value, i) => value - others[i]);
      return both.length === 0 ? [] : [[seed, both]];
    }),
  );
}

/**
 * A mean difference of errors that a claim says is below 0.
 * @param others the trainings that the first are compared with: the difference is told beside their
 *   mean test error
 */
export function candidate(view: StudyView, label: string, others: Trainings, apart: BySeed): Candidate {
  return candidateBeside(view, label, view.average(others).value, [...others.values()].flat(), apart);
}

/**
 * The same, told beside this error.
 * @param others what was observed of the arms that the first are compared with
 */
export function candidateBeside(
  view: StudyView,
  label: string,
  beside: number,
  others: readonly Observation[],
  apart: BySeed,
): Candidate {
  const values = [...apart.values()];
  return {
    ...{ label, unit: unitOf(view), none: 0, worth: others.length === 0 ? 0 : -worthBeside(view, beside) },
    estimate: (confidence) => (isHopeless(others, values) ? null : view.difference(values, beside, confidence)),
    ...countSides(values.map(mean)),
  };
}

/**
 * Whether all trainings of two arms count as the best constant, because they diverged or ended
 * above it: then there is no network to compare.
 * @param trainings of one of the arms
 */
function isHopeless(trainings: readonly Observation[], apart: readonly (readonly number[])[]): boolean {
  const isConstant = trainings.every(({ diverged, test, uncappedTest }) => diverged || uncappedTest > test);
  return trainings.length > 0 && isConstant && apart.flat().every((value) => value === 0);
}

/** In how many seeds a difference is below 0, and in how many above. */
function countSides(bySeed: readonly number[]): { readonly won: number; readonly lost: number } {
  return { won: bySeed.filter((value) => value < 0).length, lost: bySeed.filter((value) => value > 0).length };
}

/** A difference for information, told beside the same error as a candidate's. */
export function shownDifference(view: StudyView, label: string, others: Trainings, apart: BySeed): Figure {
  return shown(label, unitOf(view), view.difference([...apart.values()], view.average(others).value));
}

/**
 * "On raw features: -0.3 MAE (97.5% interval …), held." for each figure that is judged, and why the
 * intervals are wide.
 */
export function tell(figures: readonly Figure[]): string {
  const among = figures.filter(({ judged }) => judged !== undefined);
  const sentences = among.map((figure) => {
    const { label, unit } = figure;
    const won = figure.won === undefined ? "" : `lower in ${figure.won} of ${count(figure.seeds, "seed")}, `;
    return `${label}: ${figure.value === null ? "not measured" : `${measured(figure)} ${unit}`}, ${figure.value === null ? "" : won}${why(figure)}`;
  });
  return sentences.map((sentence) => `${sentence[0].toUpperCase()}${sentence.slice(1)}.`).join(" ");
}

/** The verdict, and if it is undecided although the interval leaves out no effect, the reason. */
function why({ value, interval, judged }: Figure): string {
  if (judged === undefined) return "";
  const { none, worth, verdict } = judged;
  if (verdict !== "undecided" || value === null || interval === null || interval.high >= none)
    return sayVerdict(verdict);
  return interval.high > worth
    ? "significant, but perhaps below the smallest effect of interest"
    : "from too few seeds to tell";
}

/** The result of a claim that needs arms or variants that the study does not have. */
export function notStudied(claim: Pick<Claim, "id" | "short" | "claim" | "rule">, missing: string): Claim {
  return { ...claim, verdict: "undecided", figures: [], sentence: `Not studied: this takes ${missing}.` };
}
