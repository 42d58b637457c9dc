import { wrongType } from "../core/index.ts";
import { Tensor } from "./tensor.ts";

/**
 * A deep copy of a state dict, of a module, an optimizer or a checkpoint made of several: what `stateDict()` gives shares
 * its memory with the model, as in PyTorch, and goes on changing with it. Tensors are copied without their history,
 * whatever their class; arrays, typed arrays and plain objects with all they hold.
 *
 * @example
 * const best = cloneState(net.stateDict());
 * @throws TypeError naming the place of anything else: functions, maps, instances of other classes
 */
export function cloneState<T>(state: T): T {
  return cloned(state, "state") as T;
}

function cloned(value: unknown, path: string): unknown {
  if (value instanceof Tensor) return value.detach().clone();
  if (Array.isArray(value)) return value.map((item, i) => cloned(item, `${path}[${i}]`));
  if (ArrayBuffer.isView(value)) return structuredClone(value);
  if (isPlain(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cloned(item, `${path}.${key}`)]));
  }
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return value;
  throw wrongType("cloneState", path, value, "tensors and plain data", "pass what stateDict() gives");
}

function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
