import type { Norm } from "../../tabular/index.ts";
import type { Ask } from "../questions/question.ts";
import type { TrainingOptions } from "./trainingOptions.ts";

/**
 * How the numeric inputs go in: as they are, with mean 0 and variance 1, by median and quartiles,
 * or so and squashed into -3 to 3, which is `trainTable`'s default.
 */
export type Scale = "raw" | "zscore" | "robust" | "squash";

/**
 * An arm of the question whether normalization helps: the usual network of a table, with this
 * before each activation.
 */
export interface NormArm {
  readonly scale: Scale;
  readonly norm: Norm;
  /** The probability with which dropout drops; 0 for none. */
  readonly dropout: number;
  readonly name?: undefined;
  readonly from?: undefined;
}

/**
 * An arm with a name: options of the training, or a function, of which a plan, its trials and its
 * result know what it is called and what it was seen to make.
 */
export interface NamedArm {
  readonly name: string;
  readonly scale: Scale;
  /** Arms of one group stand together in tables and charts. */
  readonly group: string | null;
  /**
   * What its owner says of the state of its code; null where nothing was said, and kept trials
   * cannot be used again.
   */
  readonly version: string | null;
  /** What it has otherwise than the study's other arms. */
  readonly options: TrainingOptions;
  /** Digest of the layers and shapes of its network. */
  readonly network: string;
  readonly parameters: number;
  /**
   * Whether there is a BatchNorm in it, so that it is scored with both kinds of running statistics.
   */
  readonly batchNorm: boolean;
  /**
   * Where its network comes from: the question that it is an arm of, and what its dropout drops;
   * "options" where these say all; null for a function that was given.
   */
  readonly from: { readonly ask: Ask; readonly dropout: number } | "options" | null;
  readonly norm?: undefined;
  readonly dropout?: undefined;
}

/** One of the networks that are compared, as plain JSON. */
export type Arm = NormArm | NamedArm;

/**
 * Which running statistics BatchNorm is scored with: the ones training left, the same weights'
 * recomputed over the training rows, or whichever of the two is better on the validation rows.
 */
export type Statistics = "asTrained" | "recomputed" | "kept";

/** The scalings of numeric inputs that an arm can have. */
export const scales: readonly Scale[] = ["raw", "zscore", "robust", "squash"];

/** "zscore+batch+dropout0.2", or the name that was given: what an arm is called in trial ids. */
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

/** "z-score, BatchNorm, dropout 0.2", or the name that was given: what people call an arm. */
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

/** What an arm stands under in tables and charts: its group, or the scale of its inputs. */
export function describeGroup(arm: Arm): string {
  return (arm.name === undefined ? null : arm.group) ?? describeScale(arm.scale);
}

/** Whether the network of an arm contains a batch normalization. */
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
