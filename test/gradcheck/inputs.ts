import { type Tensor, tensor } from "evenkeel";
import type { AnyOp } from "../../packages/evenkeel/src/core/index.ts";

/**
 * Inputs and attributes with which a differentiable row is checked against finite differences, in
 * float64.
 */
export interface GradCase {
  readonly name: string;
  readonly inputs: readonly Tensor[];
  readonly attrs?: object | undefined;
}

/**
 * The cases of the rows that some modules export. A row without an entry does not compile, nor does
 * an entry without a row. A row that is not differentiable has null, and the test checks that its
 * row says so too.
 */
export type GradCases<Modules> = {
  readonly [K in keyof Modules as Modules[K] extends AnyOp ? K : never]: readonly GradCase[] | null;
};

type Shape = readonly number[];

/**
 * Makes deterministic values away from 0, ties and whole numbers, where kinks are: +-(0.15 to 1.9).
 */
export type Values = (shape: Shape, map?: (x: number) => number) => Tensor;

/**
 * Values of a sequence of their own: what one family adds leaves the values of the others as they
 * are.
 */
export function valuesFrom(seed: number): Values {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const u = state / 2 ** 32;
    return (u < 0.5 ? -1 : 1) * (0.15 + 1.75 * ((u * 2) % 1));
  };
  return (shape, map = (x) => x) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const data = Float64Array.from({ length: size }, () => map(next()));
    return tensor(data, { shape, requiresGrad: true });
  };
}

export const fixed = (x: Tensor) => x.detach();
export const indices = (data: number[], shape: number[] = [data.length]) => tensor(data, { dtype: "int32", shape });

/** From 0.35 to 2.1. */
export const positiveOf = (values: Values) => (shape: Shape) => values(shape, (x) => Math.abs(x) + 0.2);

const oddShapes: readonly Shape[] = [[], [1], [5], [3, 4], [2, 1, 3], [0], [2, 0]];
const broadcasts: readonly (readonly [Shape, Shape])[] = [
  [[3], [3]],
  [[2, 3], [3]],
  [
    [2, 1],
    [1, 3],
  ],
  [[], [2, 2]],
  [[2, 3], []],
  [[0, 3], [3]],
  [
    [4, 1, 2],
    [3, 1],
  ],
];

type Make = (shape: Shape) => Tensor;

/** One operand, of many shapes. */
export const unary = (make: Make, attrs?: object): GradCase[] =>
  oddShapes.map((shape) => ({ name: `[${shape}]`, inputs: [make(shape)], attrs }));

/** Two operands that broadcast. */
export const binary = (makeA: Make, makeB: Make, attrs?: object): GradCase[] =>
  broadcasts.map(([a, b]) => ({ name: `[${a}] and [${b}]`, inputs: [makeA(a), makeB(b)], attrs }));

export const alongDim = (values: Values, extra: object = {}): GradCase[] =>
  [
    { shape: [4], dim: 0 },
    { shape: [2, 3], dim: 0 },
    { shape: [2, 3], dim: 1 },
    { shape: [2, 3, 2], dim: 1 },
    { shape: [0, 3], dim: 1 },
  ].map(({ shape, dim }) => ({
    name: `[${shape}] along ${dim} ${Object.keys(extra)}`.trimEnd(),
    inputs: [values(shape)],
    attrs: { dim, ...extra },
  }));
