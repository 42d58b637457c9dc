import { assign, clone } from "../ops/index.ts";
import { isGradEnabled, noGrad } from "./gradMode.ts";
import type { Tensor } from "./tensor.ts";

/**
 * Replaces the contents of `target` by what `compute` makes of it. Where gradients are recorded, the target takes on the
 * history of the new value; nothing is written unless all checks pass.
 */
export function writeInPlace(target: Tensor, name: string, compute: (base: Tensor) => Tensor): Tensor {
  if (isGradEnabled() && target.isLeaf && target.requiresGrad) {
    throw new Error(
      `${name}: a leaf tensor that requires a gradient cannot be written in place while gradients are recorded; ` +
        `use noGrad(() => x.${name}(...)) to change its values, or the op without underscore for a new tensor`,
    );
  }
  // What the gradient saves of the old value must survive the write.
  const value = compute(isGradEnabled() && target.requiresGrad ? clone(target) : target);
  if (value.requiresGrad && target.storage.hasViews) {
    throw new Error(
      `${name}: this tensor shares its storage with a reshaped one whose history would become wrong; ` +
        "write to x.clone(), or use the op without underscore",
    );
  }
  noGrad(() => assign(target, value));
  if (value.gradFn !== null) target.setHistory(value.gradFn);
  return target;
}
