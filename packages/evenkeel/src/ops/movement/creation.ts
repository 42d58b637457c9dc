import {
  checkShape,
  checkStorable,
  type DType,
  defineOp,
  notDifferentiable,
  type Shape,
  type TypedArray,
} from "../../core/index.ts";

/** Creation of values from numbers. */

/** One value everywhere. */
export const fill = defineOp({
  name: "fill",
  inputs: [],
  shape: (_, { shape, dtype, value }: { readonly shape: Shape; readonly dtype: DType; readonly value: number }) => {
    checkShape(shape);
    checkStorable("fill", value, dtype);
    return [{ shape, dtype }];
  },
  reference: (_, [y], { value }) => {
    y.data.fill(y.dtype === "bool" ? Number(value !== 0) : value);
  },
  grad: notDifferentiable("it has no inputs"),
});

/** The values of `block`, copied at every run: `tensor([...])` and `arange` in a compiled step. */
export const literal = defineOp({
  name: "literal",
  inputs: [],
  shape: (_, { shape, dtype }: LiteralAttrs) => [{ shape, dtype }],
  reference: (_, [y], { block }) => {
    y.data.set(block.data);
  },
  grad: notDifferentiable("it has no inputs"),
});

export interface LiteralAttrs {
  readonly shape: Shape;
  readonly dtype: DType;
  /** Kept in an object, which programs move into their memory. */
  readonly block: { data: TypedArray };
}
