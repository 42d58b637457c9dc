import { defineOp, formatShape, mismatch, notDifferentiable, positionOf } from "../../core/index.ts";
import { requireDtype } from "../shapes.ts";

/** Classes as rows of zeros and a one. */

/** A 1 at each class and 0 elsewhere, int32: [...] -> [..., classes]. */
export const oneHot = defineOp({
  name: "oneHot",
  inputs: ["input"],
  shape: ([input], { classes }: { readonly classes: number }) => {
    requireDtype("oneHot", "classes", input, ["int32"], "convert them with .int()");
    return [{ shape: [...input.shape, classes], dtype: "int32" }];
  },
  reference: ([input], [y], { classes }) => {
    const outside = input.data.findIndex((c) => c < 0 || c >= classes);
    if (outside >= 0) {
      throw mismatch(
        "wrong-shape",
        "oneHot",
        `class ${input.data[outside]} at ${formatShape(positionOf(outside, input.shape))} is out of range`,
        `0 to ${classes - 1}`,
      );
    }
    y.data.fill(0);
    for (let i = 0; i < input.data.length; i++) y.data[i * classes + input.data[i]] = 1;
  },
  grad: notDifferentiable("classes are whole numbers"),
});
