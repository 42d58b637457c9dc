import { i32x4, v128 } from "../../wasm/index.ts";
import { comparison, logic } from "../../wasm/laneKernel.ts";

/** Kernels of compare.ts: their results are masks. */

export const eqKernel = comparison(
  ([a, b], lanes) => lanes.eq(a, b),
  ([a, b]) => i32x4.eq(a, b),
);
export const neKernel = comparison(
  ([a, b], lanes) => lanes.ne(a, b),
  ([a, b]) => i32x4.ne(a, b),
);
export const ltKernel = comparison(
  ([a, b], lanes) => lanes.lt(a, b),
  ([a, b]) => i32x4.ltS(a, b),
);
export const leKernel = comparison(
  ([a, b], lanes) => lanes.le(a, b),
  ([a, b]) => i32x4.leS(a, b),
);
export const gtKernel = comparison(
  ([a, b], lanes) => lanes.gt(a, b),
  ([a, b]) => i32x4.gtS(a, b),
);
export const geKernel = comparison(
  ([a, b], lanes) => lanes.ge(a, b),
  ([a, b]) => i32x4.geS(a, b),
);

export const logicalAndKernel = logic(([a, b]) => v128.and(a, b));
export const logicalOrKernel = logic(([a, b]) => v128.or(a, b));
export const logicalXorKernel = logic(([a, b]) => v128.xor(a, b));
export const logicalNotKernel = logic(([a]) => v128.not(a));

const never = () => i32x4.const(0);
const always = () => i32x4.const(-1);

export const isnanKernel = comparison(([x], lanes) => lanes.ne(x, x), never);
export const isinfKernel = comparison(([x], lanes) => lanes.eq(lanes.abs(x), lanes.const(Infinity)), never);
export const isfiniteKernel = comparison(([x], lanes) => lanes.lt(lanes.abs(x), lanes.const(Infinity)), always);
