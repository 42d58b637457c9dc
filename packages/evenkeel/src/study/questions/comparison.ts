import { type Arm, describeArm, hasBatchNorm, sameArm } from "../arms/arm.ts";
import { candidate, differences, unitOf, worthBeside } from "../claims/claim.ts";
import { bothWays, type Figure, judged, type Verdict } from "../report/judge.ts";
import type { StudyView } from "../report/view.ts";
import { listed, measured, number, percent, quoted } from "../report/words.ts";
import {
  bestOf,
  errorOf,
  type Headline,
  leftOpen,
  meansOf,
  nothingLearned,
  sayArms,
  sayOutcome,
  sayPower,
  sayStale,
  sayWorth,
  staleStatistics,
} from "./headline.ts";

/** The answer of a question that compares the arms with a reference. */
export interface ComparisonHeadline extends Headline {
  /**
   * "held": at least one of the other arms is better; "not held": none is, and that is shown for
   * each.
   */
  readonly verdict: Verdict;
  readonly reference: Arm;
  /**
   * The arms with the lowest validation error; several if the validation rows cannot choose among
   * them.
   */
  readonly best: readonly Arm[];
  /**
   * The test error of each other arm minus the reference's. They are judged together, so that all
   * verdicts are right with 95% confidence.
   */
  readonly differences: readonly Figure[];
}

/** How another arm compares with the reference, by its interval. */
type Outcome = "better" | "worse" | "equal" | "not shown" | "undecided";

/**
 * "equal": no effect of interest either way; "not shown": the interval includes no effect, and
 * perhaps an effect of interest.
 */
export function outcomeOf({ value, interval, judged }: Figure): Outcome {
  if (value === null || interval === null || judged === undefined) return "undecided";
  const least = -judged.worth;
  if (judged.verdict === "held") return "better";
  if (interval.low >= least && interval.low > 0) return "worse";
  if (interval.low > -least && interval.high < least) return "equal";
  return interval.low <= 0 && interval.high >= 0 ? "not shown" : "undecided";
}

export function othersOf(view: StudyView): Arm[] {
  return view.plan.arms.filter((arm) => !sameArm(arm, view.reference));
}

/** The differences of all other arms to the reference. */
export function differencesToReference(view: StudyView): Figure[] {
  const reference = view.trainings(view.reference);
  return judged(
    othersOf(view).map((arm) => {
      const label = `${describeArm(arm)} minus ${describeArm(view.reference)}`;
      return candidate(view, label, reference, differences(view, view.trainings(arm), reference));
    }),
    bothWays,
  );
}

/** @param noun the question's word for an arm: "order", "network" */
export function compareWithReference(view: StudyView, noun: string): ComparisonHeadline {
  const { reference } = view;
  const others = othersOf(view);
  const best = bestOf(view, view.plan.arms);
  const seen = view.trainings(reference);
  if (seen.size === 0 || others.length === 0) {
    const sentences = [`There is nothing to compare: no seed has ${describeArm(reference)} and another ${noun}.`];
    const open = { verdict: "undecided", difference: null, answer: sentences, power: null } as const;
    return { ...open, stale: [], sentences, reference, best, differences: [] };
  }
  const figures = differencesToReference(view);
  const outcomes = figures.map(outcomeOf);
  const average = view.average(seen).value;
  const worth = worthBeside(view, average);
  const [first] = bestOf(view, others);
  const difference = figures[others.findIndex((arm) => first !== undefined && sameArm(arm, first))] ?? null;
  const stale = staleOf(view, best);
  const nothing = nothingLearned(view);
  const unit = unitOf(view);
  const found = (wanted: Outcome) => others.filter((_, i) => outcomes[i] === wanted);
  const confidence = percent(figures[0].confidence);
  const sentences = [
    `${answerOf(view, noun, outcomes)}: test ${unit} ${number(average)} with ${sayArms(view, [reference])}; ${sayWorth(view, worth)}. ` +
      `Each of the others is judged by its ${confidence} interval, so that all ${figures.length} hold together in 95%.`,
    chosen(view, best),
    ...(["better", "worse"] as const).flatMap((outcome) => {
      const told = found(outcome).map((arm) => `${describeArm(arm)} ${measured(figures[others.indexOf(arm)])}`);
      return told.length === 0 ? [] : [`${outcome === "better" ? "Better" : "Worse"}: ${told.join("; ")}.`];
    }),
    ...rest(view, "No difference of interest", found("equal")),
    ...rest(view, "No difference shown", found("not shown")),
    ...rest(view, "Undecided", found("undecided")),
    ...room(figures, outcomes, worth),
    ...nothing,
    ...stale.map((one) => sayStale(view, one)),
  ];
  const answer = [
    `${answerOf(view, noun, outcomes)}.`,
    ...plainly(view, figures, outcomes, average),
    chosen(view, best),
  ];
  // Arms that are nearly the reference have narrow intervals: the widest one tells what may be missed.
  const widths = figures.map(({ interval }) => (interval === null ? -1 : interval.high - interval.low));
  const widest = others[widths.indexOf(Math.max(...widths))];
  const apart = differences(view, view.trainings(widest), seen);
  const power = nothing.length > 0 ? null : sayPower(view, apart, average, figures[0].confidence);
  const told = { answer, power, sentences };
  return { verdict: verdictOf(figures), difference, stale, ...told, reference, best, differences: figures };
}

