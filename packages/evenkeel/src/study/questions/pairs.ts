import type { Arm, Statistics } from "../arms/arm.ts";
import {
  type Claim,
  candidate,
  describeWorth,
  differences,
  gapOf,
  notStudied,
  tell,
  testError,
  unitOf,
  worthOf,
} from "../claims/claim.ts";
import { type Figure, judged, overall, type Verdict } from "../report/judge.ts";
import type { Observation, StudyView } from "../report/view.ts";

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
export type Statement = Pick<Claim, "id" | "claim" | "rule">;

/** The rule for a mean difference of errors that a claim says is below 0. */
export function heldIfBetter(view: StudyView, of: string): string {
  return (
    `held if the interval lies below 0 and the mean is at least the smallest effect of interest (${describeWorth(view, of)}); ` +
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

interface Compared {
  /** What the study must have for the claim to be judged. */
  readonly missing: string;
  readonly statistics?: Statistics;
}

/** The claim that the first arm of each pair has the lower test error. */
export function improvement(
  view: StudyView,
  statement: Statement,
  pairs: readonly Pair[],
  { missing, statistics }: Compared,
): Claim {
  const figures = figuresOf(view, pairs, statistics);
  if (figures === undefined) return notStudied(statement, missing);
  return { ...statement, verdict: overall(figures), figures, sentence: tell(figures) };
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
  { missing, by, sayFirst = () => "" }: Compared & { readonly by: string; readonly sayFirst?: SayFirst },
): Claim {
  const figures = figuresOf(view, pairs);
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
export function narrowerGap(view: StudyView, statement: Statement, pair: Pair, { missing }: Compared): Claim {
  const [gap] = figuresOf(view, [{ ...pair, label: `gap of ${pair.label}` }], "kept", gapOf) ?? [];
  const [change] = figuresOf(view, [pair]) ?? [];
  if (gap === undefined || change === undefined) return notStudied(statement, missing);
  const figures = [unlessWorseFit(gap, change)];
  return { ...statement, verdict: overall(figures), figures, sentence: tell(figures) };
}

/** The rule of {@link narrowerGap}. */
export function heldIfNarrower(view: StudyView, of: string): string {
  return (
    `Held if the interval lies below 0 and the mean is at least the smallest effect of interest (${describeWorth(view, of)}); not held if the ` +
    "interval leaves out such a narrowing. A gap that is narrower while the mean test error is worse by as much is a worse fit: not held " +
    "if that is significant, else undecided."
  );
}

function unlessWorseFit(gap: Figure, { value, interval }: Figure): Figure {
  const { judged } = gap;
  if (judged?.verdict !== "held" || value === null || value < -judged.worth) return gap;
  const verdict: Verdict = interval !== null && interval.low > 0 ? "not held" : "undecided";
  return { ...gap, label: `${gap.label} (with a worse test error)`, judged: { ...judged, verdict } };
}

/** A figure for each pair that the study has, judged together; undefined if it has none. */
function figuresOf(
  view: StudyView,
  pairs: readonly Pair[],
  statistics: Statistics = "kept",
  of: (observation: Observation) => number = testError,
): Figure[] | undefined {
  const candidates = pairs.flatMap(({ label, first, second }) => {
    if (first === undefined || second === undefined) return [];
    const others = view.seen(second, statistics);
    const apart = differences(view.seen(first, statistics), others, of);
    return apart.length === 0 ? [] : [candidate(view, label, worthOf(view, others), apart)];
  });
  return candidates.length === 0 ? undefined : judged(candidates);
}

/** The verdict on a claim that nothing improves the result. */
function refuted(figures: readonly Figure[]): Verdict {
  const verdicts = figures.map(({ judged }) => judged?.verdict ?? "undecided");
  if (verdicts.includes("held")) return "not held";
  return verdicts.every((verdict) => verdict === "not held") ? "held" : "undecided";
}
