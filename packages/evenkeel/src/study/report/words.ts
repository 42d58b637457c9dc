import type { Metric } from "../trial/trialSpec.ts";
import type { Figure, Verdict } from "./judge.ts";
import type { Interval } from "./statistics.ts";

const metricNames: Record<Metric, string> = {
  ...{ mae: "MAE", rmse: "RMSE", errorRate: "error rate", logLoss: "log loss" },
};

export function nameMetric(metric: Metric): string {
  return metricNames[metric];
}

/** Three significant digits: 0.0123, 1.87, 23.4, 1234. */
export function number(value: number): string {
  if (value === 0) return "0";
  const size = Math.floor(Math.log10(Math.abs(value)));
  return size > 5 || size < -4 ? value.toExponential(1) : value.toFixed(Math.max(0, 2 - size));
}

export function signed(value: number): string {
  return `${value > 0 ? "+" : ""}${number(value)}`;
}

export function count(many: number, noun: string): string {
  return `${many} ${noun}${many === 1 ? "" : "s"}`;
}

/** "1%", "99.17%" */
export function percent(part: number): string {
  return `${Number((100 * part).toPrecision(4))}%`;
}

export function between({ low, high }: Interval, write: (value: number) => string = number, confidence = 0.95): string {
  return `${percent(confidence)} interval ${write(low)} to ${write(high)}`;
}

/** "-0.12 (95% interval -0.2 to -0.04)", with a sign if no effect is the value 0. */
export function measured({ value, interval, judged, confidence }: Omit<Figure, "label" | "unit" | "seeds">): string {
  const write = judged?.none === 0 ? signed : number;
  if (value === null) return "not measured";
  return `${write(value)} (${interval === null ? "one seed, no interval" : between(interval, write, confidence)})`;
}

const verdictWords: Record<Verdict, string> = {
  held: "held",
  "not held": "did not hold",
  undecided: "undecided",
};

export function sayVerdict(verdict: Verdict): string {
  return verdictWords[verdict];
}

/** Names may contain commas. */
export function quoted(name: string): string {
  return name.includes(",") ? `"${name}"` : name;
}

/** "a", "a and b", "a, b and c" */
export function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items[items.length - 1]}`;
}
