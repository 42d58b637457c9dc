import { eluOf, geluOf, leakyReluOf, reluOf, siluOf } from "../../ops/elementwise/activation.functions.ts";
import {
  eluKernel,
  geluKernel,
  leakyReluKernel,
  reluKernel,
  siluKernel,
} from "../../ops/elementwise/activation.kernel.ts";
import { tanhKernel } from "../../ops/elementwise/functions.kernel.ts";
import type { LaneKernel } from "../../wasm/index.ts";
import type { Activation } from "./networkOptions.ts";

/** What the modules of the activations have by default. */
const leaky = { negativeSlope: 0.01 };
const elu = { alpha: 1, scale: 1, inputScale: 1 };

/** What each activation does to one number. */
export const functionOf: Readonly<Record<Activation, (x: number) => number>> = {
  relu: reluOf,
  leakyRelu: leakyReluOf(leaky),
  elu: eluOf(elu),
  gelu: geluOf,
  silu: siluOf,
  tanh: Math.tanh,
};

/** And its code. */
export const kernelOf: Readonly<Record<Activation, LaneKernel<object>>> = {
  relu: reluKernel,
  leakyRelu: withAttrs(leakyReluKernel, leaky),
  elu: withAttrs(eluKernel, elu),
  gelu: geluKernel,
  silu: siluKernel,
  tanh: tanhKernel,
};

function withAttrs<A>(kernel: LaneKernel<A>, attrs: A): LaneKernel<object> {
  return { kind: "lanes", lane: (inputs, context) => kernel.lane(inputs, { ...context, attrs }) };
}
