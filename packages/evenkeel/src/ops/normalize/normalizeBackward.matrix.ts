import {
  type FunctionBuilder,
  f32x4,
  f64x2,
  type Kernel,
  type KernelCall,
  type Local,
  type Placed,
  v128,
} from "../../wasm/index.ts";
import { both, demotePair, type Pair, promotePair } from "./doublePair.ts";
import { loadChannels, loadElements, loadKept, loadWide, storeElements, storeKept } from "./normalize.access.ts";
import {
  type ElementPass,
  emitPasses,
  type GroupSize,
  keptBytes,
  type Matrix,
  matrixOf,
  planeBytes,
  type SumPass,
  sumsBytes,
} from "./normalize.columns.ts";
import { emitColumns, partCount } from "./normalize.parts.ts";
import { declinesLayout, inverseStd } from "./normalize.scale.ts";
import type { BatchNormAttrs } from "./normalize.ts";

/**
 * Gradients of batch norm, computed in double: one pass sums dy and dy * x down the columns
 * (products of two floats are exact in double, so the mean may be taken out afterwards), one writes
 * dx = dy * scale - x * slope + constant.
 */

const backwardSize: GroupSize = { vectors: 2, atOnce: 1 };

interface Operands {
  readonly dy: Placed;
  /** The output of the following relu: where it is at or below 0, dy counts as 0. */
  readonly output?: Placed;
  readonly x: Placed;
  readonly weight: Placed;
  readonly mean: Placed;
  readonly variance: Placed;
}

function emitBackward(call: KernelCall<BatchNormAttrs>, operands: Operands): void {
  emitColumns(call, matrixOf(operands.x), (f, matrix) => emitGradients({ ...call, f }, operands, matrix));
}

function emitGradients(call: KernelCall<BatchNormAttrs>, operands: Operands, matrix: Matrix): void {
  const { f, scratch, attrs, outputs } = call;
  const { x, weight, mean, variance } = operands;
  const [dx, dweight, dbias] = outputs;
  const plane = planeBytes(matrix);
  const flow = flowOf(f, operands, matrix);
  const summing: SumPass = {
    sums: 2,
    begin: () => (_, at, offset, kept) => {
      const [dy, wide] = [flow(at, offset), loadWide(matrix, at, x.address + offset)].map((pair) =>
        both((half) => f.let(pair[half])),
      );
      if (kept !== undefined) for (const [n, pair] of [dy, wide].entries()) storeKept(f, kept, n, pair);
      return [dy, both((half) => f64x2.mul(dy[half], wide[half]))];
    },
    finish: ([flows, products], slot, column) => {
      const means = loadChannels(matrix, mean, column);
      const variances = loadChannels(matrix, variance, column);
      const weights = loadChannels(matrix, weight, column);
      const invstd = both((half) => f.let(inverseStd(variances[half], attrs.eps)));
      const dweights = both((half) =>
        f.let(f64x2.mul(f64x2.sub(products[half], f64x2.mul(means[half], flows[half])), invstd[half])),
      );
      f.storeV128(column, demotePair(flows), dbias.address);
      f.storeV128(column, demotePair(dweights), dweight.address);
      for (const half of [0, 1] as const) {
        // dx = scale * (dy - sum(dy) / n - (x - mean) * invstd * dweight / n)
        const scale = f.let(f64x2.mul(invstd[half], weights[half]));
        const share = f.let(f64x2.mul(scale, f64x2.const(1 / matrix.rows)));
        const slope = f.let(f64x2.mul(share, f64x2.mul(invstd[half], dweights[half])));
        const constant = f64x2.sub(f64x2.mul(means[half], slope), f64x2.mul(share, flows[half]));
        for (const [i, value] of [scale, slope, constant].entries()) {
          f.storeV128(slot, value, scratch + (2 * i + half) * plane);
        }
      }
    },
  };

  const writing: ElementPass = {
    begin: ({ vectors, slot }) => {
      const load = (i: number): Pair[] =>
        Array.from({ length: vectors }, (_, q) =>
          both((half) => f.let(v128.load(slot, scratch + (2 * i + half) * plane + 16 * q))),
        );
      const [scales, slopes, constants] = [load(0), load(1), load(2)];
      return (q, at, offset, kept) => {
        const dy = kept === undefined ? flow(at, offset) : loadKept(kept, 0);
        const wide = kept === undefined ? loadWide(matrix, at, x.address + offset) : loadKept(kept, 1);
        const values = both((half) => {
          const centred = f64x2.sub(constants[q][half], f64x2.mul(wide[half], slopes[q][half]));
          return f64x2.add(f64x2.mul(dy[half], scales[q][half]), centred);
        });
        storeElements(f, matrix, at, demotePair(values), dx.address + offset);
      };
    },
  };

  emitPasses(f, matrix, { size: backwardSize, scratch: scratch + 6 * plane, keeps: 2, passes: [summing, writing] });
}

type Flow = (at: Local<"i32">, offset: number) => Pair;

/** dy, masked where there is an output. */
function flowOf(f: FunctionBuilder, { dy, output }: Operands, matrix: Matrix): Flow {
  return (at, offset) => {
    if (output === undefined) return loadWide(matrix, at, dy.address + offset);
    const outputs = loadElements(matrix, at, output.address + offset);
    const off = f32x4.le(outputs, f32x4.const(0));
    const masked = f.let(v128.andNot(loadElements(matrix, at, dy.address + offset), off));
    return promotePair(masked);
  };
}

function scratchFor(matrix: Matrix, divides: boolean): number {
  const kept = keptBytes(matrix, backwardSize, 2) * partCount(matrix, divides);
  return 6 * planeBytes(matrix) + sumsBytes(matrix, 2) + kept;
}

const float64Statistics = (dtypes: readonly { dtype: string }[]) =>
  dtypes.every(({ dtype }) => dtype === "float64") ? undefined : "statistics are not float64";

export const batchNormBackwardMatrix: Kernel<BatchNormAttrs> = {
  kind: "kernel",
  declines: (inputs) => declinesLayout(inputs, [0, 1, 2]) ?? float64Statistics(inputs.slice(3)),
  scratch: ([, x], _outputs, _attrs, divides) => scratchFor(matrixOf(x), divides),
  emit: (call) => {
    const [dy, x, weight, mean, variance] = call.inputs;
    emitBackward(call, { dy, x, weight, mean, variance });
  },
};

export const batchNormReluBackwardMatrix: Kernel<BatchNormAttrs> = {
  kind: "kernel",
  declines: (inputs) => declinesLayout(inputs, [0, 1, 2, 3]) ?? float64Statistics(inputs.slice(4)),
  scratch: ([, , x], _outputs, _attrs, divides) => scratchFor(matrixOf(x), divides),
  emit: (call) => {
    const [dy, output, x, weight, mean, variance] = call.inputs;
    emitBackward(call, { dy, output, x, weight, mean, variance });
  },
};
