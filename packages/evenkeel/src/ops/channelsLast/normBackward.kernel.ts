import {
  type FunctionBuilder,
  f32x4,
  f64x2,
  type Kernel,
  type KernelCall,
  type Local,
  type Placed,
  type V128,
  v128,
} from "../../wasm/index.ts";
import { both, demotePair, promotePair } from "../normalize/doublePair.ts";
import { inverseStd } from "../normalize/normalize.scale.ts";
import { declinesUnless, emitLine, lineBytes, loadPlanes, onLine } from "./norm.line.ts";
import { countOf, few, flush, sumOf, sumsBytes } from "./norm.statistics.ts";
import {
  forEachSlot,
  type Grid,
  type Group,
  gridOf,
  loadChannels,
  loadPixel,
  perImage,
  planeBytes,
  storePixel,
  traverse,
  type VisitedPlace,
  vectorsOf,
  visitedPlaceOf,
  windowOffsets,
} from "./norm.traversal.ts";
import type { afters } from "./norm.ts";
import type { BatchNormBackwardLastAttrs } from "./normBackward.ts";
import { emitBorder } from "./place.ts";

/**
 * Gradients of channels-last batch norm and its fused ops. One pass sums g and g * (x - middle)
 * over each channel, g being the gradient of z; another writes dx = scale * g - slope * (x -
 * middle) - constant. Both recompute g from x.
 */

type Kind = keyof typeof afters;

interface Backward {
  readonly f: FunctionBuilder;
  readonly kind: Kind;
  readonly dy: Placed;
  readonly x: Placed;
  readonly dx: Placed;
  readonly attrs: BatchNormBackwardLastAttrs;
  readonly channels: number;
  /** Five planes: middle, scale, shift, slope, constant. */
  readonly line: number;
  readonly sums: number;
}

/** Places of x and dy, and the visits over them. */
function placesOf({ kind, dy, x, attrs }: Backward): { grid: Grid; places: readonly [VisitedPlace, VisitedPlace] } {
  if (kind === "reluMaxPool") {
    return {
      grid: gridOf(dy, attrs.dyBorder),
      places: [visitedPlaceOf(x, attrs.inputBorder, 2), visitedPlaceOf(dy, attrs.dyBorder)],
    };
  }
  const flow = kind === "reluMean" ? perImage(dy) : visitedPlaceOf(dy, attrs.dyBorder);
  return { grid: gridOf(x, attrs.inputBorder), places: [visitedPlaceOf(x, attrs.inputBorder), flow] };
}

const isPositive = (dy: V128, z: V128): V128 => v128.andNot(dy, f32x4.le(z, f32x4.const(0)));

/** g and x - middle of one pixel. */
function flowOf(back: Backward, group: Group, planes: readonly (readonly Local<"v128">[])[]) {
  const { f, kind } = back;
  const difference = f.locals("v128", group.vectors.length);
  const flow = f.locals("v128", group.vectors.length);
  return (from: Local<"i32">, dy: Local<"i32">) => {
    for (const [q, { channel }] of group.vectors.entries()) {
      const [middle, scale, shift] = planes[q];
      f.set(difference[q], f32x4.sub(loadPixel(from, channel, group.lanes), middle));
      const given = loadPixel(dy, channel, group.lanes);
      const z = f32x4.add(f32x4.mul(difference[q], scale), shift);
      f.set(flow[q], kind === "nothing" ? given : isPositive(given, z));
    }
    return { difference, flow };
  };
}

/**
 * z of a window's four pixels, their maximum, and g of the window, which goes to the first maximum.
 */
function windowFlowOf(back: Backward, group: Group, planes: readonly (readonly Local<"v128">[])[]) {
  const { f, x } = back;
  const offsets = windowOffsets(x);
  const zs = group.vectors.map(() => f.locals("v128", 4));
  const most = f.locals("v128", group.vectors.length);
  const flow = f.locals("v128", group.vectors.length);
  return (from: Local<"i32">, dy: Local<"i32">) => {
    for (const [k, offset] of offsets.entries()) {
      for (const [q, { channel }] of group.vectors.entries()) {
        f.set(zs[q][k], onLine(loadPixel(from, offset + channel, group.lanes), planes[q]));
      }
    }
    for (const [q, { channel }] of group.vectors.entries()) {
      const [a, b, c, d] = zs[q];
      f.set(most[q], f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d)));
      f.set(flow[q], isPositive(loadPixel(dy, channel, group.lanes), most[q]));
    }
    return { zs, most, flow };
  };
}

