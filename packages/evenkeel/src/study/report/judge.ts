import type { Estimate, Interval } from "./statistics.ts";

/** The verdict of a study on a claim. */
export type Verdict = "held" | "not held" | "undecided";

/**
 * A number that belongs to a claim. Figures that decide the claim have a verdict; the others are
 * for information.
 */
export interface Figure {
  readonly label: string;
  /** "MAE", "times", "epochs", … */
  readonly unit: string;
  /** The number, and how many seeds it was computed from; null if it cannot be computed. */
  readonly value: number | null;
  readonly seeds: number;
  /**
   * The interval that the verdict was made by. Its confidence is 0.95, or more if several figures
   * are judged together.
   */
  readonly interval: Interval | null;
  readonly confidence: number;
  /** In how many seeds the value is below no effect, and above it, where each seed has a value. */
  readonly won?: number;
  readonly lost?: number;
  readonly judged?: {
    /** The value of no effect: 0 for differences, 1 for ratios. */
    readonly none: number;
    /** The smallest effect of interest in favour of the claim, as a value. Below `none`. */
    readonly worth: number;
    readonly verdict: Verdict;
  };
}

/**
 * The confidence of each of several figures, so that the chance of any wrong verdict among them is
 * at most 5% (Bonferroni). A verdict can be wrong at one end of its interval only: an effect of
 * interest is there or not. So each interval of many may miss at either end in 10% divided by their
 * number, and never in more than 5%.
 */
export function confidenceOf(figures: number): number {
  return 1 - Math.min(0.05, 0.1 / Math.max(figures, 1));
}

/**
 * The rule for one figure. Claims are phrased so that they say "less". Held: the whole interval
 * lies at or beyond the smallest effect of interest. Not held: the interval excludes every effect of
 * interest; there may be no effect or the opposite one. Undecided: anything else, including too few
 * seeds.
 */
export function judge(interval: Interval | null, none: number, worth: number): Verdict {
  if (interval === null) return "undecided";
  if (interval.high < none && interval.high <= worth) return "held";
  return interval.low > worth || interval.low >= none ? "not held" : "undecided";
}

/**
 * Figures that decide a claim together. `estimate` computes each at the confidence it is called
 * with.
 * @param none 0 for differences, 1 for ratios
 */
export interface Candidate {
  readonly label: string;
  readonly unit: string;
  readonly none: number;
  readonly worth: number;
  readonly estimate: (confidence: number) => Estimate | null;
  /**
   * With fewer seeds the verdict is undecided. Default 3; more for values that may be equal by
   * chance for all seeds.
   */
  readonly fewestSeeds?: number;
  /** In how many seeds the value is below `none`, and above it. */
  readonly won?: number;
  readonly lost?: number;
}

/**
 * For {@link judged}, of figures that are told as worse as well as better: such a verdict can be
 * wrong at both ends of its interval.
 */
export const bothWays = 2;

/** @param claims how many claims are judged beside each other, each with as many figures */
export function judged(candidates: readonly Candidate[], claims = 1): Figure[] {
  const confidence = confidenceOf(candidates.length * claims);
  return candidates.map(({ label, unit, none, worth, estimate, fewestSeeds = 3, won, lost }) => {
    const figure = { ...shown(label, unit, estimate(confidence)), confidence };
    const interval = figure.seeds < fewestSeeds ? null : figure.interval;
    const verdict = judge(interval, none, worth);
    const sides = won === undefined || lost === undefined ? {} : { won, lost };
    return { ...figure, ...sides, judged: { none, worth, verdict } };
  });
}

/** A figure for information, without a verdict; its confidence is 95%. */
export function shown(label: string, unit: string, estimate: Estimate | null): Figure {
  const usable = estimate !== null && Number.isFinite(estimate.value);
  return {
    ...{ label, unit, value: usable ? estimate.value : null, confidence: 0.95 },
    ...{ seeds: estimate?.count ?? 0, interval: usable ? estimate.interval : null },
  };
}

/**
 * The verdict on a claim without conditions. Held if at least one figure held and none was refuted.
 * Not held if at least one was refuted, because then the claim is not true in general.
 */
export function overall(figures: readonly Figure[]): Verdict {
  const verdicts = figures.flatMap((figure) => figure.judged?.verdict ?? []);
  if (verdicts.includes("not held")) return "not held";
  return verdicts.includes("held") ? "held" : "undecided";
}
