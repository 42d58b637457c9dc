import type { V128 } from "../expression.ts";
import type { FunctionBuilder } from "../functionBuilder.ts";
import { f64x2 } from "../instructions.ts";
import { vectorFunction } from "./define.ts";
import { inDoubles, limit } from "./doubles.ts";
import { expm1F64x2 } from "./exp.ts";

function tanhF64x2(f: FunctionBuilder, x: V128): V128 {
  const t = f.let(expm1F64x2(f, f.let(f64x2.add(x, x))));
  return f64x2.div(t, f64x2.add(t, f64x2.const(2)));
}

/** tanh(x) = t / (t + 2) with t = exp(2x) - 1. Beyond ±10 it is ±1 in float. */
export const tanhF32x4 = vectorFunction("tanh", (f, x) => inDoubles(f, [limit(x, 10)], tanhF64x2));
