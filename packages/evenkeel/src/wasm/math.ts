/**
 * Functions of four floats or two doubles, defined once per module. Their largest errors are stated
 * and tested in math.test.ts.
 */
export type { VectorFunction } from "./math/define.ts";
export { erfF32x4 } from "./math/erf.ts";
export { expF32x4, expm1F32x4, sigmoidF32x4 } from "./math/exp.ts";
export { log1pF32x4, log2F32x4, logF32x4 } from "./math/log.ts";
export { powF32x4 } from "./math/pow.ts";
export {
  expF64x2,
  expm1F64x2,
  log1pF64x2,
  logF64x2,
  logSigmoidF64x2,
  sigmoidF64x2,
  siluF64x2,
  siluSlopeF64x2,
  tanhF64x2,
} from "./math/precise.ts";
export {
  bceSlopeF32x4,
  bceWithLogitsF32x4,
  geluF32x4,
  geluSlopeF32x4,
  geluTanhF32x4,
  geluTanhSlopeF32x4,
  logSigmoidF32x4,
  mishF32x4,
  mishSlopeF32x4,
  siluF32x4,
  siluSlopeF32x4,
  softplusF32x4,
} from "./math/probability.ts";
export { tanhF32x4 } from "./math/tanh.ts";
export { cosF32x4, sinF32x4 } from "./math/trigonometry.ts";
