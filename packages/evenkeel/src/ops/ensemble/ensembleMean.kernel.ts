import { type Spec, sizeOf } from "../../core/index.ts";
import { widthOf } from "../../wasm/convert.ts";
import { type Expr, f32, f64, i32, type Kernel, type KernelCall, type Local } from "../../wasm/index.ts";
import { expF64x2, logF64x2 } from "../../wasm/math.ts";
import { advance, pointer } from "../matmul/gemm.problem.ts";
import { callWith } from "../reduce/lines.doubles.ts";
import type { EnsembleMeanAttrs } from "./ensembleMean.ts";

/** The loops of ensembleMean.loops.ts, in double for both dtypes. */

/** Where a term of a sum is read, and the bytes of doubles before it in a list of all terms. */
type Term = (at: Local<"i32">, index: Local<"i32">) => Expr<"f64">;

interface Terms {
  readonly start: Expr<"i32">;
  readonly count: number;
  /** Bytes from one to the next. */
  readonly step: number;
}

/** What the code needs of a call. */
type Call = Pick<KernelCall<EnsembleMeanAttrs>, "f" | "module" | "inputs" | "outputs" | "attrs" | "scratch">;

function forEachTerm({ f }: Call, { start, count, step }: Terms, visit: (...at: Parameters<Term>) => void): void {
  const at = f.let(start);
  const index = f.let(i32.const(0));
  f.times(count, () => {
    visit(at, index);
    advance(f, at, step);
    advance(f, index, 8);
  });
}

/** The logarithm of the sum of exp(term). */
function logSumExp(call: Call, terms: Terms, term: Term): Expr<"f64"> {
  const { f, module } = call;
  const most = f.let(f64.const(Number.NEGATIVE_INFINITY));
  const sum = f.let(f64.const(0));
  forEachTerm(call, terms, (at, index) => f.set(most, f64.max(most, term(at, index))));
  f.if(f64.eq(f64.abs(most), f64.const(Number.POSITIVE_INFINITY)), () => f.set(most, f64.const(0)));
  forEachTerm(call, terms, (at, index) => {
    f.set(sum, f64.add(sum, callWith(module, expF64x2, f64.sub(term(at, index), most))));
  });
  return f64.add(most, callWith(module, logF64x2, sum));
}

function logSigmoid({ f, module }: Call, logit: Expr<"f64">): Expr<"f64"> {
  const x = f.let(logit);
  const power = callWith(module, expF64x2, f64.neg(f64.abs(x)));
  return f64.sub(f64.min(x, f64.const(0)), callWith(module, logF64x2, f64.add(f64.const(1), power)));
}

export const ensembleMeanKernel = {
  kind: "kernel",
  declines: ([x]: readonly Spec[]) => (sizeOf(x.shape) === 0 ? "an empty array is not worth code" : undefined),
  scratch: ([{ shape }]: readonly Spec[], _: readonly Spec[], { of }: EnsembleMeanAttrs) =>
    of === "softmax" ? 8 * shape[1] : 0,
  emit: (call: Call) => {
    const { f, inputs, outputs, attrs, module, scratch } = call;
    const [rows, k, width] = inputs[0].shape;
    const bytes = widthOf(inputs[0].dtype);
    const isDouble = bytes === 8;
    const load = (at: Expr<"i32">) => (isDouble ? f64.load(at) : f64.promote(f32.load(at)));
    const [x, y] = [pointer(f, inputs[0].address), pointer(f, outputs[0].address)];
    /** One output of all members. */
    const members = (column: Expr<"i32">): Terms => ({ start: column, count: k, step: width * bytes });
    const mean = (column: Local<"i32">): Expr<"f64"> => {
      switch (attrs.of) {
        case "softmax":
          return f64.sub(
            logSumExp(call, members(column), (at, index) => f64.sub(load(at), f64.load(index, scratch))),
            callWith(module, logF64x2, f64.const(k)),
          );
        case "sigmoid": {
          const yes = f.let(logSumExp(call, members(column), (at) => logSigmoid(call, load(at))));
          return f64.sub(
            yes,
            logSumExp(call, members(column), (at) => logSigmoid(call, f64.neg(load(at)))),
          );
        }
        case "values": {
          const sum = f.let(f64.const(0));
          forEachTerm(call, members(column), (at) => f.set(sum, f64.add(sum, load(at))));
          return f64.div(sum, f64.const(k));
        }
      }
    };
    f.times(rows, () => {
      if (attrs.of === "softmax") {
        forEachTerm(call, members(x), (line, index) => {
          const logits = { start: line, count: width, step: bytes };
          f.storeF64(index, logSumExp(call, logits, load), scratch);
        });
      }
      const column = f.let(i32.add(x, 0));
      f.times(width, () => {
        const value = f.let(mean(column));
        if (isDouble) f.storeF64(y, value);
        else f.storeF32(y, f32.demote(value));
        advance(f, column, bytes);
        advance(f, y, bytes);
      });
      advance(f, x, k * width * bytes);
    });
  },
} satisfies Kernel<EnsembleMeanAttrs>;
