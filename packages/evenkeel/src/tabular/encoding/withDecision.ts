import { FittedPreprocessing } from "./fittedPreprocessing.ts";

/** What follows from predictions: from what probability on a row is of the second class, and how far the truth may be. */
export interface Decision {
  readonly threshold?: number;
  /** @see NumberTarget.interval */
  readonly interval?: { readonly level: number; readonly width: number };
}

/** A preprocessing whose `decode` decides so. */
export function withDecision(preprocessing: FittedPreprocessing, decision: Decision): FittedPreprocessing {
  const json = preprocessing.toJSON();
  return FittedPreprocessing.fromJSON({ ...json, target: { ...json.target, ...decision } });
}
