import { Local, type V128 } from "./expression.ts";
import { result } from "./functionBuilder.ts";
import type { MaskKernel } from "./fusedGroup.ts";
import { f64x2 } from "./instructions.ts";
import type { LaneContext, LaneKernel, Lanes } from "./kernel.ts";
import type { LaneType } from "./laneMemory.ts";
import type { VectorFunction } from "./math/define.ts";

/** Ways to write lane kernels. */

type Arithmetic<A> = (inputs: readonly V128[], lanes: Lanes, attrs: A, context: LaneContext<A>) => V128;
type Integers<A> = LaneKernel<A>["integers"];

/** Basic operations, for floats and doubles alike, and for integers if they are given. */
/* @__NO_SIDE_EFFECTS__ */
export function arithmetic<A = object>(lane: Arithmetic<A>, integers?: Integers<A>): LaneKernel<A> {
  return { kind: "lanes", lane: (inputs, context) => lane(inputs, context.lanes, context.attrs, context), integers };
}

/** A result that is a mask, of numbers. */
/* @__NO_SIDE_EFFECTS__ */
export function comparison(lane: Arithmetic<object>, integers: Integers<object>): MaskKernel<object> {
  return { ...arithmetic(lane, integers), masks: [], givesMask: true };
}

/** A mask computed from masks of any origin. */
/* @__NO_SIDE_EFFECTS__ */
export function logic(lane: (masks: readonly V128[]) => V128): MaskKernel<object> {
  return { ...arithmetic(lane, lane), masks: [0, 1], givesMask: true };
}

type Called = VectorFunction<readonly "v128"[]>;

/** A function of floats, called; of doubles too if one is given. */
/* @__NO_SIDE_EFFECTS__ */
export function floatFunction(called: Called, doubles?: Called): LaneKernel<object> {
  return floatFunctionOf(() => called, doubles);
}

/** A function of floats that depends on attrs. */
/* @__NO_SIDE_EFFECTS__ */
export function floatFunctionOf<A>(choose: (attrs: A) => Called, doubles?: Called): LaneKernel<A> {
  return {
    kind: "lanes",
    declines: doubles === undefined ? noDoubles : () => undefined,
    lane: (inputs, { module, attrs, lanes }) =>
      result((lanes === f64x2 && doubles !== undefined ? doubles : choose(attrs))(module), ...inputs),
  };
}

/**
 * A short function of floats, its code in the loop; that of doubles, if one is given, is long, and
 * called.
 */
/* @__NO_SIDE_EFFECTS__ */
export function inlineFunction({ code }: Called, doubles?: Called): LaneKernel<object> {
  return {
    kind: "lanes",
    declines: doubles === undefined ? noDoubles : () => undefined,
    lane: (inputs, { f, module, lanes }) =>
      lanes === f64x2 && doubles !== undefined
        ? result(doubles(module), ...inputs)
        : code(f, ...inputs.map((x) => (x instanceof Local ? (x as Local<"v128">) : f.let(x)))),
  };
}

export const noDoubles = (dtype: LaneType) =>
  dtype === "float32" ? undefined : "there is no such function of doubles, only of floats";
