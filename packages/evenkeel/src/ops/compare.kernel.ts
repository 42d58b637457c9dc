import { v128 } from "../wasm/index.ts";
import { condition } from "../wasm/laneKernel.ts";

/** Kernels of compare.ts: their results are masks. */

export const eqKernel = condition(([a, b], lanes) => lanes.eq(a, b));
export const neKernel = condition(([a, b], lanes) => lanes.ne(a, b));
export const ltKernel = condition(([a, b], lanes) => lanes.lt(a, b));
export const leKernel = condition(([a, b], lanes) => lanes.le(a, b));
export const gtKernel = condition(([a, b], lanes) => lanes.gt(a, b));
export const geKernel = condition(([a, b], lanes) => lanes.ge(a, b));

export const logicalAndKernel = condition(([a, b]) => v128.and(a, b), [0, 1]);
export const logicalOrKernel = condition(([a, b]) => v128.or(a, b), [0, 1]);
export const logicalXorKernel = condition(([a, b]) => v128.xor(a, b), [0, 1]);
export const logicalNotKernel = condition(([a]) => v128.not(a), [0]);

export const isnanKernel = condition(([x], lanes) => lanes.ne(x, x));
export const isinfKernel = condition(([x], lanes) => lanes.eq(lanes.abs(x), lanes.const(Infinity)));
export const isfiniteKernel = condition(([x], lanes) => lanes.lt(lanes.abs(x), lanes.const(Infinity)));