function emitSums(back: Backward): void {
  const { f, kind, x, channels, line, sums } = back;
  const { grid, places } = placesOf(back);
  const inWindows = kind === "reluMaxPool";
  const size = Math.min(inWindows ? 1 : 2, vectorsOf(channels));
  const offsets = windowOffsets(x);
  const totals = [0, 1].map(() => Array.from({ length: size }, () => f.let(f32x4.const(0))));
  f.fill(sums, 0, sumsBytes(channels, 2));
  traverse(f, grid, channels, places, {
    size,
    // With few terms there are too few blocks for rounding errors to average out: they are added in
    // double one by one.
    visits: countOf(grid) <= few ? 1 : undefined,
    begin: (group) => {
      const planes = loadPlanes(f, channels, group, line, 3);
      const add = (q: number, flow: V128, difference: V128) => {
        f.set(totals[0][q], f32x4.add(totals[0][q], flow));
        f.set(totals[1][q], f32x4.add(totals[1][q], f32x4.mul(flow, difference)));
      };
      if (!inWindows) {
        const at = flowOf(back, group, planes);
        return ([from, dy]) => {
          const { difference, flow } = at(from, dy);
          for (const q of group.vectors.keys()) add(q, flow[q], difference[q]);
        };
      }
      const at = windowFlowOf(back, group, planes);
      const chosen = f.locals("v128", group.vectors.length);
      return ([from, dy]) => {
        const { zs, most, flow } = at(from, dy);
        for (const k of [3, 2, 1, 0]) {
          for (const [q, { channel }] of group.vectors.entries()) {
            const value = loadPixel(from, offsets[k] + channel, group.lanes);
            const isMost = f32x4.eq(zs[q][k], most[q]);
            f.set(chosen[q], k === 3 ? value : v128.bitselect(value, chosen[q], isMost));
          }
        }
        for (const q of group.vectors.keys()) add(q, flow[q], f32x4.sub(chosen[q], planes[q][0]));
      };
    },
    end: (group) =>
      flush(
        f,
        channels,
        group,
        sums,
        totals.map((some) => some.slice(0, group.vectors.length)),
      ),
  });
}

/** dweight and dbias, and the planes of slope and constant; the scale becomes the factor of dy. */
function emitParameters(back: Backward, call: KernelCall<BatchNormBackwardLastAttrs>, count: number, each: number) {
  const { f, channels, line, sums } = back;
  const { inputs, outputs, attrs } = call;
  const [weight] = inputs.slice(2);
  const [mean, variance] = inputs.slice(-2);
  const [, dweight, dbias] = outputs;
  const plane = planeBytes(channels);
  const part = f64x2.const(each);
  forEachSlot(f, channels, (slot) => {
    const sum = sumOf(f, channels, slot, sums, 0);
    const product = sumOf(f, channels, slot, sums, 1);
    const means = loadChannels(mean, slot);
    const variances = loadChannels(variance, slot);
    const weights = loadChannels(weight, slot);
    const middles = promotePair(f.let(v128.load(slot.slot, line)));
    // The difference of the mean and the middle.
    const beyond = both((half) => f.let(f64x2.sub(means[half], middles[half])));
    const invstd = both((half) => f.let(inverseStd(variances[half], attrs.eps)));
    const flows = both((half) => f.let(f64x2.mul(sum[half], part)));
    const slopes = both((half) => {
      const centred = f64x2.sub(f64x2.mul(product[half], part), f64x2.mul(beyond[half], flows[half]));
      return f.let(f64x2.mul(centred, invstd[half]));
    });
    const scales = both((half) => f.let(f64x2.mul(invstd[half], weights[half])));
    const shares = both((half) => f.let(f64x2.mul(scales[half], f64x2.const(1 / count))));
    const slope = both((half) => f.let(f64x2.mul(f64x2.mul(shares[half], invstd[half]), slopes[half])));
    const constant = both((half) =>
      f64x2.sub(f64x2.mul(shares[half], flows[half]), f64x2.mul(beyond[half], slope[half])),
    );
    storePixel(f, slot.channel, demotePair(flows), dbias.address, slot.lanes);
    storePixel(f, slot.channel, demotePair(slopes), dweight.address, slot.lanes);
    f.storeV128(slot.slot, demotePair(slope), line + 3 * plane);
    f.storeV128(slot.slot, demotePair(constant), line + 4 * plane);
    f.storeV128(slot.slot, demotePair(both((half) => f64x2.mul(scales[half], part))), line + 5 * plane);
  });
}

