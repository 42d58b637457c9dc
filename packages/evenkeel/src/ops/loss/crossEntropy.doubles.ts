import { f64, i32, type Kernel, type KernelCall, type Local } from "../../wasm/index.ts";
import { expF64x2, logF64x2 } from "../../wasm/math.ts";
import { callWith, declinesDoubles, doubleAt, forEachDouble, linesAlong } from "../reduce/lines.doubles.ts";
import { scaleOfLine } from "../softmax/softmax.doubles.ts";
import { counts, floatAt, forEachRow, withinRange } from "./crossEntropy.floats.ts";
import type { CrossEntropyAttrs } from "./crossEntropy.ts";

/** Cross entropy of float64, with the loops of the references. */

const rowBytes = ({ shape }: { readonly shape: readonly number[] }): number => 8 * shape[1];

function emitLosses(call: KernelCall<CrossEntropyAttrs>, weights: Local<"f64">): void {
  const { f, module, attrs } = call;
  const [x, target, weight] = call.inputs;
  const [y, maxima, totals, shares] = call.outputs;
  const lines = linesAlong(x, 1);
  const isMean = attrs.reduction === "mean";
  const sum = f.let(f64.const(0));
  const found = f.locals("f64", 4);
  const [most, total, share, loss] = found;
  forEachRow(call, target, (row, own) => {
    for (const local of found) f.set(local, 0);
    f.if(counts(own, attrs.ignoreIndex), () => {
      const start = f.let(i32.mul(row, rowBytes(x)));
      const scale = scaleOfLine(call, lines, x, start);
      f.set(most, scale.most);
      f.set(total, scale.total);
      const factor = f.let(floatAt(weight, own));
      f.set(share, isMean ? f64.div(factor, weights) : factor);
      const distance = f64.sub(doubleAt(x, i32.add(start, i32.shl(own, 3))), most);
      f.set(loss, f64.mul(factor, f64.sub(callWith(module, logF64x2, total), distance)));
    });
    const at = f.let(i32.shl(row, 3));
    for (const [i, { address }] of [maxima, totals, shares].entries()) f.storeF64(at, found[i], address);
    if (attrs.reduction === "none") f.storeF64(at, loss, y.address);
    else f.set(sum, f64.add(sum, loss));
  });
  if (attrs.reduction !== "none") f.storeF64(0, isMean ? f64.div(sum, weights) : sum, y.address);
}

const crossEntropy: Kernel<CrossEntropyAttrs> = {
  kind: "kernel",
  declines: (inputs) => declinesDoubles(inputs, [1]),
  emit: (call) => withinRange(call, (weights) => emitLosses(call, weights)),
};

const crossEntropyBackward: Kernel<object> = {
  kind: "kernel",
  declines: ([dy, x, target, ...rest]) => declinesDoubles([x, dy, target, ...rest], [2]),
  emit: (call) => {
    const { f, module } = call;
    const [dy, x, target, maxima, totals, shares] = call.inputs;
    const [dx] = call.outputs;
    const lines = linesAlong(x, 1);
    forEachRow(call, target, (row, own) => {
      const start = f.let(i32.mul(row, rowBytes(x)));
      const at8 = f.let(i32.shl(row, 3));
      const total = f.let(doubleAt(totals, at8));
      const write = () => {
        const most = f.let(doubleAt(maxima, at8));
        const flow = f.let(f64.mul(floatAt(dy, row), doubleAt(shares, at8)));
        const scale = f.let(f64.div(flow, total));
        const ownAt = f.let(i32.add(start, i32.shl(own, 3)));
        const value = f.local("f64");
        forEachDouble(f, lines, start, (at) => {
          f.set(value, f64.mul(callWith(module, expF64x2, f64.sub(doubleAt(x, at), most)), scale));
          f.if(i32.eq(at, ownAt), () => f.set(value, f64.sub(value, flow)));
          f.storeF64(at, value, dx.address);
        });
      };
      const clear = () => forEachDouble(f, lines, start, (at) => f.storeF64(at, 0, dx.address));
      f.if(f64.ne(total, 0), write, clear);
    });
  },
};

/** By row. */
export const crossEntropyDoubles = { crossEntropy, crossEntropyBackward } as const;
