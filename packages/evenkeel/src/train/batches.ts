import { mismatch, refuse } from "../core/index.ts";
import { type Batch, checkRows, type Loader } from "../nn/batches.ts";
import { cat, type Tensor } from "../tensor/index.ts";

export { type Batch, checkLoader, inputsOf, type Loader, loaders } from "../nn/batches.ts";

/** A checked batch. */
export interface RowBatch {
  readonly tensors: Batch;
  /** Size of the first dimension of every tensor. */
  readonly rows: number;
  /** Whether a single row was joined to this batch. */
  readonly joined: boolean;
  /** How many rows each rank has of the batch, if these are this rank's. */
  readonly shares?: readonly number[] | undefined;
}

/** A checked batch, with its last tensor as the target. */
export interface Example {
  readonly inputs: Batch;
  readonly target: Tensor;
  readonly rows: number;
  readonly shares?: readonly number[] | undefined;
}

function join(first: RowBatch, second: RowBatch): RowBatch {
  if (first.tensors.length !== second.tensors.length) {
    throw refuse(
      "wrong-shape",
      "",
      `the loader gave batches of ${first.tensors.length} and ${second.tensors.length} tensors`,
    );
  }
  const tensors = first.tensors.map((tensor, i) => cat([tensor, second.tensors[i]]));
  return { tensors, rows: first.rows + second.rows, joined: true };
}

/**
 * The batches of a loader, checked. With `joinLone` no batch has a single row, which BatchNorm
 * could not normalize: such a row is joined to the batch before it (or the first one to the batch
 * after it). To do so the loader is read one batch ahead; without `joinLone` batches are drawn as
 * they are used.
 *
 * @throws RangeError before the first batch, if there is only one row, or the loader's batches are
 *   single rows. Rows with positions ([N, C, L]), where BatchNorm may find several values per
 *   channel, are allowed and left as they are
 */
export function* rowBatches(loader: Loader<Batch | Tensor>, joinLone: boolean): Generator<RowBatch, void, undefined> {
  let held: RowBatch | undefined;
  for (const batch of loader) {
    const { tensors, rows } = checkRows(batch);
    const next: RowBatch = { tensors, rows, joined: false };
    if (!joinLone) yield next;
    else if (held === undefined) held = next;
    else if (held.rows === 1 && next.rows === 1) {
      if (isFlat(held)) {
        throw refuse(
          "wrong-shape",
          "",
          "the loader gives batches of one row, which BatchNorm cannot train on",
          "use batchSize 2 or more",
        );
      }
      yield held;
      held = next;
    } else if (held.rows === 1 || next.rows === 1) held = join(held, next);
    else {
      yield held;
      held = next;
    }
  }
  if (held === undefined) return;
  if (held.rows === 1 && isFlat(held)) {
    throw refuse(
      "wrong-value",
      "",
      "the loader gives one row in all, and BatchNorm needs more than one to train on",
      "add rows, or use a network without BatchNorm",
    );
  }
  yield held;
}

/** Whether a row has one value per channel. */
function isFlat({ tensors }: RowBatch): boolean {
  return tensors[0].ndim <= 2;
}

/** @throws TypeError if the batch has no target */
export function toExample({ tensors, rows, shares }: RowBatch): Example {
  if (tensors.length < 2)
    throw mismatch("wrong-type", "", "the loader gave a batch of one tensor", "[...inputs, target]");
  return { inputs: tensors.slice(0, -1), target: tensors[tensors.length - 1], rows, shares };
}