function emitGradients(back: Backward): void {
  const { f, kind, x, dx, attrs, channels, line } = back;
  const { grid, places } = placesOf(back);
  const inWindows = kind === "reluMaxPool";
  emitBorder(f, dx, attrs.border);
  const result = (flow: V128, difference: V128, [, , , slope, constant, factor]: readonly V128[]) =>
    f32x4.sub(f32x4.sub(f32x4.mul(flow, factor), constant), f32x4.mul(difference, slope));
  traverse(f, grid, channels, [...places, visitedPlaceOf(dx, attrs.border, inWindows ? 2 : 1)], {
    size: Math.min(inWindows ? 1 : 2, vectorsOf(channels)),
    begin: (group) => {
      const planes = loadPlanes(f, channels, group, line, 6);
      if (!inWindows) {
        const at = flowOf(back, group, planes);
        return ([from, dy, to]) => {
          const { difference, flow } = at(from, dy);
          for (const [q, { channel }] of group.vectors.entries()) {
            storePixel(f, to, result(flow[q], difference[q], planes[q]), channel, group.lanes);
          }
        };
      }
      const at = windowFlowOf(back, group, planes);
      const [froms, tos] = [windowOffsets(x), windowOffsets(dx)];
      const isMost = f.local("v128");
      return ([from, dy, to]) => {
        const { zs, most, flow } = at(from, dy);
        for (const k of [0, 1, 2, 3]) {
          for (const [q, { channel }] of group.vectors.entries()) {
            // If none of the first three takes it, the last one does, NaN included.
            if (k < 3) f.set(isMost, f32x4.eq(zs[q][k], most[q]));
            const taken = k < 3 ? v128.and(flow[q], isMost) : flow[q];
            const difference = f32x4.sub(loadPixel(from, froms[k] + channel, group.lanes), planes[q][0]);
            storePixel(f, to, result(taken, difference, planes[q]), tos[k] + channel, group.lanes);
            if (k < 3) f.set(flow[q], v128.andNot(flow[q], isMost));
          }
        }
      };
    },
  });
}

const backwardKernel = (kind: Kind, float32: readonly number[]): Kernel<BatchNormBackwardLastAttrs> => ({
  kind: "kernel",
  declines: declinesUnless(float32, ["float64"]),
  scratch: ([, { shape }]) => 2 * lineBytes(shape[3]) + sumsBytes(shape[3], 2),
  emit: (call) => {
    const { f, inputs, outputs, attrs, scratch } = call;
    const [dy, x, weight] = inputs;
    const [mean, variance] = inputs.slice(-2);
    const channels = x.shape[3];
    const back: Backward = {
      ...{ f, kind, dy, x, dx: outputs[0], attrs, channels },
      line: scratch,
      sums: scratch + 2 * lineBytes(channels),
    };
    // Without a ReLU z is not used: any bias will do.
    const bias = kind === "nothing" ? weight : inputs[3];
    emitLine(f, channels, { mean, variance, weight, bias }, attrs.eps, back.line, kind === "reluMaxPool");
    emitSums(back);
    const pixels = gridOf(x, attrs.inputBorder);
    const each = kind === "reluMean" ? 1 / (pixels.rows * pixels.columns) : 1;
    emitParameters(back, call, countOf(pixels), each);
    emitGradients(back);
  },
});

export const batchNormBackwardLastKernel = backwardKernel("nothing", [0, 1, 2]);
export const batchNormReluBackwardLastKernel = backwardKernel("relu", [0, 1, 2, 3]);
export const batchNormReluMaxPoolBackwardLastKernel = backwardKernel("reluMaxPool", [0, 1, 2, 3]);
export const batchNormReluMeanBackwardLastKernel = backwardKernel("reluMean", [0, 1, 2, 3]);
