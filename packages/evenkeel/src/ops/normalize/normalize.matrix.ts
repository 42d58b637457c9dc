import type { Spec } from "../../core/index.ts";
import { f32x4, f64x2, type I32, type Kernel, type KernelCall, type V128, v128 } from "../../wasm/index.ts";
import { both, demotePair, type Pair } from "./doublePair.ts";
import { loadChannels, loadKept, loadWide, storeChannels, storeElements, storeKept } from "./normalize.access.ts";
import {
  type ElementPass,
  emitPasses,
  forEachGroup,
  type GroupSize,
  inBlocks,
  keptBytes,
  type Matrix,
  matrixOf,
  planeBytes,
  type SumPass,
  single,
  sumsBytes,
} from "./normalize.columns.ts";
import type { BatchNormAttrs } from "./normalize.ts";

/**
 * Batch norm of float32 computed in double: results are those of the reference but for the last bit here and there. A
 * first pass sums x - x0 and its square, x0 being the column's first row, so that squares do not cancel where the mean is
 * large: the first row of n is at most sqrt(n) standard deviations from the mean. A second one writes x * scale + shift, or,
 * where x - x0 was kept, (x - x0) * scale + shift.
 */

/** float32 values over [N, C]; statistics in double. Positions are those of the row's inputs. */
export function declinesLayout(inputs: readonly Spec[], float32: readonly number[]): string | undefined {
  const [{ shape }] = inputs;
  if (float32.some((i) => inputs[i].dtype !== "float32")) return "batch norm has code for float32 only";
  if (shape.length !== 2) return "batch norm has code for [N, C] only";
  if (shape[0] * shape[1] === 0) return "an empty batch is not worth code";
  return undefined;
}

const forwardSize: GroupSize = { vectors: 2, atOnce: 2 };

/** Pairs of planes that are kept between the passes. */
interface Planes {
  readonly scale: number;
  readonly shift: number;
}

const planesAt = (matrix: Matrix, address: number): Planes => ({
  scale: address,
  shift: address + 2 * planeBytes(matrix),
});

const planesBytes = (matrix: Matrix): number => 4 * planeBytes(matrix);

/** 1 / sqrt(variance + eps) */
export const inverseStd = (variance: V128, eps: number): V128 =>
  f64x2.div(f64x2.const(1), f64x2.sqrt(f64x2.add(variance, f64x2.const(eps))));

type Call = KernelCall<BatchNormAttrs>;

/** Finds scale and shift from the statistics of some columns; `means` are those of what will be scaled. */
function storeScaleAndShift(
  { f, attrs }: Call,
  matrix: Matrix,
  planes: Planes,
  slot: I32,
  of: { readonly means: Pair; readonly variances: Pair; readonly weights: Pair; readonly biases: Pair },
): void {
  const plane = planeBytes(matrix);
  for (const half of [0, 1] as const) {
    const scale = f.let(f64x2.mul(inverseStd(of.variances[half], attrs.eps), of.weights[half]));
    f.storeV128(slot, scale, planes.scale + half * plane);
    f.storeV128(slot, f64x2.sub(of.biases[half], f64x2.mul(of.means[half], scale)), planes.shift + half * plane);
  }
}

function statisticsPass(call: Call, matrix: Matrix, planes: Planes): SumPass {
  const { f } = call;
  const [x, weight, bias] = call.inputs;
  const [, mean, variance] = call.outputs;
  const share = f64x2.const(1 / matrix.rows);
  /** An infinite first row would make every difference NaN: then from 0. */
  const origin = (column: I32, address: number): Pair => {
    const first = loadWide(matrix, column, address).map((half) => f.let(half));
    return both((half) => v128.and(first[half], f64x2.eq(f64x2.sub(first[half], first[half]), f64x2.const(0))));
  };
  return {
    sums: 2,
    begin: ({ vectors, column }) => {
      const origins = Array.from({ length: vectors }, (_, q) =>
        origin(column, x.address + 16 * q).map((half) => f.let(half)),
      );
      return (q, at, offset, kept) => {
        const wide = loadWide(matrix, at, x.address + offset);
        const deviation = both((half) => f.let(f64x2.sub(wide[half], origins[q][half])));
        if (kept !== undefined) storeKept(f, kept, 0, deviation);
        return [deviation, both((half) => f64x2.mul(deviation[half], deviation[half]))];
      };
    },
    finish: ([deviations, squares], slot, column) => {
      const from = origin(column, x.address);
      const offset = both((half) => f.let(f64x2.mul(deviations[half], share)));
      const means = both((half) => f.let(f64x2.add(from[half], offset[half])));
      const variances = both((half) => {
        const raw = f64x2.sub(f64x2.mul(squares[half], share), f64x2.mul(offset[half], offset[half]));
        return f.let(f64x2.pmax(raw, f64x2.const(0)));
      });
      storeChannels(f, matrix, mean.address, column, means);
      storeChannels(f, matrix, variance.address, column, variances);
      const weights = loadChannels(matrix, weight, column);
      const biases = loadChannels(matrix, bias, column);
      storeScaleAndShift(call, matrix, planes, slot, {
        means: inBlocks(matrix) ? means : offset,
        variances,
        weights,
        biases,
      });
    },
  };
}

/** y = x * scale + shift, and relu(y) with `rectify`. */
function normalizePass({ f, inputs, outputs }: Call, matrix: Matrix, planes: Planes, rectify: boolean): ElementPass {
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

const trainingKernel = (rectify: boolean): Kernel<BatchNormAttrs> => ({
  kind: "kernel",
  declines: (inputs) => declinesLayout(inputs, [0, 1, 2]),
  scratch: ([x]) => planesBytes(matrixOf(x)) + sumsBytes(matrixOf(x), 2) + keptBytes(matrixOf(x), forwardSize, 1),
  emit: (call) => {
    const matrix = matrixOf(call.inputs[0]);
    const planes = planesAt(matrix, call.scratch);
    emitPasses(call.f, matrix, {
      size: forwardSize,
      scratch: call.scratch + planesBytes(matrix),
      keeps: 1,
      passes: [statisticsPass(call, matrix, planes), normalizePass(call, matrix, planes, rectify)],
    });
  },
});

export const batchNormMatrix: Kernel<BatchNormAttrs> = trainingKernel(false);

export const batchNormReluMatrix: Kernel<BatchNormAttrs> = trainingKernel(true);

/** Statistics may be float32, as running ones are, or float64. */
export const batchNormEvalMatrix: Kernel<BatchNormAttrs> = {
  kind: "kernel",
  declines: (inputs) =>
    declinesLayout(inputs, [0, 3, 4]) ??
    (inputs.slice(1, 3).every(({ dtype }) => dtype === "float32" || dtype === "float64")
      ? undefined
      : "statistics are neither float32 nor float64"),
  scratch: ([x]) => planesBytes(matrixOf(x)),
  emit: (call) => {
    const { inputs, f, scratch } = call;
    const matrix = matrixOf(inputs[0]);
    const planes = planesAt(matrix, scratch);
    forEachGroup(f, matrix, single, ({ slot, column }) => {
      const [means, variances, weights, biases] = inputs.slice(1).map((of) => loadChannels(matrix, of, column));
      storeScaleAndShift(call, matrix, planes, slot, { means, variances, weights, biases });
    });
    emitPasses(f, matrix, { size: forwardSize, scratch: 0, passes: [normalizePass(call, matrix, planes, false)] });
  },
};
