import type { RunFolds } from "../records/runs/types.ts";
import { scoreText } from "../shell/figures.ts";
import { mainMetrics, metricFacts } from "../shell/metrics.ts";
import { fairStandings, standings, verdict } from "./verdict.ts";

/** What cross-validation says, in sentences: the scores fold by fold, and how the network stands over all rows. */
export function foldsText({ count, scores, baselines, intervals, spread }: RunFolds, hasThreshold: boolean): string {
  const figures = mainMetrics(Object.keys(scores)).map((metric) => {
    const { mean, deviation } = spread[metric];
    return `${metricFacts(metric).short} ${scoreText(mean)} ± ${scoreText(deviation)}`;
  });
  const judged = verdict(fairStandings(standings(scores, baselines, intervals), hasThreshold), "out-of-fold");
  return `${count} folds: ${figures.join(", ")} (mean and standard deviation over the folds).${judged === undefined ? "" : ` ${judged}`}`;
}
