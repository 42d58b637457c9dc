import type { Estimate, Interval } from "./statistics.ts";

/** What a study says of a claim. */
export type Verdict = "held" | "not held" | "undecided";

/**
 * One number of a claim. The ones that the claim is judged by have a verdict; the others are there
 * to be read beside them.
 */
export interface Figure {
  readonly label: string;
  /** "MAE", "times", "epochs", … */
  readonly unit: string;
  /** The number, and how many seeds it is from; null where there is none to give. */
  readonly value: number | null;
  readonly seeds: number;
  /**
   * A verdict goes by this very interval. Its confidence is 0.95, and more where a claim is judged
   * by several figures.
   */
  readonly interval: Interval | null;
  readonly confidence: number;
  readonly judged?: {
    /** The value of no effect: 0 for differences, 1 for ratios. */
    readonly none: number;
    /** The value from which on an effect in favour of the claim is of interest. Below `none`. */
    readonly worth: number;
    readonly verdict: Verdict;
  };
}

/**
 * With how much confidence each of several figures is judged, so that all of them together are
 * wrong in 5% (Bonferroni).
 */
export function confidenceOf(figures: number): number {
  return 1 - 0.05 / Math.max(figures, 1);
}

/**
 * The rule for one figure; claims are put so that they say "less". Held: the whole interval lies
 * below no effect, and the value is at least the smallest effect of interest. Not held: the
 * interval leaves out every effect of interest, whether the effect is nothing or the other way
 * round. Undecided: anything else, few seeds among it.
 */
export function judge(value: number, interval: Interval | null, none: number, worth: number): Verdict {
  if (interval === null) return "undecided";
  if (interval.high < none && value <= worth) return "held";
  return interval.low > worth || interval.low >= none ? "not held" : "undecided";
}

/**
 * Figures that decide a claim together, made by `estimate` at the confidence that is asked of it.
 * @param none 0 for differences, 1 for ratios
 */
export interface Candidate {
  readonly label: string;
  readonly unit: string;
  readonly none: number;
  readonly worth: number;
  readonly estimate: (confidence: number) => Estimate | null;
  /**
   * With fewer seeds it is undecided. Default 3; more for what may be equal by chance in all of
   * them.
   */
  readonly fewestSeeds?: number;
}

export function judged(candidates: readonly Candidate[]): Figure[] {
  const confidence = confidenceOf(candidates.length);
  return candidates.map(({ label, unit, none, worth, estimate, fewestSeeds = 3 }) => {
    const figure = { ...shown(label, unit, estimate(confidence)), confidence };
    const interval = figure.seeds < fewestSeeds ? null : figure.interval;
    const verdict = figure.value === null ? "undecided" : judge(figure.value, interval, none, worth);
    return { ...figure, judged: { none, worth, verdict } };
  });
}

/** A figure to be read, not judged by; its estimate is at 95%. */
export function shown(label: string, unit: string, estimate: Estimate | null): Figure {
  const usable = estimate !== null && Number.isFinite(estimate.value);
  return {
    ...{ label, unit, value: usable ? estimate.value : null, confidence: 0.95 },
    ...{ seeds: estimate?.count ?? 0, interval: usable ? estimate.interval : null },
  };
}

/**
 * The verdict on a claim that is put without a condition. Held if it held for one figure or more
 * and was refuted for none; not held if it was refuted for one or more, for a claim that holds only
 * here and there is not true as it is put.
 */
export function overall(figures: readonly Figure[]): Verdict {
  const verdicts = figures.flatMap((figure) => figure.judged?.verdict ?? []);
  if (verdicts.includes("not held")) return "not held";
  return verdicts.includes("held") ? "held" : "undecided";
}
