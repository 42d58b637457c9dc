import type { Spec } from "../../core/index.ts";
import { f32x4, f64x2, type I32, type KernelCall, type V128, v128 } from "../../wasm/index.ts";
import { both, demotePair, type Pair } from "./doublePair.ts";
import { loadKept, loadWide, storeElements } from "./normalize.access.ts";
import { type ElementPass, type GroupSize, type Matrix, planeBytes } from "./normalize.columns.ts";
import type { BatchNormAttrs } from "./normalize.ts";

/**
 * The common part of the kernels of batch norm, in training and in evaluation: x * scale + shift,
 * in double.
 */

/** float32 values over [N, C]; statistics in double. Positions are those of the row's inputs. */
export function declinesLayout(inputs: readonly Spec[], float32: readonly number[]): string | undefined {
  const [{ shape }] = inputs;
  if (float32.some((i) => inputs[i].dtype !== "float32")) return "batch norm has code for float32 only";
  if (shape.length !== 2) return "batch norm has code for [N, C] only";
  if (shape[0] * shape[1] === 0) return "an empty batch is not worth code";
  return undefined;
}

export const forwardSize: GroupSize = { vectors: 2, atOnce: 2 };

/** Pairs of planes that are kept between the passes. */
export interface Planes {
  readonly scale: number;
  readonly shift: number;
}

export const planesAt = (matrix: Matrix, address: number): Planes => ({
  scale: address,
  shift: address + 2 * planeBytes(matrix),
});

export const planesBytes = (matrix: Matrix): number => 4 * planeBytes(matrix);

/** 1 / sqrt(variance + eps) */
export const inverseStd = (variance: V128, eps: number): V128 =>
  f64x2.div(f64x2.const(1), f64x2.sqrt(f64x2.add(variance, f64x2.const(eps))));

/** The part of a call that these kernels use. */
export type NormCall = Pick<KernelCall<BatchNormAttrs>, "inputs" | "outputs" | "attrs" | "f" | "scratch">;

/**
 * Computes scale and shift from the statistics of four columns; `means` are those of the values to
 * scale. Their halves are written `plane` bytes apart.
 */
export function storeScaleAndShift(
  { f, attrs }: Pick<NormCall, "f" | "attrs">,
  plane: number,
  planes: Planes,
  slot: I32,
  of: { readonly means: Pair; readonly variances: Pair; readonly weights: Pair; readonly biases: Pair },
): void {
  for (const half of [0, 1] as const) {
    const scale = f.let(f64x2.mul(inverseStd(of.variances[half], attrs.eps), of.weights[half]));
    f.storeV128(slot, scale, planes.scale + half * plane);
    f.storeV128(slot, f64x2.sub(of.biases[half], f64x2.mul(of.means[half], scale)), planes.shift + half * plane);
  }
}

/** y = x * scale + shift, and relu(y) with `rectify`. */
export function normalizePass(
  { f, inputs, outputs }: NormCall,
  matrix: Matrix,
  planes: Planes,
  rectify: boolean,
): ElementPass {
  const [x] = inputs;
  const [y] = outputs;
  const plane = planeBytes(matrix);
  return {
    begin: ({ vectors, slot }) => {
      const load = (address: number): Pair[] =>
        Array.from({ length: vectors }, (_, q) =>
          both((half) => f.let(v128.load(slot, address + half * plane + 16 * q))),
        );
      const scales = load(planes.scale);
      const shifts = load(planes.shift);
      return (q, at, offset, kept) => {
        const wide = kept === undefined ? loadWide(matrix, at, x.address + offset) : loadKept(kept, 0);
        const value = demotePair(both((half) => f64x2.add(f64x2.mul(wide[half], scales[q][half]), shifts[q][half])));
        // pmax, unlike max, is one machine instruction, and in this order it passes NaN on.
        const stored = rectify ? f32x4.pmax(value, f32x4.const(0)) : value;
        storeElements(f, matrix, at, stored, y.address + offset);
      };
    },
  };
}
