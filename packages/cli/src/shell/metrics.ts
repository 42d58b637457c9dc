/** Facts about a metric. */
interface MetricFacts {
  /** In a sentence: "mean absolute error". */
  readonly label: string;
  /** In a column head: "MAE". */
  readonly short: string;
  readonly better: "lower" | "higher";
  /** Whether it is in the unit of the target. */
  readonly inUnits: boolean;
  /** Whether it is only shown where there is room for all scores. */
  readonly isMinor?: true;
}

const known: Readonly<Record<string, MetricFacts>> = {
  loss: { label: "loss", short: "loss", better: "lower", inUnits: false },
  mae: { label: "mean absolute error", short: "MAE", better: "lower", inUnits: true },
  rmse: { label: "root mean squared error", short: "RMSE", better: "lower", inUnits: true },
  mse: { label: "mean squared error", short: "MSE", better: "lower", inUnits: false },
  r2: { label: "explained variance (R²)", short: "R²", better: "higher", inUnits: false },
  accuracy: { label: "accuracy", short: "accuracy", better: "higher", inUnits: false },
  balancedAccuracy: { label: "balanced accuracy", short: "balanced acc.", better: "higher", inUnits: false },
  errorRate: { label: "error rate", short: "error rate", better: "lower", inUnits: false },
  logLoss: { label: "log loss", short: "log loss", better: "lower", inUnits: false },
  f1: { label: "F1", short: "F1", better: "higher", inUnits: false, isMinor: true },
  rocAuc: { label: "area under the ROC curve", short: "ROC AUC", better: "higher", inUnits: false },
  averagePrecision: {
    label: "average precision",
    short: "avg. precision",
    better: "higher",
    inUnits: false,
    isMinor: true,
  },
  brier: { label: "Brier score", short: "Brier", better: "lower", inUnits: false, isMinor: true },
  calibrationError: {
    label: "calibration error",
    short: "calibration err.",
    better: "lower",
    inUnits: false,
    isMinor: true,
  },
};

/** All metrics that have facts. */
export const metricNames: readonly string[] = Object.keys(known);

/**
 * The facts of a metric. An unknown one is shown by its name, and less is better, as for every
 * error and loss.
 */
export function metricFacts(name: string): MetricFacts {
  return Object.hasOwn(known, name) ? known[name] : { label: name, short: name, better: "lower", inUnits: false };
}

/** The metrics that are shown in a few columns, and that a network is judged by. */
export function mainMetrics(names: readonly string[]): string[] {
  return names.filter((name) => metricFacts(name).isMinor !== true);
}

/** Compares two values of a metric for sorting, the better first, NaN last. */
export function compareScores(name: string, a: number | undefined, b: number | undefined): number {
  const [left, right] = [a ?? Number.NaN, b ?? Number.NaN];
  if (Number.isNaN(left) || Number.isNaN(right)) return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
  return metricFacts(name).better === "lower" ? left - right : right - left;
}

/** The metric of a task where there is room for only one. */
export function headlineMetric(task: string): "mae" | "accuracy" {
  return task === "regression" ? "mae" : "accuracy";
}
