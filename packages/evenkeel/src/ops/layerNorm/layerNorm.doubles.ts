import { sizeOf } from "../../core/index.ts";
import { fillArray } from "../../wasm/copy.ts";
import { type Expr, f64, f64x2, i32, type Kernel, type KernelCall, type Local, type Placed } from "../../wasm/index.ts";
import {
  type DoubleLines,
  declinesDoubles,
  doubleAt,
  forEachDouble,
  forEachDoubleLine,
} from "../reduce/lines.doubles.ts";
import type { LayerNormAttrs } from "./layerNorm.ts";

/** Layer norm of float64: the loops of the reference, in its order, for bit-equal results. */

type Call = KernelCall<LayerNormAttrs>;

/** Calls `line` for every example, with the offsets of its first value and of its statistics. */
function forEachExample(
  { f }: Call,
  x: Placed,
  weight: Placed,
  line: (lines: DoubleLines, start: Local<"i32">, statistic: Local<"i32">) => void,
): void {
  const length = sizeOf(weight.shape);
  const lines: DoubleLines = { outer: sizeOf(x.shape) / length, length, inner: 1 };
  const statistic = f.let(i32.const(0));
  forEachDoubleLine(f, lines, (start) => {
    line(lines, start, statistic);
    f.set(statistic, i32.add(statistic, 8));
  });
}

const inverseStd = (variance: Expr<"f64">, eps: number): Expr<"f64"> => f64.div(1, f64.sqrt(f64.add(variance, eps)));

const layerNorm: Kernel<LayerNormAttrs> = {
  kind: "kernel",
  declines: (inputs) => declinesDoubles(inputs),
  emit: (call) => {
    const { f, attrs } = call;
    const [x, weight, bias] = call.inputs;
    const [y, means, variances] = call.outputs;
    forEachExample(call, x, weight, (lines, start, statistic) => {
      const [mean, variance, centred] = f.locals("f64", 3);
      f.set(mean, 0);
      forEachDouble(f, lines, start, (at) => f.set(mean, f64.add(mean, doubleAt(x, at))));
      f.set(mean, f64.div(mean, lines.length));
      f.set(variance, 0);
      forEachDouble(f, lines, start, (at) => {
        f.set(centred, f64.sub(doubleAt(x, at), mean));
        f.set(variance, f64.add(variance, f64.mul(centred, centred)));
      });
      f.set(variance, f64.div(variance, lines.length));
      f.storeF64(statistic, mean, means.address);
      f.storeF64(statistic, variance, variances.address);
      const invstd = f.let(inverseStd(variance, attrs.eps));
      forEachDouble(f, lines, start, (at) => {
        const within = f.let(i32.sub(at, start));
        const xhat = f64.mul(f64.sub(doubleAt(x, at), mean), invstd);
        f.storeF64(at, f64.add(f64.mul(xhat, doubleAt(weight, within)), doubleAt(bias, within)), y.address);
      });
    });
  },
};

const layerNormBackward: Kernel<LayerNormAttrs> = {
  kind: "kernel",
  declines: (inputs) => declinesDoubles(inputs),
  emit: (call) => {
    const { f, attrs } = call;
    const [dy, x, weight, means, variances] = call.inputs;
    const [dx, dweight, dbias] = call.outputs;
    for (const { address, shape } of [dweight, dbias]) fillArray(f, address, 8 * sizeOf(shape), f64x2.const(0));
    forEachExample(call, x, weight, (lines, start, statistic) => {
      const mean = f.let(doubleAt(means, statistic));
      const invstd = f.let(inverseStd(doubleAt(variances, statistic), attrs.eps));
      const [flow, along, gradient, scaled, xhat] = f.locals("f64", 5);
      const within = f.local("i32");
      const visit = (at: Local<"i32">) => {
        f.set(within, i32.sub(at, start));
        f.set(gradient, doubleAt(dy, at));
        f.set(scaled, f64.mul(gradient, doubleAt(weight, within)));
        f.set(xhat, f64.mul(f64.sub(doubleAt(x, at), mean), invstd));
      };
      f.set(flow, 0);
      f.set(along, 0);
      forEachDouble(f, lines, start, (at) => {
        visit(at);
        f.storeF64(within, f64.add(doubleAt(dweight, within), f64.mul(gradient, xhat)), dweight.address);
        f.storeF64(within, f64.add(doubleAt(dbias, within), gradient), dbias.address);
        f.set(flow, f64.add(flow, scaled));
        f.set(along, f64.add(along, f64.mul(scaled, xhat)));
      });
      f.set(flow, f64.div(flow, lines.length));
      f.set(along, f64.div(along, lines.length));
      forEachDouble(f, lines, start, (at) => {
        visit(at);
        const rest = f64.sub(f64.sub(scaled, flow), f64.mul(xhat, along));
        f.storeF64(at, f64.mul(invstd, rest), dx.address);
      });
    });
  },
};

/** By row. */
export const layerNormDoubles = { layerNorm, layerNormBackward } as const;
