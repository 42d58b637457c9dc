import { f64x2, type LaneKernel, result, v128 } from "../../wasm/index.ts";
import { floatFunction, inlineFunction, noDoubles } from "../../wasm/laneKernel.ts";
import {
  cosF32x4,
  erfF32x4,
  expF64x2,
  expm1F32x4,
  expm1F64x2,
  log1pF32x4,
  log1pF64x2,
  log2F32x4,
  sinF32x4,
  tanhF32x4,
  tanhF64x2,
} from "../../wasm/math.ts";
import { both, demotePair, promotePair } from "../normalize/doublePair.ts";

/** Kernels of functions.ts. */

export const expm1Kernel = inlineFunction(expm1F32x4, expm1F64x2);
export const log1pKernel = inlineFunction(log1pF32x4, log1pF64x2);
export const log2Kernel = inlineFunction(log2F32x4);
export const sinKernel = floatFunction(sinF32x4);
export const cosKernel = floatFunction(cosF32x4);
export const tanhKernel = inlineFunction(tanhF32x4, tanhF64x2);
export const erfKernel = floatFunction(erfF32x4);

/**
 * In double, because the larger operand and the logarithm may cancel. Equal operands have no
 * distance, infinities too.
 */
export const logaddexpKernel: LaneKernel<object> = {
  kind: "lanes",
  declines: noDoubles,
  lane: ([a, b], { f, module, lanes }) => {
    const [larger, other] = [promotePair(f.let(lanes.max(a, b))), promotePair(f.let(lanes.min(a, b)))];
    const logarithms = both((half) => {
      const distance = f64x2.sub(other[half], larger[half]);
      const known = v128.andNot(distance, f64x2.eq(other[half], larger[half]));
      return f.let(result(log1pF64x2(module), result(expF64x2(module), known)));
    });
    return demotePair(both((half) => f64x2.add(larger[half], logarithms[half])));
  },
};
