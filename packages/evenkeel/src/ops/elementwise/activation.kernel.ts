import { f64x2, type LaneKernel, result, type V128, v128 } from "../../wasm/index.ts";
import { arithmetic, floatFunction, floatFunctionOf, inlineFunction } from "../../wasm/laneKernel.ts";
import {
  expm1F32x4,
  expm1F64x2,
  geluF32x4,
  geluSlopeF32x4,
  geluTanhF32x4,
  geluTanhSlopeF32x4,
  logSigmoidF32x4,
  logSigmoidF64x2,
  mishF32x4,
  mishSlopeF32x4,
  sigmoidF32x4,
  sigmoidF64x2,
  siluF32x4,
  siluF64x2,
  siluSlopeF32x4,
  siluSlopeF64x2,
  softplusF32x4,
} from "../../wasm/math.ts";
import type { EluAttrs, LeakyReluAttrs } from "./activation.functions.ts";

/** Kernels of activation.ts. */

/** x, but 0 where x <= 0: -0 becomes 0, NaN stays. */
export const reluKernel = arithmetic(([x], lanes) => v128.andNot(x, lanes.le(x, lanes.const(0))));

export const leakyReluKernel: LaneKernel<LeakyReluAttrs> = arithmetic(([x], lanes, { negativeSlope }) =>
  v128.bitselect(x, lanes.mul(x, lanes.const(negativeSlope)), lanes.gt(x, lanes.const(0))),
);

export const eluKernel: LaneKernel<EluAttrs> = {
  kind: "lanes",
  // Longer than it looks.
  declines: () => undefined,
  lane: ([x], { lanes, module, attrs: { alpha, scale, inputScale } }) => {
    const times = (value: V128, factor: number) => (factor === 1 ? value : lanes.mul(value, lanes.const(factor)));
    const expm1 = lanes === f64x2 ? expm1F64x2 : expm1F32x4;
    const negative = times(result(expm1(module), times(x, inputScale)), alpha * scale);
    return v128.bitselect(times(x, scale), negative, lanes.gt(x, lanes.const(0)));
  },
};

export const sigmoidKernel = inlineFunction(sigmoidF32x4, sigmoidF64x2);
export const siluKernel = inlineFunction(siluF32x4, siluF64x2);
export const siluBackwardKernel = inlineFunction(siluSlopeF32x4, siluSlopeF64x2);
export const geluKernel = floatFunction(geluF32x4);
export const geluBackwardKernel = floatFunction(geluSlopeF32x4);
export const geluTanhKernel = inlineFunction(geluTanhF32x4);
export const geluTanhBackwardKernel = inlineFunction(geluTanhSlopeF32x4);
export const softplusKernel: LaneKernel<{ readonly beta: number; readonly threshold: number }> = floatFunctionOf(
  ({ beta, threshold }) => softplusF32x4(beta, threshold),
);
export const logSigmoidKernel = floatFunction(logSigmoidF32x4, logSigmoidF64x2);
export const mishKernel = floatFunction(mishF32x4);
export const mishBackwardKernel = floatFunction(mishSlopeF32x4);
