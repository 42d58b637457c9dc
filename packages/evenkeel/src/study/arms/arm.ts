import type { Norm } from "../../tabular/index.ts";
import type { Ask } from "../questions/question.ts";
import type { TrainingOptions } from "./trainingOptions.ts";

/**
 * How numeric features are scaled: not at all, to mean 0 and variance 1, by median and quartiles,
 * or by these and squashed into -3 to 3, which is the default of `trainTable`.
 */
export type Scale = "raw" | "zscore" | "robust" | "squash";

/**
 * An arm of the question whether normalization helps: `trainTable`'s network with this
 * normalization before each activation.
 */
export interface NormArm {
  readonly scale: Scale;
  readonly norm: Norm;
  /** The dropout probability; 0 for no dropout. */
  readonly dropout: number;
  readonly name?: undefined;
  readonly from?: undefined;
}

/**
 * An arm with a name: options of the training, a function that makes the network, or both. A
 * function is not JSON, so plans, trials and results keep the arm's name and a digest of its
 * network.
 */
export interface NamedArm {
  readonly name: string;
  readonly scale: Scale;
  /** Tables and charts list the arms of a group together. */
  readonly group: string | null;
  /**
   * The version of the function's code that its author gave. If null, trials that were kept from an
   * earlier run cannot be reused.
   */
  readonly version: string | null;
  /** The options in which this arm differs from the study's other arms. */
  readonly options: TrainingOptions;
  /** Digest of the layers and shapes of its network. */
  readonly network: string;
  readonly parameters: number;
  /**
   * Whether the network contains a BatchNorm, so that it is scored with both kinds of running
   * statistics.
   */
  readonly batchNorm: boolean;
  /**
   * The source of the network: a question and its dropout probability; "options" if the options
   * alone describe it; null for a function that the user gave.
   */
  readonly from: { readonly ask: Ask; readonly dropout: number } | "options" | null;
  readonly norm?: undefined;
  readonly dropout?: undefined;
}

/** One of the variants that a study compares, as plain JSON. */
export type Arm = NormArm | NamedArm;

/**
 * The running statistics that BatchNorm is scored with: those that the training left, those
 * recomputed over the training rows with the same weights, or whichever of the two scores better on
 * the validation rows.
 */
export type Statistics = "asTrained" | "recomputed" | "kept";

/** The scalings of numeric features that an arm can have. */
export const scales: readonly Scale[] = ["raw", "zscore", "robust", "squash"];

/** The name of an arm in trial ids: "zscore+batch+dropout0.2", or the name that was given. */
export function armId(arm: Arm): string {
  if (arm.name !== undefined) return arm.name;
  const { scale, norm, dropout } = arm;
  return `${scale}${norm === "none" ? "" : `+${norm}`}${dropout === 0 ? "" : `+dropout${dropout}`}`;
}

const scaleNames: Record<Scale, string> = {
  raw: "raw",
  zscore: "z-score",
  robust: "robust scale",
  squash: "squashed",
};
const normNames: Record<Norm, string> = { none: "no normalization", batch: "BatchNorm", layer: "LayerNorm" };

/** The name of an arm in reports: "z-score, BatchNorm, dropout 0.2", or the name that was given. */
export function describeArm(arm: Arm): string {
  if (arm.name !== undefined) return arm.name;
  const { scale, norm, dropout } = arm;
  return `${scaleNames[scale]}, ${normNames[norm]}${dropout === 0 ? "" : `, dropout ${dropout}`}`;
}

/** "raw features", "z-scored features" */
export function describeScale(scale: Scale): string {
  return {
    raw: "raw features",
    zscore: "z-scored features",
    robust: "robustly scaled features",
    squash: "squashed features",
  }[scale];
}

/** The heading of an arm in tables and charts: its group, or the scale of its features. */
export function describeGroup(arm: Arm): string {
  return (arm.name === undefined ? null : arm.group) ?? describeScale(arm.scale);
}

/** Whether the network of an arm contains a BatchNorm. */
export function hasBatchNorm(arm: Arm): boolean {
  return arm.name === undefined ? arm.norm === "batch" : arm.batchNorm;
}

export function sameArm(a: Arm, b: Arm): boolean {
  if (a.name !== undefined && b.name !== undefined) {
    const same = a.name === b.name && a.scale === b.scale && a.version === b.version && a.network === b.network;
    return same && JSON.stringify(a.options) === JSON.stringify(b.options);
  }
  return a.name === b.name && a.scale === b.scale && a.norm === b.norm && a.dropout === b.dropout;
}
