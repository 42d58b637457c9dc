import { checkShape, checkStorable, type DType, defineOp, notDifferentiable, type Shape } from "../core/index.ts";

/** Values made from nothing but numbers. */

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
