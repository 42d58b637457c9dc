import type { Lanes, V128 } from "../../wasm/index.ts";
import { arithmetic } from "../../wasm/laneKernel.ts";

/** Kernels of hard.ts. */

function gate(x: V128, lanes: Lanes): V128 {
  const raised = lanes.max(lanes.add(x, lanes.const(3)), lanes.const(0));
  return lanes.div(lanes.pmin(raised, lanes.const(6)), lanes.const(6));
}

export const hardsigmoidKernel = arithmetic(([x], lanes) => gate(x, lanes));
export const hardswishKernel = arithmetic(([x], lanes) => lanes.mul(x, gate(x, lanes)));