/** The arms that differ from the reference, each by how much. */
function plainly(view: StudyView, figures: readonly Figure[], outcomes: readonly Outcome[], beside: number): string[] {
  const told = othersOf(view).flatMap((arm, i) => {
    const isTold = outcomes[i] === "better" || outcomes[i] === "worse";
    return isTold
      ? [`${quoted(describeArm(arm))}: ${sayOutcome(view, figures[i], beside).replace(/^(yes|no): /, "")}`]
      : [];
  });
  return told.length === 0 ? [] : [`Against ${quoted(describeArm(view.reference))}, ${told.join("; ")}.`];
}

function answerOf(view: StudyView, noun: string, outcomes: readonly Outcome[]): string {
  const reference = describeArm(view.reference);
  const better = othersOf(view).filter((_, i) => outcomes[i] === "better");
  // The next sentence names them, with their gains.
  if (better.length > 1) return `Yes, ${better.length} other ${noun}s do better than ${quoted(reference)} here`;
  if (better.length === 1) return `Yes, ${quoted(describeArm(better[0]))} does better than ${quoted(reference)} here`;
  if (outcomes.every((outcome) => outcome === "equal")) {
    return `No other ${noun} differs from ${quoted(reference)} by the smallest effect of interest here`;
  }
  return outcomes.every((outcome) => outcome === "equal" || outcome === "not shown")
    ? `No other ${noun} is shown to differ from ${quoted(reference)} here`
    : `No other ${noun} is shown to do better than ${quoted(reference)} here`;
}

function verdictOf(figures: readonly Figure[]): Verdict {
  const verdicts = figures.map(({ judged }) => judged?.verdict ?? "undecided");
  if (verdicts.includes("held")) return "held";
  return verdicts.every((verdict) => verdict === "not held") ? "not held" : "undecided";
}

function chosen(view: StudyView, best: readonly Arm[]): string {
  const error = `test ${unitOf(view)} ${number(errorOf(view, meansOf(view, best)))}`;
  if (best.length === 1) return `The validation rows choose ${sayArms(view, best)}: ${error}.`;
  const all = best.length === view.plan.arms.length;
  const named = all ? `All ${best.length}` : listed(best.map((arm) => quoted(describeArm(arm))));
  return `${named} do equally well on the validation rows: together, ${error}.`;
}

/** The other arms with this outcome, if the answer has not named them already. */
function rest(view: StudyView, word: string, arms: readonly Arm[]): string[] {
  if (arms.length === 0 || arms.length === othersOf(view).length) return [];
  return [`${word}: ${arms.map(describeArm).join("; ")}.`];
}

/** For intervals that include no effect: the effects that they do not exclude. */
function room(figures: readonly Figure[], outcomes: readonly Outcome[], worth: number): string[] {
  const said = new Set(figures.flatMap((figure, i) => (outcomes[i] === "not shown" ? [leftOpen(figure, worth)] : [])));
  const [one] = said;
  if (said.size === 0) return [];
  return [
    said.size === 1 && one !== ""
      ? one.trim().replace("The interval", "Where no difference is shown, the interval")
      : "Where no difference is shown, some intervals do not exclude one of that size.",
  ];
}

/**
 * The stale statistics to report: those of the best arms, and of all arms for which recomputing
 * helps.
 */
function staleOf(view: StudyView, best: readonly Arm[]) {
  const all = staleStatistics(
    view,
    view.plan.arms.filter(hasBatchNorm).map((batch) => ({ name: describeArm(batch), batch })),
  );
  return all.filter(({ arm, cost }) => cost.judged?.verdict === "held" || best.some((one) => sameArm(one, arm)));
}
