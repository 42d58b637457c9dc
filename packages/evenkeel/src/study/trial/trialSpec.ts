import type { Activation } from "../../tabular/index.ts";
import { type Arm, armId } from "../arms/arm.ts";
import type { SharedOptions } from "../arms/trainingOptions.ts";

/** The names of the errors that a study can compare. */
export const metrics = ["mae", "rmse", "errorRate", "logLoss"] as const;

/** The error that is compared; lower is better. MAE and RMSE are in the target's own unit. */
export type Metric = (typeof metrics)[number];

/** What all trials of a study share. */
export interface TrialSettings {
  readonly metric: Metric;
  /** Widths of the hidden layers. */
  readonly hidden: readonly number[];
  readonly activation: Activation;
  readonly batchSize: number;
  /**
   * Epochs on all training rows; on fewer rows there are as many more as it takes to make the same
   * number of steps.
   */
  readonly epochs: number;
  /** How the target of a regression goes in. */
  readonly target: "zscore" | "log" | "none";
  /**
   * What all arms are trained with, where that is not `trainTable`'s default; an arm's own options
   * win.
   */
  readonly train: SharedOptions;
  /** Parts of the rows that are kept for choices, and for the final scores. */
  readonly validation: number;
  readonly test: number;
  /** The columns by which rows are split, as `splitRows` takes them. */
  readonly group?: string;
  readonly time?: string;
}

/**
 * One network to train, as plain data: everything that its result depends on, besides the table.
 */
export interface TrialSpec extends TrialSettings {
  /** "raw+batch lr=0.01 seed=3", "… rows=0.5", "… rescaled": unique in a study. */
  readonly id: string;
  readonly arm: Arm;
  readonly lr: number;
  /** Decides split, order of the rows and starting weights. */
  readonly seed: number;
  /** The part of the training rows that is trained on. */
  readonly rows: number;
  /**
   * Factors that the numeric columns are multiplied with, in turn, as if their units had been
   * changed; null for none.
   */
  readonly rescale: readonly number[] | null;
  /** The part of the epochs that it is planned for, its schedule with them. */
  readonly epochFraction: number;
  /**
   * Another stream of starting weights and orders for the same split: what luck alone does. Default
   * 0.
   */
  readonly stream?: number;
}

export type Variant = Pick<TrialSpec, "rows" | "rescale" | "epochFraction">;

/** The data as it is. */
export const plainVariant: Variant = { rows: 1, rescale: null, epochFraction: 1 };

/** Whether a trial is on the data as it is, for all epochs. */
export function isPlain({ rows, rescale, epochFraction }: Variant): boolean {
  return rows === 1 && rescale === null && epochFraction === 1;
}

/** As many epochs as a part of them makes, at least one. */
export function partOfEpochs(part: number, epochs: number): number {
  return Math.max(1, Math.round(part * epochs));
}

export function trialSpec(arm: Arm, lr: number, seed: number, variant: Variant, settings: TrialSettings): TrialSpec {
  const rows = variant.rows === 1 ? "" : ` rows=${variant.rows}`;
  const epochs = variant.epochFraction === 1 ? "" : ` epochs=${variant.epochFraction}`;
  const id = `${armId(arm)} lr=${lr} seed=${seed}${rows}${epochs}${variant.rescale === null ? "" : " rescaled"}`;
  return { id, arm, lr, seed, ...variant, ...settings };
}
