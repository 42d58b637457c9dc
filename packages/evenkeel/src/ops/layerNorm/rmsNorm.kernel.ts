import { type Spec, sizeOf } from "../../core/index.ts";
import { fillArray } from "../../wasm/copy.ts";
import { type Expr, type F64, f64, f64x2, i32, type Kernel, type KernelCall, v128 } from "../../wasm/index.ts";
import { both, demotePair, type Pair, promotePair } from "../normalize/doublePair.ts";
import {
  forEachLine,
  forEachVector,
  keep,
  kept,
  type Lines,
  loadWide,
  place,
  Sum,
  store,
  wideBytes,
} from "../reduce/lines.access.ts";
import type { RmsNormAttrs } from "./rmsNorm.ts";

/** RMS norm of float32 computed in double, example by example. */

function declines(inputs: readonly Spec[], float32: readonly number[]): string | undefined {
  if (float32.some((i) => inputs[i].dtype !== "float32")) return "RMS norm has code for float32 only";
  return sizeOf(inputs[0].shape) === 0 ? "an empty batch is not worth code" : undefined;
}

const linesOf = ({ f }: KernelCall<RmsNormAttrs>, x: Spec, weight: Spec): Lines => {
  const length = sizeOf(weight.shape);
  return { f, length, count: sizeOf(x.shape) / length };
};

/** 1 / sqrt(meanSquare + eps) */
const inverseRoot = (meanSquare: F64, eps: number): Expr<"f64"> =>
  f64.div(f64.const(1), f64.sqrt(f64.add(meanSquare, f64.const(eps))));

export const rmsNormKernel: Kernel<RmsNormAttrs> = {
  kind: "kernel",
  declines: (inputs) => declines(inputs, [0, 1]),
  emit: (call) => {
    const { f, attrs } = call;
    const [x, weight] = call.inputs;
    const [y, meanSquares] = call.outputs;
    const lines = linesOf(call, x, weight);
    const statistic = f.let(i32.const(0));
    forEachLine(lines, (start) => {
      const from = f.let(i32.add(start, x.address));
      const to = f.let(i32.add(start, y.address));
      const squares = new Sum(f);
      forEachVector(lines, (at, count) => {
        const wide = loadWide(lines, place(from, at), count, 0).map((half) => f.let(half));
        squares.add(both((half) => f64x2.mul(wide[half], wide[half])));
      });
      const meanSquare = f.let(f64.mul(squares.total(), f64.const(1 / lines.length)));
      f.storeF64(statistic, meanSquare, meanSquares.address);
      f.set(statistic, i32.add(statistic, 8));
      const scale = f.let(f64x2.splat(inverseRoot(meanSquare, attrs.eps)));
      forEachVector(lines, (at, count) => {
        const wide = loadWide(lines, place(from, at), count, 0);
        // After the weight there is room for a whole vector.
        const weights = promotePair(f.let(v128.load(at, weight.address)));
        const values = both((half) => f64x2.mul(f64x2.mul(wide[half], scale), weights[half]));
        store(lines, place(to, at), demotePair(values), count);
      });
    });
  },
};

export const rmsNormBackwardKernel: Kernel<RmsNormAttrs> = {
  kind: "kernel",
  declines: (inputs) => declines(inputs, [0, 1, 2]),
  // Where dweight is summed, in double.
  scratch: ([, , weight]) => wideBytes(sizeOf(weight.shape)),
  emit: (call) => {
    const { f, attrs, scratch } = call;
    const [dy, x, weight, meanSquares] = call.inputs;
    const [dx, dweight] = call.outputs;
    const lines = linesOf(call, x, weight);
    fillArray(f, scratch, wideBytes(lines.length), f64x2.const(0));
    const statistic = f.let(i32.const(0));
    forEachLine(lines, (start) => {
      const from = f.let(i32.add(start, x.address));
      const flow = f.let(i32.add(start, dy.address));
      const to = f.let(i32.add(start, dx.address));
      const meanSquare = f64x2.extract(v128.load64Splat(statistic, meanSquares.address), 0);
      const scale = f.let(f64x2.splat(inverseRoot(meanSquare, attrs.eps)));
      f.set(statistic, i32.add(statistic, 8));
      /** dy, dy * weight and xhat; beyond the end of a line all are 0. */
      const terms = (at: Parameters<typeof kept>[1], count: number): [dy: Pair, g: Pair, xhat: Pair] => {
        const gradient = loadWide(lines, place(flow, at), count, 0).map((half) => f.let(half)) as unknown as Pair;
        const weights = loadWide(lines, place(i32.const(weight.address), at), count, 0);
        const wide = loadWide(lines, place(from, at), count, 0);
        return [
          gradient,
          both((half) => f.let(f64x2.mul(gradient[half], weights[half]))),
          both((half) => f.let(f64x2.mul(wide[half], scale))),
        ];
      };
      const along = new Sum(f);
      forEachVector(lines, (at, count) => {
        const [gradient, g, xhat] = terms(at, count);
        const product = kept(scratch, at);
        const added = both((half) => f64x2.add(product[half], f64x2.mul(gradient[half], xhat[half])));
        keep(f, scratch, at, added);
        along.add(both((half) => f64x2.mul(g[half], xhat[half])));
      });
      const meanAlong = f.let(f64x2.splat(f64.mul(along.total(), f64.const(1 / lines.length))));
      forEachVector(lines, (at, count) => {
        const [, g, xhat] = terms(at, count);
        const values = both((half) => f64x2.mul(scale, f64x2.sub(g[half], f64x2.mul(xhat[half], meanAlong))));
        store(lines, place(to, at), demotePair(values), count);
      });
    });
    forEachVector(lines, (at) => f.storeV128(at, demotePair(kept(scratch, at)), dweight.address));
  },
};
