import { formatShape } from "../core/index.ts";
import { cat, Tensor } from "../tensor/index.ts";

/** What a loader gives for one step: the inputs of the model, then the target, all with the same number of rows. */
export type Batch = readonly Tensor[];

/** Anything that can be walked through once per epoch: a DataLoader, or a plain array of batches. */
export type Loader<T = Batch> = Iterable<T>;

/** A checked batch. */
export interface RowBatch {
  readonly tensors: Batch;
  /** Size of the first dimension of every tensor. */
  readonly rows: number;
  /** Whether a batch of a single row was joined to this one. */
  readonly joined: boolean;
}

/** A checked batch with its last tensor set apart. */
export interface Example {
  readonly inputs: Batch;
  readonly target: Tensor;
  readonly rows: number;
}

/**
 * @throws TypeError if `loader` cannot be walked through, or only once where `again` asks for one pass per epoch
 */
export function checkLoader(loader: unknown, name: string, again = false): void {
  const given = loader === null || loader === undefined ? String(loader) : (loader.constructor?.name ?? typeof loader);
  const advice = "pass a DataLoader or an array of [input, target] batches";
  if (loader instanceof Tensor || typeof loader !== "object" || loader === null || !(Symbol.iterator in loader)) {
    throw new TypeError(`${name} is ${given}, expected something to loop over; ${advice}`);
  }
  if (again && "next" in loader) {
    throw new TypeError(`${name} is an iterator (${given}), which is used up after one epoch; ${advice}`);
  }
}

function checkRows(batch: Batch | Tensor): RowBatch {
  const tensors = batch instanceof Tensor ? [batch] : batch;
  const advice = "a batch is [...inputs, target], tensors whose first dimension is the row";
  if (!Array.isArray(tensors) || tensors.length === 0 || !tensors.every((item) => item instanceof Tensor)) {
    throw new TypeError(`the loader gave something else than a list of tensors; ${advice}`);
  }
  const shapes = () => tensors.map((item) => formatShape(item.shape)).join(" and ");
  const rows = tensors[0].shape[0];
  if (tensors.some((item) => item.shape.length === 0 || item.shape[0] !== rows)) {
    throw new RangeError(`the loader gave tensors of shapes ${shapes()}, which differ in their rows; ${advice}`);
  }
  if (rows === 0)
    throw new RangeError(`the loader gave a batch of shapes ${shapes()}, which has no rows; leave it out`);
  return { tensors, rows, joined: false };
}

function join(first: RowBatch, second: RowBatch): RowBatch {
  if (first.tensors.length !== second.tensors.length) {
    throw new RangeError(`the loader gave batches of ${first.tensors.length} and ${second.tensors.length} tensors`);
  }
  const tensors = first.tensors.map((tensor, i) => cat([tensor, second.tensors[i]]));
  return { tensors, rows: first.rows + second.rows, joined: true };
}

/**
 * The batches of a loader, checked. With `joinLone` no batch has a single row, which BatchNorm could not normalise: such
 * a row is joined to the batch before it (the first one to the batch after it). This takes looking ahead by one batch;
 * without `joinLone` batches are drawn as they are used.
 *
 * @throws RangeError if all there is is one row, or the loader deals in single rows, before any batch is given; not if
 * rows have positions ([N, C, L]) over which BatchNorm may find several values per channel: then they are given as they are
 */
export function* rowBatches(loader: Loader<Batch | Tensor>, joinLone: boolean): Generator<RowBatch, void, undefined> {
  let held: RowBatch | undefined;
  for (const batch of loader) {
    const next = checkRows(batch);
    if (!joinLone) yield next;
    else if (held === undefined) held = next;
    else if (held.rows === 1 && next.rows === 1) {
      if (isFlat(held)) {
        throw new RangeError(
          "the loader gives batches of one row, which BatchNorm cannot train on; use batchSize 2 or more",
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
    throw new RangeError(
      "the loader gives one row in all, and BatchNorm needs more than one to train on; " +
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
export function toExample({ tensors, rows }: RowBatch): Example {
  if (tensors.length < 2) throw new TypeError("the loader gave a batch of one tensor; expected [...inputs, target]");
  return { inputs: tensors.slice(0, -1), target: tensors[tensors.length - 1], rows };
}

/** The inputs of a batch whose target is not wanted, or not there: a single tensor is an input. */
export function inputsOf({ tensors }: RowBatch): Batch {
  return tensors.length > 1 ? tensors.slice(0, -1) : tensors;
}
