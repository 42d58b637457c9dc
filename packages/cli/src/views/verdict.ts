import type { ScoreDifference, ScoreInterval, ScoreIntervals } from "evenkeel/tabular";
import type { ScoresByName } from "../records/runs/types.ts";
import { scoreText } from "../shell/figures.ts";
import { compareScores, mainMetrics, metricFacts } from "../shell/metrics.ts";
import { differenceText, isHigherBetter, withInterval } from "./scoreWords.ts";

/** What is compared with baselines, in a sentence. */
const subjects = { network: "the network is", trees: "the trees are" } as const;

export type Subject = keyof typeof subjects;

/** How a model stands to the baseline that is best by a metric. */
interface Standing {
  readonly metric: string;
  readonly own: number;
  readonly interval?: ScoreInterval;
  readonly best: { readonly name: string; readonly value: number };
  readonly difference?: ScoreDifference;
  /** Open: better or worse, but not by more than other rows might change. */
  readonly outcome: "better" | "same" | "open" | "worse";
}

/**
 * How a model stands to the best baselines, by every main metric that some baseline has.
 * @param own its scores
 * @param baselines theirs on the same rows, by their names
 * @param intervals of these scores
 */
export function standings(
  own: ScoresByName,
  baselines: Readonly<Record<string, ScoresByName | undefined>>,
  intervals?: ScoreIntervals,
): Standing[] {
  return mainMetrics(Object.keys(own)).flatMap((metric) => {
    const value = own[metric];
    const ranked = Object.entries(baselines)
      .map(([name, scores]) => ({ name, value: scores?.[metric] ?? Number.NaN }))
      .filter((one) => !Number.isNaN(one.value))
      .sort((a, b) => compareScores(metric, a.value, b.value));
    if (ranked.length === 0) return [];
    const [best] = ranked;
    const interval = intervals?.scores[metric];
    const difference = intervals?.differences[best.name]?.[metric];
    const outcome = settled(bySize(metric, value, best.value), metric, difference);
    return [{ metric, own: value, best, outcome, ...(interval && { interval }), ...(difference && { difference }) }];
  });
}

/** Metrics that depend on a threshold. */
const byClass = new Set(["accuracy", "balancedAccuracy", "f1"]);

/**
 * The standings in which it may be compared. By a threshold the network may give accuracy away for
 * what was asked of it, and baselines have none.
 */
export function fairStandings(found: readonly Standing[], hasThreshold: boolean): Standing[] {
  return found.filter(({ metric }) => !hasThreshold || !byClass.has(metric));
}

function bySize(metric: string, value: number, best: number): "better" | "same" | "worse" {
  // R² is another way to write the RMSE, and near 0 a hundredth of it is nothing.
  if (metric === "r2") return bySize("rmse", Math.sqrt(1 - value), Math.sqrt(1 - best));
  const gain = isHigherBetter(metric) ? value - best : best - value;
  // A hundredth of the score: less is not worth a network.
  const worthwhile = 0.01 * Math.abs(best);
  if (gain > worthwhile) return "better";
  return gain >= -worthwhile ? "same" : "worse";
}

/** A difference whose interval goes to 0 or beyond is open, whatever its size. */
function settled(
  size: ReturnType<typeof bySize>,
  metric: string,
  difference: ScoreDifference | undefined,
): Standing["outcome"] {
  if (difference === undefined || size === "same") return size;
  const { low, high } = difference;
  const gains = isHigherBetter(metric) ? [low, high] : [-high, -low];
  const isClear = size === "better" ? gains[0] > 0 : gains[1] < 0;
  return isClear ? size : "open";
}

/**
 * Whether a model learned anything, in a sentence; undefined without a baseline.
 * @param part the rows of the scores: "test"
 */
