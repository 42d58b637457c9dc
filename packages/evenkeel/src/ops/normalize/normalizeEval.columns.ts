import type { FunctionBuilder, Placed } from "../../wasm/index.ts";
import { doubled, loadChannels } from "./normalize.access.ts";
import { forEachGroup, single } from "./normalize.columns.ts";
import { type Planes, storeScaleAndShift } from "./normalize.scale.ts";
import type { BatchNormAttrs } from "./normalize.ts";

/**
 * Batch norm by given statistics as two numbers for each column, float64 [C] each, for products
 * that apply them to their sums: x * scale + shift in double has the bits of {@link batchNormEval}.
 */

/** Bytes of both arrays. */
export const affineBytes = (columns: number): number => 2 * arrayBytes(columns);

const arrayBytes = (columns: number): number => 32 * Math.ceil(columns / 4);

/** Where they lie in that many bytes. */
export const affineAt = (columns: number, address: number): Planes => ({
  scale: address,
  shift: address + arrayBytes(columns),
});

/** Computes them from mean, variance, weight and bias, [C] each. */
export function emitAffine(f: FunctionBuilder, affine: Planes, norm: readonly Placed[], attrs: BatchNormAttrs): void {
  const matrix = { rows: 1, columns: norm[0].shape[0] };
  forEachGroup(f, matrix, single, ({ column }) => {
    const [means, variances, weights, biases] = norm.map((of) => loadChannels(matrix, of, column));
    storeScaleAndShift({ f, attrs }, 16, affine, doubled(column), { means, variances, weights, biases });
  });
}
