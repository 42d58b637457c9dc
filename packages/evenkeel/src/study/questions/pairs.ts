import type { Arm, Statistics } from "../arms/arm.ts";
import { type Claim, candidate, describeWorth, differences, notStudied, tell, unitOf } from "../claims/claim.ts";
import { type Gaps, gapRule, narrowerGaps } from "../claims/gap.ts";
import { type Figure, judged, overall, type Verdict } from "../report/judge.ts";
import type { StudyView } from "../report/view.ts";
import { quoted } from "../report/words.ts";

/** Two arms of which a claim says that the first has the lower error. */
export interface Pair {
  readonly label: string;
  /** Undefined if the study does not have this arm. */
  readonly first: Arm | undefined;
  readonly second: Arm | undefined;
}

/** The pair of the arms with these names. */
export function namedPair(view: StudyView, first: string, second: string): Pair {
  return { label: `${first} minus ${second}`, first: view.named(first), second: view.named(second) };
}

/** The parts of a claim that are fixed before any training. */
export type Statement = Pick<Claim, "id" | "short" | "claim" | "rule">;

/** The rule for a mean difference of errors that a claim says is below 0. */
export function heldIfBetter(view: StudyView, of: string): string {
  return (
    `held if the whole interval lies at or beyond the smallest effect of interest (${describeWorth(view, of)}); ` +
    "not held if the interval leaves out such a gain."
  );
}

/** The rule for a claim that `what`, an improvement, does not happen. */
export function heldIfRefuted(view: StudyView, what: string, of: string): string {
  return (
    `The verdict of a figure is about ${what} by at least the smallest effect of interest (${describeWorth(view, of)}). The claim is ` +
    "held if that was refuted in every figure, not held if there was such an improvement in one or more, undecided otherwise."
  );
}

/** How two arms at their own best rates are compared by a rule. */
export function pairedOverSeeds(view: StudyView, what: string): string {
  return `Test ${unitOf(view)}, ${what}, paired over seeds, each at its own best rate`;
}

/** The claims of a question, all of which hold together in 95%. */
export function judgedTogether(
  claims: readonly ((view: StudyView, together: number) => Claim)[],
): (view: StudyView) => Claim[] {
  return (view) => claims.map((claim) => claim(view, claims.length));
}

interface Compared {
  /** How many claims are judged beside each other. */
  readonly together: number;
  /** What the study must have for the claim to be judged. */
  readonly missing: string;
  readonly statistics?: Statistics;
}

/** The claim that the first arm of each pair has the lower test error. */
export function improvement(
  view: StudyView,
  statement: Statement,
  pairs: readonly Pair[],
  { missing, together, statistics }: Compared,
): Claim {
  const figures = figuresOf(view, pairs, together, statistics);
  if (figures === undefined) return notStudied(statement, missing);
  return { ...statement, verdict: overall(figures), figures, sentence: tell(figures) };
}

/** The claim that one named arm has a lower test error than another, by the usual rule. */
export function namedImprovement(
  view: StudyView,
  words: Omit<Statement, "rule">,
  [first, second]: readonly [string, string],
  compared: Compared & { readonly of?: string },
): Claim {
  const { of = `the error of ${quoted(second)}`, ...others } = compared;
  const rule = `${pairedOverSeeds(view, `${quoted(first)} minus ${quoted(second)}`)}: ${heldIfBetter(view, of)}`;
  return improvement(view, { ...words, rule }, [namedPair(view, first, second)], others);
}

/**
 * The claim that the first arm of no pair has the lower test error: held if an improvement was
 * refuted for all.
 * @param by what would improve the result: "dropout"
 */
export function noImprovement(
  view: StudyView,
  statement: Statement,
  pairs: readonly Pair[],
  { missing, together, by, sayFirst = () => "" }: Compared & { readonly by: string; readonly sayFirst?: SayFirst },
): Claim {
  const figures = figuresOf(view, pairs, together);
  if (figures === undefined) return notStudied(statement, missing);
  const verdict = refuted(figures);
  const improved = figures.filter((figure) => figure.judged?.verdict === "held").map(({ label }) => label);
  return {
    ...{ ...statement, verdict, figures },
    sentence: `${sayFirst(verdict, improved)}An improvement by ${by}: ${tell(figures)}`,
  };
}

/** A sentence that comes first, with a space behind it. */
type SayFirst = (verdict: Verdict, improved: readonly string[]) => string;

/** The claim that the first arm of the pair has the narrower gap between test and training error. */
export function narrowerGap(view: StudyView, statement: Statement, pair: Pair, { missing, together }: Compared): Claim {
  const gaps = trainingsOf(view, [{ ...pair, label: `gap of ${pair.label}` }]);
  if (gaps.length === 0) return notStudied(statement, missing);
  const figures = narrowerGaps(view, gaps, together);
  return { ...statement, verdict: overall(figures), figures, sentence: tell(figures) };
}

/** The rule of {@link narrowerGap}. */
export function heldIfNarrower(view: StudyView, of: string): string {
  return (
    `Held if the whole interval lies at or beyond the smallest effect of interest (${describeWorth(view, of)}); not held if the interval ` +
    `leaves out such a narrowing. ${gapRule}`
  );
}

/** A figure for each pair that the study has, judged together; undefined if it has none. */
function figuresOf(
  view: StudyView,
  pairs: readonly Pair[],
  together: number,
  statistics: Statistics = "kept",
): Figure[] | undefined {
  const candidates = trainingsOf(view, pairs, statistics).map(({ label, trainings, others }) =>
    candidate(view, label, others, differences(view, trainings, others)),
  );
  return candidates.length === 0 ? undefined : judged(candidates, together);
}

/** The trainings of the pairs that the study has. */
function trainingsOf(view: StudyView, pairs: readonly Pair[], statistics: Statistics = "kept"): Gaps[] {
  return pairs.flatMap(({ label, first, second }) => {
    const [trainings, others] = [first, second].map((arm) => view.trainings(arm, statistics));
    return differences(view, trainings, others).size === 0 ? [] : [{ label, trainings, others }];
  });
}

/** The verdict on a claim that nothing improves the result. */
function refuted(figures: readonly Figure[]): Verdict {
  const verdicts = figures.map(({ judged }) => judged?.verdict ?? "undecided");
  if (verdicts.includes("held")) return "not held";
  return verdicts.every((verdict) => verdict === "not held") ? "held" : "undecided";
}
