import { isPlainObject } from "../core/index.ts";
import { Tensor } from "./tensor.ts";

/** The tensors of a value, in order: itself, or those in arrays and plain objects, however deep. */
export function tensorsIn(value: unknown): Tensor[] {
  if (value instanceof Tensor) return [value];
  if (Array.isArray(value)) return value.flatMap(tensorsIn);
  if (isPlainObject(value)) return Object.values(value).flatMap(tensorsIn);
  return [];
}
