import { formatShape, wrongState } from "../core/index.ts";
import { assign, clone, fill, where } from "../ops/index.ts";
import { isGradEnabled, noGrad } from "./autograd/gradMode.ts";
import type { Tensor } from "./tensor.ts";

/**
 * Replaces the contents of `target` by the result of `compute`. If gradients are recorded, the
 * target takes on the history of the new value; nothing is drawn or written unless all checks pass.
 */
export function writeInPlace(target: Tensor, name: string, compute: (base: Tensor) => Tensor): Tensor {
  const recording = isGradEnabled();
  if (recording && target.isLeaf && target.requiresGrad) {
    throw wrongState(
      name,
      "a leaf tensor that requires a gradient cannot be written in place while gradients are recorded",
      `use noGrad(() => x.${name}(...)) to change its values, or the op without underscore for a new tensor`,
    );
  }
  if (recording && target.requiresGrad) checkUnshared(target, name);
  // The old value that the gradient saves must survive the write.
  const value = compute(recording && target.requiresGrad ? clone(target) : target);
  if (value.requiresGrad) checkUnshared(target, name);
  assign.shape([target, value], {});
  const written = recording && (target.requiresGrad || value.requiresGrad) ? withHistory(target, value) : value;
  noGrad(() => assign(target, written));
  if (written.gradFn !== null) target.setHistory(written.gradFn);
  return target;
}

function checkUnshared(target: Tensor, name: string): void {
  if (!target.storage.hasViews) return;
  throw wrongState(
    name,
    `this tensor of shape ${formatShape(target.shape)} shares its storage with a reshaped one whose ` +
      "history would become wrong",
    "write to x.clone(), or use the op without underscore",
  );
}

/**
 * The value as a recorded operation of its own with the target's shape and dtype. The old value is
 * the branch that is never taken: the gradient of the overwritten value is 0, as in PyTorch, rather
 * than null.
 */
function withHistory(target: Tensor, value: Tensor): Tensor {
  const everywhere = fill({ shape: [], dtype: "bool", value: 1 }) as Tensor;
  return where(everywhere, value, target).to(target.dtype);
}
