import { type Spec, sizeOf } from "../../core/index.ts";
import {
  type Expr,
  type FunctionBuilder,
  f32x4,
  f64,
  f64x2,
  i32,
  type Kernel,
  type KernelCall,
  type Local,
  type V128,
} from "../../wasm/index.ts";
import { expF64x2 } from "../../wasm/math/exp.ts";
import { logF64x2 } from "../../wasm/math/log.ts";
import { both, demotePair, type Pair } from "../normalize/doublePair.ts";
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
import type { SoftmaxAttrs } from "./softmax.ts";

/**
 * Softmax along the last dimension of float32, line by line and in double; exponentials wait in
 * scratch. Lanes beyond the end of a line count as -infinity, whose exponential is 0.
 */

function declines(inputs: readonly Spec[], dim: number): string | undefined {
  const [{ shape }] = inputs;
  if (inputs.some(({ dtype }) => dtype !== "float32")) return "softmax has code for float32 only";
  if (shape.length > 0 && dim !== shape.length - 1) return "softmax has code along the last dimension only";
  if (sizeOf(shape) === 0) return "an empty array is not worth code";
  return undefined;
}

/** Elements of a line. */
const lengthOf = ({ shape }: Spec): number => shape.at(-1) ?? 1;

function withLines(call: KernelCall<SoftmaxAttrs>): KernelCall<SoftmaxAttrs> & Lines {
  const [x] = call.inputs;
  return { ...call, length: lengthOf(x), count: sizeOf(x.shape) / lengthOf(x) };
}

/** The largest element, in double in both lanes; NaN if there is one. */
export function maximum(lines: Lines, line: Local<"i32">): Local<"v128"> {
  const { f } = lines;
  const most = f.let(f32x4.const(Number.NEGATIVE_INFINITY));
  forEachVector(lines, (at, count) => {
    f.set(most, f32x4.max(most, load(lines, place(line, at), count, f32x4.const(Number.NEGATIVE_INFINITY))));
  });
  f.set(most, f32x4.max(most, f32x4.shuffle(most, most, [2, 3, 0, 1])));
  f.set(most, f32x4.max(most, f32x4.shuffle(most, most, [1, 0, 3, 2])));
  return f.let(f64x2.promoteLow(most));
}

/** exp(x - maximum) of `count` elements at an address. */
export function powersAt(lines: Lines, address: Expr<"i32">, count: number, most: V128): Pair {
  const { f } = lines;
  const wide = loadWide(lines, address, count, Number.NEGATIVE_INFINITY);
  return both((half) => {
    // exp is defined down to -700, far below the smallest float; NaN passes.
    const difference = f.let(f64x2.sub(wide[half], most));
    return f.let(expF64x2(f, f.let(f64x2.pmax(difference, f64x2.const(-700)))));
  });
}

/** The sum of exp(x - maximum), whose terms are kept at an address where one is given. */
export function exponentials(lines: Lines, line: Local<"i32">, most: V128, address?: number): Local<"f64"> {
  const { f } = lines;
  const sum = new Sum(f);
  forEachVector(lines, (at, count) => {
    const powers = powersAt(lines, place(line, at), count, most);
    if (address !== undefined) keep(f, address, at, powers);
    sum.add(powers);
  });
  return sum.total();
}

/** The logarithms of two such sums; NaN for NaN, which log does not handle. */
export const logOfTotals = (f: FunctionBuilder, totals: Local<"v128">): V128 =>
  f64x2.add(logF64x2(f, totals), f64x2.sub(totals, totals));

const scratchForLine = ([x]: readonly Spec[]): number => wideBytes(lengthOf(x));

export const softmaxFloats: Kernel<SoftmaxAttrs> = {
  kind: "kernel",
  declines: (inputs, _, { dim }) => declines(inputs, dim),
  scratch: scratchForLine,
  emit: (given) => {
    const call = withLines(given);
    const { f } = call;
    const [x] = call.inputs;
    const [y] = call.outputs;
    forEachLine(call, (start) => {
      const from = f.let(i32.add(start, x.address));
      const total = f.let(f64x2.splat(exponentials(call, from, maximum(call, from), call.scratch)));
      const to = f.let(i32.add(start, y.address));
      forEachVector(call, (at, count) => {
        const powers = kept(call.scratch, at);
        store(call, place(to, at), demotePair(both((half) => f64x2.div(powers[half], total))), count);
      });
    });
  },
};

export const logSoftmaxFloats: Kernel<SoftmaxAttrs> = {
  kind: "kernel",
  declines: (inputs, _, { dim }) => declines(inputs, dim),
  emit: (given) => {
    const call = withLines(given);
    const { f } = call;
    const [x] = call.inputs;
    const [y] = call.outputs;
    forEachLine(call, (start) => {
      const from = f.let(i32.add(start, x.address));
      const most = maximum(call, from);
      const total = exponentials(call, from, most);
      const logs = f.let(logOfTotals(f, f.let(f64x2.splat(total))));
      const to = f.let(i32.add(start, y.address));
      forEachVector(call, (at, count) => {
        const wide = loadWide(call, place(from, at), count, 0);
        // In this order: the largest element's result is -log(total), with all its digits.
        const values = both((half) => f64x2.sub(f64x2.sub(wide[half], most), logs));
        store(call, place(to, at), demotePair(values), count);
      });
    });
  },
};

export const logSoftmaxBackwardFloats: Kernel<SoftmaxAttrs> = {
  kind: "kernel",
  declines: (inputs, _, { dim }) => declines(inputs, dim),
  scratch: scratchForLine,
  emit: (given) => {
    const call = withLines(given);
    const { f } = call;
    const [dy, x] = call.inputs;
    const [dx] = call.outputs;
    forEachLine(call, (start) => {
      const from = f.let(i32.add(start, x.address));
      const total = exponentials(call, from, maximum(call, from), call.scratch);
      const flow = f.let(i32.add(start, dy.address));
      const sum = new Sum(f);
      forEachVector(call, (at, count) => sum.add(loadWide(call, place(flow, at), count, 0)));
      const share = f.let(f64x2.splat(f64.div(sum.total(), total)));
      const to = f.let(i32.add(start, dx.address));
      forEachVector(call, (at, count) => {
        const wide = loadWide(call, place(flow, at), count, 0);
        const powers = kept(call.scratch, at);
        const values = both((half) => f64x2.sub(wide[half], f64x2.mul(powers[half], share)));
        store(call, place(to, at), demotePair(values), count);
      });
    });
  },
};
