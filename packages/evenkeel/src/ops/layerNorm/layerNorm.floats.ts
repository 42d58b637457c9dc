import { type Spec, sizeOf } from "../../core/index.ts";
import { fillArray } from "../../wasm/copy.ts";
import {
  type Expr,
  type F64,
  f64,
  f64x2,
  i32,
  type Kernel,
  type KernelCall,
  type Local,
  type Placed,
  v128,
} from "../../wasm/index.ts";
import { both, demotePair, type Pair, promotePair } from "../normalize/doublePair.ts";
import {
  forEachLine,
  forEachVector,
  keep,
  kept,
  type Lines,
  load,
  loadWide,
  place,
  Sum,
  store,
  wideBytes,
} from "../reduce/lines.access.ts";
import type { LayerNormAttrs } from "./layerNorm.ts";

/**
 * Layer norm of float32 computed in double, example by example. As in batch norm a first pass sums
 * x - x0 and its square, x0 being the example's first value, so that squares do not cancel where
 * the mean is large.
 */

function declines(inputs: readonly Spec[], float32: readonly number[]): string | undefined {
  if (float32.some((i) => inputs[i].dtype !== "float32")) return "layer norm has code for float32 only";
  if (sizeOf(inputs[0].shape) === 0) return "an empty batch is not worth code";
  return undefined;
}

const linesOf = ({ f }: LayerNormCall, x: Spec, weight: Spec): Lines => {
  const length = sizeOf(weight.shape);
  return { f, length, count: sizeOf(x.shape) / length };
};

/** Sets `at`, the offset of a line's float64 statistics, to that of the next line. */
const nextStatistic = ({ f }: Lines, at: Local<"i32">): void => f.set(at, i32.add(at, 8));

const inverseStd = (variance: F64, eps: number): Expr<"f64"> =>
  f64.div(f64.const(1), f64.sqrt(f64.add(variance, f64.const(eps))));

/** Mean and biased variance of a line. */
function statistics(lines: Lines, line: Local<"i32">): [mean: Local<"f64">, variance: Local<"f64">] {
  const { f, length } = lines;
  const origin = f.let(v128.load32Splat(line));
  const from = f.let(f64x2.promoteLow(origin));
  const [deviations, squares] = [new Sum(f), new Sum(f)];
  forEachVector(lines, (at, count) => {
    const wide = promotePair(f.let(load(lines, place(line, at), count, origin)));
    const deviation = both((half) => f.let(f64x2.sub(wide[half], from)));
    deviations.add(deviation);
    squares.add(both((half) => f64x2.mul(deviation[half], deviation[half])));
  });
  const share = f64.const(1 / length);
  const offset = f.let(f64.mul(deviations.total(), share));
  const raw = f64.sub(f64.mul(squares.total(), share), f64.mul(offset, offset));
  return [f.let(f64.add(f64x2.extract(from, 0), offset)), f.let(f64.max(raw, f64.const(0)))];
}

/** The part of a call that it uses. */
export type LayerNormCall = Pick<KernelCall<LayerNormAttrs>, "inputs" | "outputs" | "attrs" | "f">;

export const layerNormFloats = {
  kind: "kernel",
  declines: (inputs: readonly Spec[]) => declines(inputs, [0, 1, 2]),
  emit: (call: LayerNormCall) => {
    const { f, attrs } = call;
    const [x, weight, bias] = call.inputs;
    const [y, means, variances] = call.outputs;
    const lines = linesOf(call, x, weight);
    const statistic = f.let(i32.const(0));
    forEachLine(lines, (start) => {
      const from = f.let(i32.add(start, x.address));
      const to = f.let(i32.add(start, y.address));
      const [mean, variance] = statistics(lines, from);
      f.storeF64(statistic, mean, means.address);
      f.storeF64(statistic, variance, variances.address);
      nextStatistic(lines, statistic);
      const centre = f.let(f64x2.splat(mean));
      const invstd = f.let(f64x2.splat(inverseStd(variance, attrs.eps)));
      forEachVector(lines, (at, count) => {
        const wide = loadWide(lines, place(from, at), count, 0);
        // After weight and bias there is room for a whole vector.
        const scale = promotePair(f.let(v128.load(at, weight.address)));
        const shift = promotePair(f.let(v128.load(at, bias.address)));
        const values = both((half) => {
          const xhat = f64x2.mul(f64x2.sub(wide[half], centre), invstd);
          return f64x2.add(f64x2.mul(xhat, scale[half]), shift[half]);
        });
        store(lines, place(to, at), demotePair(values), count);
      });
    });
  },
} satisfies Kernel<LayerNormAttrs>;

