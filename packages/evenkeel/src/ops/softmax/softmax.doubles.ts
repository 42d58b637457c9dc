import { type Expr, f64, type Kernel, type KernelCall, type Local, type Placed } from "../../wasm/index.ts";
import { expF64x2, logF64x2 } from "../../wasm/math.ts";
import {
  callWith,
  type DoubleLines,
  declinesDoubles,
  doubleAt,
  forEachDouble,
  forEachDoubleLine,
  linesAlong,
} from "../reduce/lines.doubles.ts";
import type { SoftmaxAttrs } from "./softmax.ts";

/** Softmax of float64 along any dimension: the loops of the references. */

/** The maximum of a line, and the sum of exp(x - maximum) over it. */
export function scaleOfLine(
  { f, module }: Pick<KernelCall, "f" | "module">,
  lines: DoubleLines,
  x: Placed,
  start: Expr<"i32">,
): { most: Local<"f64">; total: Local<"f64"> } {
  const most = f.let(f64.const(Number.NEGATIVE_INFINITY));
  const total = f.let(f64.const(0));
  forEachDouble(f, lines, start, (at) => f.set(most, f64.max(most, doubleAt(x, at))));
  forEachDouble(f, lines, start, (at) => {
    f.set(total, f64.add(total, callWith(module, expF64x2, f64.sub(doubleAt(x, at), most))));
  });
  return { most, total };
}

/** A kernel that goes line by line; inputs and output have the same shape. */
function alongLines(
  write: (call: KernelCall<SoftmaxAttrs>, lines: DoubleLines, start: Local<"i32">) => void,
): Kernel<SoftmaxAttrs> {
  return {
    kind: "kernel",
    declines: (inputs) => declinesDoubles(inputs),
    emit: (call) => {
      const lines = linesAlong(call.inputs[0], call.attrs.dim);
      forEachDoubleLine(call.f, lines, (start) => write(call, lines, start));
    },
  };
}

const softmax = alongLines((call, lines, start) => {
  const { f, module, inputs, outputs } = call;
  const { most, total } = scaleOfLine(call, lines, inputs[0], start);
  forEachDouble(f, lines, start, (at) => {
    const power = callWith(module, expF64x2, f64.sub(doubleAt(inputs[0], at), most));
    f.storeF64(at, f64.div(power, total), outputs[0].address);
  });
});

const logSoftmax = alongLines((call, lines, start) => {
  const { f, module, inputs, outputs } = call;
  const { most, total } = scaleOfLine(call, lines, inputs[0], start);
  const log = f.let(callWith(module, logF64x2, total));
  forEachDouble(f, lines, start, (at) => {
    f.storeF64(at, f64.sub(f64.sub(doubleAt(inputs[0], at), most), log), outputs[0].address);
  });
});

const logSoftmaxBackward = alongLines((call, lines, start) => {
  const { f, module, inputs, outputs } = call;
  const [dy, x] = inputs;
  const { most, total } = scaleOfLine(call, lines, x, start);
  const sum = f.let(f64.const(0));
  forEachDouble(f, lines, start, (at) => f.set(sum, f64.add(sum, doubleAt(dy, at))));
  forEachDouble(f, lines, start, (at) => {
    const share = f64.div(callWith(module, expF64x2, f64.sub(doubleAt(x, at), most)), total);
    f.storeF64(at, f64.sub(doubleAt(dy, at), f64.mul(share, sum)), outputs[0].address);
  });
});

/** By row. */
export const softmaxDoubles = { softmax, logSoftmax, logSoftmaxBackward } as const;
