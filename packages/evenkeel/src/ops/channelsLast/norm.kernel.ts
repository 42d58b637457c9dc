import { type FunctionBuilder, f32x4, f64x2, i32, type Kernel, type Placed } from "../../wasm/index.ts";
import { both, demotePair } from "../normalize/doublePair.ts";
import { declinesUnless, emitLine, lineBytes, loadPlanes, onLine } from "./norm.line.ts";
import { emitStatistics, flush, statisticsBytes, sumOf, sumsBytes } from "./norm.statistics.ts";
import {
  forEachSlot,
  gridOf,
  loadPixel,
  storePixel,
  traverse,
  vectorsOf,
  visitedPlaceOf,
  windowOffsets,
} from "./norm.traversal.ts";
import type { afters, BatchNormLastAttrs } from "./norm.ts";
import { emitBorder } from "./place.ts";

/** Channels-last batch norm: statistics, then normalization and the fused ops in one pass. */

type Kind = keyof typeof afters;

interface Apply {
  readonly f: FunctionBuilder;
  readonly x: Placed;
  readonly y: Placed;
  readonly attrs: BatchNormLastAttrs;
  readonly channels: number;
  /** Address of the planes. */
  readonly line: number;
  /** Address of sums, for the mean. */
  readonly sums: number;
}

/** Vectors of channels that a block processes together. */
const size = 2;

/** Writes z, or relu(z), of every pixel. */
function emitPixels({ f, x, y, attrs, channels, line }: Apply, rectify: boolean): void {
  const places = [visitedPlaceOf(x, attrs.inputBorder), visitedPlaceOf(y, attrs.border)];
  traverse(f, gridOf(x, attrs.inputBorder), channels, places, {
    size: Math.min(size, vectorsOf(channels)),
    begin: (group) => {
      const planes = loadPlanes(f, channels, group, line, 3);
      return ([from, to]) => {
        const values = group.vectors.map(({ channel }, q) => {
          const z = onLine(loadPixel(from, channel, group.lanes), planes[q]);
          // pmax, unlike max, is one machine instruction, and in this order it passes NaN on.
          return f.let(rectify ? f32x4.pmax(z, f32x4.const(0)) : z);
        });
        for (const [q, value] of values.entries()) storePixel(f, to, value, group.vectors[q].channel, group.lanes);
      };
    },
  });
}

/**
 * The maximum of relu(z) in every window of 2 x 2. A channel is NaN throughout or nowhere: see
 * {@link emitLine}.
 */
function emitWindows({ f, x, y, attrs, channels, line }: Apply): void {
  const places = [visitedPlaceOf(x, attrs.inputBorder, 2), visitedPlaceOf(y, attrs.border)];
  const offsets = windowOffsets(x);
  traverse(f, gridOf(y, attrs.border), channels, places, {
    size: Math.min(size, vectorsOf(channels)),
    begin: (group) => {
      const planes = loadPlanes(f, channels, group, line, 3);
      const most = f.locals("v128", group.vectors.length);
      return ([from, to]) => {
        for (const [k, offset] of offsets.entries()) {
          for (const [q, { channel }] of group.vectors.entries()) {
            const z = onLine(loadPixel(from, offset + channel, group.lanes), planes[q]);
            f.set(most[q], f32x4.pmax(z, k === 0 ? f32x4.const(0) : most[q]));
          }
        }
        for (const [q, value] of most.entries()) storePixel(f, to, value, group.vectors[q].channel, group.lanes);
      };
    },
  });
}

/** The mean of relu(z) over the pixels of every picture. */
function emitMeans({ f, x, y, attrs, channels, line, sums }: Apply): void {
  const grid = gridOf(x, attrs.inputBorder);
  const share = f64x2.const(1 / (grid.rows * grid.columns));
  const totals = f.locals("v128", Math.min(size, vectorsOf(channels)));
  f.fill(sums, 0, sumsBytes(channels, 1));
  const to = f.let(i32.const(y.address));
  traverse(f, grid, channels, [visitedPlaceOf(x, attrs.inputBorder)], {
    size: totals.length,
    begin: (group) => {
      const planes = loadPlanes(f, channels, group, line, 3);
      return ([from]) => {
        for (const [q, { channel }] of group.vectors.entries()) {
          const z = onLine(loadPixel(from, channel, group.lanes), planes[q]);
          f.set(totals[q], f32x4.add(totals[q], f32x4.pmax(z, f32x4.const(0))));
        }
      };
    },
    end: (group) => flush(f, channels, group, sums, [totals.slice(0, group.vectors.length)]),
    image: () => {
      forEachSlot(f, channels, (slot) => {
        const total = sumOf(f, channels, slot, sums, 0);
        const means = demotePair(both((half) => f64x2.mul(total[half], share)));
        storePixel(f, i32.add(to, slot.channel), means, 0, slot.lanes);
      });
      f.fill(sums, 0, sumsBytes(channels, 1));
      f.set(to, i32.add(to, 4 * channels));
    },
  });
}

function emitApply(apply: Apply, kind: Kind): void {
  if (kind === "reluMean") {
    emitMeans(apply);
    return;
  }
  emitBorder(apply.f, apply.y, apply.attrs.border);
  if (kind === "reluMaxPool") emitWindows(apply);
  else emitPixels(apply, kind === "relu");
}

const channelsOf = ({ shape }: { readonly shape: readonly number[] }) => shape[3];

const trainingKernel = (kind: Kind): Kernel<BatchNormLastAttrs> => ({
  kind: "kernel",
  declines: declinesUnless([0, 1, 2], []),
  scratch: ([x]) => lineBytes(channelsOf(x)) + Math.max(statisticsBytes(channelsOf(x)), sumsBytes(channelsOf(x), 1)),
  emit: ({ f, inputs: [x, weight, bias], outputs: [y, mean, variance], attrs, scratch }) => {
    const channels = channelsOf(x);
    const sums = scratch + lineBytes(channels);
    const batch = { place: visitedPlaceOf(x, attrs.inputBorder), grid: gridOf(x, attrs.inputBorder), channels };
    emitStatistics(f, batch, mean, variance, attrs.eps, sums);
    emitLine(f, channels, { mean, variance, weight, bias }, attrs.eps, scratch, kind === "reluMaxPool");
    emitApply({ f, x, y, attrs, channels, line: scratch, sums }, kind);
  },
});

export const batchNormEvalLastKernel: Kernel<BatchNormLastAttrs> = {
  kind: "kernel",
  declines: declinesUnless([0, 3, 4], ["float32", "float64"]),
  scratch: ([x]) => lineBytes(channelsOf(x)),
  emit: ({ f, inputs: [x, mean, variance, weight, bias], outputs: [y], attrs, scratch }) => {
    const channels = channelsOf(x);
    emitLine(f, channels, { mean, variance, weight, bias }, attrs.eps, scratch, false);
    emitApply({ f, x, y, attrs, channels, line: scratch, sums: 0 }, "nothing");
  },
};

export const batchNormLastKernel = trainingKernel("nothing");
export const batchNormReluLastKernel = trainingKernel("relu");
export const batchNormReluMaxPoolLastKernel = trainingKernel("reluMaxPool");
export const batchNormReluMeanLastKernel = trainingKernel("reluMean");
