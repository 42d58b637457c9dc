import { type Shape, sameShape, type Value } from "../../core/index.ts";
import { reshape } from "../movement/movement.ts";
import { sum } from "./reduce.ts";

/** Undoes broadcasting: sums a value down to a shape that broadcasts to its own. */
export function sumTo(value: Value, shape: Shape): Value {
  if (sameShape(value.shape, shape)) return value;
  const offset = value.shape.length - shape.length;
  const dims = value.shape.flatMap((n, i) => (i < offset || (shape[i - offset] === 1 && n !== 1) ? [i] : []));
  return reshape(sum(value, { dims, keepdim: false }), { shape });
}
