import { readFileSync } from "node:fs";
import type { Workload } from "./workloads.ts";

/** A workload with its numbers: every side starts from the same weights and sees the same rows. */
export interface Problem extends Workload {
  /** Where the numbers are: float32, little-endian, one array after the other. */
  readonly file: string;
  readonly arrays: readonly StoredArray[];
}

/**
 * Names are those of a PyTorch `Sequential` of Linear, BatchNorm1d, ReLU, …: `0.weight` is
 * [outputs, inputs]. The rows are `x` [batch, inputs] and `y`, [batch, 1] or the class indices
 * [batch].
 */
export interface StoredArray {
  readonly name: string;
  readonly shape: readonly number[];
}

/** What a side reads of a problem. */
export class ProblemReader {
  readonly problem: Problem;
  readonly #arrays = new Map<string, { readonly shape: readonly number[]; readonly data: Float32Array }>();

  constructor(path: string) {
    this.problem = JSON.parse(readFileSync(path, "utf8")) as Problem;
    const bytes = readFileSync(this.problem.file);
    const all = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
    let offset = 0;
    for (const { name, shape } of this.problem.arrays) {
      const size = shape.reduce((product, n) => product * n, 1);
      this.#arrays.set(name, { shape, data: all.slice(offset, offset + size) });
      offset += size;
    }
  }

  /** How many layers of Linear, BatchNorm1d and ReLU there are before the last Linear. */
  get hiddenLayers(): number {
    return this.problem.sizes.length - 2;
  }

  data(name: string): Float32Array {
    return this.#find(name).data.slice();
  }

  shape(name: string): number[] {
    return [...this.#find(name).shape];
  }

  /** A matrix turned over: a Linear's weight as [inputs, outputs]. */
  transposed(name: string): Float32Array {
    const { shape, data } = this.#find(name);
    const [rows, columns] = shape;
    return Float32Array.from(data, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]);
  }

  #find(name: string) {
    const array = this.#arrays.get(name);
    if (array === undefined) throw new RangeError(`the problem has no array ${name}`);
    return array;
  }
}
