import { floatFunction, inlineFunction } from "../../wasm/laneKernel.ts";
import {
  cosF32x4,
  erfF32x4,
  expm1F32x4,
  expm1F64x2,
  log1pF32x4,
  log1pF64x2,
  log2F32x4,
  sinF32x4,
  tanhF32x4,
  tanhF64x2,
} from "../../wasm/math.ts";

/** Kernels of functions.ts. */

export const expm1Kernel = inlineFunction(expm1F32x4, expm1F64x2);
export const log1pKernel = inlineFunction(log1pF32x4, log1pF64x2);
export const log2Kernel = inlineFunction(log2F32x4);
export const sinKernel = floatFunction(sinF32x4);
export const cosKernel = floatFunction(cosF32x4);
export const tanhKernel = inlineFunction(tanhF32x4, tanhF64x2);
export const erfKernel = floatFunction(erfF32x4);
