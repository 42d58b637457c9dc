import { type Spec, sizeOf } from "../../core/index.ts";
import {
  type Expr,
  type FunctionBuilder,
  f64,
  f64x2,
  i32,
  type Kernel,
  type Local,
  type ModuleBuilder,
  type Placed,
  result,
} from "../../wasm/index.ts";
import type { VectorFunction } from "../../wasm/math.ts";

/** Lines of float64 along one dimension, visited value by value in the order of the references. */
export interface DoubleLines {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

export const linesAlong = ({ shape }: Spec, dim: number): DoubleLines => ({
  outer: sizeOf(shape.slice(0, dim)),
  length: shape[dim] ?? 1,
  inner: sizeOf(shape.slice(dim + 1)),
});

/** Calls `line` for every line, with the byte offset of its first value. */
export function forEachDoubleLine(
  f: FunctionBuilder,
  { outer, length, inner }: DoubleLines,
  line: (start: Local<"i32">) => void,
): void {
  const start = f.let(i32.const(0));
  f.times(outer, () => {
    f.times(inner, () => {
      line(start);
      f.set(start, i32.add(start, 8));
    });
    if (length > 1) f.set(start, i32.add(start, 8 * (length - 1) * inner));
  });
}

/** Visits the values of a line, with their byte offsets. */
export function forEachDouble(
  f: FunctionBuilder,
  { length, inner }: DoubleLines,
  start: Expr<"i32">,
  visit: (at: Local<"i32">) => void,
): void {
  const at = f.let(start);
  f.times(length, () => {
    visit(at);
    f.set(at, i32.add(at, 8 * inner));
  });
}

export const doubleAt = ({ address }: Placed, at: Expr<"i32">): Expr<"f64"> => f64.load(at, address);

/** A function of two doubles, called for one. */
export function callWith(module: ModuleBuilder, define: VectorFunction, x: Expr<"f64">): Expr<"f64"> {
  return f64x2.extract(result(define(module), f64x2.splat(x)), 0);
}

/** The kernel for the dtype of the first input. */
export function byDtype<A>(floats: Kernel<A>, doubles: Kernel<A>): Kernel<A> {
  const of = ([{ dtype }]: readonly Spec[]) => (dtype === "float64" ? doubles : floats);
  return {
    kind: "kernel",
    declines: (inputs, outputs, attrs) => of(inputs).declines?.(inputs, outputs, attrs),
    scratch: (inputs, outputs, attrs, divides) => of(inputs).scratch?.(inputs, outputs, attrs, divides) ?? 0,
    emit: (call) => of(call.inputs).emit(call),
  };
}

/**
 * Every kernel of this kind requires nonempty float64 arrays; `others` are inputs of other dtypes.
 */
export function declinesDoubles(inputs: readonly Spec[], others: readonly number[] = []): string | undefined {
  const other = inputs.find(({ dtype }, i) => dtype !== "float64" && !others.includes(i));
  if (other !== undefined) return `${other.dtype} is mixed with float64`;
  return sizeOf(inputs[0].shape) === 0 ? "an empty array is not worth code" : undefined;
}
