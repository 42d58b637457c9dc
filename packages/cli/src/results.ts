import { type ArmId, armOf, arms, describeArm } from "./arms.ts";

/** What a run is told. */
export interface Settings {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
}

/** How one network did; errors in mpg. */
export interface Score {
  /** Mean absolute error over the test rows after each epoch. */
  readonly curve: readonly number[];
  readonly testMae: number;
  readonly testRmse: number;
  readonly trainMae: number;
  /** For each test row, in the order of the split. */
  readonly predictions: readonly number[];
}

/** Which statistics BatchNorm uses when it is scored. */
export type StatisticsKind = "asTrained" | "recomputed";

/** One arm trained with one seed. */
export interface TrialResult {
  readonly arm: ArmId;
  readonly seed: number;
  /** Networks without BatchNorm have the first only; a run that diverged has none. */
  readonly scores: { readonly [K in StatisticsKind]?: Score };
  /** Why the run has no score. */
  readonly failure?: string;
}

/** What all arms of a seed share. */
export interface SplitFacts {
  readonly seed: number;
  /** Rows of the table; their cars' names and true values. */
  readonly testRows: readonly number[];
  readonly truth: readonly number[];
  readonly names: readonly string[];
  /** Errors of predicting the mean of the training rows. */
  readonly baseline: { readonly mae: number; readonly rmse: number; readonly trainMae: number };
}

/** Everything a report is made of: seeds in order, and all arms of each. */
export interface Comparison {
  readonly settings: Settings;
  readonly splits: readonly SplitFacts[];
  readonly trials: readonly TrialResult[];
}

/** One line of the table: an arm, scored with one kind of statistics. */
export interface Reading {
  readonly arm: ArmId;
  readonly statistics: StatisticsKind;
}

export const readings: readonly Reading[] = arms.flatMap(({ id, batchNorm }): Reading[] => [
  { arm: id, statistics: "asTrained" },
  ...(batchNorm ? [{ arm: id, statistics: "recomputed" } as const] : []),
]);

/** "raw, BatchNorm, recomputed" */
export function describeReading({ arm, statistics }: Reading): string {
  const described = armOf(arm);
  const suffix = statistics === "recomputed" ? ", recomputed" : ", as trained";
  return describeArm(described) + (described.batchNorm ? suffix : "");
}

/** The scores of a reading, by seed; seeds that diverged are left out. */
export function scoresOf(comparison: Comparison, { arm, statistics }: Reading): Map<number, Score> {
  const scores = new Map<number, Score>();
  for (const trial of comparison.trials) {
    const score = trial.scores[statistics];
    if (trial.arm === arm && score !== undefined) scores.set(trial.seed, score);
  }
  return scores;
}

/** The first epoch, counted from 1, whose test error is at most the target; Infinity if none is. */
export function epochsTo(targetMae: number, { curve }: Score): number {
  const index = curve.findIndex((mae) => mae <= targetMae);
  return index < 0 ? Number.POSITIVE_INFINITY : index + 1;
}

/** Mean over seeds of the test error after each epoch. */
export function meanCurve(scores: Iterable<Score>): number[] {
  const curves = [...scores].map((score) => score.curve);
  if (curves.length === 0) return [];
  return curves[0].map((_, epoch) => curves.reduce((sum, curve) => sum + curve[epoch], 0) / curves.length);
}