export function verdict(found: readonly Standing[], part: string, subject: Subject = "network"): string | undefined {
  if (found.length === 0) return undefined;
  const mixed = disagreement(found, part, subject);
  if (mixed !== undefined) return mixed;
  const figures = said(found).map(figuresOf).join("; ");
  const outcome = found.some((standing) => standing.outcome === "open") ? "open" : found[0].outcome;
  const is = subjects[subject];
  const [the] = is.split(/ \w+$/);
  const sentence = `${is[0].toUpperCase()}${is.slice(1)}`;
  switch (outcome) {
    case "better":
      return `${sentence} better than every baseline on the ${part} rows: ${figures}.`;
    case "same":
      return `${sentence} no better than a baseline on the ${part} rows: ${figures}.`;
    case "open":
      return `Not a finding: the ${part} rows do not tell ${the} from a baseline: ${figures}. More test rows would.`;
    case "worse":
      return treesAreBetter(found)
        ? `Boosted trees are better than ${the} on the ${part} rows: ${figures}. --model trees trains them.`
        : `A baseline is better than ${the} on the ${part} rows: ${figures}. More rows or other features may change that.`;
    default:
      return outcome satisfies never;
  }
}

/** Whether boosted trees are the baseline that is clearly better, by some metric. */
function treesAreBetter(found: readonly Standing[]): boolean {
  return found.some(({ outcome, best }) => outcome === "worse" && best.name === "trees");
}

/** What is said where metrics disagree about a model; undefined where they agree. */
export function disagreement(
  found: readonly Standing[],
  part: string,
  subject: Subject = "network",
): string | undefined {
  const by = (wanted: Standing["outcome"]) => said(found).filter(({ outcome }) => outcome === wanted);
  const groups = [
    { words: "better than every baseline by", of: by("better") },
    { words: "no better than one by", of: by("same") },
    { words: "not told from one by", of: by("open") },
    { words: "worse than one by", of: by("worse") },
  ].filter(({ of }) => of.length > 0);
  // What is no better and what is not told apart come to the same.
  if (groups.length < 2 || by("better").length + by("worse").length === 0) return undefined;
  const sentences = groups.map(({ words, of }) => `${words} ${of.map(besideBest).join(", ")}`);
  const opposed = by("better").length > 0 && by("worse").length > 0;
  const sentence = `${opposed ? "The scores disagree" : "The scores differ"}: on the ${part} rows ${subjects[subject]} ${sentences.join("; and ")}.`;
  const largeErrors =
    by("better").some(({ metric }) => metric === "mae") && by("worse").some(({ metric }) => metric === "rmse");
  const notes = [
    ...(largeErrors ? ["RMSE weighs the largest errors most: evaluate shows their rows."] : []),
    ...(treesAreBetter(found) ? ["--model trees trains boosted trees."] : []),
  ];
  return [sentence, ...notes].join(" ");
}

/** R² says what RMSE says, where they agree. */
function said(found: readonly Standing[]): readonly Standing[] {
  const rmse = found.find(({ metric }) => metric === "rmse");
  return found.filter(({ metric, outcome }) => metric !== "r2" || rmse === undefined || outcome !== rmse.outcome);
}

/**
 * "MAE 2.29 (1.86 to 2.81), ridge 2.66: 14% less (3 to 24%)"; the interval of the score only for the
 * first, because the table above has them all.
 */
function figuresOf({ metric, own, interval, best, difference }: Standing, place: number): string {
  const score = withInterval(own, place === 0 ? interval : undefined);
  const figures = `${metricFacts(metric).short} ${score}, ${best.name} ${scoreText(best.value)}`;
  return difference === undefined ? figures : `${figures}: ${differenceText(difference)}`;
}

/** "MAE (2.29; ridge 2.66: 14% less (3 to 24%))" */
function besideBest({ metric, own, best, difference }: Standing): string {
  const figures = `${metricFacts(metric).short} (${scoreText(own)}; ${best.name} ${scoreText(best.value)}`;
  return difference === undefined
    ? `${figures})`
    : `${figures}: ${differenceText(difference).replace(" (", ", ").replace(/\)$/, "")})`;
}