/** Where dweight and dbias are summed, in double. */
const sumsAt = ({ scratch }: KernelCall<LayerNormAttrs>, { length }: Lines) => ({
  products: scratch,
  sums: scratch + wideBytes(length),
});

export const layerNormBackwardFloats: Kernel<LayerNormAttrs> = {
  kind: "kernel",
  declines: (inputs) => declines(inputs, [0, 1, 2]),
  scratch: ([, , weight]) => 2 * wideBytes(sizeOf(weight.shape)),
  emit: (call) => {
    const { f, attrs, scratch } = call;
    const [dy, x, weight, means, variances] = call.inputs;
    const [dx, dweight, dbias] = call.outputs;
    const lines = linesOf(call, x, weight);
    const { products, sums } = sumsAt(call, lines);
    fillArray(f, scratch, 2 * wideBytes(lines.length), f64x2.const(0));
    const statistic = f.let(i32.const(0));
    forEachLine(lines, (start) => {
      const from = f.let(i32.add(start, x.address));
      const flow = f.let(i32.add(start, dy.address));
      const to = f.let(i32.add(start, dx.address));
      const centre = f.let(v128.load64Splat(statistic, means.address));
      const variance = f64x2.extract(v128.load64Splat(statistic, variances.address), 0);
      const invstd = f.let(f64x2.splat(inverseStd(variance, attrs.eps)));
      nextStatistic(lines, statistic);
      /** dy, dy * weight and xhat; beyond the end of a line the first two are 0. */
      const terms = (at: Parameters<typeof kept>[1], count: number): [dy: Pair, g: Pair, xhat: Pair] => {
        const gradient = loadWide(lines, place(flow, at), count, 0).map((half) => f.let(half)) as unknown as Pair;
        const scale = loadWide(lines, place(i32.const(weight.address), at), count, 0);
        const wide = loadWide(lines, place(from, at), count, 0);
        return [
          gradient,
          both((half) => f.let(f64x2.mul(gradient[half], scale[half]))),
          both((half) => f.let(f64x2.mul(f64x2.sub(wide[half], centre), invstd))),
        ];
      };
      const [flows, along] = [new Sum(f), new Sum(f)];
      forEachVector(lines, (at, count) => {
        const [gradient, g, xhat] = terms(at, count);
        const [product, sum] = [kept(products, at), kept(sums, at)];
        const added = both((half) => f64x2.add(product[half], f64x2.mul(gradient[half], xhat[half])));
        keep(f, products, at, added);
        keep(
          f,
          sums,
          at,
          both((half) => f64x2.add(sum[half], gradient[half])),
        );
        flows.add(g);
        along.add(both((half) => f64x2.mul(g[half], xhat[half])));
      });
      const share = f64.const(1 / lines.length);
      const meanFlow = f.let(f64x2.splat(f64.mul(flows.total(), share)));
      const meanAlong = f.let(f64x2.splat(f64.mul(along.total(), share)));
      forEachVector(lines, (at, count) => {
        const [, g, xhat] = terms(at, count);
        const values = both((half) =>
          f64x2.mul(invstd, f64x2.sub(f64x2.sub(g[half], meanFlow), f64x2.mul(xhat[half], meanAlong))),
        );
        store(lines, place(to, at), demotePair(values), count);
      });
    });
    writeSums(lines, products, dweight);
    writeSums(lines, sums, dbias);
  },
};

function writeSums(lines: Lines, from: number, { address }: Placed): void {
  forEachVector(lines, (at) => lines.f.storeV128(at, demotePair(kept(from, at)), address));
}
