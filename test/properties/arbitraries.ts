import { type DType, type Tensor, tensor } from "evenkeel";
import fc from "fast-check";
import type { Shape } from "./naive.ts";

/**
 * Random shapes and tensors. The seed is fixed, so that a test run says the same twice;
 * PROPERTY_SEED tries another, and what fails is printed with the path that repeats it.
 */
fc.configureGlobal({ numRuns: 200, seed: Number(process.env.PROPERTY_SEED ?? 2026) });

/** Mostly 1 to 3, at times 0. */
const size = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 1, max: 3 }) },
  { weight: 1, arbitrary: fc.constant(0) },
);

export function shapes({ minRank = 0, maxRank = 4 } = {}): fc.Arbitrary<number[]> {
  return fc.array(size, { minLength: minRank, maxLength: maxRank });
}

/**
 * Shapes that broadcast together, to `target`: with dimensions left out in front, and others of
 * size 1.
 */
export function broadcastable(target: Shape): fc.Arbitrary<number[]> {
  return fc
    .tuple(fc.integer({ min: 0, max: target.length }), fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }))
    .map(([dropped, single]) => target.slice(dropped).map((n, d) => (single[d] ? 1 : n)));
}

const floats = [0, 0.25, -0.5, 1, -1.25, 2, 3.5, -4, 0.75, -3, Number.NaN, Infinity, -Infinity];
const pools: Record<DType, readonly number[]> = {
  float32: floats,
  float64: floats,
  int32: [0, 1, -1, 2, 3, -4, 5, 7],
  bool: [0, 1],
};

export interface TensorOptions {
  readonly dtypes?: readonly DType[];
  /** Whether NaN and infinities may come up; true. */
  readonly special?: boolean;
}

export const allDtypes: readonly DType[] = ["float32", "float64", "int32", "bool"];
export const floatDtypes: readonly DType[] = ["float32", "float64"];

/** Tensors of a shape. Values are multiples of 1/4, so that few sums and products are exact. */
export function tensorsOf(
  shape: Shape,
  { dtypes = allDtypes, special = true }: TensorOptions = {},
): fc.Arbitrary<Tensor> {
  const length = shape.reduce((a, b) => a * b, 1);
  return fc.constantFrom(...dtypes).chain((dtype) => {
    const pool = special ? pools[dtype] : pools[dtype].filter(Number.isFinite);
    return fc
      .array(fc.constantFrom(...pool), { minLength: length, maxLength: length, size: "max" })
      .map((values) => tensor(Float64Array.from(values), { shape, dtype }));
  });
}

export function tensors(options: TensorOptions & { readonly minRank?: number; readonly maxRank?: number } = {}) {
  return shapes(options).chain((shape) => tensorsOf(shape, options));
}

/** Two tensors that broadcast together. */
export function broadcastPairs(options: TensorOptions = {}): fc.Arbitrary<[Tensor, Tensor]> {
  return shapes().chain((target) => {
    const one = () => broadcastable(target).chain((shape) => tensorsOf(shape, options));
    return fc.tuple(one(), one());
  });
}

/** A dimension of a tensor of this rank, counted from the front or the back. */
export function dims(rank: number): fc.Arbitrary<number> {
  return fc.integer({ min: -Math.max(rank, 1), max: Math.max(rank, 1) - 1 });
}

/** The same dimension counted from the front. */
export const fromFront = (dim: number, rank: number) => (dim < 0 ? dim + Math.max(rank, 1) : dim);

/**
 * Some dimensions, each once, in any order and counted from either end; undefined for all of them.
 */
export function someDims(rank: number): fc.Arbitrary<number[] | undefined> {
  if (rank === 0) return fc.constant(undefined);
  const front = fc.shuffledSubarray(
    Array.from({ length: rank }, (_, d) => d),
    { minLength: 1 },
  );
  const list = fc
    .tuple(front, fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }))
    .map(([chosen, back]) => chosen.map((d) => (back[d] ? d - rank : d)));
  return fc.option(list, { nil: undefined, freq: 5 });
}

/** Prints tensors that make a property fail. */
export function show(x: Tensor): string {
  return `${x.dtype} [${x.shape}] (${Array.from(x.data)})`;
}
