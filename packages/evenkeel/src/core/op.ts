import type { DType, TypedArray } from "./dtype.ts";
import type { Shape } from "./shape.ts";

/** What is known of an array without its contents. */
export interface Spec {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** Exists for the compiler alone: no object has it when the program runs. */
export declare const valueBrand: unique symbol;

/**
 * What flows between operations: a tensor with data when eager, a node of a graph while tracing. The brand keeps a spec or
 * an array of a reference, which have a shape and a dtype too, from standing where an operation wants a value.
 */
export interface Value extends Spec {
  readonly [valueBrand]: true;
}

/** An array as a reference reads and writes it: contiguous, row-major. */
export interface NdArray extends Spec {
  readonly data: TypedArray;
}

/** The gradient of an op is zero or undefined everywhere; says why. Its outputs never require a gradient. */
export interface NotDifferentiable {
  readonly kind: "notDifferentiable";
  readonly why: string;
}

/**
 * A fused op that is differentiated through its unfused meaning: where a gradient is being recorded, this composition
 * of other ops runs in the op's place.
 */
export interface Unfused<A> {
  readonly kind: "unfused";
  readonly compose: (inputs: readonly Value[], attrs: A) => readonly Value[];
}

/** What a gradient rule may look at besides the values it saved. */
export interface GradContext<A> {
  readonly attrs: A;
  /** Shapes and dtypes of the inputs. */
  readonly inputs: readonly Spec[];
  /** Shapes and dtypes of the outputs. */
  readonly outputs: readonly Spec[];
  /** Which inputs a gradient is wanted for: a rule may give null for the others and spare the work. */
  readonly needs: readonly boolean[];
}

/** One per input; null where none flows. */
export type Gradients = readonly (Value | null)[];

/**
 * Gives, for each input, the gradient that flows to it (null: none), written in terms of ops, so that it compiles and
 * differentiates again. A rule may return the broadcast shape and a wider dtype: the walk sums and casts.
 */
export type GradRule<A, S extends string> = (
  dy: Value,
  saved: { readonly [K in S]: Value },
  context: GradContext<A>,
) => Gradients;

/**
 * The rule of an op with several outputs that gradients flow into: the same, given one gradient per such output, in their
 * order; null where none flows.
 */
export interface JointGradRule<A, S extends string> {
  readonly kind: "joint";
  readonly rule: (
    dys: readonly (Value | null)[],
    saved: { readonly [K in S]: Value },
    context: GradContext<A>,
  ) => Gradients;
}

/** One row of the table: all that is known of an operation. */
export interface OpRow<A = never> {
  readonly name: string;
  /** Input names, in order; `"variadic"` for an op over a list. */
  readonly inputs: readonly string[] | "variadic";
  /** Output names, in order; `"variadic"` for an op that makes a list, as long as its shape rule says. */
  readonly outputs: readonly string[] | "variadic";
  /**
   * Indices of the outputs that gradients flow into: the first, unless the rule is joint. Other outputs (statistics,
   * indices) carry no gradient.
   */
  readonly differentiable: readonly number[] | "all";
  /** Checks the inputs and gives shape and dtype of each output. Throws before anything is computed. */
  readonly shape: (inputs: readonly Spec[], attrs: A) => readonly Spec[];
  /** The meaning, in plain TypeScript: fills the outputs, which come zeroed. Eager runs it; tests use it as the oracle. */
  readonly reference: (inputs: readonly NdArray[], outputs: readonly NdArray[], attrs: A) => void;
  /** The output is another view of the first input's storage: nothing is computed or copied. */
  readonly aliases: boolean;
  /** Indices of the inputs that the op writes into: state, a root of every graph. */
  readonly writes: readonly number[];
  /** Names of the inputs and outputs that the gradient rule reads. */
  readonly saves: readonly string[];
  /**
   * For a saved value that only the gradients of some inputs read: the indices of those inputs. Where none of them is
   * wanted it is not kept, and may be overwritten.
   */
  readonly savedFor: { readonly [name: string]: readonly number[] };
  readonly grad: GradRule<A, string> | JointGradRule<A, string> | NotDifferentiable | Unfused<A>;
}

/** A row whose attribute type is not of interest: what walks, tracers and tests pass around. */
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
