import type { Tensor } from "./tensor.ts";

/**
 * The result of `max`, `min`, `sort` and `topk` along a dimension: two fields, which can also be
 * destructured in this order, `const [values, indices] = x.max(1)`.
 */
export interface ValuesAndIndices extends Iterable<Tensor> {
  readonly values: Tensor;
  /** The places of the values along the dimension, int32. */
  readonly indices: Tensor;
}

/** A plain object of two fields, so that compiled steps can return it and tests can compare it. */
export function valuesAndIndices(values: Tensor, indices: Tensor): ValuesAndIndices {
  return Object.defineProperty({ values, indices }, Symbol.iterator, { value: both }) as unknown as ValuesAndIndices;
}

function* both(this: ValuesAndIndices): Generator<Tensor> {
  yield this.values;
  yield this.indices;
}
