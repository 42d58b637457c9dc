import { hasPictures, type Setup } from "../state/setup.ts";
import type { Band, Spread } from "./spread.ts";

/** The errors at one step. Held-out errors are in the target's unit, or a share of wrong classes. */
export interface Point {
  readonly step: number;
  /** The mean loss of the batches since the point before. */
  readonly loss: number;
  /** Held-out error with the statistics of the held-out rows themselves, as in train mode without dropout. */
  readonly trainMode: number;
  /** Held-out error in eval mode, with running statistics: what predictions will have. */
  readonly evalMode: number;
}

/** What a layer did at one step. */
export interface LayerPicture {
  /** The name of its Linear or convolution, such as "layers.0". */
  readonly name: string;
  /** What its normalization was given; where there is none, what its activation was given. */
  readonly given: Band;
  /** Mean and deviation of the same values. */
  readonly batch: Spread;
  /** What BatchNorm's running statistics take them for. */
  readonly running?: Spread;
  /** What its activation was given. */
  readonly preActivation: Band;
  /** How many weights had a gradient of which size: see `gradientBins`. */
  readonly gradients: readonly number[];
  /** The norm of the step's change of the weights, divided by the norm of the weights. */
  readonly updateRatio: number;
}

/** The loss along the direction of the gradient. */
export interface Along {
  /** How far the weights were moved against the gradient, as a share of their norm. */
  readonly lengths: readonly number[];
  readonly losses: readonly number[];
}

export interface Picture {
  readonly step: number;
  readonly layers: readonly LayerPicture[];
  readonly along: Along;
}

/** A held-out picture whose digit was not recognised. */
export interface WrongPicture {
  /** Its row in the table. */
  readonly row: number;
  readonly truth: string;
  readonly said: string;
  /** What the network takes the truth for, and what it said, as probabilities. */
  readonly ofTruth: number;
  readonly ofSaid: number;
}

/** How many held-out rows of a class were said to be of which. */
export interface ClassesPicture {
  readonly kind: "classes";
  readonly classes: readonly string[];
  readonly counts: readonly (readonly number[])[];
  /** Of pictures: those that are wrong and whose truth is taken for least likely, the worst first. */
  readonly wrong?: readonly WrongPicture[];
}

/** Held-out predictions beside the truth: numbers, or classes. */
export type PredictionsPicture =
  | { readonly kind: "numbers"; readonly truth: Float64Array; readonly predicted: Float64Array }
  | ClassesPicture;

export type TrainingState = "running" | "paused" | "finished" | "diverged";

/** What a worker tells the page: what is new since the frame before. */
export interface Frame {
  /** Which start it belongs to: frames of an earlier one are late. */
  readonly run: number;
  readonly step: number;
  readonly stepsPerEpoch: number;
  readonly points: readonly Point[];
  readonly pictures: readonly Picture[];
  readonly predictions?: PredictionsPicture;
  readonly state: TrainingState;
}

type Length = Pick<Setup, "table" | "steps">;

/**
 * Points are this many steps apart: about 200 in a training, so that a curve is smooth; about 50 of
 * pictures, where a point costs as much as several steps.
 */
export function pointEvery(setup: Length): number {
  return Math.max(1, Math.round(setup.steps / (hasPictures(setup) ? 50 : 200)));
}

/** Pictures of layers are drawn at every so many steps: 40 in a training, or 10. */
export function pictureEvery(setup: Length): number {
  return 5 * pointEvery(setup);
}
