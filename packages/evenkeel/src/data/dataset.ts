import { allocate, formatShape, mismatch, refuse, sizeOf, wrongType } from "../core/index.ts";
import { gradWatch } from "../tensor/autograd/gradWatch.ts";
import { Tensor } from "../tensor/index.ts";
import { Storage } from "../tensor/storage.ts";
import { listNumbers, type Numbers, resolveIndex } from "./checks.ts";
import { type Collated, defaultCollate } from "./collate.ts";

/** Items by position. https://pytorch.org/docs/stable/data.html#map-style-datasets */
export interface Dataset<T> {
  readonly length: number;
  /** The item at a position from 0 to length - 1. */
  get(index: number): T;
  /**
   * The items at `indices` as one batch: what `defaultCollate` makes of them, for datasets that can
   * make it faster. A DataLoader without a collate function of its own calls it.
   */
  batch?(indices: readonly number[]): Collated<T>;
}

/** The items at `indices` as one batch, the fast way if the dataset has one. */
export function fetchBatch<T>(dataset: Dataset<T>, indices: readonly number[]): Collated<T> {
  return dataset.batch === undefined
    ? defaultCollate(indices.map((index) => dataset.get(index)))
    : dataset.batch(indices);
}

/** A dataset, or a plain list of items. */
export type DatasetLike<T> = Dataset<T> | readonly T[];

/**
 * A list of items as a dataset; a dataset as it is.
 * @throws TypeError if `value` is neither
 */
export function toDataset<T>(caller: string, name: string, value: DatasetLike<T>): Dataset<T> {
  if (Array.isArray(value)) return new ArrayDataset(value);
  const { length, get } = (value ?? {}) as Partial<Dataset<T>>;
  if (typeof value !== "object" || !Number.isSafeInteger(length) || typeof get !== "function") {
    throw wrongType(
      caller,
      name,
      value,
      "a Dataset (an object with length and get(index)) or an array of items",
      "put tensors into a TensorDataset",
    );
  }
  return value as Dataset<T>;
}

/** The items of an array, which may grow later. */
class ArrayDataset<T> implements Dataset<T> {
  readonly #items: readonly T[];

  constructor(items: readonly T[]) {
    this.#items = items;
  }

  get length(): number {
    return this.#items.length;
  }

  get(index: number): T {
    return this.#items[resolveIndex("dataset", index, this.length)];
  }
}

