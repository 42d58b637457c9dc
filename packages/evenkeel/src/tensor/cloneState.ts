import { isPlainObject, wrongType } from "../core/index.ts";
import { Tensor } from "./tensor.ts";

/**
 * A deep copy of a state dict, of a module, an optimizer or a checkpoint of several: `stateDict()`
 * shares its memory with the model, as in PyTorch, and keeps changing with it. Tensors of any class
 * are copied without history; arrays, typed arrays and plain objects are copied with their
 * contents.
 *
 * @example
 * const best = cloneState(net.stateDict());
 * @throws TypeError naming the path of anything else: functions, maps, instances of other classes
 */
export function cloneState<T>(state: T): T {
  return cloned(state, "state") as T;
}

function cloned(value: unknown, path: string): unknown {
  if (value instanceof Tensor) return value.detach().clone();
  if (Array.isArray(value)) return value.map((item, i) => cloned(item, `${path}[${i}]`));
  if (ArrayBuffer.isView(value)) return structuredClone(value);
  if (isPlainObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cloned(item, `${path}.${key}`)]));
  }
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return value;
  throw wrongType("cloneState", path, value, "tensors and plain data", "pass what stateDict() gives");
}
