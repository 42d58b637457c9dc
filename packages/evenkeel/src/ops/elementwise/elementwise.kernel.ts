import type { MaskKernel } from "../../wasm/fusedGroup.ts";
import type { LaneKernel, Lanes, V128 } from "../../wasm/index.ts";
import { i32x4, noKernel, v128 } from "../../wasm/index.ts";
import { arithmetic, floatFunction, inlineFunction } from "../../wasm/laneKernel.ts";
import { expF32x4, expF64x2, logF32x4, logF64x2, powF32x4 } from "../../wasm/math.ts";

/** Kernels of elementwise.ts. */

export const addKernel = arithmetic(
  ([a, b], lanes) => lanes.add(a, b),
  ([a, b]) => i32x4.add(a, b),
);
export const subKernel = arithmetic(
  ([a, b], lanes) => lanes.sub(a, b),
  ([a, b]) => i32x4.sub(a, b),
);
export const mulKernel = arithmetic(
  ([a, b], lanes) => lanes.mul(a, b),
  ([a, b]) => i32x4.mul(a, b),
);
export const divKernel = arithmetic(([a, b], lanes) => lanes.div(a, b));
export const powKernel = floatFunction(powF32x4);

// The instructions let NaN win and know that -0 < 0, as JavaScript does.
export const maximumKernel = arithmetic(
  ([a, b], lanes) => lanes.max(a, b),
  ([a, b]) => i32x4.maxS(a, b),
);
export const minimumKernel = arithmetic(
  ([a, b], lanes) => lanes.min(a, b),
  ([a, b]) => i32x4.minS(a, b),
);

export const remainderKernel = noKernel("the remainder is exact, which takes a long division");

function select([condition, a, b]: readonly V128[]): V128 {
  return v128.bitselect(a, b, condition);
}

export const whereKernel: MaskKernel<object> = {
  ...arithmetic(select, select),
  masks: [0],
  givesMask: false,
};

interface Bounds {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

export const clampKernel: LaneKernel<Bounds> = arithmetic(([x], lanes, { min, max }) => {
  const raised = min === undefined ? x : atLeast(x, min, lanes);
  return max === undefined ? raised : atMost(raised, max, lanes);
}, clampIntegers);

const [least, most] = [-(2 ** 31), 2 ** 31 - 1];

function clampIntegers([x]: readonly V128[], { min = -Infinity, max = Infinity }: Bounds): V128 {
  // If the bounds exclude the whole range, every value becomes the stored bound.
  if (!(min <= most && max >= least)) return i32x4.const(Math.min(Math.max(0, min), max));
  const raised = i32x4.maxS(x, i32x4.const(Math.max(min, least)));
  return i32x4.minS(raised, i32x4.const(Math.min(max, most)));
}

// pmin and pmax keep a NaN in the first operand and are one machine instruction, but do not
// distinguish -0 from 0.
const simple = (bound: number) => bound !== 0 && !Number.isNaN(bound);

function atLeast(x: V128, bound: number, lanes: Lanes): V128 {
  return (simple(bound) ? lanes.pmax : lanes.max)(x, lanes.const(bound));
}

function atMost(x: V128, bound: number, lanes: Lanes): V128 {
  return (simple(bound) ? lanes.pmin : lanes.min)(x, lanes.const(bound));
}

export const negKernel = arithmetic(
  ([x], lanes) => lanes.neg(x),
  ([x]) => i32x4.neg(x),
);
export const absKernel = arithmetic(
  ([x], lanes) => lanes.abs(x),
  ([x]) => i32x4.abs(x),
);
export const signKernel = arithmetic(
  ([x], lanes) => {
    const [zero, one] = [lanes.const(0), lanes.const(1)];
    return lanes.sub(v128.and(lanes.gt(x, zero), one), v128.and(lanes.lt(x, zero), one));
  },
  ([x]) => i32x4.sub(i32x4.ltS(x, i32x4.const(0)), i32x4.gtS(x, i32x4.const(0))),
);
const itself = ([x]: readonly V128[]) => x;
export const floorKernel = arithmetic(([x], lanes) => lanes.floor(x), itself);
export const ceilKernel = arithmetic(([x], lanes) => lanes.ceil(x), itself);
export const truncKernel = arithmetic(([x], lanes) => lanes.trunc(x), itself);
export const roundKernel = arithmetic(([x], lanes) => lanes.nearest(x), itself);
export const sqrtKernel = arithmetic(([x], lanes) => lanes.sqrt(x));
export const rsqrtKernel = arithmetic(([x], lanes) => lanes.div(lanes.const(1), lanes.sqrt(x)));
export const squareKernel = arithmetic(
  ([x], lanes) => lanes.mul(x, x),
  ([x]) => i32x4.mul(x, x),
);
export const reciprocalKernel = arithmetic(([x], lanes) => lanes.div(lanes.const(1), x));
export const expKernel = inlineFunction(expF32x4, expF64x2);
export const logKernel = inlineFunction(logF32x4, logF64x2);