function positions(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

type Tensors = readonly [Tensor, ...Tensor[]];

/**
 * Tensors side by side, cut along their first dimension: item i of `new TensorDataset(x, y)` is
 * [x[i], y[i]]. https://pytorch.org/docs/stable/data.html#torch.utils.data.TensorDataset
 */
export class TensorDataset<T extends Tensors> implements Dataset<T> {
  readonly tensors: T;
  readonly length: number;

  /**
   * @throws TypeError if an argument is no Tensor, or there is none
   * @throws RangeError if a tensor has no dimension, or their first dimensions differ
   */
  constructor(...tensors: T) {
    if (tensors.length === 0) throw mismatch("missing", "TensorDataset", "got no tensors", "at least one");
    tensors.forEach((value: unknown, i) => {
      if (!(value instanceof Tensor)) {
        throw wrongType("TensorDataset", `argument ${i + 1}`, value, "a Tensor", "wrap arrays with tensor(...)");
      }
      if (value.ndim === 0) {
        throw mismatch(
          "wrong-shape",
          "TensorDataset",
          `argument ${i + 1} is a single value`,
          "a first dimension to cut along",
        );
      }
    });
    if (tensors.some(({ shape }) => shape[0] !== tensors[0].shape[0])) {
      const shapes = tensors.map(({ shape }) => formatShape(shape)).join(", ");
      throw refuse(
        "wrong-shape",
        "TensorDataset",
        `Size mismatch between tensors: ${shapes}`,
        "their first dimensions must be equal",
      );
    }
    this.tensors = tensors;
    this.length = tensors[0].shape[0];
  }

  /** One row of each tensor. @throws RangeError if there is no such row */
  get(index: number): T {
    const row = resolveIndex("TensorDataset", index, this.length);
    return this.tensors.map((tensor) => tensor.select(0, row)) as unknown as T;
  }

  /**
   * The rows at `indices` of each tensor, all rows without it, copied at once.
   * @throws RangeError if there is no such row
   */
  batch(indices: readonly number[] = positions(this.length)): Collated<T> {
    const rows = new Int32Array(indices.length);
    for (let i = 0; i < rows.length; i++) rows[i] = resolveIndex("TensorDataset", indices[i], this.length);
    return this.tensors.map((tensor) => pickRows(tensor, rows)) as unknown as Collated<T>;
  }
}

/** From this many numbers on, a row is copied faster as a whole: at 180 in 13 us for 256 rows instead of 47. */
const wideRow = 40;

/**
 * `indexSelect`; without recording it copies from array to array, because every batch is made this
 * way.
 */
function pickRows(tensor: Tensor, rows: Int32Array): Tensor {
  if (tensor.requiresGrad || gradWatch.current !== null) {
    return tensor.indexSelect(0, new Tensor(new Storage(rows), [rows.length], "int32"));
  }
  const shape = tensor.shape.with(0, rows.length);
  const source = tensor.data;
  const width = sizeOf(tensor.shape.slice(1));
  const picked = allocate(tensor.dtype, rows.length * width, shape);
  let to = 0;
  if (width >= wideRow) {
    for (let i = 0; i < rows.length; i++, to += width) {
      picked.set(source.subarray(rows[i] * width, (rows[i] + 1) * width), to);
    }
  } else {
    for (let i = 0; i < rows.length; i++) {
      const from = rows[i] * width;
      for (let k = 0; k < width; k++) picked[to++] = source[from + k];
    }
  }
  return new Tensor(new Storage(picked), shape, tensor.dtype);
}

/**
 * The items of a dataset at some positions, in that order.
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.Subset
 */
export class Subset<T> implements Dataset<T> {
  readonly dataset: Dataset<T>;
  readonly indices: readonly number[];

  /**
   * @throws TypeError if `dataset` is neither a dataset nor an array of items, or `indices` are no
   *   numbers
   * @throws RangeError if an index is not a position in it
   */
  constructor(dataset: DatasetLike<T>, indices: Numbers) {
    this.dataset = toDataset("Subset", "dataset", dataset);
    const positions = listNumbers("Subset", "indices", indices);
    this.indices = positions.map((index) => resolveIndex("Subset", index, this.dataset.length));
  }

  get length(): number {
    return this.indices.length;
  }

  /** @throws RangeError if there is no such item */
  get(index: number): T {
    return this.dataset.get(this.#translate(index));
  }

  /**
   * The items at `indices`, all of them without it, as one batch.
   * @throws RangeError if there is no such item
   */
  batch(indices: readonly number[] = positions(this.length)): Collated<T> {
    return fetchBatch(
      this.dataset,
      indices.map((index) => this.#translate(index)),
    );
  }

  #translate(index: number): number {
    return this.indices[resolveIndex("Subset", index, this.length)];
  }
}

/**
 * Datasets one after the other.
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.ConcatDataset
 */
export class ConcatDataset<T> implements Dataset<T> {
  readonly datasets: readonly Dataset<T>[];

  /**
   * @throws TypeError if one is neither a dataset nor an array of items
   * @throws RangeError if there are no datasets
   */
  constructor(datasets: Iterable<DatasetLike<T>>) {
    this.datasets = Array.from(datasets, (dataset, i) => toDataset("ConcatDataset", `dataset ${i}`, dataset));
    if (this.datasets.length === 0) throw mismatch("wrong-value", "ConcatDataset", "got no datasets", "at least one");
  }

  get length(): number {
    return this.datasets.reduce((sum, { length }) => sum + length, 0);
  }

  /** @throws RangeError if there is no such item */
  get(index: number): T {
    let rest = resolveIndex("ConcatDataset", index, this.length);
    for (const dataset of this.datasets) {
      if (rest < dataset.length) return dataset.get(rest);
      rest -= dataset.length;
    }
    throw refuse("wrong-value", "ConcatDataset", `a dataset became shorter while item ${index} was looked up`);
  }
}
