import { type Estimate, estimateMean } from "evenkeel/study";
import { words } from "../finding.ts";
import { markdown } from "../pages.ts";
import { type Arm, arms } from "./arms.ts";

/** The scores of one model on the test rows of one split. */
export interface Measured {
  readonly table: string;
  readonly seed: number;
  readonly arm: Arm;
  /** rmse and mae, or logLoss and accuracy */
  readonly scores: Readonly<Record<string, number>>;
  /** Of processor time; what it shares with other models is in the first. */
  readonly seconds: number;
}

/** The rows to test on, by those to train on: what splits share makes their scores alike. */
const overlap = 0.2 / 0.8;

/** Means, and differences from the ensemble, as Markdown. */
export function summary(measured: readonly Measured[]): string {
  const present = arms.filter((arm) => measured.some((one) => one.arm === arm));
  const tables = [...new Set(measured.map(({ table }) => table))];
  const rows = tables.flatMap((table) => {
    const of = measured.filter((one) => one.table === table);
    const metrics = "rmse" in of[0].scores ? ["rmse", "mae"] : ["logLoss", "accuracy"];
    return metrics.map((metric) => [
      `${table} (${splitsOf(of)})`,
      metric,
      ...present.map((arm) => cell(of, arm, metric)),
    ]);
  });
  const times = tables.map((table) => {
    const of = measured.filter((one) => one.table === table);
    return [table, ...present.map((arm) => timeOf(of.filter((one) => one.arm === arm)))];
  });
  const first = markdown({ columns: ["table (splits)", "score", ...present], rows });
  return `${first}\n\n${markdown({ columns: ["seconds of processor time", ...present], rows: times })}`;
}

const splitsOf = (of: readonly Measured[]) => new Set(of.map(({ seed }) => seed)).size;

function cell(of: readonly Measured[], arm: Arm, metric: string): string {
  const own = of.filter((one) => one.arm === arm);
  const average = digits(mean(own.map(({ scores }) => scores[metric])));
  if (arm === "ensemble") return average;
  const pairs = own.flatMap(({ seed, scores }) => {
    const base = of.find((one) => one.arm === "ensemble" && one.seed === seed);
    return base === undefined ? [] : [[scores[metric], base.scores[metric]] as const];
  });
  if (pairs.length === 0) return average;
  const difference = estimateMean(
    pairs.map(([other, base]) => 100 * (metric === "accuracy" ? base - other : Math.log(other / base))),
    { overlap },
  );
  return `${average}: ${signed(difference)}`;
}

function signed(difference: Estimate): string {
  const one = (value: number) => Number(value.toFixed(1));
  const { interval } = difference;
  return words({
    ...{ count: difference.count, value: one(difference.value) },
    interval: interval && { low: one(interval.low), high: one(interval.high) },
  });
}

const timeOf = (of: readonly Measured[]) => {
  const seconds = mean(of.map((one) => one.seconds));
  return seconds > 0 ? digits(seconds) : "–";
};
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const digits = (value: number) => String(Number(value.toPrecision(4)));
