import type { DType, TypedArray } from "./dtype.ts";
import type { Shape } from "./shape.ts";

/** The properties of an array without its contents. */
export interface Spec {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** For the type checker only: no object has it at run time. */
export declare const valueBrand: unique symbol;

/**
 * An operand or result of an operation: a tensor with data in eager execution, a node of a graph
 * while tracing. The brand excludes specs and the arrays of references, which have a shape and a
 * dtype too.
 */
export interface Value extends Spec {
  readonly [valueBrand]: true;
}

/** An array as a reference reads and writes it: contiguous, row-major. */
export interface NdArray extends Spec {
  readonly data: TypedArray;
}

/**
 * The gradient of the op is zero or undefined everywhere, for a stated reason. Its outputs never
 * require a gradient.
 */
export interface NotDifferentiable {
  readonly kind: "notDifferentiable";
  readonly why: string;
}

/**
 * A fused op that is differentiated through its unfused form: if a gradient is recorded, this
 * composition of other ops runs in place of the op.
 */
export interface Unfused<A> {
  readonly kind: "unfused";
  readonly compose: (inputs: readonly Value[], attrs: A) => readonly Value[];
}

/** The inputs of a gradient rule besides the saved values. */
export interface GradContext<A> {
  readonly attrs: A;
  /** Shapes and dtypes of the inputs. */
  readonly inputs: readonly Spec[];
  /** Shapes and dtypes of the outputs. */
  readonly outputs: readonly Spec[];
  /** Which inputs need a gradient: a rule may return null for the others and skip the work. */
  readonly needs: readonly boolean[];
}

/** One per input; null if no gradient flows. */
export type Gradients = readonly (Value | null)[];

/**
 * Returns the gradient of each input (null: none), in terms of ops, so that it compiles and can be
 * differentiated again. A rule may return the broadcast shape and a wider dtype: the backward pass
 * sums and casts.
 */
export type GradRule<A, S extends string> = (
  dy: Value,
  saved: { readonly [K in S]: Value },
  context: GradContext<A>,
) => Gradients;

/**
 * Like {@link GradRule}, for an op with several outputs that gradients flow into: it gets one
 * gradient per such output, in order; null if none flows.
 */
export interface JointGradRule<A, S extends string> {
  readonly kind: "joint";
  readonly rule: (
    dys: readonly (Value | null)[],
    saved: { readonly [K in S]: Value },
    context: GradContext<A>,
  ) => Gradients;
}

/** One row of the op table: the complete definition of an operation. */
export interface OpRow<A = never> {
  readonly name: string;
  /** Input names, in order; `"variadic"` for an op over a list. */
  readonly inputs: readonly string[] | "variadic";
  /**
   * Output names, in order; `"variadic"` for an op that returns a list, whose length the shape rule
   * decides.
   */
  readonly outputs: readonly string[] | "variadic";
  /**
   * Indices of the outputs that gradients flow into: the first, unless the rule is joint. Other
   * outputs (statistics, indices) carry no gradient.
   */
  readonly differentiable: readonly number[] | "all";
  /**
   * Checks the inputs and returns the shape and dtype of each output. Throws before anything is
   * computed.
   */
  readonly shape: (inputs: readonly Spec[], attrs: A) => readonly Spec[];
  /**
   * The reference implementation in plain TypeScript: fills the outputs, which are zeroed. Eager
   * execution runs it; tests use it as the oracle.
   */
  readonly reference: (inputs: readonly NdArray[], outputs: readonly NdArray[], attrs: A) => void;
  /** The output is another view of the first input's storage: nothing is computed or copied. */
  readonly aliases: boolean;
  /** Indices of the inputs that the op writes into: state, a root of every graph. */
  readonly writes: readonly number[];
  /** Names of the inputs and outputs that the gradient rule reads. */
  readonly saves: readonly string[];
  /**
   * For a saved value that only the gradients of some inputs read: the indices of those inputs. If
   * none of them needs a gradient, the value is not kept and may be overwritten.
   */
  readonly savedFor: { readonly [name: string]: readonly number[] };
  readonly grad: GradRule<A, string> | JointGradRule<A, string> | NotDifferentiable | Unfused<A>;
}

/** A row of any attribute type, for the backward pass, tracers and tests. */
// biome-ignore lint/suspicious/noExplicitAny: attrs are contravariant; only the row's own functions read them.
export type AnyOp = OpRow<any>;

export function notDifferentiable(why: string): NotDifferentiable {
  return { kind: "notDifferentiable", why };
}

/** Whether gradients flow through the op at all. */
export function isDifferentiable({ grad }: AnyOp): boolean {
  return typeof grad === "function" || grad.kind !== "notDifferentiable";
}

export function unfused<A>(compose: Unfused<A>["compose"]): Unfused<A> {
  return { kind: "unfused", compose };
}
