import type { ScoresByName } from "../records/runs/types.ts";
import { scoreText } from "../shell/figures.ts";
import { compareScores, metricFacts } from "../shell/metrics.ts";

/** How a network stands to the baseline that is best by a metric. */
interface Standing {
  readonly metric: string;
  readonly own: number;
  readonly best: { readonly name: string; readonly value: number };
  readonly outcome: "better" | "same" | "worse";
}

/**
 * How a network stands to the best baselines, by every metric that some baseline has.
 * @param own its scores
 * @param baselines theirs on the same rows, by their names
 */
export function standings(
  own: ScoresByName,
  baselines: Readonly<Record<string, ScoresByName | undefined>>,
): Standing[] {
  return Object.entries(own).flatMap(([metric, value]) => {
    const ranked = Object.entries(baselines)
      .map(([name, scores]) => ({ name, value: scores?.[metric] ?? Number.NaN }))
      .filter((one) => !Number.isNaN(one.value))
      .sort((a, b) => compareScores(metric, a.value, b.value));
    return ranked.length === 0
      ? []
      : [{ metric, own: value, best: ranked[0], outcome: outcome(metric, value, ranked[0].value) }];
  });
}

function outcome(metric: string, own: number, best: number): Standing["outcome"] {
  // R² is another way to write the RMSE, and near 0 a hundredth of it is nothing.
  if (metric === "r2") return outcome("rmse", Math.sqrt(1 - own), Math.sqrt(1 - best));
  const gain = metricFacts(metric).better === "lower" ? best - own : own - best;
  // A hundredth of the score: less is not worth a network.
  const worthwhile = 0.01 * Math.abs(best);
  if (gain > worthwhile) return "better";
  return gain >= -worthwhile ? "same" : "worse";
}

/**
 * Whether a network learned anything, in a sentence; undefined without a baseline.
 * @param part the rows of the scores: "test"
 */
export function verdict(found: readonly Standing[], part: string): string | undefined {
  if (found.length === 0) return undefined;
  const mixed = disagreement(found, part);
  if (mixed !== undefined) return mixed;
  const beside = found.map(({ metric, own, best }, i) => {
    const where = i === 0 ? ` on the ${part} rows` : "";
    return `${metricFacts(metric).short} ${scoreText(own)}${where}, ${scoreText(best.value)} by ${best.name}`;
  });
  const figures = beside.join("; ");
  const [{ outcome }] = found;
  if (outcome === "better") return `The network is better than every baseline: ${figures}.`;
  if (outcome === "same") return `The network is no better than a baseline: ${figures}.`;
  return `A baseline is better than the network: ${figures}. More rows or other features may change that.`;
}

/** What is said where metrics disagree about a network; undefined where they agree. */
export function disagreement(found: readonly Standing[], part: string): string | undefined {
  const by = (wanted: Standing["outcome"]) => found.filter(({ outcome }) => outcome === wanted);
  const groups = [
    { words: "better than every baseline by", of: by("better") },
    { words: "no better than one by", of: by("same") },
    { words: "worse than one by", of: by("worse") },
  ].filter(({ of }) => of.length > 0);
  if (groups.length < 2) return undefined;
  const said = groups.map(({ words, of }) => `${words} ${of.map(besideBest).join(", ")}`);
  const opposed = by("better").length > 0 && by("worse").length > 0;
  const sentence = `${opposed ? "The scores disagree" : "The scores differ"}: on the ${part} rows the network is ${said.join(", and ")}.`;
  const largeErrors =
    by("better").some(({ metric }) => metric === "mae") && by("worse").some(({ metric }) => metric === "rmse");
  return largeErrors ? `${sentence} RMSE weighs the largest errors most: evaluate shows their rows.` : sentence;
}

function besideBest({ metric, own, best }: Standing): string {
  return `${metricFacts(metric).short} (${scoreText(own)}; ${best.name} ${scoreText(best.value)})`;
}
