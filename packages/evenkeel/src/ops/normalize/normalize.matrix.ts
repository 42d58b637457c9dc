import { f64x2, type I32, type Kernel, type KernelCall, v128 } from "../../wasm/index.ts";
import { both, type Pair } from "./doublePair.ts";
import { loadChannels, loadWide, storeChannels, storeKept } from "./normalize.access.ts";
import {
  emitPasses,
  inBlocks,
  keptBytes,
  type Matrix,
  matrixOf,
  planeBytes,
  type SumPass,
  sumsBytes,
} from "./normalize.columns.ts";
import { emitColumns, partCount } from "./normalize.parts.ts";
import {
  declinesLayout,
  forwardSize,
  normalizePass,
  type Planes,
  planesAt,
  planesBytes,
  storeScaleAndShift,
} from "./normalize.scale.ts";
import type { BatchNormAttrs } from "./normalize.ts";

/**
 * Batch norm of float32 computed in double: results are those of the reference but for the last bit
 * here and there. A first pass sums x - x0 and its square, x0 being the column's first row, so that
 * squares do not cancel where the mean is large: the first row of n is at most sqrt(n) standard
 * deviations from the mean. A second one writes x * scale + shift, or, where x - x0 was kept, (x -
 * x0) * scale + shift.
 */

type Call = KernelCall<BatchNormAttrs>;

function statisticsPass(call: Call, matrix: Matrix, planes: Planes): SumPass {
  const { f } = call;
  const [x, weight, bias] = call.inputs;
  const [, mean, variance] = call.outputs;
  const share = f64x2.const(1 / matrix.rows);
  /** An infinite first row would make every difference NaN; then 0 is used. */
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
      storeScaleAndShift(call, planeBytes(matrix), planes, slot, {
        means: inBlocks(matrix) ? means : offset,
        variances,
        weights,
        biases,
      });
    },
  };
}

const trainingKernel = (rectify: boolean): Kernel<BatchNormAttrs> => ({
  kind: "kernel",
  declines: (inputs) => declinesLayout(inputs, [0, 1, 2]),
  scratch: ([x], _outputs, _attrs, divides) => {
    const matrix = matrixOf(x);
    const kept = keptBytes(matrix, forwardSize, 1) * partCount(matrix, divides);
    return planesBytes(matrix) + sumsBytes(matrix, 2) + kept;
  },
  emit: (call) =>
    emitColumns(call, matrixOf(call.inputs[0]), (f, matrix) => {
      const own = { ...call, f };
      const planes = planesAt(matrix, call.scratch);
      emitPasses(f, matrix, {
        size: forwardSize,
        scratch: call.scratch + planesBytes(matrix),
        keeps: 1,
        passes: [statisticsPass(own, matrix, planes), normalizePass(own, matrix, planes, rectify)],
      });
    }),
});

export const batchNormMatrix: Kernel<BatchNormAttrs> = trainingKernel(false);

export const batchNormReluMatrix: Kernel<BatchNormAttrs> = trainingKernel(true);
