import { normalDistribution } from "../../core/math/erf.ts";

/** The activations of hidden layers as functions of one number, without gradients. */

export interface LeakyReluAttrs {
  readonly negativeSlope: number;
}

export interface EluAttrs {
  readonly alpha: number;
  readonly scale: number;
  readonly inputScale: number;
}

type Scalar = (x: number) => number;

export const reluOf: Scalar = (x) => Math.max(x, 0);

export function leakyReluOf({ negativeSlope }: LeakyReluAttrs): Scalar {
  return (x) => (x > 0 ? x : x * negativeSlope);
}

export function eluOf({ alpha, scale, inputScale }: EluAttrs): Scalar {
  return (x) => scale * (x > 0 ? x : alpha * Math.expm1(x * inputScale));
}

export const siluOf: Scalar = (x) => x / (1 + Math.exp(-x));

export const geluOf: Scalar = (x) => x * normalDistribution(x);
