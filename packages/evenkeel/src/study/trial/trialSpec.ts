import type { Activation } from "../../tabular/index.ts";
import { type Arm, armId } from "../arms/arm.ts";
import type { SharedOptions } from "../arms/trainingOptions.ts";

/** The names of the errors that a study can compare. */
export const metrics = ["mae", "rmse", "errorRate", "logLoss"] as const;

/** The error that is compared; lower is better. MAE and RMSE are in the target's own unit. */
export type Metric = (typeof metrics)[number];

/** Settings that all trials of a study share. */
export interface TrialSettings {
  readonly metric: Metric;
  /** Widths of the hidden layers. */
  readonly hidden: readonly number[];
  readonly activation: Activation;
  readonly batchSize: number;
  /**
   * Epochs on all training rows. Fewer rows get more epochs, so that the number of steps is the
   * same.
   */
  readonly epochs: number;
  /** How the target of a regression is scaled. */
  readonly target: "zscore" | "log" | "none";
  /** Options for all arms that differ from `trainTable`'s defaults; an arm's own options win. */
  readonly train: SharedOptions;
  /** The fractions of the rows for choices, and for the final scores. */
  readonly validation: number;
  readonly test: number;
  /** The columns by which rows are split, as `splitRows` takes them. */
  readonly group?: string;
  readonly time?: string;
}

/** One network to train, as plain data: with the table, it determines the result. */
export interface TrialSpec extends TrialSettings {
  /** "raw+batch lr=0.01 seed=3", "… rows=0.5", "… rescaled", "… again": unique in a study. */
  readonly id: string;
  readonly arm: Arm;
  readonly lr: number;
  /** Determines the split, the order of the rows and the initial weights. */
  readonly seed: number;
  /** The fraction of the training rows that is used. */
  readonly rows: number;
  /** Factors for the numeric columns in turn, as if their units had been changed; null for none. */
  readonly rescale: readonly number[] | null;
  /** The fraction of the epochs that the training and its schedule are planned for. */
  readonly epochFraction: number;
  /**
   * Selects other initial weights and another order for the same split: 0, or 1 for the second
   * training, which shows what chance alone does.
   */
  readonly stream: number;
}

export type Variant = Pick<TrialSpec, "rows" | "rescale" | "epochFraction" | "stream">;

/** The first training on the data without changes. */
export const plainVariant: Variant = { rows: 1, rescale: null, epochFraction: 1, stream: 0 };

/** The second training on the same split. */
export const secondTraining: Variant = { ...plainVariant, stream: 1 };

/** Whether a trial is a first training on the data without changes, for all epochs. */
export function isPlain({ rows, rescale, epochFraction, stream }: Variant): boolean {
  return rows === 1 && rescale === null && epochFraction === 1 && stream === 0;
}

/** This fraction of the epochs, rounded, but at least one. */
export function partOfEpochs(part: number, epochs: number): number {
  return Math.max(1, Math.round(part * epochs));
}

export function trialSpec(arm: Arm, lr: number, seed: number, variant: Variant, settings: TrialSettings): TrialSpec {
  const rows = variant.rows === 1 ? "" : ` rows=${variant.rows}`;
  const epochs = variant.epochFraction === 1 ? "" : ` epochs=${variant.epochFraction}`;
  const id = `${armId(arm)} lr=${lr} seed=${seed}${rows}${epochs}${variant.rescale === null ? "" : " rescaled"}`;
  const again = variant.stream === 0 ? "" : " again";
  return { id: `${id}${again}`, arm, lr, seed, ...variant, ...settings };
}
