import { type Check, check, describe, formatShape, refuse } from "../core/index.ts";
import { Tensor } from "../tensor/index.ts";

/**
 * The batch of one step: the inputs of the model, then the target, all with the same number of
 * rows.
 */
export type Batch = readonly Tensor[];

/** Anything that can be iterated once per epoch: a DataLoader, or a plain array of batches. */
export type Loader<T = Batch> = Iterable<T>;

const loaderAdvice = "pass a DataLoader or an array of [input, target] batches";

/** A loader; whether it can be iterated once per epoch is for `checkLoader`. */
export const loaders: Check<Loader> = {
  expected: "something to loop over",
  isKind: (value) =>
    !(value instanceof Tensor) && typeof value === "object" && value !== null && Symbol.iterator in value,
  fits: () => true,
  cure: () => loaderAdvice,
};

/**
 * @throws TypeError if `loader` is not iterable, or only once although `again` asks for one pass
 *   per epoch
 */
export function checkLoader(loader: unknown, name: string, again = false): void {
  check<Loader<unknown>>("", name, loader, loaders);
  if (again && "next" in loader) {
    throw refuse(
      "wrong-type",
      "",
      `${name} is an iterator (${describe(loader)}), which is used up after one epoch`,
      loaderAdvice,
    );
  }
}

const batchAdvice = "a batch is [...inputs, target], tensors whose first dimension is the row";

const shapesOf = (tensors: Batch) => tensors.map(({ shape }) => formatShape(shape)).join(" and ");

/**
 * The tensors of a batch and how many rows they have.
 * @throws TypeError if it is not a list of tensors; RangeError if they differ in their rows, or
 *   have none
 */
export function checkRows(batch: Batch | Tensor): { readonly tensors: Batch; readonly rows: number } {
  const tensors = batch instanceof Tensor ? [batch] : batch;
  if (!Array.isArray(tensors) || tensors.length === 0 || !tensors.every((item) => item instanceof Tensor)) {
    throw refuse("wrong-type", "", "the loader gave something else than a list of tensors", batchAdvice);
  }
  const rows = tensors[0].shape[0];
  if (tensors.some((item) => item.shape.length === 0 || item.shape[0] !== rows)) {
    throw refuse(
      "wrong-shape",
      "",
      `the loader gave tensors of shapes ${shapesOf(tensors)}, which differ in their rows`,
      batchAdvice,
    );
  }
  if (rows === 0) {
    const statement = `the loader gave a batch of shapes ${shapesOf(tensors)}, which has no rows`;
    throw refuse("wrong-shape", "", statement, "leave it out");
  }
  return { tensors, rows };
}

/** The inputs of a batch without its target: a single tensor is an input. */
export function inputsOf({ tensors }: { readonly tensors: Batch }): Batch {
  return tensors.length > 1 ? tensors.slice(0, -1) : tensors;
}
