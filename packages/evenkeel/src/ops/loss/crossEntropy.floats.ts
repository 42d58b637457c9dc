import { type Spec, sizeOf } from "../../core/index.ts";
import { loadDouble } from "../../wasm/convert.ts";
import {
  type Expr,
  f32,
  f32x4,
  f64,
  f64x2,
  i32,
  type Kernel,
  type KernelCall,
  type Local,
  type Placed,
  v128,
} from "../../wasm/index.ts";
import { both, demotePair } from "../normalize/doublePair.ts";
import { forEachVector, type Lines, place, store } from "../reduce/lines.access.ts";
import { exponentials, logOfTotals, maximum, powersAt } from "../softmax/softmax.floats.ts";
import type { CrossEntropyAttrs } from "./crossEntropy.ts";

/** Cross entropy of float32, row by row and in double. */

function declines(x: Spec): string | undefined {
  if (x.dtype !== "float32") return "cross entropy has code for float32 only";
  if (sizeOf(x.shape) === 0) return "an empty batch is not worth code";
  return undefined;
}

const linesOf = ({ f }: KernelCall<unknown>, { shape: [count, length] }: Spec): Lines => ({ f, count, length });

/** Calls `visit` for every row, with its number and its target. */
export function forEachRow(
  { f }: KernelCall<unknown>,
  target: Placed,
  visit: (row: Local<"i32">, own: Local<"i32">) => void,
): void {
  const row = f.let(i32.const(0));
  f.loop(row, target.shape[0], 1, () => visit(row, f.let(i32.load(i32.shl(row, 2), target.address))));
}

/** The address of a row of logits. */
const lineOf = (row: Local<"i32">, { shape, address }: Placed): Expr<"i32"> =>
  i32.add(i32.mul(row, 4 * shape[1]), address);

/** A float at an index, in double; for a 0-d array the only one. */
export const floatAt = ({ shape, address, dtype }: Placed, index: Expr<"i32">): Expr<"f64"> =>
  loadDouble(dtype, shape.length === 0 ? i32.const(0) : i32.shl(index, dtype === "float64" ? 3 : 2), address);

const isInt32 = (value: number): boolean => (value | 0) === value;

/** Whether the row of a target is not ignored. */
export const counts = (own: Local<"i32">, ignoreIndex: number): Expr<"i32"> =>
  isInt32(ignoreIndex) ? i32.ne(own, ignoreIndex) : i32.const(1);

/**
 * Writes `body` after a check of all targets, with the sum of their weights. If one is out of range
 * the code calls the row's reference, which throws an error that names it.
 */
export function withinRange(call: KernelCall<CrossEntropyAttrs>, body: (weights: Local<"f64">) => void): void {
  const { f, attrs } = call;
  const [{ shape }, target, weight] = call.inputs;
  const weights = f.let(f64.const(0));
  const outside = f.let(i32.const(0));
  forEachRow(call, target, (_, own) =>
    f.if(counts(own, attrs.ignoreIndex), () =>
      f.if(
        i32.ltU(own, shape[1]),
        () => f.set(weights, f64.add(weights, floatAt(weight, own))),
        () => f.set(outside, 1),
      ),
    ),
  );
  f.if(outside, call.reference, () => body(weights));
}

/**
 * The scale of each row, and in place of its share the distance of the target's logit from the
 * largest.
 */
function emitScales(call: KernelCall<CrossEntropyAttrs>): void {
  const { f, attrs } = call;
  const [x, target] = call.inputs;
  const [, maxima, totals, shares] = call.outputs;
  const lines = linesOf(call, x);
  const found = f.locals("f64", 3);
  const [most, total, distance] = found;
  forEachRow(call, target, (row, own) => {
    for (const local of found) f.set(local, 0);
    f.if(counts(own, attrs.ignoreIndex), () => {
      const line = f.let(lineOf(row, x));
      const mosts = maximum(lines, line);
      f.set(most, f64x2.extract(mosts, 0));
      f.set(total, exponentials(lines, line, mosts));
      f.set(distance, f64.sub(f64.promote(f32.load(i32.add(line, i32.shl(own, 2)))), most));
    });
    for (const [i, { address }] of [maxima, totals, shares].entries()) f.storeF64(i32.shl(row, 3), found[i], address);
  });
}

