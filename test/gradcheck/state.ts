import { Generator } from "evenkeel";
import type * as optimizer from "../../packages/evenkeel/src/ops/optimizer/optimizer.ts";
import type * as random from "../../packages/evenkeel/src/ops/random/random.ts";
import type * as state from "../../packages/evenkeel/src/ops/state/state.ts";
import { type GradCases, unary, valuesFrom } from "./inputs.ts";

/** Cases of ops/random, and of ops/optimizer and ops/state, which have none. */

const values = valuesFrom(10);

export const stateCases: GradCases<typeof optimizer & typeof random & typeof state> = {
  uniform: null,
  normal: null,
  bernoulli: null,
  bernoulliOf: null,
  dropoutMask: null,
  // With one slope to draw, every call is the same.
  rrelu: unary(values, { low: 0.3, high: 0.3, generator: new Generator(1) }),
  randint: null,
  randperm: null,
  sgdStep: null,
  sgdMomentumStep: null,
  adamStep: null,
  amsgradStep: null,
  assign: null,
};
