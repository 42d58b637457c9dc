import { type DType, isFloat, refuse, type Shape, type Spec } from "../core/index.ts";
import { broadcastPattern } from "./broadcastPattern.ts";
import type { V128 } from "./expression.ts";
import type { FunctionBuilder } from "./functionBuilder.ts";
import { emitFusedLoop } from "./fusedLoop.ts";
import { partsOf, type Work } from "./fusedParts.ts";
import { f32x4, f64x2, i32x4, v128 } from "./instructions.ts";
import type { Divide, LaneKernel, Placed } from "./kernel.ts";
import type { LaneType } from "./laneMemory.ts";
import type { ModuleBuilder } from "./moduleBuilder.ts";

/** A lane kernel with bool inputs or a bool result, as masks; other kernels see 0 and 1. */
export interface MaskKernel<A = never> extends LaneKernel<A> {
  /** The inputs that it takes as masks. */
  readonly masks: readonly number[];
  /** Whether its result is a mask. */
  readonly givesMask: boolean;
}

interface FusedStep {
  // biome-ignore lint/suspicious/noExplicitAny: attrs are contravariant; only the kernel's own functions read them.
  readonly kernel: LaneKernel<any> | MaskKernel<any>;
  readonly attrs: unknown;
  /** Indices into the group's inputs, then into its steps (counted on from the inputs). */
  readonly args: readonly number[];
  /** The dtype of the result: that of the group, or bool. */
  readonly dtype: DType;
}

/**
 * Elementwise ops of one shape that share a loop. `I` is Placed to write code, Spec to ask whether
 * it is possible.
 */
export interface FusedGroup<I extends Spec = Placed> {
  /** The dtype of the computation. */
  readonly dtype: LaneType;
  readonly shape: Shape;
  /** Each broadcasts to the shape. */
  readonly inputs: readonly I[];
  readonly steps: readonly FusedStep[];
  /** Which steps are stored; `step` counts steps alone. */
  readonly outputs: readonly { readonly step: number; readonly placed: I }[];
}

/** The dtype to compute a step in, from its operands and its result. */
export function laneTypeOf(inputs: readonly Spec[], output: Spec): LaneType {
  if (output.dtype !== "bool") return output.dtype;
  const floats = inputs.filter(({ dtype }) => isFloat(dtype));
  const whole = inputs.some(({ dtype }) => dtype === "int32");
  if (floats.length === 0) return whole ? "int32" : "float32";
  // Only doubles hold both exactly.
  if (whole) return "float64";
  // A scalar does not widen arrays, as in promotion.
  const arrays = floats.filter(({ shape }) => shape.length > 0);
  return (arrays.length > 0 ? arrays : floats).some(({ dtype }) => dtype === "float64") ? "float64" : "float32";
}

/** The reason why a group cannot be one loop; undefined if it can. */
export function whyNotFused({ dtype, shape, inputs, steps, outputs }: FusedGroup<Spec>): string | undefined {
  for (const input of inputs) {
    if (dtype === "int32" && isFloat(input.dtype)) return "a float becomes an int32";
    if (input.dtype === "float64" && dtype === "float32" && input.shape.length > 0) {
      return "float64 and float32 arrays are mixed";
    }
  }
  for (const { kernel, attrs, dtype: result } of steps) {
    if (result !== dtype && result !== "bool") return `a result is ${result} where others are ${dtype}`;
    if (dtype === "int32" && kernel.integers === undefined) return "there is code for floats only";
    const why = kernel.declines?.(dtype, attrs);
    if (why !== undefined) return why;
  }
  for (const { step, placed } of outputs) {
    if (placed.dtype !== steps[step].dtype) return `a result is stored as ${placed.dtype}`;
  }
  const broadcast = broadcastPattern(
    inputs.map((input) => input.shape),
    shape,
  );
  return broadcast === undefined ? "operands broadcast in other ways than by rows, columns or channels" : undefined;
}

/**
 * Writes the loop of a group, in parts if it is long and `divide` is given.
 * @throws Error if `whyNotFused` has a reason
 */
export function emitFusedGroup(group: FusedGroup, f: FunctionBuilder, module: ModuleBuilder, divide?: Divide): void {
  const why = whyNotFused({ ...group, outputs: group.outputs.map(({ step, placed }) => ({ step, placed })) });
  const broadcast = broadcastPattern(
    group.inputs.map(({ shape }) => shape),
    group.shape,
  );
  if (why !== undefined || broadcast === undefined)
    throw refuse("internal", "", `the group cannot be one loop: ${why}`);
  const { rows, columns, patterns } = broadcast;
  const loop = {
    lanes: group.dtype,
    rows,
    columns,
    inputs: group.inputs.map(({ address, dtype }, i) => ({ address, dtype, pattern: patterns[i] })),
    outputs: group.outputs.map(({ placed }) => placed),
    unroll: isShort(group),
  };
  const emit = (f: FunctionBuilder, part: typeof loop) =>
    emitFusedLoop({ ...part, f, body: (inputs) => emitSteps(group, inputs, f, module) });
  const parts = divide === undefined ? [loop] : partsOf(loop, workOf(group));
  if (divide === undefined || parts.length === 1) emit(f, loop);
  else divide(parts.map((part) => (body: FunctionBuilder) => emit(body, part)))(f);
}

/** A kernel that declines a dtype is a function, and long. */
function workOf({ steps }: FusedGroup): Work {
  const long = steps.filter(({ kernel }) => kernel.declines !== undefined).length;
  return { long, short: steps.length - long };
}

/** Whether two copies fit the registers. */
function isShort(group: FusedGroup): boolean {
  return group.inputs.length <= 3 && group.steps.length <= 4 && workOf(group).long === 0;
}

function emitSteps(group: FusedGroup, inputs: readonly V128[], f: FunctionBuilder, module: ModuleBuilder): V128[] {
  const { dtype: laneType } = group;
  const lanes = laneType === "float64" ? f64x2 : f32x4;
  const asNumber = laneType === "int32" ? integerOf : (mask: V128) => numberOf(mask, lanes);
  const asMask = laneType === "int32" ? maskOfInteger : (value: V128) => maskOf(value, lanes);
  const dtypes = [...group.inputs, ...group.steps].map(({ dtype }) => dtype);
  const values = [...inputs];
  for (const { kernel, attrs, args, dtype } of group.steps) {
    const masks = "masks" in kernel ? kernel.masks : [];
    const operands = args.map((arg, position) => {
      const isMask = dtypes[arg] === "bool";
      if (isMask === masks.includes(position)) return values[arg];
      return f.let(isMask ? asNumber(values[arg]) : asMask(values[arg]));
    });
    const value = f.let(
      laneType === "int32" && kernel.integers !== undefined
        ? kernel.integers(operands, attrs)
        : kernel.lane(operands, { attrs: attrs as never, f, module, lanes }),
    );
    const givesMask = "givesMask" in kernel && kernel.givesMask;
    values.push(dtype === "bool" && !givesMask ? f.let(asMask(value)) : value);
  }
  return group.outputs.map(({ step }) => values[inputs.length + step]);
}

type LaneSet = typeof f32x4 | typeof f64x2;

const numberOf = (mask: V128, lanes: LaneSet): V128 => v128.and(mask, lanes.const(1));
/** Any value but 0 is true, NaN too. */
const maskOf = (value: V128, lanes: LaneSet): V128 => lanes.ne(value, lanes.const(0));

const integerOf = (mask: V128): V128 => v128.and(mask, i32x4.const(1));
const maskOfInteger = (value: V128): V128 => i32x4.ne(value, i32x4.const(0));
