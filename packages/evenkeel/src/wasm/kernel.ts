import type { Spec, TypedArray } from "../core/index.ts";
import type { V128 } from "./expression.ts";
import type { FunctionBuilder } from "./functionBuilder.ts";
import type { f32x4, f64x2 } from "./instructions.ts";
import type { LaneType } from "./laneMemory.ts";
import type { ModuleBuilder } from "./moduleBuilder.ts";

/**
 * An array at a fixed address: contiguous, row-major, aligned to 16 bytes. After its last element
 * the block has slack up to a multiple of 16 bytes: a flat loop may read and write whole vectors to
 * the end.
 */
export interface Placed extends Spec {
  readonly address: number;
}

/** One op of a program, for which a kernel writes code. */
export interface KernelCall<A = unknown> {
  readonly inputs: readonly Placed[];
  readonly outputs: readonly Placed[];
  readonly attrs: A;
  /** The body of a function `() => void` that performs the op. */
  readonly f: FunctionBuilder;
  /** For helper functions, through `module.shared` where they do not depend on the call. */
  readonly module: ModuleBuilder;
  /** Address of the bytes that `scratch` asked for. Their contents last for this op only. */
  readonly scratch: number;
  /** Whether relaxed_madd may be used. */
  readonly fast: boolean;
  /** The address of data that outlives the program, such as a generator's words. */
  readonly resident: (block: { data: TypedArray }) => number;
  /** How the code of large calls is divided among threads; undefined in a program that runs on one. */
  readonly divide?: Divide | undefined;
  /** Emits a call of the row's reference on the host, which throws the error for bad values. */
  readonly reference: () => void;
}

/**
 * How calls that differ only in their arrays become one: the arrays are adjacent, and one loop
 * covers all of them.
 */
export interface Joins {
  /** The number of leading inputs that are arrays of one shape, combined element by element. */
  readonly arrays: number;
  /**
   * The input that counts the steps, incremented by each call: every call has its own. The calls
   * share all other inputs.
   */
  readonly count?: number;
}

/**
 * Writes the code of an op for given shapes and addresses. Outputs never overlap inputs, except
 * where the op writes state.
 */
export interface Kernel<A = never> {
  readonly kind: "kernel";
  /** Whether such calls may be joined, and how. They have no outputs and need no scratch. */
  readonly joins?: (inputs: readonly Spec[]) => Joins | undefined;
  /**
   * The reason why there is no code for a call (a dtype, a layout); the program then calls the
   * reference.
   */
  readonly declines?: (inputs: readonly Spec[], outputs: readonly Spec[], attrs: A) => string | undefined;
  /** Bytes of working memory; `divides` says whether the call has {@link KernelCall.divide}. */
  readonly scratch?: (inputs: readonly Spec[], outputs: readonly Spec[], attrs: A, divides: boolean) => number;
  readonly emit: (call: KernelCall<A>) => void;
}

/**
 * Defines parts of a call that may run at the same time, and together write what the whole would, to
 * the bit: what they are depends on the call alone, not on the number of threads. They call nothing of
 * the host. What it returns writes the call of the first `count` of them, all by default; when that
 * call returns, they are done.
 */
export type Divide = (parts: readonly ((f: FunctionBuilder) => void)[]) => (f: FunctionBuilder, count?: number) => void;

/** At most so many parts has a call: more threads than these do not help. */
export const mostParts = 8;

/** What one of several parts does of a whole. */
export interface Share {
  readonly start: number;
  readonly count: number;
}

/** Shares of `total` for at most {@link mostParts} parts; all but the last are equal, and a multiple of `unit`. */
export function sharesOf(total: number, unit = 1): Share[] {
  const size = Math.ceil(total / mostParts / unit) * unit;
  return Array.from({ length: Math.ceil(total / size) }, (_, part) => {
    const start = part * size;
    return { start, count: Math.min(size, total - start) };
  });
}

/** The instructions of one kind of lane; arithmetic is written once for both. */
export type Lanes = typeof f32x4 | typeof f64x2;

export interface LaneContext<A> {
  readonly attrs: A;
  readonly f: FunctionBuilder;
  readonly module: ModuleBuilder;
  /** f32x4 or f64x2, by the dtype of the computation. */
  readonly lanes: Lanes;
}

/**
 * An elementwise op, as a function of vectors. Chains of them are fused into one loop. Inputs are
 * locals (cheap to use twice); a bool is a mask of all ones or all zeros per lane.
 */
export interface LaneKernel<A = never> {
  readonly kind: "lanes";
  /**
   * The reason why there is no code for a call; undefined if there is. Kernels without it are
   * short.
   */
  readonly declines?: (dtype: LaneType, attrs: A) => string | undefined;
  readonly lane: (inputs: readonly V128[], context: LaneContext<A>) => V128;
  /** The same for int32 lanes; absent if there is no code for them. */
  readonly integers?: ((inputs: readonly V128[], attrs: A) => V128) | undefined;
}

/** Marks a row that has no kernel, for a stated reason: compiled programs call its reference. */
export interface NoKernel {
  readonly kind: "none";
  readonly why: string;
}

// biome-ignore lint/suspicious/noExplicitAny: attrs are contravariant; only the kernel's own functions read them.
export type AnyKernel = Kernel<any> | LaneKernel<any> | NoKernel;

export function noKernel(why: string): NoKernel {
  return { kind: "none", why };
}
