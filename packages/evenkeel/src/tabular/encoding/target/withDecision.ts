import type { TargetEncoding } from "../encoding.ts";

/** What follows from predictions: from what probability on a row is of the second class, and how far the truth may be. */
export interface Decision {
  readonly threshold?: number;
  /** @see NumberTarget.interval */
  readonly interval?: { readonly level: number; readonly width: number };
}

/** What is saved of a preprocessing, with a target whose predictions are decided so. */
export function withDecision<J extends { readonly target: TargetEncoding }>(json: J, decision: Decision): J {
  return { ...json, target: { ...json.target, ...decision } };
}
