import type { Tensor } from "evenkeel";
import type { Random } from "../random.ts";

/**
 * One thing a step may do: code over operands A, B and C, or a function that chooses it for an
 * operand. Rows need not fit: what throws, or gives numbers out of bounds, is tried again with
 * others.
 */
export type Row = string | ((a: Tensor, random: Random, b: Tensor) => string);

/** Rows that take the same operands. */
export interface Family {
  readonly name: string;
  readonly weight: number;
  readonly rows: readonly Row[];
}

/** A dimension, counted from either end. */
export function dimOf({ ndim }: Tensor, random: Random): number {
  const last = Math.max(ndim, 1) - 1;
  return random.int(0, last) - (random.chance(0.3) ? last + 1 : 0);
}

/**
 * Dimensions as reductions take them: none, one, several; with or without the options behind them.
 */
export function dimsOf(a: Tensor, random: Random, options: readonly string[] = []): string {
  const given = [...random.some(["keepdim: true", ...options], 0.4)];
  const object = given.length > 0 ? [`{ ${given.join(", ")} }`] : [];
  const all = Array.from({ length: a.ndim }, (_, d) => d);
  const dims = random.weighted<string[]>([
    [3, []],
    [5, [String(dimOf(a, random))]],
    [2, [`[${random.some(random.shuffled(all), 0.6).join(", ") || 0}]`]],
  ]);
  return [...dims, ...object].join(", ");
}

export const sizes = [1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17];
