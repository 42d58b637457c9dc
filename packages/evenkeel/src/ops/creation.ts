import { checkShape, type DType, defineOp, notDifferentiable, type Shape } from "../core/index.ts";

/** Values made from nothing but numbers. */

/** One value everywhere. */
export const fill = defineOp({
  name: "fill",
  inputs: [],
  shape: (_, { shape, dtype }: { readonly shape: Shape; readonly dtype: DType; readonly value: number }) => {
    checkShape(shape);
    return [{ shape, dtype }];
  },
  reference: (_, [y], { value }) => {
    y.data.fill(y.dtype === "bool" ? Number(value !== 0) : value);
  },
  grad: notDifferentiable("it has no inputs"),
});
