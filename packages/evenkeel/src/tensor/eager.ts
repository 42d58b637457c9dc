import { type AnyOp, allocate, type Executor, sizeOf, type Value } from "../core/index.ts";
import { Node } from "./autogradNode.ts";
import { isGradEnabled } from "./gradMode.ts";
import { Storage } from "./storage.ts";
import type { Tensor } from "./tensor.ts";

type MakeTensor = (storage: Storage, spec: Value) => Tensor;

/** Runs every op at once, by its reference, and records a tape entry where a gradient is wanted. */
export function eagerExecutor(make: MakeTensor): Executor {
  const scalar = (value: number, dtype: Value["dtype"]) => {
    const storage = new Storage(allocate(dtype, 1));
    storage.data[0] = value;
    return make(storage, { shape: [], dtype });
  };

  return {
    constant: scalar,
    hostScalar: (read) => scalar(read(), "float64"),
    run(op, values, attrs) {
      const inputs = values as readonly Tensor[];
      const records = isGradEnabled() && isDifferentiable(op) && inputs.some((input) => input.requiresGrad);
      if (records && typeof op.grad === "object" && op.grad.kind === "unfused") {
        op.shape(inputs, attrs);
        return op.grad.compose(inputs, attrs);
      }
      const specs = op.shape(inputs, attrs);
      const outputs = specs.map((spec) => make(storageOf(op, inputs, spec), spec));
      op.reference(inputs, outputs, attrs);
      for (const index of op.writes) inputs[index].storage.version++;
      // Rules give gradients of floats; an integer result of a differentiable op (int + int) has none.
      if (records && outputs[0].isFloatingPoint) outputs[0].setHistory(new Node(op, attrs, inputs, outputs));
      return outputs;
    },
  };
}

function storageOf(op: AnyOp, inputs: readonly Tensor[], spec: Value): Storage {
  if (!op.aliases) return new Storage(allocate(spec.dtype, sizeOf(spec.shape)));
  const { storage } = inputs[0];
  // A detached twin has no history that a later write could contradict; a recorded view has.
  if (isDifferentiable(op)) storage.hasViews = true;
  return storage;
}

function isDifferentiable(op: AnyOp): boolean {
  return typeof op.grad === "function" || op.grad.kind === "unfused";
}
