import type { ScoreDifference, ScoreInterval } from "evenkeel/tabular";
import { scoreText } from "../shell/figures.ts";
import { metricFacts } from "../shell/metrics.ts";

/** "1.86 to 2.81"; nothing where the interval is not known. */
export function intervalText(interval: ScoreInterval | undefined): string {
  if (interval === undefined || Number.isNaN(interval.low)) return "";
  return `${scoreText(interval.low)} to ${scoreText(interval.high)}`;
}

/** A score with its interval: "2.29 (1.86 to 2.81)". */
export function withInterval(value: number, interval: ScoreInterval | undefined): string {
  const text = intervalText(interval);
  return text === "" ? scoreText(value) : `${scoreText(value)} (${text})`;
}

/** From this many times the other's score on, a difference is told in times instead of percent. */
const manyTimes = 3;

/**
 * A difference in words: "14% less (3 to 24%)", "14% less (28% less to 3% more)", "0.030 more (0.010
 * to 0.050)", "35 times as much (0.8 to 70)".
 */
export function differenceText({ value, less, ...interval }: ScoreDifference): string {
  if (less === undefined) return inWords(value, interval, (size) => scoreText(size));
  const times = { value: 1 - less.value, low: 1 - less.high, high: 1 - less.low };
  if (times.value >= manyTimes) {
    const [is, low, high] = [times.value, times.low, times.high].map((ratio) => String(Number(ratio.toPrecision(2))));
    return `${is} times as much${Number.isNaN(times.low) ? "" : ` (${low} to ${high})`}`;
  }
  const flipped = { low: -less.high, high: -less.low };
  return inWords(-less.value, flipped, (size) => String(Number((100 * size).toPrecision(2))), "%");
}

function inWords(value: number, { low, high }: ScoreInterval, figure: (size: number) => string, unit = ""): string {
  const one = (of: number) => `${figure(Math.abs(of))}${unit} ${of < 0 ? "less" : "more"}`;
  const named = Math.abs(value) < 1e-12 ? "no difference" : one(value);
  if (Number.isNaN(low)) return named;
  if (low === 0 && high === 0) return named;
  if (low < 0 && high > 0) return `${named} (${one(low)} to ${one(high)})`;
  const [near, far] = value < 0 ? [high, low] : [low, high];
  return `${named} (${figure(Math.abs(near))} to ${figure(Math.abs(far))}${unit})`;
}

/** Whether more of a metric is better. */
export function isHigherBetter(metric: string): boolean {
  return metricFacts(metric).better === "higher";
}