/**
 * Replaces the distances with the losses, two at a time. A target that is the largest keeps all
 * digits of log(total).
 */
function emitLosses({ f, outputs: [, , totals, shares] }: KernelCall<CrossEntropyAttrs>): void {
  const pair = f.let(i32.const(0));
  f.loop(pair, 16 * Math.ceil(shares.shape[0] / 2), 16, () => {
    const logs = logOfTotals(f, f.let(v128.load(pair, totals.address)));
    f.storeV128(pair, f64x2.sub(logs, v128.load(pair, shares.address)), shares.address);
  });
}

/** Writes the output, and replaces the losses with the shares. */
function emitReduction(call: KernelCall<CrossEntropyAttrs>, weights: Local<"f64">): void {
  const { f, attrs } = call;
  const [, target, weight] = call.inputs;
  const [y, , , shares] = call.outputs;
  const inverse = f.let(attrs.reduction === "mean" ? f64.div(f64.const(1), weights) : f64.const(1));
  const [sum, loss, share] = f.locals("f64", 3);
  forEachRow(call, target, (row, own) => {
    const at = f.let(i32.shl(row, 3));
    f.set(loss, 0);
    f.set(share, 0);
    f.if(counts(own, attrs.ignoreIndex), () => {
      const factor = f.let(floatAt(weight, own));
      f.set(loss, f64.mul(factor, f64.load(at, shares.address)));
      f.set(share, f64.mul(factor, inverse));
    });
    f.storeF64(at, share, shares.address);
    if (attrs.reduction === "none") f.storeF32(i32.shl(row, 2), f32.demote(loss), y.address);
    else f.set(sum, f64.add(sum, loss));
  });
  if (attrs.reduction !== "none") f.storeF32(0, f32.demote(f64.mul(sum, inverse)), y.address);
}

export const crossEntropyFloats: Kernel<CrossEntropyAttrs> = {
  kind: "kernel",
  declines: ([x]) => declines(x),
  emit: (call) =>
    withinRange(call, (weights) => {
      emitScales(call);
      emitLosses(call);
      emitReduction(call, weights);
    }),
};

export const crossEntropyBackwardFloats: Kernel<object> = {
  kind: "kernel",
  declines: ([, x]) => declines(x),
  emit: (call) => {
    const { f } = call;
    const [dy, x, target, maxima, totals, shares] = call.inputs;
    const [dx] = call.outputs;
    const lines = linesOf(call, x);
    forEachRow(call, target, (row, own) => {
      const to = f.let(lineOf(row, dx));
      const at = f.let(i32.shl(row, 3));
      const total = f.let(f64.load(at, totals.address));
      const write = () => {
        const line = f.let(lineOf(row, x));
        const most = f.let(v128.load64Splat(at, maxima.address));
        const flow = f.let(f64.mul(floatAt(dy, row), f64.load(at, shares.address)));
        const scale = f.let(f64x2.splat(f64.div(flow, total)));
        const flows = f.let(f64x2.splat(flow));
        const ownByte = f.let(i32.shl(own, 2));
        forEachVector(lines, (byte, count) => {
          const powers = powersAt(lines, place(line, byte), count, most);
          // Bytes from the vector to the target, which match the offset of the target's lane.
          const ahead = f.let(f64x2.splat(f64.fromI32(i32.sub(ownByte, byte))));
          const values = both((half) => {
            const isOwn = f64x2.eq(ahead, f64x2.const(8 * half, 8 * half + 4));
            return f64x2.sub(f64x2.mul(powers[half], scale), v128.and(flows, isOwn));
          });
          store(lines, place(to, byte), demotePair(values), count);
        });
      };
      const clear = () => forEachVector(lines, (byte, count) => store(lines, place(to, byte), f32x4.const(0), count));
      f.if(f64.ne(total, 0), write, clear);
    });
  },
};
