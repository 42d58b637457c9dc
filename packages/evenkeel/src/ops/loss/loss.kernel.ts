import { type LaneKernel, noKernel, v128 } from "../../wasm/index.ts";
import { arithmetic, floatFunction } from "../../wasm/laneKernel.ts";
import { bceSlopeF32x4, bceWithLogitsF32x4 } from "../../wasm/math.ts";

/** Kernels of loss.ts. */

export const smoothL1Kernel: LaneKernel<{ readonly beta: number }> = arithmetic(([a, b], lanes, { beta }, { f }) => {
  const d = f.let(lanes.abs(lanes.sub(a, b)));
  const curved = lanes.div(lanes.mul(lanes.mul(lanes.const(0.5), d), d), lanes.const(beta));
  return v128.bitselect(curved, lanes.sub(d, lanes.const(0.5 * beta)), lanes.lt(d, lanes.const(beta)));
});

export const huberKernel: LaneKernel<{ readonly delta: number }> = arithmetic(([a, b], lanes, { delta }, { f }) => {
  const d = f.let(lanes.abs(lanes.sub(a, b)));
  const curved = lanes.mul(lanes.mul(lanes.const(0.5), d), d);
  const straight = lanes.mul(lanes.const(delta), lanes.sub(d, lanes.const(0.5 * delta)));
  return v128.bitselect(curved, straight, lanes.le(d, lanes.const(delta)));
});

export const bceWithLogitsKernel = floatFunction(bceWithLogitsF32x4);
export const bceWithLogitsSlopeKernel = floatFunction(bceSlopeF32x4);

export const bceKernel = noKernel("not written yet: probabilities are checked one by one");
