import { describe, formatShape, isFloat, mismatch, refuse, sameShape, wrongState } from "../core/index.ts";
import { UninitializedParameter } from "../nn/lazy/uninitialized.ts";
import { Tensor } from "../tensor/index.ts";

/** Whether an item of an optimizer's first argument is a group, not a parameter. */
export function isGroup(value: unknown): value is { readonly params: unknown } {
  return typeof value === "object" && value !== null && !(value instanceof Tensor) && "params" in value;
}

/**
 * @throws TypeError unless `param` is a float Tensor
 * @throws Error unless it is a leaf, or if it is an uninitialized parameter of a lazy layer
 */
export function checkParam(param: unknown, index: number): void {
  if (!(param instanceof Tensor)) {
    const cure = Array.isArray(param) ? "pass parameters(), not namedParameters()" : "pass a list of Tensors";
    throw refuse(
      "wrong-type",
      "",
      `optimizer can only optimize Tensors, but parameter ${index} is ${describe(param)}`,
      `give Tensors only, or groups only: ${cure}`,
    );
  }
  if (param instanceof UninitializedParameter) {
    throw wrongState(
      "",
      `optimizer can only optimize Tensors that have values, but parameter ${index} is ${param} of a lazy layer`,
      "call the network once with a batch, then make the optimizer",
    );
  }
  if (!isFloat(param.dtype)) {
    throw refuse(
      "wrong-dtype",
      "",
      `optimizer can only optimize float32 and float64 Tensors, but parameter ${index} is ${param.dtype}`,
      "convert it first",
    );
  }
  if (!param.isLeaf) {
    throw wrongState(
      "",
      `can't optimize a non-leaf Tensor: parameter ${index} of shape ${formatShape(param.shape)} was ` +
        "computed from others",
      "pass those, or detach() it and require its gradient",
    );
  }
}

/** @throws RangeError unless the gradient is like the parameter */
export function checkGradient(param: Tensor): void {
  const grad = param.grad as Tensor;
  if (!sameShape(grad.shape, param.shape) || grad.dtype !== param.dtype) {
    throw refuse(
      "wrong-shape",
      "",
      `a parameter of shape ${formatShape(param.shape)} and dtype ${param.dtype} has a gradient of ` +
        `shape ${formatShape(grad.shape)} and dtype ${grad.dtype}`,
      "assign a gradient like the parameter, or null",
    );
  }
}

/**
 * @throws TypeError unless the state consists of tensors
 * @throws Error if one of them is a value of a traced step
 */
export function checkState(owner: string, state: Map<Tensor, Readonly<Record<string, unknown>>>): void {
  let passing: string | undefined;
  for (const [param, entry] of state) {
    for (const name in entry) {
      const value = entry[name];
      if (!(value instanceof Tensor)) {
        throw mismatch(
          "wrong-type",
          owner,
          `the state of a parameter has ${name} = ${describe(value)}`,
          "a Tensor, which programs and checkpoints keep",
          'count in one: this.stateOf(param, ["step"]).step.add_(1)',
        );
      }
      // A value that a traced step has computed has no data yet.
      if (value.storage.isKnown) continue;
      passing ??= name;
      state.delete(param);
    }
  }
  if (passing === undefined) return;
  throw refuse(
    "not-supported",
    owner,
    `${passing} in the state of a parameter was computed by the step that is compiled, which would not keep it`,
    `take state from this.stateOf(param, ["${passing}"]) and write it in place, as in ${passing}.mul_(0.9)`,
  );
}
