import { type Spec, sizeOf } from "../../core/index.ts";
import { widthOf } from "../../wasm/convert.ts";
import type { FunctionBuilder, KernelCall, Local } from "../../wasm/index.ts";
import { advance, pointer } from "../matmul/gemm.problem.ts";
import type { GemmSize } from "../matmul/gemm.ts";
import type { EnsembleMatmulAttrs } from "./ensembleMatmul.ts";

/**
 * The product of each member is read in place, with the other members of a row as a gap between its
 * rows: one function, called for every member with its addresses.
 */

/** What the code needs of a call. */
export type MemberCall<A> = Pick<KernelCall<A>, "f" | "module" | "inputs" | "outputs" | "attrs" | "scratch" | "fast">;

export const declinesEmpty = (inputs: readonly Spec[]): string | undefined =>
  inputs.some(({ shape }) => sizeOf(shape) === 0) ? "an empty array is not worth code" : undefined;

type Places = readonly [a: Local<"i32">, b: Local<"i32">, c: Local<"i32">];

/** Calls the product once for each member; `steps` are the values from one to the next. */
export function forEachMember(
  { f, module, inputs, outputs }: MemberCall<object>,
  members: number,
  steps: readonly [a: number, b: number, c: number],
  emit: (body: FunctionBuilder, places: Places) => void,
): void {
  const one = module.function("ensembleMember", ["i32", "i32", "i32"], (body, a, b, c) => emit(body, [a, b, c]));
  const places = [...inputs, ...outputs].map(({ address }) => pointer(f, address));
  const bytes = widthOf(inputs[0].dtype);
  f.times(members, () => {
    const [a, b, c] = places;
    f.call(one, a, b, c);
    for (const [i, at] of places.entries()) advance(f, at, steps[i] * bytes);
  });
}

/** [N, k, in] times [k, in, out], or [k, out, in] transposed. */
export function sizeOfProduct([x, weight]: readonly Spec[], { transposeB = false }: EnsembleMatmulAttrs): GemmSize {
  const [m, , k] = x.shape;
  return { m, n: weight.shape[transposeB ? 1 : 2], k };
}

/** [N, k, in], transposed, times [N, k, out]. */
export function sizeOfWeight([x, dy]: readonly Spec[]): GemmSize {
  return { m: x.shape[2], n: dy.shape[2], k: x.shape[0], transposeA: true };
}
