import { tensor } from "evenkeel";
import type * as activation from "../../packages/evenkeel/src/ops/elementwise/activation.ts";
import type * as compare from "../../packages/evenkeel/src/ops/elementwise/compare.ts";
import type * as elementwise from "../../packages/evenkeel/src/ops/elementwise/elementwise.ts";
import type * as functions from "../../packages/evenkeel/src/ops/elementwise/functions.ts";
import type * as hard from "../../packages/evenkeel/src/ops/elementwise/hard.ts";
import domains from "../elementwise.json" with { type: "json" };
import { binary, fixed, type GradCase, type GradCases, positiveOf, unary, valuesFrom } from "./inputs.ts";

/** Cases of ops/elementwise. */

const values = valuesFrom(1);
const positive = positiveOf(values);
/** Up to ±4.5, on both sides of ±3. */
const wide = (shape: readonly number[]) => values(shape, (x) => x * 2.4);

type Domain = readonly number[];

/** Inputs between two limits: of either sign where both are allowed, positive otherwise. */
function within(name: string, [low, high]: Domain) {
  if (low <= -1.9 && high >= 1.9) return values;
  if (low <= 0.35 && high >= 2.1) return positive;
  throw new Error(`${name}: no inputs of gradcheck lie within ${low} and ${high}; write the cases in elementwise.ts`);
}

function casesWithin(name: string, [first, second]: readonly Domain[]): GradCase[] {
  if (second === undefined) return unary(within(name, first));
  return binary(within(name, first), within(name, second));
}

/** The functions of elementwise.json, whose inputs are only numbers between limits. */
const listed = Object.fromEntries(
  Object.entries<readonly Domain[]>(domains).map(([name, limits]) => [name, casesWithin(name, limits)]),
) as Record<keyof typeof domains, GradCase[]>;

export const elementwiseCases: GradCases<
  typeof activation & typeof compare & typeof elementwise & typeof functions & typeof hard
> = {
  ...listed,
  add: binary(values, values),
  sub: binary(values, values),
  mul: binary(values, values),
  div: binary(values, values),
  pow: [
    ...binary(positive, values),
    { name: "whole exponents of negative bases", inputs: [values([4]), fixed(tensor([0, 1, 2, 3]).double())] },
  ],
  maximum: binary(values, values),
  minimum: binary(values, values),
  remainder: binary(values, (shape) => values(shape, (x) => x + Math.sign(x) * 2)),
  where: [
    { name: "same", inputs: [fixed(values([2, 3])).gt(0), values([2, 3]), values([2, 3])] },
    { name: "broadcast", inputs: [fixed(values([2, 1])).gt(0), values([3]), values([])] },
    { name: "empty", inputs: [fixed(values([0])).gt(0), values([0]), values([])] },
  ],
  clamp: unary(values, { min: -1, max: 1.2 }),
  round: unary((shape) => values(shape, (x) => Math.trunc(x) + (x % 1) * 0.4)),
  erf: [...unary(values), { name: "far out", inputs: [tensor([-4, -2.7, 2.6, 3.5]).double().requiresGrad_()] }],
  leakyRelu: unary(values, { negativeSlope: 0.1 }),
  elu: [
    ...unary(values, { alpha: 1.3, scale: 1, inputScale: 1 }),
    ...unary(values, { alpha: 1.3, scale: 0.7, inputScale: -0.6 }),
  ],
  hardsigmoid: unary(wide),
  hardswish: unary(wide),
  silu: unary(values),
  siluBackward: binary(values, values),
  gelu: unary(values),
  geluBackward: binary(values, values),
  geluTanh: unary(values),
  geluTanhBackward: binary(values, values),
  softplus: [...unary(values, { beta: 1.5, threshold: 20 }), ...unary(values, { beta: 2, threshold: 1 })],
  logSigmoid: unary(values),
  mish: unary(wide),
  mishBackward: binary(values, wide),
  clone: unary(values),
  cast: unary(values, { dtype: "float64" }),
  eq: null,
  ne: null,
  lt: null,
  le: null,
  gt: null,
  ge: null,
  logicalAnd: null,
  logicalOr: null,
  logicalXor: null,
  logicalNot: null,
  isnan: null,
  isinf: null,
  isfinite: null,
};
