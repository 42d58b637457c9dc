import { type Arm, describeScale } from "../arm.ts";
import type { Candidate, Figure, Verdict } from "../judge.ts";
import { estimateMean, mean } from "../statistics.ts";
import type { Observation, StudyView } from "../view.ts";
import { count, measured, nameMetric, sayVerdict } from "../words.ts";

export type ClaimId =
  | "speed"
  | "stability"
  | "betterResult"
  | "scaleSensitivity"
  | "regularization"
  | "noGuarantee"
  | "moreData";

/** One of the seven claims about batch normalization, judged on one table. */
export interface Claim {
  readonly id: ClaimId;
  /** What is claimed, and the rule it was judged by, in words. */
  readonly claim: string;
  readonly rule: string;
  readonly verdict: Verdict;
  readonly figures: readonly Figure[];
  /** What the figures say. */
  readonly sentence: string;
}

/** The same inputs with and without BatchNorm. */
export interface Setting {
  readonly scale: Arm["scale"];
  readonly name: string;
  readonly none: Arm;
  readonly batch: Arm;
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

/** The effect worth having: a part of the mean test error of what is compared with. */
export function worthOf(view: StudyView, others: Map<number, Observation>): number {
  return others.size === 0 ? 0 : -view.plan.worth * mean([...others.values()].map(testError));
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

/** A difference that is claimed to be below 0. */
export function candidate(label: string, unit: string, worth: number, values: readonly number[]): Candidate {
  const estimate = (confidence: number) => (values.length === 0 ? null : estimateMean(values, confidence));
  return { label, unit, none: 0, worth, estimate };
}

/** "On raw features: -0.3 MAE (95% interval …), held." for each figure that is judged. */
export function tell(figures: readonly Figure[]): string {
  const among = figures.filter((figure) => figure.judged !== undefined).length;
  return figures
    .flatMap((figure) => {
      if (figure.judged === undefined) return [];
      const { label, unit } = figure;
      return [
        `${label}: ${figure.value === null ? "not measured" : `${measured(figure)} ${unit}`}, ${why(figure, among)}`,
      ];
    })
    .map((sentence) => `${sentence[0].toUpperCase()}${sentence.slice(1)}.`)
    .join(" ");
}

/** The verdict; where it is open although the interval leaves out no effect, the reason. */
function why({ interval, judged }: Figure, among: number): string {
  if (judged === undefined) return "";
  if (judged.verdict === "undecided" && interval !== null && judged.interval !== null && interval.high < judged.none) {
    return judged.interval.high < judged.none
      ? "beyond noise, but perhaps too small to be worth having"
      : `beyond noise by itself, but not among ${count(among, "figure")}`;
  }
  return sayVerdict(judged.verdict);
}

/** For a claim that needs arms or variants that the study does not have. */
export function notStudied(claim: Pick<Claim, "id" | "claim" | "rule">, missing: string): Claim {
  return { ...claim, verdict: "undecided", figures: [], sentence: `Not studied: this takes ${missing}.` };
}
