import type { StatisticsKind, TableTraining } from "evenkeel/train";
import { scoreText } from "../shell/figures.ts";
import { metricFacts } from "../shell/metrics.ts";

/**
 * The line about the running statistics of BatchNorm; undefined if there are none.
 * @param isSampled whether memory held a sample of the training rows, which recomputed ones are over
 */
export function statisticsLine({ statistics, refit }: TableTraining, isSampled: boolean): string | undefined {
  if (statistics === undefined) return undefined;
  const { kept, asTrained, recomputed } = statistics;
  const rows = isSampled ? "a sample of the training rows" : "the training rows";
  const metric = asTrained.validation?.rmse === undefined ? "logLoss" : "rmse";
  const [before, after] = [asTrained.validation?.[metric], recomputed.validation?.[metric]];
  if (before === undefined || after === undefined) {
    return `Batch normalization keeps its statistics ${kept === "asTrained" ? "as trained" : `recomputed over ${rows}`}: there are no validation rows to choose by.`;
  }
  const { short } = metricFacts(metric);
  const stale =
    before > 1.1 * after
      ? "The running averages lagged behind the weights, so the network was better than it looked. "
      : "";
  const choice = refit?.kept ? keptByRefit(kept, after - before) : `Kept ${whichWords[kept]}.`;
  return (
    `Batch normalization's statistics: validation ${short} ${scoreText(before)} as trained, ` +
    `${scoreText(after)} recomputed over ${rows}. ${stale}${choice}`
  );
}

const whichWords = { asTrained: "those as trained", recomputed: "the recomputed ones" } as const;

/** A refit has no validation rows to choose by: it recomputes the statistics, unless others were requested. */
function keptByRefit(kept: StatisticsKind, worse: number): string {
  if (kept === "asTrained") return "The refit keeps those as trained, as --statistics says.";
  const although = worse > 0 ? ", although they were the worse before it" : "";
  return (
    `The refit keeps recomputed ones${although}: it was trained on the validation rows too, so there are none to choose ` +
    "by, and statistics over all its rows cannot lag behind the weights."
  );
}
